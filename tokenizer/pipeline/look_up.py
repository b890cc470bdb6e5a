"""Looks up the consistent token that a value already has. It writes nothing, so an unknown value stays unknown."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.kinds import ConsistentToken
from tokenizer.pipeline.consistent_fields import consistent_kind
from tokenizer.pipeline.normalize import normal_form
from tokenizer.pipeline.ports import BlindIndex
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import ScopeKeys

# The kinds of values that may be looked up, each with its field in a value that the API takes by itself.
LOOKED_UP: Mapping[str, tuple[str, str]] = {"email": ("value", "email"), "phone": ("value", "phone")}


@dataclass(frozen=True, slots=True)
class LookUp:
    """Knows the tokens of values that have one."""

    index: BlindIndex
    keys: ScopeKeys

    def token(self, kind: str, value: str, budget: Budget) -> str | None:
        """Returns a value's consistent token, or None if no event has held the value.

        Args:
            kind: one of `LOOKED_UP`.
            value: the value in any spelling.
            budget: the time that is left.

        Raises:
            PipelineError: the index can't be read.
        """
        field = consistent_kind(*LOOKED_UP[kind])
        assert isinstance(field, ConsistentToken)  # noqa: S101 -- a test holds it for each kind
        scope = f"token:{field.normal_form}:{field.scope}"  # as the sanitizer names it; a test holds them together
        blind_index = self.keys.blind_index(scope, normal_form(field.normal_form, value))
        tokens = self.index.lookup([(scope, blind_index)], budget)
        if error := tokens.failed.get(blind_index):
            raise error
        entry = tokens.found.get(blind_index)
        return entry.token if entry else None
