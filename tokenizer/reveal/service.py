"""Reveals values to callers whom the policies permit, and writes an audit line before each answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizer.audit.lines import as_code
from tokenizer.audit.port import Audit
from tokenizer.callers import Caller
from tokenizer.errors import Refused
from tokenizer.masking import mask
from tokenizer.records import VaultField
from tokenizer.reveal.gates import RevealGates
from tokenizer.reveal.lookup import ReadableAliases, ReadableVault, Revealed, Status, reveal
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.reveal.value_categories import categories
from tokenizer.time_budget import Budget
from tokenizer.vault.categories import category
from tokenizer.vault.tokens import is_token

DENIED = "denied"

# Results that prove a text to be the vault's, whatever its shape.
_LED_SOMEWHERE = frozenset({Status.OK, Status.ERASED, Status.TAMPERED})
_NOT_THE_CALLERS = frozenset({str(Status.TAMPERED), str(Status.UNAVAILABLE)})


@dataclass(frozen=True, slots=True)
class RevealService:
    """Reveals values within policies and budgets.

    Args:
        vault: holds the values.
        aliases: knows the tokens behind aliases.
        gates: decide whether and how much is revealed.
        audit: gets a line before each answer.
    """

    vault: ReadableVault
    aliases: ReadableAliases
    gates: RevealGates
    audit: Audit

    def answer(self, caller: Caller, request: RevealRequest, budget: Budget) -> dict[str, dict[str, Any]]:
        """Answers a request.

        Each token gets a `status`; if that is `ok`, also `kind` and `value`, and `masked` if it is masked.

        If the caller may reveal nothing for the purpose, every token is `denied` and the vault is not read. A honey
        token is answered like any other. The audit line is written first: without a line there is no answer.

        Raises:
            Refused: the policies don't let the caller ask at all. The audit trail has a line of it.
            PipelineError: the vault, its keys, the budgets, the honey tokens or the audit trail can't be reached.
        """
        tokens = tuple(dict.fromkeys(request.tokens))
        asked = self.gates.asked(caller, request, tokens, budget)
        permitted = asked.permitted
        found = reveal(tokens, self.vault, self.aliases, budget) if permitted[request.action] else {}
        wanted, rest = _sorted(tokens, found, permitted[request.action])
        granted = self.gates.granted(
            caller,
            request,
            asked.moment,
            wanted={category: len(values) for category, values in wanted.items()},
            misses=sum(status not in _NOT_THE_CALLERS for status in rest.values()),
        )
        answers = {token: {"status": DENIED if granted.blocked else status} for token, status in rest.items()}
        for each, values in wanted.items():
            shown = granted.shown[each] if each in permitted[Action.MASKED] else 0
            for position, (token, value) in enumerate(values.items()):
                answers[token] = _answer(
                    value, each, in_full=position < granted.full[each], shown=position < shown
                )
        answers = {token: answers[token] for token in tokens}
        self._write(caller, request, answers, honey=sorted(asked.honey), budgets=granted.crossed)
        if not asked.may_ask:
            raise Refused(DENIED, "the policies let the caller reveal nothing")
        return answers

    def _write(
        self,
        caller: Caller,
        request: RevealRequest,
        answers: Mapping[str, Mapping[str, Any]],
        **notable: Sequence[str],
    ) -> None:
        self.audit.write(
            request.action,
            caller.name,
            groups=list(caller.groups),
            purpose=as_code(request.purpose),
            **_results(answers, request.action),
            **{name: list(found) for name, found in notable.items() if found},
        )


def _sorted(
    tokens: Sequence[str], found: Mapping[str, Revealed], permitted: frozenset[str]
) -> tuple[dict[str, dict[str, VaultField]], dict[str, str]]:
    """Returns the values that the policies permit, by category and token, and the status of every other token."""
    wanted: dict[str, dict[str, VaultField]] = {}
    rest: dict[str, str] = {}
    for token in tokens:
        each = found.get(token)
        value = each.found if each else None
        of = categories(value.path, value.value) if value else ()
        if value and permitted.issuperset(of):
            wanted.setdefault(of[0], {})[token] = value
        else:
            rest[token] = str(each.status) if each and not value else DENIED
    return wanted, rest


def _answer(found: VaultField, of: str, *, in_full: bool, shown: bool) -> dict[str, Any]:
    if in_full:
        return {"status": str(Status.OK), "kind": found.kind, "value": found.value}
    if shown:
        return {
            "status": str(Status.OK),
            "kind": found.kind,
            "value": masked(found.value, of) if of == category(found.path) else "***",
            "masked": True,
        }
    return {"status": DENIED}


def _results(answers: Mapping[str, Mapping[str, Any]], action: Action) -> dict[str, Any]:
    """Returns what the audit trail keeps.

    A text that is no token and led nowhere may be a value, so it is only counted.
    """
    known = {
        token: _logged(each, action)
        for token, each in answers.items()
        if is_token(token) or each["status"] in _LED_SOMEWHERE
    }
    return {"tokens": known, "not_tokens": len(answers) - len(known)}


def _logged(answer: Mapping[str, Any], action: Action) -> str:
    """Returns a token's result for the audit trail.

    `masked` means that the caller wanted it in full but had no budget left.
    """
    return "masked" if answer.get("masked") and action is Action.REVEAL else str(answer["status"])


def masked(value: Any, of: str) -> str:
    """Masks a value so that it can be recognized but not read: a card's last four digits, an email's first letter."""
    if not isinstance(value, str):
        return "***"
    if of == "card_number":
        return mask(value, 0, 4) or "***"
    if of == "email":
        local, _, domain = value.rpartition("@")
        return f"{local[:1] if len(local) > 1 else ''}***@{domain}" if local else "***"
    return mask(value, 1, 0) or "***"
