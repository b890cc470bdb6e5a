"""Who may reveal what: a reveal under a policy, with a line in the audit trail before the answer."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from tokenizer.alarm_metrics import BUDGET_EXCEEDED, HONEY_ASKED
from tokenizer.audit.lines import as_code
from tokenizer.pipeline.values import mask
from tokenizer.records import VaultField
from tokenizer.reveal.budgets import Granted, RevealBudgets
from tokenizer.reveal.lookup import ReadableAliases, ReadableVault, Revealed, Status, reveal
from tokenizer.time_budget import Budget
from tokenizer.vault.categories import category
from tokenizer.vault.tokens import is_token

IAM = "iam"  # the group of callers that IAM alone has let through
DENIED = "denied"

# Statuses that are no fault of whoever asks, and use up no budget.
# What an answer says of a text that is the vault's, whatever its shape.
_LED_SOMEWHERE = frozenset({Status.OK, Status.ERASED, Status.TAMPERED})
_NOT_THE_CALLERS = frozenset({str(Status.TAMPERED), str(Status.UNAVAILABLE)})


class NotACaller(ValueError):
    """What a request names as its caller is none; the text may be told to whoever asked."""


class Action(StrEnum):
    """What may be asked."""

    REVEAL = "reveal"
    MASKED = "revealMasked"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Args:
        name: for the audit trail.
        groups: what the policies go by.
        mfa: whether they signed in with a second factor.
    """

    name: str
    groups: tuple[str, ...]
    mfa: bool = False


@dataclass(frozen=True, slots=True)
class RevealRequest:
    """What is asked for: some tokens, for a purpose, in full or masked."""

    tokens: tuple[str, ...]
    purpose: str
    action: Action


class Policies(Protocol):
    """Decides."""

    def permitted(self, caller: Caller, request: RevealRequest, hour: int) -> Mapping[Action, frozenset[str]]:
        """The categories of value that may be revealed to a caller, by action.

        Args:
            caller: who asks.
            request: what for.
            hour: of the day, in UTC.
        """
        ...


class Honey(Protocol):
    """Knows the tokens that nobody has a reason to reveal."""

    def among(self, tokens: Collection[str], budget: Budget) -> frozenset[str]:
        """Those of some tokens that are honey tokens.

        Raises:
            PipelineError: it can't be told.
        """
        ...


class Audit(Protocol):
    """Keeps what was asked and answered."""

    def write(self, action: str, operator: str, **facts: Any) -> None:
        """Add a line; raises if it is not kept."""
        ...


