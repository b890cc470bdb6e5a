"""Turns one raw event into one sanitized event, by the field kinds of its schema.

Everything is denied by default: a field that no schema names becomes a token for its whole JSON value, and so does a
public string in which the leak guard finds something. This is a pure function of the record, its identity and the keys;
it looks nothing up and writes nothing. A consistent field gets the token that it would have as the value's first
occurrence, and an ordinary token holds the place of an alias. The batch use case replaces both once they are resolved
(`tokenizer/pipeline/resolve_consistent.py`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from schemas.check import escape
from schemas.kinds import (
    ConsistentToken,
    Fact,
    FieldKind,
    FormatPreservingToken,
    FreeText,
    Generalized,
    Identifier,
    Masked,
    OneWayToken,
    Public,
    Removed,
    Token,
    TokenKind,
)
from tokenizer import json_text
from tokenizer.cards import number_alone
from tokenizer.formats import LISTS_VALUES, VAULT_RECORD
from tokenizer.guard import (
    NO_VALUES,
    VOUCHED,
    OwnValues,
    Reading,
    find_leak,
    is_plain_word,
    may_hold,
    own_values,
)
from tokenizer.identity import Identity
from tokenizer.masking import mask
from tokenizer.pipeline.aliases import AliasUse, Draws, takes_alias
from tokenizer.pipeline.bounds import MAX_OWN_VALUES, MAX_TEXT, too_long, too_many_values
from tokenizer.pipeline.catalog import ENVELOPE, EventPlan, ListPlan, ObjectPlan, Plan
from tokenizer.pipeline.countries import countries_of
from tokenizer.pipeline.event_text import EventText
from tokenizer.pipeline.normalize import normal_form
from tokenizer.pipeline.rules import rules_of
from tokenizer.pipeline.values import fact, generalize, shows_card_digits
from tokenizer.records import (
    ListedValue,
    RawRecord,
    SanitizedRecord,
    VaultField,
    VaultRecord,
    milliseconds,
    timestamp,
)
from tokenizer.vault.lifetimes import Lifetimes
from tokenizer.vault.tokens import Pointer, RecordTokens, ScopeKeys, SubjectKey, TokenKey, Versions

UNKNOWN = "unknown"
KEY = "key"
GUARDED = "guarded"

_TOKEN = Token().name
_INDEX = re.compile(r"/[0-9]+(?=/|$)")
# This fact is words, which may be somebody's name; digits and years say too little to be anybody's.
_FACT_GUARDED = frozenset({Fact.DOMAIN})
_READABLE = frozenset({str, int, Decimal})  # types of JSON values that hold text; bool is a type of its own


@dataclass(frozen=True, slots=True)
class ConsistentUse:
    """Describes a field that holds a consistent value.

    Args:
        blind_index: 32 bytes; never printed.
        pointer: points to the value's place in the vault if this is its first occurrence.
        token: the pointer's token.
        value: the value that the vault keeps; None for a one-way token, because the vault keeps nothing of it.
    """

    scope: str
    blind_index: bytes = field(repr=False)
    pointer: Pointer
    token: str
    value: VaultField | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """Holds a sanitized event before its consistent tokens are resolved.

    Args:
        event_type: the event's `detail-type`.
        ingest_id: the opaque id of the raw record.
        text: the event, with the tokens that consistent values would have as first occurrences.
        records: the vault records of the fields, one for each lifetime.
        uses: the consistent values in the event.
        aliases: the fields that get an alias.
        guard_hits: the fields in which the guard found something. The elements of a list count as one field.
        subject: the vault's name for the person whom the record is about, or else for its order; empty if it names
            neither.
        arrived: milliseconds since 1970 at which the raw record arrived.
        partition_key: events with an equal one keep their order.
    """

    event_type: str
    ingest_id: str
    text: EventText
    records: tuple[VaultRecord, ...] = field(repr=False)
    uses: tuple[ConsistentUse, ...]
    aliases: tuple[AliasUse, ...]
    guard_hits: tuple[str, ...]
    subject: str
    arrived: int
    partition_key: str | None = field(repr=False)

    @property
    def most_bytes(self) -> int:
        """Returns the most bytes that the event has, whichever tokens and aliases it shows in the end."""
        grown = sum([max(0, len(use.draws.value) - len(use.pointer.token)) for use in self.aliases])
        return self.text.size + grown

    @property
    def listed(self) -> bool:
        """Returns True if a vault record that never expires lists the consistent values of the event."""
        return any(each.uses for each in self.records)

    def event(self, tokens: Mapping[str, str]) -> SanitizedRecord:
        """Returns the event with its final tokens, given by the token that the draft drew."""
        return SanitizedRecord(self.event_type, self.text.filled(tokens), self.ingest_id, self.partition_key)

    def vault_records(self, aliases: Mapping[str, str]) -> Sequence[VaultRecord]:
        """Returns the vault records of the fields, which sign the aliases that are shown, given by token."""
        if not self.aliases:
            return self.records
        records = {each.record_id: each for each in self.records}
        for use in self.aliases:
            alias = aliases[use.pointer.token]
            if alias != use.pointer.token:
                record, tag = records[use.pointer.record_id], use.pointer.tag
                fields = {**record.fields, tag: replace(record.fields[tag], alias=alias)}
                records[record.record_id] = replace(record, fields=fields)
        return list(records.values())


@dataclass(frozen=True, slots=True)
class Sanitizer:
    """Sanitizes events with the keys from which tokens, blind indexes and subjects are derived."""

    token_keys: Versions[TokenKey]
    scope_keys: ScopeKeys
    subject_keys: Versions[SubjectKey]
    lifetimes: Lifetimes = field(default_factory=Lifetimes)

    def sanitize(self, record: RawRecord, event: Mapping[str, Any], plan: EventPlan) -> Draft:
        """Replaces every sensitive value of a checked event by its token.

        Args:
            record: the raw record; its identity and arrival are used.
            event: its parsed JSON, without sensitive authentication data.
            plan: the plan of the event's type and version, which has already checked it.
        """
        arrived = milliseconds(record.arrived_at)
        rules = self.rules(plan)
        walk = _Walk(self, arrived, record.identity.under(rules), event, plan)
        data = walk.object({key: value for key, value in event.items() if key not in ENVELOPE}, plan.data, "")
        metadata: dict[str, Any] = {
            "rules": rules,
            "event_id": event["event_id"],
            "schema_version": event["schema_version"],
            "occurred_at": event["occurred_at"],
            "ingested_at": timestamp(record.arrived_at),
            "ingest_id": walk.token_key.ingest_id(record.identity),
        }
        for name in ("event_id", "occurred_at"):
            walk.watch(metadata, name, f"/{name}", plan.readings.identifier)
        hits = walk.guard()
        detail = json_text.dump_for_queues({"metadata": metadata, "data": data})
        drawn = [use.token for use in walk.uses] + [use.pointer.token for use in walk.aliases]
        subject = self._owner(event, plan, arrived)
        records = [
            VaultRecord(walk.ids[days], fields, self.lifetimes.end(days, arrived), subject, arrived)
            for days, fields in walk.fields.items()
        ]
        # A list must live as long as what it leads to, and consistent values have no end.
        if subject and not records[0].expires_at and VAULT_RECORD.written >= LISTS_VALUES:
            records[0] = replace(records[0], uses=walk.listed())
        return Draft(
            plan.name.event_type,
            metadata["ingest_id"],
            EventText.of(detail, drawn),
            tuple(records),
            tuple(walk.uses),
            tuple(walk.aliases),
            tuple(hits),
            subject,
            arrived,
            record.partition_key,
        )

    def _owner(self, event: Mapping[str, Any], plan: EventPlan, arrived: int) -> str:
        """Returns the vault's name for the person whom an event is about, or else for its order; or nothing."""
        key = self.subject_keys.at(arrived)
        if (about := plan.subject_of(event)) is not None:
            return key.subject(about)
        order = plan.order_of(event)
        return "" if order is None else key.order(order)

    def rules(self, plan: EventPlan) -> str:
        """Returns the name of the rules by which events of a plan are sanitized."""
        days = self.lifetimes
        return rules_of(plan.digest, days.default, days.sorted_days, VAULT_RECORD.written)

    def ingest_id(self, record: RawRecord) -> str:
        """Returns the opaque id of a record. It is the same in the event and in dead letters."""
        return self.token_keys.at(milliseconds(record.arrived_at)).ingest_id(record.identity)


