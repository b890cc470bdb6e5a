"""A value is found in whatever encoding software would undo before it shows it, glued to whatever stands around it."""

import base64
import html
import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.members import for_all
from tokenizer.guard import Finding, find_leak, own_values
from tokenizer.guard.authentication_data.prose import scrub_prose
from tokenizer.guard.shown import shown_forms

Encode = Callable[[str], str]


def percent(value: str) -> str:
    return "".join(f"%{byte:02x}" for byte in value.encode())


def decimal_references(value: str) -> str:
    return "".join(f"&#{ord(each)};" for each in value)


def hexadecimal_references(value: str) -> str:
    return "".join(f"&#x{ord(each):X};" for each in value)


def json_escapes(value: str) -> str:
    units = value.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def full_width(value: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in value)


def with_invisible(character: str) -> Encode:
    return character.join


ONCE: dict[str, Encode] = {
    "as it is": lambda value: value,
    "percent-encoded where a link needs it": lambda value: quote(value, safe=""),
    "percent-encoded throughout": percent,
    "decimal references": decimal_references,
    "hexadecimal references": hexadecimal_references,
    "named references": lambda value: value.replace("@", "&commat;").replace(".", "&period;").replace("+", "&plus;").replace(" ", "&nbsp;"),
    "JSON's escapes": json_escapes,
    "escapes of bytes": lambda value: "".join(f"\\x{byte:02x}" for byte in value.encode()) if value.isascii() else json_escapes(value),
    "escapes of code points": lambda value: "".join(f"\\u{{{ord(each):x}}}" for each in value),
    "notation of code points": lambda value: "".join(f"U+{ord(each):04X} " for each in value),
    "full width": full_width,
    "zero-width spaces": with_invisible("\u200b"),
    "soft hyphens": with_invisible("\u00ad"),
    "Hangul fillers": with_invisible("\u3164"),
    "Braille blanks": with_invisible("\u2800"),
    "variation selectors": with_invisible("\ufe0f"),
    "comments": with_invisible("<!-- -->"),
    "tags": lambda value: f"<b>{value[:4]}</b><Span class='x'>{value[4:]}</span>",
}  # fmt: skip
TWICE: dict[str, Encode] = {
    "a link in a link": lambda value: quote(quote(value, safe=""), safe=""),
    "a link in a page": lambda value: html.escape(quote(value, safe="")).replace("%", "&#37;"),
    "a page in JSON": lambda value: json.dumps(decimal_references(value))[1:-1].replace("&", "\\u0026"),
    "references of references": lambda value: decimal_references(value).replace("&", "&amp;"),
    "full width, percent-encoded": lambda value: quote(full_width(value), safe=""),
}
AS_WORDS: dict[str, Encode] = {
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 for links, without padding": lambda value: base64.urlsafe_b64encode(value.encode()).decode().rstrip("="),
    "base64 of a sentence": lambda value: base64.b64encode(f"to {value} now".encode()).decode(),
    "hexadecimal digits": lambda value: value.encode().hex(),
    "capital hexadecimal digits": lambda value: value.encode().hex().upper(),
}  # fmt: skip
VALUES = (
    "berta@example.org",
    "+493012345678",
    "5555 5555 5555 4444",
    "Berta Beispiel",
    "DE89370400440532013000",
    "Łukasz Żółć",
)
GLUE = ("", " ", "x", "to=", "(", '"', "<", "note:", "https://shop.example/gc?to=", "\n", "é", ">>")
SPACED = (
    "",
    " ",
    "to=",
    "(",
    '"',
    "x: ",
    "https://shop.example/?q=",
    "\n",
    ",",
)  # what no word in base64 can begin with

places = st.tuples(st.sampled_from(GLUE), st.sampled_from(GLUE))
apart = st.tuples(st.sampled_from(SPACED), st.sampled_from(("", " ", ")", '"', "&a=1", "\n", ",")))
quiet = settings(max_examples=300, deadline=None, database=None)


@quiet
@given(st.sampled_from(sorted(ONCE | TWICE)), st.sampled_from(VALUES), places)
def test_an_own_value_is_found_in_every_encoding(encoding: str, value: str, around: tuple[str, str]) -> None:
    before, behind = around
    text = f"{before}{(ONCE | TWICE)[encoding](value)}{behind}"
    # Some look like a card number before they are undone.
    assert find_leak(text, own_values([value])) is not None


@quiet
@given(st.sampled_from(sorted(AS_WORDS)), st.sampled_from(VALUES), apart)
def test_an_own_value_is_found_behind_a_word(encoding: str, value: str, around: tuple[str, str]) -> None:
    before, behind = around
    assert find_leak(f"{before}{AS_WORDS[encoding](value)}{behind}", own_values([value])) is not None


@quiet
@given(
    # Spaces between a value's characters are part of it, in that notation.
    st.sampled_from(sorted((ONCE | TWICE).keys() - {"notation of code points"})),
    st.sampled_from(
        [
            ("carla@example.net", Finding.EMAIL),
            ("4111111111111111", Finding.CARD_NUMBER),
            ("219-09-9999", Finding.SSN),
            ("DE89370400440532013000", Finding.IBAN),
            ("+44 7700 900123", Finding.PHONE),
        ]
    ),
)
def test_anybodys_value_is_found_in_every_encoding(encoding: str, value: tuple[str, Finding]) -> None:
    text, finding = value
    encoded = (ONCE | TWICE)[encoding](text)
    assert find_leak(f"see {encoded} please", own_values(())) is finding


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab1%&#;\\uxU+{}4092 \u00e9\uff05\ud800"), max_size=60))
def test_undoing_ends_and_never_makes_a_text_longer(text: str) -> None:
    forms = shown_forms(text)
    assert len(forms) <= 3
    assert max(map(len, forms)) <= len(forms[0])


@pytest.mark.parametrize(
    "text", ["Salt & pepper, 50% off", "100%", r"C:\new\items", "AT&T", "size 40%20", "&nbsp;", "R&D;"]
)
def test_what_only_looks_encoded_is_left_alone(text: str) -> None:
    assert find_leak(text, own_values(["berta@example.org"])) is None


@pytest.mark.parametrize(
    "one", [0x2460, 0x2776, 0x2780, 0x24F5, 0xFF11, 0x1D7CF, 0x1FBF1, 0x0967, 0x1369], ids=hex
)
def test_whatever_looks_like_a_digit_is_one(one: int) -> None:
    assert shown_forms("".join(map(chr, range(one, one + 4)))) == ["1234"]


@for_all("holder", ["<!-- {} -->", "<b title='{}'>x</b>", "<a href='{}'/>", "<br data-x='{}'>"])
@for_all("encoding", sorted(ONCE | TWICE | AS_WORDS))
def test_what_markup_holds_is_read_as_well(holder: str, encoding: str) -> None:
    value = "Berta.Beispiel@example.org"
    encoded = (ONCE | TWICE | AS_WORDS)[encoding](value)
    assert find_leak(holder.format(encoded), own_values([value])) is not None


@pytest.mark.parametrize("holder", ["<!-- {} -->", "<b title='{}'>x</b>"])
@pytest.mark.parametrize("code", ["cvv: 937", "cvv&#58; &#57;37", "cvv%3A%20937"])
def test_a_code_that_markup_holds_is_removed(holder: str, code: str) -> None:
    left, removed = scrub_prose(holder.format(code))
    assert removed == 1
    assert "37" not in left
