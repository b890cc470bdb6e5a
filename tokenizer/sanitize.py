"""One raw event in, one sanitized event out: what each field kind does.

Default deny: a field that no schema names becomes a token for its whole JSON value, and so does a public
string in which the leak guard finds something. Looking nothing up and writing nothing, this is a pure
function of the record, its identity and the keys. A consistent field gets the token that it would draw as
the value's first occurrence; the batch use case swaps it when the blind index knows an older one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from schemas.kinds import ConsistentToken, Fact, FieldKind, FreeText, Generalized, Public, Token
from tokenizer import jsontext
from tokenizer.catalog import ENVELOPE, EventPlan, ListPlan, ObjectPlan, Plan, escape
from tokenizer.guard import find_leak, own_values
from tokenizer.records import RawRecord, SanitizedRecord, VaultField, timestamp
from tokenizer.tokens import Pointer, ScopeKeys, TokenKey
from tokenizer.values import fact, generalize, normal_form

UNKNOWN = "unknown"
KEY = "key"
GUARDED = "guarded"

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)
# Values whose text is shown beside a token would make the guard find them in their own facts.
_FACT_GUARDED = frozenset({Fact.DOMAIN})


@dataclass(frozen=True, slots=True)
class ConsistentUse:
    """A field that holds a consistent value.

    Args:
        blind_index: 32 bytes, never printed.
        pointer: where the value would lie if this were its first occurrence.
        value: what the vault keeps.
    """

    scope: str
    blind_index: bytes = field(repr=False)
    pointer: Pointer
    value: VaultField


@dataclass(frozen=True, slots=True)
class Draft:
    """A sanitized event before its consistent tokens are settled.

    Args:
        sanitized: the event, with the tokens that consistent values would draw.
        record_id: the vault record of the fields.
        fields: what that record holds, by tag.
        uses: the consistent values in it.
        guard_hits: paths of public fields in which the guard found something.
    """

    sanitized: SanitizedRecord
    record_id: bytes
    fields: Mapping[bytes, VaultField] = field(repr=False)
    uses: tuple[ConsistentUse, ...]
    guard_hits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sanitizer:
    """The keys that tokens and blind indexes are drawn with."""

    token_key: TokenKey
    scope_keys: ScopeKeys

    def sanitize(self, record: RawRecord, event: Mapping[str, Any], plan: EventPlan) -> Draft:
        """Swap every sensitive value of a checked event for its token.

        Args:
            record: the raw record, for its identity and arrival.
            event: its parsed JSON, without sensitive authentication data.
            plan: the plan of its type and version, which it was checked against.
        """
        walk = _Walk(self, record)
        data = walk.object({key: value for key, value in event.items() if key not in ENVELOPE}, plan.data, "")
        metadata: dict[str, Any] = {
            "event_id": event["event_id"],
            "schema_version": event["schema_version"],
            "occurred_at": event["occurred_at"],
            "ingested_at": timestamp(record.arrived_at),
            "ingest_id": self.token_key.ingest_id(record.identity),
        }
        for name in ("event_id", "occurred_at"):
            walk.watch(metadata, name, f"/{name}", everything=False)
        hits = walk.guard()
        detail = jsontext.dump({"metadata": metadata, "data": data})
        sanitized = SanitizedRecord(plan.name.event_type, detail, metadata["ingest_id"])
        return Draft(sanitized, walk.record_id, walk.fields, tuple(walk.uses), tuple(hits))


@dataclass(frozen=True, slots=True)
class _Watched:
    """A public value that the guard has yet to read."""

    holder: dict[str, Any]
    key: str
    path: str
    everything: bool


class _Walk:
    """One pass over one event."""

    def __init__(self, sanitizer: Sanitizer, record: RawRecord) -> None:
        self.identity = record.identity
        self.token_key = sanitizer.token_key
        self.scope_keys = sanitizer.scope_keys
        self.record_id = self.token_key.record_id(self.identity)
        self.fields: dict[bytes, VaultField] = {}
        self.uses: list[ConsistentUse] = []
        self._watched: list[_Watched] = []
        self._sensitive: list[str] = []
        self._everyday: list[str] = []

    def object(self, value: Mapping[str, Any], plan: ObjectPlan, path: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, inner in value.items():
            named = plan.fields.get(key)
            where = f"{path}/{escape(key)}"
            if named is None:
                result[self._key(key, where)] = self._token(inner, UNKNOWN, where)
            elif inner is None or inner == "":
                result[key] = inner
            elif isinstance(named, FieldKind):
                self._leaf(result, key, inner, named, where, value)
            else:
                result[key] = self._inner(inner, named, where)
        return result

    def watch(self, holder: dict[str, Any], key: str, path: str, *, everything: bool) -> None:
        """Let the guard read `holder[key]` once all of the record's own values are known."""
        self._watched.append(_Watched(holder, key, path, everything))

    def guard(self) -> list[str]:
        """Swap each watched value in which the guard finds something for a token."""
        structured = own_values(self._sensitive)
        everything = own_values([*self._sensitive, *self._everyday])
        hits = []
        for seen in self._watched:
            value = seen.holder[seen.key]
            text = value if isinstance(value, str) else str(value)
            if find_leak(text, everything if seen.everything else structured) is not None:
                seen.holder[seen.key] = self._token(value, GUARDED, seen.path)
                hits.append(seen.path)
        return hits

    def _inner(self, value: Any, plan: Plan, path: str) -> Any:
        if isinstance(plan, ObjectPlan):
            return self.object(value, plan, path)
        if not isinstance(plan, ListPlan):
            # A list of plain values: each is treated as a field of its own.
            holder: dict[str, Any] = {}
            self._leaf(holder, "", value, plan, path, {})
            return holder[""]
        return [
            inner if inner is None or inner == "" else self._inner(inner, plan.element, f"{path}/{index}")
            for index, inner in enumerate(value)
        ]

    def _leaf(  # noqa: PLR0917 -- a leaf is where all of the walk's state meets
        self, result: dict[str, Any], key: str, value: Any, kind: FieldKind, path: str, raw: Mapping[str, Any]
    ) -> None:
        match kind:
            case Public() | FreeText():
                result[key] = value
                if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool):
                    self.watch(result, key, path, everything=isinstance(kind, FreeText))
            case Token():
                (self._everyday if kind.everyday else self._sensitive).append(str(value))
                result[key] = self._token(value, "token", path)
                self._facts(result, key, value, kind.facts, raw)
            case ConsistentToken():
                self._sensitive.append(str(value))
                result[key] = self._consistent(value, kind, path)
                self._facts(result, key, value, kind.facts, raw)
            case Generalized():
                coarse = generalize(kind.rule, value)
                result[key] = coarse if coarse is not None else self._token(value, "token", path)
                if coarse is not None:
                    self.watch(result, key, path, everything=False)
            case _:
                raise TypeError(f"{type(kind).__name__} is no kind that can be sanitized")

    def _facts(
        self, result: dict[str, Any], key: str, value: str, facts: tuple[Fact, ...], raw: Mapping[str, Any]
    ) -> None:
        for each in facts:
            name = f"{key}_{each}"
            told = fact(each, value)
            # A raw field of the same name keeps its place; it is tokenized as any field no schema names.
            if told is None or name in raw:
                continue
            if each in _FACT_GUARDED and find_leak(told, own_values(())) is not None:
                continue
            result[name] = told

    def _key(self, key: str, path: str) -> str:
        """An unknown key as it may be shown: a key that is no plain identifier may itself be a value."""
        if _IDENTIFIER.fullmatch(key) and find_leak(key, own_values(())) is None:
            return key
        return self._token(key, KEY, f"{path}#key")

    def _token(self, value: Any, kind: str, path: str) -> str:
        attempt = 0
        tag = self.token_key.tag(self.identity, path)
        while tag in self.fields:
            attempt += 1
            tag = self.token_key.tag(self.identity, path, attempt)
        self.fields[tag] = VaultField(path, kind, value)
        return Pointer(self.record_id, tag).token

    def _consistent(self, value: str, kind: ConsistentToken, path: str) -> str:
        record_id = self.token_key.consistent_record_id(self.identity, path)
        pointer = Pointer(record_id, self.token_key.tag(self.identity, path))
        blind_index = self.scope_keys.blind_index(kind.scope, normal_form(kind.normal_form, value))
        self.uses.append(
            ConsistentUse(kind.scope, blind_index, pointer, VaultField(path, "consistent", value))
        )
        return pointer.token
