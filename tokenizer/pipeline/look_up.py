"""Looks up the consistent token that a value already has, and notes that a value was erased by name.

Looking up writes nothing, so an unknown value stays unknown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from schemas.kinds import ConsistentToken
from tokenizer.errors import PipelineError, Unavailable
from tokenizer.pipeline.consistent_fields import consistent_kind
from tokenizer.pipeline.normalize import normal_form
from tokenizer.pipeline.ports import BlindIndex, Erasures
from tokenizer.records import IndexEntry
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import Pointer, ScopeKeys, value_name

# The kinds of values that may be looked up, each with its field in a value that the API takes by itself.
LOOKED_UP: Mapping[str, tuple[str, str]] = {"email": ("value", "email"), "phone": ("value", "phone")}


@dataclass(frozen=True, slots=True)
class LookUp:
    """Knows the index entries of values that have one."""

    index: BlindIndex
    keys: ScopeKeys

    def entry(self, kind: str, value: str, budget: Budget) -> IndexEntry | None:
        """Returns a value's entry in the blind index, or None if no event has held the value since it was erased.

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
        return entry if entry and entry.live else None


@dataclass(frozen=True, slots=True)
class ValueErasures:
    """Notes in the blind index which values were erased by name, so that their next use gets another token.

    It notes nothing that the erasing function has not marked, so asking it without having erased does nothing.

    Args:
        now: returns milliseconds since 1970.
    """

    look_up: LookUp
    erasures: Erasures
    now: Callable[[], int]

    def note(self, kind: str, value: str, token: str, budget: Budget) -> int:
        """Notes that a value was erased with its token.

        Args:
            kind: one of `LOOKED_UP`.
            value: the value in any spelling.
            token: the token that was erased.
            budget: the time that is left.

        Returns:
            The moment up to which it is erased, in milliseconds since 1970: whatever arrives later has another token.

        Raises:
            PipelineError: the index or the marks can't be read or written, the value has another token by now, or it
                is not marked. Trying the whole erasure again is safe.
        """
        entry = self.look_up.entry(kind, value, budget)
        if entry is None or entry.token != token:
            raise Unavailable("the value has got another token meanwhile")
        name = value_name(Pointer.parse(token).record_id)
        mark = self.erasures.until([name], budget).get(name, 0)
        if isinstance(mark, PipelineError):
            raise mark
        if not mark:
            raise Unavailable("the value is not marked as erased")
        until = self.now()
        erased = replace(entry, erased_token=token, erased_until=until)
        stored = self.look_up.index.amend([erased], {entry.blind_index: entry}, budget)
        if error := stored.failed.get(entry.blind_index):
            raise error
        if stored.found.get(entry.blind_index) != erased:
            raise Unavailable("the value's entry was changed meanwhile")
        return until
