"""Values in every encoding that software undoes, at every public place, glued to whatever stands there."""

import json
from base64 import b64encode
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote

from hypothesis import assume
from hypothesis import strategies as st

from tests.support.fakes.world import World, ample_budget
from tests.support.property.sensitive import IDS, stays_as_an_id
from tests.support.property.tried import tried
from tests.support.samples import order, stream_record
from tokenizer import json_text
from tokenizer.guard.authentication_data import strip_authentication_data
from tokenizer.vault.tokens import is_token

OWN = {
    ("customer", "email"): "Clara.Muster@example.org",
    ("customer", "phone"): "+4930901820777",
    ("customer", "ssn"): "219-09-9998",
    ("customer", "date_of_birth"): "1991-05-07",
    ("payment", "card", "number"): "5555 5555 5555 4444",
}
# Of the same kinds, and nobody's in this record.
OTHERS = (
    "dora@example.net",
    "4012 8888 8888 1881",
    "DE89 3704 0044 0532 0130 00",
    "+44 20 7946 0018",
    "536-22-8726",
)
PLACES = (
    *(("notes",), ("order_id",), ("items", 0, "name"), ("items", 0, "sku"), ("payment", "method")),
    *(("shipping_address", "city"), ("shipping_address", "region"), ("customer", "customer_id")),
)


def _characters(form: str) -> Callable[[str], str]:
    return lambda text: "".join(form.format(ord(each)) for each in text)


# By name: what software makes of a text before it stores it, and undoes before it shows it.
ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent where a link needs it": lambda text: quote(text, safe=""),
    "percent throughout": _characters("%{:02X}"),
    "percent, lower case": _characters("%{:02x}"),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "old percent": _characters("%u{:04X}"),
    "HTML where a page needs it": lambda text: escape(text).replace("@", "&#64;").replace("+", "&plus;"),
    "HTML, decimal": _characters("&#{};"),
    "HTML, hexadecimal": _characters("&#x{:x};"),
    "HTML twice": lambda text: _characters("&#{};")(text).replace("&", "&amp;"),
    "JSON": _characters("\\u{:04x}"),
    "JSON, braces": _characters("\\u{{{:x}}}"),
    "a program's": _characters("\\x{:02x}"),
    "JSON in a link": lambda text: quote(_characters("\\u{:04x}")(text)),
    "full width": lambda text: "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text),
    "HTML with comments": "<!-- -->".join,
    "HTML with tags": lambda text: f"<b>{text[:4]}</b><span class='x'>{text[4:]}</span>",
    "HTML with comments in a link": lambda text: quote("<!-- -->".join(text)),
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "Arabic digits": lambda text: "".join(chr(0x660 + int(each)) if each.isdecimal() else each for each in text),
    "Devanagari digits": lambda text: "".join(chr(0x966 + int(each)) if each.isdecimal() else each for each in text),
    "Thai digits": lambda text: "".join(chr(0xE50 + int(each)) if each.isdecimal() else each for each in text),
}  # fmt: skip
# What stands directly before and behind. Nothing that would make another value of it.
_BEFORE = ("", "x ", "?to=", "https://a.example/?x=1&u=", "<", '"', "(", "\n", "a: ", "| ", "\u3000", "é ")
_BEHIND = ("", " x", "&y=1", ">", '"', ")", "\n", ", thanks", " |", "!", "\u3000", " é")
encodings = st.sampled_from(sorted(ENCODINGS))


