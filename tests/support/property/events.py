"""Strategies: raw events of every shipped type, with everything in them that producers get wrong or never announced."""

import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter

from schemas.json_schema import raw_schema
from schemas.kinds import KIND_KEY
from schemas.lenient import LenientTime
from schemas.registry import EventName, registry
from tokenizer.guard.authentication_data import strip_authentication_data

Json = Any
Path = tuple[str | int, ...]

CANARY = "\u05d0verification-canary-77"  # stands under keys of sensitive authentication data alone
KEEPING = frozenset({"token", "consistent_token", "format_preserving_token"})
DROPPING = frozenset({"removed", "masked", "one_way_token"})
COARSE = frozenset({"generalized"})

_SCRIPTS = "abcdefgzABCZ 0123456789-_.,/()+'\"\\{}[]:éßøñçπδжщшאבגدهवकखかなカナ漢字한국어"
_ODD = "\u0301\u0308\u200b\u200d\u00ad\ufeff\u2028\ufe0f\uff11\uff21\u0661\u0967\U0001f600\U0001f469\U0001f3fd\U0001d7d9"
texts = st.text(alphabet=st.sampled_from(_SCRIPTS + _ODD), max_size=24)
numbers_as_text = st.one_of(
    st.integers(0, 10**18).map(str), st.from_regex(r"[0-9]{1,6}\.[0-9]{2}", fullmatch=True)
)
words = st.sampled_from(
    (
        "Ann Example",
        "Søren Ø",
        "Łukasz Żółć",
        "孫悟空の道",
        "محمد علي",
        "O'Brien-Smith",
        "Zoe\u0308 Mu\u0308ller",
        "👩🏽‍🚀 Astronaut",
    )
)
realistic = st.sampled_from(
    (
        "ann@example.com", "Ann.Example+tag@EXAMPLE.co.uk", "用户@例子.广告", "+12025550123", "0049 30 1234567", "(030) 123456",
        "1990-04-01", "01.04.1990", "219-09-9999", "4111111111111111", "5555 5555 5555 4444", "3782-822463-10005", "12/29",
        "DE89370400440532013000", "198.51.100.42", "2001:db8::1", "62701", "SW1A 1AA", "6091 2233 4455 6677", "1310.75",
    )
)  # fmt: skip
sensitive_texts = st.one_of(realistic, words, texts, numbers_as_text)
keys = st.one_of(
    st.sampled_from(
        ("note", "utm_source", "ann@example.com", "4111111111111111", "a b", "é", "", "number_last4", "x/y~z")
    ),
    texts,
)
numbers = st.one_of(
    st.integers(-(10**25), 10**25),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12),
)
unnamed = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, sensitive_texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)
_CODES = ("cvv", "CVC", "Cvv-2", "track1", "Track 2", "TRACK_DATA", "\uff43\uff56\uff56")
_LOOKALIKES = ("c_i_d", "P.I.N")  # in an address they are something else, and kept as tokens
authentication_keys = st.sampled_from((*_CODES, *_LOOKALIKES))


_LENIENT_TIME = TypeAdapter(LenientTime).json_schema()["anyOf"][0]["pattern"]
times = st.sampled_from(
    ("2026-11-23", "2026-11-23 10:15", "2026-11-23T10:15:00.5", "2026-02-28T23:59:59+0530")
)


@dataclass
class Raw:
    """A raw event and what its schema says of each of its leaves."""

    event: dict[str, Json]
    kinds: dict[Path, dict[str, Json]] = field(default_factory=dict)

    def of_kind(self, names: frozenset[str]) -> Iterator[tuple[Path, Json]]:
        return (
            (path, value_at(self.event, path)) for path, kind in self.kinds.items() if kind["name"] in names
        )


def value_at(value: Json, path: Path) -> Json:
    for step in path:
        value = value[step]
    return value


def set_at(value: Json, path: Path, to: Json) -> None:
    value_at(value, path[:-1])[path[-1]] = to


def _keeps_its_form(text: str) -> bool:
    """Returns False for a text like `000.5296804374209408`: the code beside a card's digits goes, and the rest is no quantity."""
    return strip_authentication_data(text)[1] == 0


def _resolved(schema: dict[str, Json], definitions: dict[str, Json]) -> dict[str, Json]:
    return dict(definitions[schema["$ref"].rpartition("/")[2]]) if "$ref" in schema else schema


