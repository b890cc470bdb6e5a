"""Finds what becomes of each field of an event, by comparing the raw event with the real sanitizer's result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from secrets import token_bytes
from typing import Any, NamedTuple

from ops.misspelt import starred
from ops.preview.removed import removed_paths, value_at
from schemas.check import escape
from schemas.dead_letter import LetterSource
from schemas.kinds import FieldKind, FormatPreservingToken, Generalized, Masked, Removed, TokenKind
from tokenizer import json_text
from tokenizer.guard import is_plain_word
from tokenizer.guard.authentication_data import is_authentication_key
from tokenizer.identity import Identity
from tokenizer.pipeline.catalog import ENVELOPE, Catalog, EventPlan, ListPlan, ObjectPlan, Plan
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import GUARDED, UNKNOWN, Sanitizer
from tokenizer.records import RawRecord
from tokenizer.vault.categories import category
from tokenizer.vault.tokens import ScopeKeys, SubjectKey, TokenKey, Versions

_QUEUE = "preview"
_KEY_BYTES = 32


class FieldOutcome(StrEnum):
    """Lists what can become of a field. Kinds of tokens have the names of the field kinds."""

    PUBLIC = "public"
    FREE_TEXT = "free_text"
    FACT = "fact"
    TOKEN = "token"  # noqa: S105 -- a kind's name
    CONSISTENT_TOKEN = "consistent_token"  # noqa: S105 -- a kind's name
    ONE_WAY_TOKEN = "one_way_token"  # noqa: S105 -- a kind's name
    FORMAT_PRESERVING_TOKEN = "format_preserving_token"  # noqa: S105 -- a kind's name
    MASKED = "masked"
    GENERALIZED = "generalized"
    REMOVED = "removed"
    AUTHENTICATION_DATA = "authentication_data"
    GUARD_HIT = "guard_hit"
    UNKNOWN = "unknown"
    EMPTY = "empty"


class OutcomeGroup(StrEnum):
    """Lists the kinds of outcomes that a summary counts."""

    PUBLIC = "public"
    COARSER = "coarser"
    TOKEN = "token"  # noqa: S105 -- a kind's name
    CONSISTENT = "consistent"
    UNKNOWN = "unknown"
    REMOVED = "removed"


OUTCOME_GROUPS: Mapping[FieldOutcome, OutcomeGroup] = {
    FieldOutcome.PUBLIC: OutcomeGroup.PUBLIC,
    FieldOutcome.FREE_TEXT: OutcomeGroup.PUBLIC,
    FieldOutcome.FACT: OutcomeGroup.PUBLIC,
    FieldOutcome.EMPTY: OutcomeGroup.PUBLIC,
    FieldOutcome.MASKED: OutcomeGroup.COARSER,
    FieldOutcome.GENERALIZED: OutcomeGroup.COARSER,
    FieldOutcome.TOKEN: OutcomeGroup.TOKEN,
    FieldOutcome.GUARD_HIT: OutcomeGroup.TOKEN,
    FieldOutcome.CONSISTENT_TOKEN: OutcomeGroup.CONSISTENT,
    FieldOutcome.ONE_WAY_TOKEN: OutcomeGroup.CONSISTENT,
    FieldOutcome.FORMAT_PRESERVING_TOKEN: OutcomeGroup.CONSISTENT,
    FieldOutcome.UNKNOWN: OutcomeGroup.UNKNOWN,
    FieldOutcome.REMOVED: OutcomeGroup.REMOVED,
    FieldOutcome.AUTHENTICATION_DATA: OutcomeGroup.REMOVED,
}


# What can be revealed, for those who may see values of the field's category.
_REVEALED = frozenset(
    {
        FieldOutcome.TOKEN,
        FieldOutcome.CONSISTENT_TOKEN,
        FieldOutcome.FORMAT_PRESERVING_TOKEN,
        FieldOutcome.GUARD_HIT,
        FieldOutcome.UNKNOWN,
    }
)


class Field(NamedTuple):
    """Describes one field of an event by its JSON Pointer. A key that the sanitizer would hide is `*`."""

    path: str
    outcome: FieldOutcome

    @property
    def category(self) -> str:
        """Returns the category that a reveal of the value goes by, or "" if no value is kept to be revealed."""
        if self.outcome not in _REVEALED:
            return ""
        path = self.path
        while path.endswith("/*"):  # an element of a list
            path = path.removesuffix("/*")
        return category(path)

    @property
    def starred(self) -> "Field":
        """Returns the field with `*` in place of list indexes."""
        return Field(starred(self.path), self.outcome)


class Preview:
    """Sanitizes events with keys that nobody keeps. A consistent value has one token in all of them, as on the stack."""

    def __init__(self, catalog: Catalog) -> None:
        token_key, scopes, subjects = (token_bytes(_KEY_BYTES) for _ in range(3))
        keys = Versions.only(TokenKey(token_key)), ScopeKeys(scopes), Versions.only(SubjectKey(subjects))
        self._intake = RecordReader(catalog, Sanitizer(*keys))
        self._count = 0
        self._consistent: dict[bytes, str] = {}  # the token of each value, by its blind index

    def fields(self, data: bytes) -> list[Field]:
        """Returns what becomes of each field, as `sanitized` does."""
        return self.sanitized(data)[0]

    def sanitized(self, data: bytes) -> tuple[list[Field], bytes]:
        """Returns what becomes of each field, and the JSON text of the sanitized event.

        Args:
            data: the JSON text of a raw event.

        Raises:
            PipelineError: the event would be dead-lettered. The message holds no value.
        """
        self._count += 1
        record = self._intake.read(_record(data, self._count))
        draft = record.draft
        if draft is None:
            raise record.failure or ValueError("a record without a draft has failed")
        event, plan = self._intake.catalog.read(json_text.parse(data))
        kept = {each.path: each.kind for record in draft.records for each in record.fields.values()}
        aliased = frozenset(use.draws.path for use in draft.aliases)
        tokens = {use.token: self._consistent.setdefault(use.blind_index, use.token) for use in draft.uses}
        detail = draft.event(tokens).detail
        clean = self._intake.catalog.read(json_text.parse(record.kept or data))[0]
        return list(_Told(plan, kept, aliased, clean, json_text.parse(detail)).fields(event)), detail


def _record(data: bytes, number: int) -> RawRecord:
    now = datetime.now(UTC)
    source = LetterSource(queue=_QUEUE, message_id=str(number), arrived_at=now.isoformat())
    return RawRecord(Identity.of_sqs(_QUEUE, str(number)), data, source, now, str(number))


@dataclass(frozen=True, slots=True)
class _Told:
    """Compares a sanitized event with the raw one that it was made of.

    Args:
        kept: the kind under which the vault would keep the value at each path.
        aliased: the paths whose value gets an alias.
        clean: the raw event without sensitive authentication data.
        shown: the parsed sanitized event.
    """

    plan: EventPlan
    kept: Mapping[str, str]
    aliased: frozenset[str]
    clean: Mapping[str, Any]
    shown: Mapping[str, Any]

    def fields(self, event: Mapping[str, Any]) -> Iterator[Field]:
        shown = self.shown
        for name in ENVELOPE:
            hit = name in {"event_id", "occurred_at"} and shown["metadata"][name] != event[name]
            yield Field(f"/{name}", FieldOutcome.GUARD_HIT if hit else FieldOutcome.PUBLIC)
        data = {key: value for key, value in event.items() if key not in ENVELOPE}
        yield from self._object(data, self.plan.data, shown["data"], "", "")

    def _object(
        self, raw: Mapping[str, Any], plan: ObjectPlan, shown: Mapping[str, Any], path: str, label: str
    ) -> Iterator[Field]:
        for key, value in raw.items():
            kind, where, shown_path = plan.fields.get(key), f"{path}/{escape(key)}", f"{label}/{escape(key)}"
            if kind is None and self.kept.get(where) == UNKNOWN:
                # A key that is no plain identifier may itself be a value, so it is hidden here if the sanitizer hides
                # it.
                told = shown_path if key in shown else f"{label}/*"
                yield Field(told, FieldOutcome.UNKNOWN)
                yield from self._removed(value, where, told)
            elif kind is None and (key in shown or f"{where}#key" in self.kept):
                outcome = FieldOutcome.EMPTY if value is None else FieldOutcome.PUBLIC
                yield Field(shown_path if key in shown else f"{label}/*", outcome)
            elif kind is None or key not in shown:
                named = is_authentication_key(key) or is_plain_word(key)
                yield Field(
                    shown_path if named else f"{label}/*",
                    FieldOutcome.REMOVED if isinstance(kind, Removed) else FieldOutcome.AUTHENTICATION_DATA,
                )
            else:
                yield from self._value(value, kind, shown[key], where, shown_path)
                facts = [f"{key}_{each}" for each in kind.facts] if isinstance(kind, TokenKind) else []
                yield from (
                    Field(f"{label}/{name}", FieldOutcome.FACT)
                    for name in facts
                    if name in shown and name not in raw
                )

    def _value(self, value: Any, plan: Plan, shown: Any, path: str, label: str) -> Iterator[Field]:
        if value is None or value == "":
            yield Field(label, FieldOutcome.EMPTY)
        elif isinstance(plan, ObjectPlan):
            yield from self._object(value, plan, shown, path, label)
        elif isinstance(plan, ListPlan):
            for index, inner in enumerate(value):
                yield from self._value(
                    inner, plan.element, shown[index], f"{path}/{index}", f"{label}/{index}"
                )
        else:
            outcome = self._outcome(value, plan, shown, path)
            yield Field(label, outcome)
            if outcome is not FieldOutcome.AUTHENTICATION_DATA:
                yield from self._removed(value, path, label)

    def _removed(self, value: Any, path: str, label: str) -> Iterator[Field]:
        """Yields what was removed inside a field that has another outcome, too."""
        for each in removed_paths(value, value_at(self.clean, path), label):
            yield Field(each, FieldOutcome.AUTHENTICATION_DATA)

    def _outcome(self, value: Any, kind: FieldKind, shown: Any, path: str) -> FieldOutcome:
        kept = self.kept.get(path)
        if kept == GUARDED:
            return FieldOutcome.GUARD_HIT
        if isinstance(kind, FormatPreservingToken):
            return FieldOutcome.FORMAT_PRESERVING_TOKEN if path in self.aliased else FieldOutcome.TOKEN
        if isinstance(kind, (Masked, Generalized)):
            return FieldOutcome.TOKEN if kept is not None else FieldOutcome(kind.name)
        if isinstance(kind, TokenKind) or shown == value:
            return FieldOutcome(kind.name)
        # The public string differs but was not guarded, so authentication data was removed from it.
        return FieldOutcome.AUTHENTICATION_DATA
