"""The cheap look lets no record by that the walk removes something from: every character, escape and key that could hide it."""

import json
import unicodedata
from html.entities import html5
from itertools import product
from string import ascii_letters, digits
from typing import Any

from tests.support.members import for_all
from tests.support.spellings import card
from tokenizer.guard.authentication_data import (
    is_authentication_key,
    may_hold_authentication_data,
    strip_authentication_data,
)

NUMBER = card("4", 16)
ENDINGS = (
    *("encrypted", "enc", "raw", "plain", "hidden", "input", "field", "entry"),
    *("text", "confirm", "confirmation", "repeat", "again"),
)
MIDDLES = ("", "s", "code", "number", "num", "value", "digit", "digits", "no", "scode", *digits, "no7")
BEFORE = (
    "order",
    "payment",
    "billing",
    "credit",
    "debit",
    "card",
    "cc",
    "method",
    "source",
    "details",
    "data",
)
PHRASES = ("securitycode", "pinblock", "pindata", "cardsecurityvalue", "cardvalidationcode")
FLAGS = ("has", "is", "requires", "require", "required", "check", "verify", "skip", "with", "without")


def overlooked(record: Any, *, must: bool = True) -> bool:
    """True if the walk removes something and the cheap look would leave it out; the walk must remove something."""
    removed = strip_authentication_data(record)[1]
    assert removed or not must, record
    raw = json.dumps(record, ensure_ascii=False).encode()
    return bool(removed) and not may_hold_authentication_data(raw)


@for_all(("middle", "ending"), product(MIDDLES, ("", *ENDINGS)))
def test_what_may_stand_behind_a_name_makes_no_other_key_of_it(middle: str, ending: str) -> None:
    for name in ("cvv", "cvc2", "cardcid", "cardpin", *PHRASES):
        for key in (f"{name}{middle}{ending}", f"card_data_{name}{middle}_{ending}".title()):
            assert is_authentication_key(key), key
            assert not overlooked({key: "9371"})


@for_all("before", [*BEFORE, "order_payment_card", "billing.credit.card.details", "cc_cc"])
def test_several_words_may_stand_before_a_name(before: str) -> None:
    for name in ("cav", "cvd", "track2", *PHRASES):
        for key in (f"{before}_{name}", f"{before}[{name}]", f"x_{before}_cvv"):
            assert is_authentication_key(key), key
            assert not overlooked({key: "9371"})


@for_all("flag", FLAGS)
def test_a_flag_is_no_code_but_a_code_behind_more_words_is(flag: str) -> None:
    for name in ("cvv", "cvc2", "cardpin"):
        assert not is_authentication_key(f"{flag}_{name}")
        assert not is_authentication_key(f"{flag}_{name}s")
        assert is_authentication_key(f"x_{flag}_{name}")
        assert is_authentication_key(f"{flag}_{name}_code")


@for_all(
    "tag",
    ["<!-->", "<!x>", *(f"<{letter}>" for letter in ascii_letters), *(f"</{letter}>" for letter in "aZ")],
)
def test_a_tag_within_a_label_is_not_overlooked(tag: str) -> None:
    assert not overlooked({"notes": f"c{tag}vv: 937 x"}, must=False)
    assert may_hold_authentication_data(json.dumps({"notes": tag}).encode())


@for_all("byte", [f"{code:02x}" for code in (*b"cvCV", 0xAD, 0x9F, 0xA0, 0xFA, 0xAF)])
def test_an_escaped_character_of_a_label_is_not_overlooked(byte: str) -> None:
    for written in (byte, byte.upper(), byte.title()):
        for form in ("%{}", "%u00{}", "&#x{};", "U+00{}", "\\u00{}"):
            assert not overlooked({"notes": f"c{form.format(written)}v: 937 x"}, must=False)
        for text in (f"%{written}", f"%u00{written}", f"&#x{written};", f"\\x{written}"):
            assert may_hold_authentication_data(json.dumps({"notes": text}).encode()), text
    assert not overlooked({"notes": "%43%56V: 937"})
    assert not overlooked({"notes": "%u0063%u0056v: 937 x"})
    assert not overlooked({"notes": "c&#118;&#86;: 937"})


@for_all("name", html5)
def test_a_named_character_within_a_label_is_not_overlooked(name: str) -> None:
    assert not overlooked({"notes": f"c&{name}vv: 937 x"}, must=False)


COMPATIBLE = [
    character
    for character in map(chr, (*range(0x80, 0xD800), *range(0xE000, 0x20000)))
    if any(part.isascii() and part.isalnum() for part in unicodedata.normalize("NFKC", character).casefold())
    or unicodedata.digit(character, None) is not None
]


# A key without this letter has no trace of what it means.
HIDING = {
    **{letter: f"mag{'stripe'.replace(letter, '{}')}" for letter in "stripe"},
    **{letter: "securitycode".replace(letter, "{}") for letter in "uyod"},
    "c": "{}id",
    "n": "pi{}",
    "v": "c{}{}",
    "a": "tr{}ck1",
    "k": "trac{}1",
    "f": "veri{}icationvalue",
}


def test_no_letter_in_another_form_is_overlooked() -> None:
    assert len(COMPATIBLE) > 1000
    tried = 0
    for character in COMPATIBLE:
        plain = unicodedata.normalize("NFKC", character).casefold()
        if plain in HIDING:
            key = HIDING[plain].format(character, character)
            assert not overlooked({"payment": {key: "a9371x"}}), character
            tried += 1
    assert tried > 200


def test_no_digit_in_another_form_is_overlooked() -> None:
    """A text with a card number and a code, in which most digits are written so."""
    tried = 0
    for character in COMPATIBLE:
        digit = unicodedata.digit(character, None)
        if digit is not None:
            number = card(f"4{str(digit) * 14}", 16)
            text = f"{number} {'937'.replace(str(digit), '8')}".replace(str(digit), character) + " x"
            assert not overlooked({"notes": text}, must=False), character
            tried += strip_authentication_data({"notes": text})[1]
    assert tried > 300