class _Builder:
    """Draws an event along its raw JSON Schema."""

    def __init__(self, draw: st.DrawFn, schema: dict[str, Json]) -> None:
        self._draw = draw
        self._definitions = schema.get("$defs", {})
        self.kinds: dict[Path, dict[str, Json]] = {}

    def value(self, schema: dict[str, Json], path: Path) -> Json:
        schema = _resolved(schema, self._definitions)
        if "anyOf" in schema:
            # A kind of several types stands beside them, and holds for each.
            kind = {KIND_KEY: schema[KIND_KEY]} if KIND_KEY in schema else {}
            types = [each for each in schema["anyOf"] if each.get("type") != "null"]
            inner = self.value({**self._draw(st.sampled_from(types)), **kind}, path)
            optional = len(types) < len(schema["anyOf"]) and path in self.kinds
            return None if optional and self._draw(st.integers(0, 5)) == 0 else inner
        if KIND_KEY in schema:
            self.kinds[path] = schema[KIND_KEY]
        value: Json
        match schema.get("type") if "const" not in schema else "const":
            case "const":
                value = schema["const"]
            case "object":
                value = self._object(schema, path)
            case "array":
                count = self._draw(st.integers(schema.get("minItems", 0), 2))
                value = [self.value(schema["items"], (*path, at)) for at in range(count)]
            case "integer":
                most = schema.get("exclusiveMaximum", schema.get("maximum", 10**6) + 1) - 1
                value = self._draw(st.integers(schema.get("minimum", 0), most))
            case "number":
                bounds = schema.get("minimum", 0), schema.get("maximum", 10**6)
                value = self._draw(st.one_of(st.integers(*bounds), st.decimals(*bounds, places=2)))
            case None if path in self.kinds:
                value = self._draw(unnamed)  # any JSON value
            case "boolean":
                value = self._draw(st.booleans())
            case _:
                value = self._text(schema, path)
        return value

    def _object(self, schema: dict[str, Json], path: Path) -> dict[str, Json]:
        required = schema.get("required", ())
        result = {
            name: self.value(each, (*path, name))
            for name, each in schema["properties"].items()
            if name in required or self._draw(st.integers(0, 3))
        }
        if self._draw(st.integers(0, 3)) == 0:
            new = self._draw(st.dictionaries(keys, unnamed, max_size=2))
            result |= {name: value for name, value in new.items() if name not in schema["properties"]}
        if self._draw(st.integers(0, 5)) == 0:
            in_address = "postal_code" in schema["properties"]
            result[self._draw(st.sampled_from(_CODES) if in_address else authentication_keys)] = CANARY
        return result

    def _text(self, schema: dict[str, Json], path: Path) -> str:
        if path == ("occurred_at",):
            return str(
                self._draw(
                    st.sampled_from(
                        (
                            "2026-11-23T10:15:00Z",
                            "2026-02-28T23:59:59.999+05:30",
                            "2026-11-23T12:30:00+02:00",
                            "2026-01-01T00:30:00-11:00",
                        )
                    )
                )
            )
        if "pattern" in schema:
            if schema["pattern"] == _LENIENT_TIME:
                return str(self._draw(times))
            return str(self._draw(_like(schema["pattern"])))
        if schema.get(KIND_KEY, {}).get("name") == "public":
            text: str = self._draw(_public)
            return text if len(text) >= schema.get("minLength", 0) else f"id-{text}"
        return str(self._draw(sensitive_texts))


def respelled(value: str, style: int) -> str:
    """Another spelling of the same value, as people write it."""
    match style:
        case 0:
            return value
        case 1:
            return value.upper()
        case 2:
            return " ".join(value) if value.isdecimal() else value.replace(" ", "-")
        case 3:
            return "".join(chr(ord(each) + 0xFEE0) if each in string.digits else each for each in value)
        case _:
            return f"re: {unicodedata.normalize('NFD', value)}!"


# Made once: making a schema, or what draws along a pattern, takes longer than drawing.
_public = st.one_of(st.sampled_from(("SO-1001", "Kettle", "Springfield", "IL", "card")), texts)


@cache
def _like(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern.removesuffix("$") + r"\Z", fullmatch=True).filter(_keeps_its_form)


@cache
def _schema(name: EventName) -> dict[str, Json]:
    return raw_schema(registry()[name])


@st.composite
def raw_events(draw: st.DrawFn) -> Raw:
    """Returns a raw event; one in two repeats one of its own sensitive values in a public field."""
    name: EventName = draw(st.sampled_from(sorted(registry())))
    schema = _schema(name)
    builder = _Builder(draw, schema)
    raw = Raw(builder.value(schema, ()), builder.kinds)
    _repeat_a_secret(draw, raw)
    return raw


def _repeat_a_secret(draw: st.DrawFn, raw: Raw) -> None:
    secrets = sorted(
        {value for path, value in raw.of_kind(KEEPING | DROPPING) if isinstance(value, str) and value}
    )
    places = [
        path
        for path, kind in raw.kinds.items()
        if kind["name"] == "free_text"
        or (
            (
                isinstance(path[-1], int)
                or path[-1] in {"event_id", "order_id", "sku", "name", "city", "method", "label"}
            )
            and kind["name"] == "public"
        )
    ]
    if secrets and places and draw(st.booleans()):
        secret = draw(st.sampled_from(secrets))
        set_at(raw.event, draw(st.sampled_from(places)), respelled(secret, draw(st.integers(0, 4))))
