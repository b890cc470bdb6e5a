"""Codes in the middle of what people write: words of any language, several card numbers in a row, tables that were pasted."""

import json
from itertools import permutations

import pytest

from tests.support.members import for_all
from tokenizer.guard.authentication_data import may_hold_authentication_data, strip_authentication_data, words
from tokenizer.guard.authentication_data.prose import MARK, scrub_prose

NUMBERS = ("4012 8888 8888 1881", "5105105105105100", "3782 822463 10005", "5105-1051-0510-5100")


def removed(text: str) -> str:
    """Returns the text without its codes, as it is removed from an order's note."""
    raw = json.dumps({"notes": text}, ensure_ascii=False).encode()
    stripped, _ = strip_authentication_data({"notes": text})
    assert isinstance(stripped, dict)
    assert stripped["notes"] == text or may_hold_authentication_data(raw), "the walk would be left out"
    return str(stripped["notes"])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "CVV er {}",
            "cvv-koden {}",
            "CVV numarasi {}",
            "CVV koodi {}",
            "el cvv de la tarjeta es {}",
            "le cvv c'est {}",
        ),
        *(
            "CVV код карты {}",
            "CVV 番号 {}",
            "CVVは{}です",
            "CVV号码{}",
            "CVC: nine {}",
            "CVV của thẻ {}",
            "CVV kartu {}",
        ),
        *(
            "my cvv's {}",
            "cvv would be {}",
            "CVV you asked for: {}",
            "the CVV for that card: {}",
            "CVV (3 digits): {}",
        ),
        *("cvv nine-three-seven {}", "CVV (reverso): {}", "CVV carte: {}"),
    ],
)
def test_a_few_words_of_any_language_may_stand_between(text: str) -> None:
    assert removed(text.format("937")) == text.format(MARK)


@for_all("word", [*words.OTHER_NUMBERS, *words.PLACES])
def test_a_word_for_another_number_keeps_it(word: str) -> None:
    text = f"cvv said the {word} 937"
    assert removed(text) == text


@pytest.mark.parametrize("unit", words.UNITS)
def test_a_quantity_is_no_code(unit: str) -> None:
    text = f"cvv said again take 250 {unit}"
    assert removed(text) == text


@pytest.mark.parametrize(
    "text", ["cvv ok. Flat 404", "cvv seen, ring 404", "cvv seen\nring 404", "a cvv b c d e f g h 404"]
)
def test_the_words_are_of_one_short_sentence(text: str) -> None:
    assert removed(text) == text


@for_all("label", words.SOFT_LABELS)
@for_all("spelled", [str, str.lower, str.upper, str.capitalize])
def test_a_label_of_every_language_is_found_in_every_case(label: str, spelled: object) -> None:
    assert callable(spelled)
    assert "937" not in removed(f"{spelled(label)}: 937")
    assert "937" not in removed(f"card {spelled(label)} 937")


@pytest.mark.parametrize(("first", "second"), [*permutations(NUMBERS, 2)])
@pytest.mark.parametrize("between", [" ", ", ", "\n", " / ", "; "])
def test_a_part_of_a_card_number_is_no_code_of_the_one_beside_it(
    first: str, second: str, between: str
) -> None:
    """Without a part neither number would be found any more, and most of their digits would be shown."""
    text = f"{first}{between}{second}"
    assert scrub_prose(text) == (text, 0)
    assert scrub_prose(f"{text} 937") == (f"{text} {MARK}", 1)
    assert scrub_prose(f"{first} 937 {second}") == (f"{first} {MARK} {second}", 1)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "text", ["cvv {}", "cvv{}", "cvv: {}", "my cvv and number {}", "{} is the cvv", "cvv,name\n{},Ann"]
)
def test_a_part_of_a_card_number_is_no_code_of_a_label_either(number: str, text: str) -> None:
    assert number in removed(text.format(number))


@pytest.mark.parametrize(
    ("table", "left"),
    [
        ("cvv;name;number\n937;Ann;4111111111111111", "cvv;name;number\n***;Ann;4111111111111111"),
        ("name,cvv,city\nAnn,937,Rome\nBob,9371,Bonn", "name,cvv,city\nAnn,***,Rome\nBob,***,Bonn"),
        ('"name","cvc"\n"Ann","937"\n', '"name","cvc"\n"Ann","***"\n'),
        ("CVV2\tname\n937\tAnn\n\n9371\tBob", "CVV2\tname\n***\tAnn\n\n***\tBob"),
        ("| cvv | name |\n|---|---|\n| 937 | Ann |", "| cvv | name |\n|---|---|\n| *** | Ann |"),
        ("pin,card\n4711,4111111111111111", "pin,card\n***,4111111111111111"),
        ("city,pin\nPune,4110", "city,pin\nPune,4110"),
        ("name,cvv\nAnn,n/a\n937 pieces", "name,cvv\nAnn,n/a\n937 pieces"),
        ("name,size\nAnn,937", "name,size\nAnn,937"),
    ],
)  # fmt: skip
def test_cells_below_the_head_of_a_column_of_codes_are_removed(table: str, left: str) -> None:
    assert removed(table) == left
    assert removed(left) == left