# A public value that the guard still has to read: the object or list that holds it, its key there, its path, the raw
# value that a token replaces if the guard finds something, and how the guard reads it. It is a plain tuple for speed: an
# order has a dozen of them.
_Watched = tuple[Any, str | int, str, Any, Reading]


class _Walk:
    """Walks once through one event. `identity` is the record's under the rules of the event's type and version."""

    def __init__(
        self,
        sanitizer: Sanitizer,
        arrived: int,
        identity: Identity,
        event: Mapping[str, Any],
        plan: EventPlan,
    ) -> None:
        self.identity = identity
        self.token_key = sanitizer.token_keys.at(arrived)
        self.subject_key = sanitizer.subject_keys.at(arrived)
        self.scope_keys = sanitizer.scope_keys
        self.lifetimes = sanitizer.lifetimes
        usual = self.lifetimes.default
        # By lifetime in days: the id of the vault record, and its fields by tag.
        self.ids = {usual: self.token_key.record_id(self.identity)}
        self._spelled = {usual: RecordTokens(self.ids[usual])}
        self.fields: dict[int, dict[bytes, VaultField]] = {usual: {}}
        self.uses: list[ConsistentUse] = []
        self.aliases: list[AliasUse] = []
        self._tags: set[bytes] = set()
        self._event = event
        self._known_countries: tuple[str, ...] | None = None
        self.readings = plan.readings
        self._shows_booleans = plan.model.shows_unknown_booleans
        self._watched: list[_Watched] = []
        # Facts and keys that are shown unless something is found in them: the object that they stand in, and their key there.
        self._shown_facts: list[tuple[dict[str, Any], str]] = []
        self._unknown: list[tuple[dict[str, Any], str, str]] = []
        self._sensitive: list[str] = []
        self._everyday: list[str] = []

    def countries(self) -> tuple[str, ...]:
        """Returns the countries that the event is about; found when first asked for, since few events need them."""
        if self._known_countries is None:
            self._known_countries = countries_of(self._event)
        return self._known_countries

    def object(self, value: Mapping[str, Any], plan: ObjectPlan, path: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, inner in value.items():
            named = plan.fields.get(key)
            if named is None:
                self._unnamed(result, key, inner, path, plan.structures)
            elif isinstance(named, Removed):
                self._hunt(self._sensitive, inner, f"{path}/{key}")
            else:
                self._place(result, key, inner, named, f"{path}/{key}")
                if inner and (facts := getattr(named, "facts", ())):
                    self._facts(result, key, str(inner), facts, value)
        return result

    def watch(self, holder: Any, key: str | int, path: str, reading: Reading, raw: Any = None) -> None:
        """Lets the guard read `holder[key]` later, when all of the record's own values are known.

        Args:
            holder: the object or list that holds the value.
            key: the value's key or index in it.
            path: the value's path in the raw event.
            reading: what the guard knows of the value.
            raw: the value that a token replaces if the guard finds something; None if that is the value itself.
        """
        self._watched.append((holder, key, path, holder[key] if raw is None else raw, reading))

    def listed(self) -> tuple[ListedValue, ...]:
        """Returns what an erasure needs to find the consistent values."""
        return tuple(ListedValue(use.blind_index, use.pointer.record_id) for use in self.uses)

    def guard(self) -> list[str]:
        """Replaces each watched value in which the guard finds something by a token, and hides such facts and keys.

        Returns:
            The paths of the replaced values.

        Raises:
            BadRecord: a text is too long for the guard.
        """
        structured = own_values(self._sensitive)
        more = structured | own_values(self._everyday)
        shown = [str(holder[key]) for holder, key, *_ in self._watched]
        if max(map(len, shown)) > MAX_TEXT:
            raise too_long(
                next(
                    path
                    for (_, _, path, *_), text in zip(self._watched, shown, strict=True)
                    if len(text) > MAX_TEXT
                )
            )
        names = [holder[key] for holder, key in self._shown_facts] + [key for _, key, _ in self._unknown]
        # Most records have none of their own values in what is shown, which one search over all of it tells.
        if not may_hold(shown + names, more):
            structured = more = NO_VALUES
        hits = []
        for (holder, key, path, raw, reading), text in zip(self._watched, shown, strict=True):
            own = more if reading.prose else structured
            if find_leak(text, own, reading, self.countries) is not None:
                holder[key] = self._token(raw, GUARDED, path)
                hits.append(_INDEX.sub("/*", path))
        self._hide_names(more)
        return hits

    def _hide_names(self, own: OwnValues) -> None:
        """Leaves out the facts in which something is found, and puts tokens in the place of such keys."""
        for holder, key in self._shown_facts:
            if find_leak(holder[key], own) is not None:
                del holder[key]
        for holder, key, path in self._unknown:
            if find_leak(key, own) is not None:
                _rename(holder, key, self._token(key, KEY, f"{path}#key"))

    def _unnamed(
        self, result: dict[str, Any], key: str, value: Any, path: str, structures: frozenset[str]
    ) -> None:
        """Puts the token of a field that no schema names into its place; null stays null.

        A key that differs from the name of an object or a list in case alone is a token: in the lake both are one
        column, and a query of it would fail at a token.
        """
        where = f"{path}/{escape(key)}"
        self._hunt(self._everyday, value, f"{path}/*")
        shown = value is None or (self._shows_booleans and isinstance(value, bool))
        if is_plain_word(key) and key.lower() not in structures:
            self._unknown.append((result, key, where))
            result[key] = value if shown else self._token(value, UNKNOWN, where)
        else:
            name = self._token(key, KEY, f"{where}#key")
            result[name] = value if shown else self._token(value, UNKNOWN, where)

    def _hunt(self, values: list[str], value: Any, path: str) -> None:
        """Lets the guard look for every string and number of a value.

        Raises:
            BadRecord: there are too many.
        """
        if isinstance(value, str):
            values.append(value)
        else:
            values.extend(_texts(value))
        if len(values) > MAX_OWN_VALUES:
            raise too_many_values(path)

    def _place(self, holder: Any, key: str | int, value: Any, plan: Plan, path: str) -> None:
        """Puts the sanitized form of a value into its object or list."""
        if value is None or value == "":
            holder[key] = value
        elif isinstance(plan, ObjectPlan):
            holder[key] = self.object(value, plan, path)
        elif isinstance(plan, ListPlan):
            elements: list[Any] = [None] * len(value)
            holder[key] = elements
            for index, inner in enumerate(value):
                self._place(elements, index, inner, plan.element, f"{path}/{index}")
        else:
            self._leaf(holder, key, value, plan, path)

    def _leaf(self, holder: Any, key: str | int, value: Any, kind: FieldKind, path: str) -> None:
        match kind:
            case Public():
                holder[key] = value
                if type(value) in _READABLE:
                    reading = (
                        self._reading(kind, value) if isinstance(kind, Identifier) else self.readings.text
                    )
                    self.watch(holder, key, path, reading)
            case FreeText():
                holder[key] = value
                if type(value) in _READABLE:
                    self.watch(holder, key, path, self.readings.prose)
            case Token() | ConsistentToken() | OneWayToken() | FormatPreservingToken():
                everyday = isinstance(kind, Token) and kind.everyday
                self._hunt(self._everyday if everyday else self._sensitive, value, path)
                alone = number_alone(value) if shows_card_digits(kind) else value
                holder[key] = self._swapped(alone, kind, path)
            case Masked():
                self._hunt(self._sensitive, value, path)
                masked = mask(str(value), kind.keep_first, kind.keep_last)
                self._coarse(holder, key, number_alone(value), masked, path)
            case Generalized():
                self._hunt(self._everyday, value, path)
                self._coarse(holder, key, value, generalize(kind.rule, str(value)), path)
            case _:
                raise TypeError(f"{type(kind).__name__} is no kind that can be sanitized")

    def _reading(self, kind: Identifier, value: Any) -> Reading:
        """Returns what is known of an identifier by its kind."""
        vouched = kind.pattern is not None and re.fullmatch(kind.pattern, str(value))
        return VOUCHED if vouched else self.readings.identifier

    def _swapped(self, value: Any, kind: TokenKind, path: str) -> str:
        """Returns the token that replaces a value."""
        match kind:
            case ConsistentToken():
                return self._consistent(value, kind, path)
            case OneWayToken() if kind.scope is not None:
                return self._consistent(value, kind, path)
            case OneWayToken():
                return self._spelled[self.lifetimes.default].token(self._tag(path))
            case FormatPreservingToken() if takes_alias(value, kind):
                token = self._token(value, kind.name, path)
                draws = Draws(self.token_key, self.identity, path, value, kind.keep_last)
                self.aliases.append(AliasUse(Pointer.parse(token), draws))
                return token
            case _:
                return self._token(value, _TOKEN, path)

    def _coarse(self, holder: Any, key: str | int, value: Any, coarse: str | None, path: str) -> None:
        if coarse is None:
            holder[key] = self._token(value, _TOKEN, path)
        else:
            holder[key] = coarse
            self.watch(holder, key, path, self.readings.text, raw=value)

    def _facts(
        self, result: dict[str, Any], key: str, value: str, facts: tuple[Fact, ...], raw: Mapping[str, Any]
    ) -> None:
        for each in facts:
            name = f"{key}_{each}"
            shown = fact(each, value)
            # A raw field of the same name keeps its place; it is tokenized like any field that no schema names.
            if shown is None or name in raw:
                continue
            result[name] = shown
            if each in _FACT_GUARDED:
                self._shown_facts.append((result, name))

    def _tag(self, path: str) -> bytes:
        """Returns a tag that no other field of the record has. Tags of fields that the vault doesn't keep count too."""
        attempt = 0
        tag = self.token_key.tag(self.identity, path)
        while tag in self._tags:
            attempt += 1
            tag = self.token_key.tag(self.identity, path, attempt)
        self._tags.add(tag)
        return tag

    def _token(self, value: Any, kind: str, path: str) -> str:
        tag, days = self._tag(path), self.lifetimes.days(path)
        if days not in self.ids:
            self.ids[days] = self.token_key.record_id(self.identity, f"{days} days")
            self._spelled[days] = RecordTokens(self.ids[days])
            self.fields[days] = {}
        self.fields[days][tag] = VaultField(path, kind, value)
        return self._spelled[days].token(tag)

    def _consistent(self, value: Any, kind: ConsistentToken | OneWayToken, path: str) -> str:
        # One-way values have a scope of their own. Otherwise a reversible token of the same value would lead back to
        # it. Each normal form has its own scope too, so that an email never gets the token of a phone number that is
        # written alike.
        one_way = isinstance(kind, OneWayToken)
        scope = f"{'one-way' if one_way else 'token'}:{kind.normal_form}:{kind.scope}"
        record_id = self.subject_key.value_record_id(self.ids[self.lifetimes.default], len(self.uses))
        pointer = Pointer(record_id, self.token_key.tag(self.identity, path))
        blind_index = self.scope_keys.blind_index(
            scope, normal_form(kind.normal_form, str(value), self.countries)
        )
        kept = None if one_way else VaultField(path, "consistent", value)
        token = pointer.token
        self.uses.append(ConsistentUse(scope, blind_index, pointer, token, kept))
        return token


def _rename(holder: dict[str, Any], key: str, to: str) -> None:
    """Gives a field of an object another key, in its place."""
    fields = [(to if name == key else name, value) for name, value in holder.items()]
    holder.clear()
    holder.update(fields)


def _texts(value: Any) -> Iterator[str]:
    """Yields every string and number in a JSON value, as the guard looks for them."""
    match value:
        case str():
            yield value
        case bool() | None:
            return
        case dict():
            for key, inner in value.items():
                if not is_plain_word(key):
                    yield key
                yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
        case _:
            yield str(value)
