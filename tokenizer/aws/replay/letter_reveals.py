"""Reveals a letter's record through the gates that tokens pass: honey tokens, policies, budgets, audit line.

A record is shown whole, or not at all: whoever sees it needs the right to every category of value in it.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tokenizer.audit.lines import as_code
from tokenizer.audit.port import Audit
from tokenizer.aws.replay.field_kinds import leaves_of
from tokenizer.callers import Caller
from tokenizer.errors import Refused
from tokenizer.guard import Finding, find_leak, own_values
from tokenizer.reveal.gates import RevealGates
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.time_budget import Budget
from tokenizer.vault.categories import CATEGORIES, category

_TOKENS = re.compile(r"tok_[0-9a-hjkmnp-tv-z]{26}")
_NOTHING = own_values(())
_OF_FINDING = {
    Finding.CARD_NUMBER: "card_number",
    Finding.SSN: "government_id",
    Finding.IBAN: "bank_account",
    Finding.EMAIL: "email",
    Finding.PHONE: "phone",
}


@dataclass(frozen=True, slots=True)
class LetterReveals:
    """Reveals records of letters.

    Args:
        gates: decide whether a record is revealed.
        audit: gets a line before each answer.
    """

    gates: RevealGates
    audit: Audit

    def answer(
        self,
        caller: Caller,
        record: bytes,
        purpose: str,
        approval: Mapping[str, Any],
        budget: Budget,
        **facts: Any,
    ) -> str:
        """Returns a record as text, after its audit line.

        Args:
            caller: the caller.
            record: the raw bytes.
            purpose: the purpose that the caller gave.
            approval: what the audit trail keeps of somebody else's approval; empty without one.
            budget: the time that is left.
            **facts: what else the audit trail keeps.

        Raises:
            Refused: policies or budgets don't let the caller see all of it. The audit trail has a line of it.
            PipelineError: the honey tokens, the budgets or the audit trail can't be reached.
        """
        text = record.decode("utf-8", "backslashreplace")
        values = categories_in(record)
        request = RevealRequest(tuple(values.elements()), purpose, Action.REVEAL, approved=bool(approval))
        asked = self.gates.asked(caller, request, frozenset(_TOKENS.findall(text)), budget)
        permitted = asked.permitted[Action.REVEAL]
        wanted = {each: count for each, count in values.items() if each in permitted}
        misses = values.total() - sum(wanted.values())
        granted = self.gates.granted(caller, request, asked.moment, wanted, misses)
        shown = (
            asked.may_ask
            and not misses
            and not granted.blocked
            and all(granted.full[each] >= count for each, count in wanted.items())
        )
        notable = {"honey": sorted(asked.honey), "budgets": list(granted.crossed)}
        self.audit.write(
            "reveal letter",
            caller.name,
            groups=list(caller.groups),
            purpose=as_code(purpose),
            values=dict(sorted(values.items())),
            result="shown" if shown else "denied",
            **approval,
            **{name: found for name, found in notable.items() if found},
            **facts,
        )
        if not shown:
            raise Refused(
                "denied", "the policies or the budgets don't let the caller see all that is in the record"
            )
        return text


def categories_in(record: bytes) -> Counter[str]:
    """Returns the number of a record's sensitive values by category.

    Whoever sees a record that is no JSON object, or that holds a value where its schema has none of that category, needs
    the right to all categories: nothing says what else is in it.
    """
    leaves = leaves_of(record)
    if leaves is None:
        return Counter(CATEGORIES)
    found: Counter[str] = Counter()
    for path, leaf in leaves.items():
        of = category(path) if not leaf.public else ""
        if of and leaf.value is not None:
            found[of] += 1
        for text in (leaf.text, path):
            hit = find_leak(text, _NOTHING)
            if hit and _OF_FINDING.get(hit) != of:
                return found | Counter(CATEGORIES)
    return found
