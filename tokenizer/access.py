"""Who may reveal what: a reveal under a policy, with a line in the audit trail before the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from tokenizer.budget import Budget
from tokenizer.categories import category
from tokenizer.reveal import ReadableAliases, ReadableVault, Revealed, Status, reveal
from tokenizer.tokens import is_token
from tokenizer.values import mask

IAM = "iam"  # the group of callers that IAM alone has let through


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
class Wish:
    """What is asked for: some tokens, for a purpose, in full or masked."""

    tokens: tuple[str, ...]
    purpose: str
    action: Action


class Policies(Protocol):
    """Decides."""

    def permits(self, caller: Caller, wish: Wish, categories: Sequence[str]) -> Sequence[bool]:
        """Whether each category of value may be revealed."""
        ...


class Audit(Protocol):
    """Keeps what was asked and answered."""

    def write(self, action: str, operator: str, **facts: Any) -> None:
        """Add a line; raises if it is not kept."""
        ...


@dataclass(frozen=True, slots=True)
class Reveals:
    """Reveals under policies."""

    vault: ReadableVault
    aliases: ReadableAliases
    policies: Policies
    audit: Audit

    def answer(self, caller: Caller, wish: Wish, budget: Budget) -> dict[str, dict[str, Any]]:
        """What each token is answered with: `status`, and `kind` and `value` where it is `ok`.

        The audit line comes first: no line, no answer.

        Raises:
            PipelineError: the audit trail can't be written.
        """
        found = reveal(wish.tokens, self.vault, self.aliases, budget)
        categories = [category(each.found.path) if each.found else "other" for each in found.values()]
        permitted = self.policies.permits(caller, wish, categories)
        answers = {
            token: _answer(each, wish.action) if allowed or not each.found else {"status": "denied"}
            for (token, each), allowed in zip(found.items(), permitted, strict=True)
        }
        self.audit.write(
            wish.action,
            caller.name,
            groups=list(caller.groups),
            purpose=wish.purpose,
            **_results(answers),
        )
        return answers


def _results(answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the audit trail keeps: a text that leads nowhere and has no token's shape may be a value, so it is counted."""
    known = {
        token: each["status"]
        for token, each in answers.items()
        if is_token(token) or each["status"] not in {Status.UNKNOWN, Status.UNAVAILABLE}
    }
    return {"tokens": known, "not_tokens": len(answers) - len(known)}


def _answer(revealed: Revealed, action: Action) -> dict[str, Any]:
    if revealed.found is None:
        return {"status": str(revealed.status)}
    value = revealed.found.value
    shown = value if action is Action.REVEAL else masked(value, category(revealed.found.path))
    return {"status": str(Status.OK), "kind": revealed.found.kind, "value": shown}


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
        ValueError: what it names is no caller.
    """
    if told is None:
        return Caller("invoked directly", (IAM,))
    name, groups, mfa = told.get("name"), told.get("groups"), told.get("mfa", False)
    if not isinstance(name, str) or not isinstance(groups, list) or not isinstance(mfa, bool):
        raise ValueError("caller: name, groups and mfa")  # noqa: TRY004 -- told to whoever asked
    return Caller(name, tuple(str(each) for each in groups if each != IAM), mfa)