@st.composite
def glued(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    """Returns one of the values, encoded, with something before and behind."""
    encoded = ENCODINGS[draw(encodings)](draw(values))
    return draw(st.sampled_from(_BEFORE)) + encoded + draw(st.sampled_from(_BEHIND))


def event() -> dict[str, Any]:
    raw = order(notes="ring twice", preferences=None)
    for path, value in OWN.items():
        put(raw["order"], path, value)
    raw["order"]["customer"]["customer_id"] = "C-12"
    return raw


def put(holder: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value


def at(holder: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        holder = holder[step]
    return holder


def run(raw: dict[str, Any]) -> World:
    world = World()
    world.tokenizer.tokenize_batch([stream_record(json_text.dump(raw))], ample_budget())
    return world


def written(world: World) -> str:
    kept = [field.value for record in world.vault.stored.values() for field in record.fields.values()]
    sent = [*(each.detail for each in world.bus.events), *(each.data for each in world.letters.sent)]
    return json.dumps(kept, default=str, ensure_ascii=False) + b" ".join(sent).decode()


@tried(glued(st.sampled_from(sorted(OWN.values()))), st.sampled_from(PLACES), times=3)
def test_a_records_own_value_is_found_in_every_encoding(text: str, place: tuple[str | int, ...]) -> None:
    # An id has at most 256 characters.
    assume(place[-1] not in IDS or (len(text) <= 250 and stays_as_an_id(text)))
    raw = event()
    put(raw["order"], place, text)
    (detail,) = run(raw).bus.details()
    assert is_token(at(detail["data"]["order"], place)), text


@tried(st.sampled_from(sorted(OWN.values())), st.booleans(), st.sampled_from(PLACES))
def test_a_records_own_value_is_found_as_a_word_of_base64_or_hexadecimal_digits(
    value: str, hexadecimal: bool, place: tuple[str | int, ...]
) -> None:
    raw = event()
    word = value.encode().hex() if hexadecimal else b64encode(value.encode()).decode()
    put(raw["order"], place, f"ref {word}")
    (detail,) = run(raw).bus.details()
    assert is_token(at(detail["data"]["order"], place)), word


@tried(
    glued(st.sampled_from(OTHERS)),
    st.sampled_from((("notes",), ("items", 0, "name"), ("payment", "method"))),
    times=3,
)
def test_somebody_elses_value_is_found_in_every_encoding(text: str, place: tuple[str | int, ...]) -> None:
    raw = event()
    put(raw["order"], place, text)
    (detail,) = run(raw).bus.details()
    assert is_token(at(detail["data"]["order"], place)), text


CODE = "9371"
_LABELLED = (
    *("cvv: 9371", "CVC2 9371", "card security code is 9371", "9371 is the cvv", "4012 8888 8888 1881 9371"),
    *("4012888888881881 12/29 9371", "card PIN: 9371", "Kartenprüfnummer 9371", "c.v.v. 9371", "cvv=9371"),
)


def spelled_codes() -> tuple[str, ...]:
    """Returns the code as each encoding writes it, longest first; a part of one is no code."""
    return tuple({encode(CODE) for encode in ENCODINGS.values()})


@tried(glued(st.sampled_from(_LABELLED)), st.sampled_from((*PLACES, ("extra",))), st.booleans(), times=3)
def test_a_code_is_removed_in_every_encoding(text: str, place: tuple[str | int, ...], broken: bool) -> None:
    raw = event()
    put(raw["order"], place, text)
    if broken:
        raw["order"]["total"] = {"no": "money"}
    world = run(raw)
    assert len(world.bus.events) + len(world.letters.sent) == 1
    # JSON doubles a backslash.
    found = written(world).replace("\\\\", "\\")
    assert not [code for code in spelled_codes() if code in found], text


_pieces = st.sampled_from(
    (
        *("cvv", "CVC2", "security code", "PIN", "card", "visa", "door", "9371", "937", "93 7", "12/29", "1229", "***"),
        *("4012888888881881", "4012 8888 8888 1881", "6200 0000 0000 0000 007", "=2912101000000", "^A/B^2912101", "%B"),
        *(" ", ", ", ": ", "=", "|", "\n", "is", "and", "%20", "&#58;", ";", "?", "D", "x", "code", "\u200b"),
    )
)  # fmt: skip
_soups = st.lists(_pieces, max_size=14).map("".join)


@tried(_soups, st.sampled_from(("notes", "number", "payment", "card", "a b")), times=8)
def test_removing_twice_is_removing_once(soup: str, key: str) -> None:
    for value in (
        {key: soup},
        {"card": {key: soup}},
        {soup: key},
        [{"name": soup, "value": soup}],
        {"card_number": soup},
    ):
        once, _ = strip_authentication_data(value)  # type: ignore[arg-type] # a dict of str is JSON
        assert strip_authentication_data(once) == (once, 0)