@dataclass(frozen=True, slots=True)
class RevealService:
    """Reveals under policies and budgets.

    Args:
        vault: has the values.
        aliases: know the tokens behind aliases.
        policies: say who may.
        budgets: say how much.
        honey: knows the tokens that raise an alarm.
        audit: takes a line before each answer.
        signal: counts what somebody is to be alarmed of, by name.
        now: the time, in UTC.
    """

    vault: ReadableVault
    aliases: ReadableAliases
    policies: Policies
    budgets: RevealBudgets
    honey: Honey
    audit: Audit
    signal: Callable[[str, int], None]
    now: Callable[[], datetime]

    def answer(self, caller: Caller, request: RevealRequest, budget: Budget) -> dict[str, dict[str, Any]]:
        """What each token is answered with: `status`, and `kind` and `value` where it is `ok`, `masked` where that is masked.

        Whoever may reveal nothing for the purpose is told `denied` of every token, and the vault is not even read. Of a honey token
        nobody is told anything that they would not be told of its like. The audit line comes first: no line, no answer.

        Raises:
            PipelineError: the vault's keys, the budgets, the honey tokens or the audit trail can't be reached.
        """
        moment, tokens = self.now(), tuple(dict.fromkeys(request.tokens))
        honey = self.honey.among(tokens, budget)
        if honey:
            self.signal(HONEY_ASKED, len(honey))
        permitted = self.policies.permitted(caller, request, moment.hour)
        found = reveal(tokens, self.vault, self.aliases, budget) if permitted[request.action] else {}
        wanted, rest = _sorted(tokens, found, permitted[request.action])
        granted = self._granted(caller, request, moment, wanted, rest)
        answers = {token: {"status": DENIED if granted.blocked else status} for token, status in rest.items()}
        for each, values in wanted.items():
            shown = granted.shown[each] if each in permitted[Action.MASKED] else 0
            for at, (token, value) in enumerate(values.items()):
                answers[token] = _answer(value, each, in_full=at < granted.full[each], shown=at < shown)
        answers = {token: answers[token] for token in tokens}
        self._write(caller, request, answers, honey=sorted(honey), budgets=granted.crossed)
        return answers

    def _granted(
        self,
        caller: Caller,
        request: RevealRequest,
        moment: datetime,
        wanted: Mapping[str, Mapping[str, VaultField]],
        rest: Mapping[str, str],
    ) -> Granted:
        granted = self.budgets.take(
            caller.name,
            caller.groups,
            request.purpose,
            moment,
            wanted={category: len(values) for category, values in wanted.items()},
            misses=sum(status not in _NOT_THE_CALLERS for status in rest.values()),
            in_full=request.action is Action.REVEAL,
        )
        if granted.crossed:
            self.signal(BUDGET_EXCEEDED, len(granted.crossed))
        return granted

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
            **{name: list(told) for name, told in notable.items() if told},
        )


def _sorted(
    tokens: Sequence[str], found: Mapping[str, Revealed], permitted: Collection[str]
) -> tuple[dict[str, dict[str, VaultField]], dict[str, str]]:
    """The values that the policies permit, by category and token; and what every other token is answered with."""
    wanted: dict[str, dict[str, VaultField]] = {}
    rest: dict[str, str] = {}
    for token in tokens:
        each = found.get(token)
        value = each.found if each else None
        of = category(value.path) if value else ""
        if value and of in permitted:
            wanted.setdefault(of, {})[token] = value
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
            "value": masked(found.value, of),
            "masked": True,
        }
    return {"status": DENIED}


def _results(answers: Mapping[str, Mapping[str, Any]], action: Action) -> dict[str, Any]:
    """What the audit trail keeps: a text that led nowhere and has no token's shape may be a value, so it is counted."""
    known = {
        token: _told(each, action)
        for token, each in answers.items()
        if is_token(token) or each["status"] in _LED_SOMEWHERE
    }
    return {"tokens": known, "not_tokens": len(answers) - len(known)}


def _told(answer: Mapping[str, Any], action: Action) -> str:
    """What the audit trail is told: a value that was masked for want of budget is not what was asked for."""
    return "masked" if answer.get("masked") and action is Action.REVEAL else str(answer["status"])


def masked(value: Any, of: str) -> str:
    """A value for somebody who only has to recognize it: a card's last four digits, an email's first letter and domain."""
    if not isinstance(value, str):
        return "***"
    if of == "card_number":
        return mask(value, 0, 4) or "***"
    if of == "email":
        local, _, domain = value.rpartition("@")
        return f"{local[:1]}***@{domain}" if local else "***"
    return mask(value, 1, 0) or "***"


def caller_of(told: Mapping[str, Any] | None) -> Caller:
    """The caller that a request names; without one, whoever IAM let invoke the function.

    Raises:
        NotACaller: what it names is none.
    """
    if told is None:
        return Caller("invoked directly", (IAM,))
    name, groups, mfa = told.get("name"), told.get("groups"), told.get("mfa", False)
    if not isinstance(name, str) or not isinstance(groups, list) or not isinstance(mfa, bool):
        raise NotACaller("caller: name, groups and mfa")
    return Caller(name, tuple(str(each) for each in groups if each != IAM), mfa)
