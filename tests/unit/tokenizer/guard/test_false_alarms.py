"""Tries what is no value: ids that pass Luhn, placeholders, parts lists, UUIDs, networks, versions."""

from random import Random

import pytest
from stdnum import luhn

from tests.support.members import for_all
from tokenizer.guard import NO_VALUES, Finding, Reading, find_leak, own_values

NOBODY = own_values(())
IDENTIFIER = Reading(identifier=True)


def passing(prefix: str, length: int, random: Random) -> str:
    body = prefix + "".join(random.choices("0123456789", k=length - len(prefix) - 1))
    return body + luhn.calc_check_digit(body)


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("57", 18), ("58", 18), ("81", 16), ("82", 16), ("607", 16), ("50", 19), ("67", 17), ("2200", 16), ("4", 19), ("300", 16), ("6011", 18), ("9860", 16)],
)  # fmt: skip
def test_an_order_id_that_passes_luhn_is_no_card(prefix: str, length: int) -> None:
    random = Random(20261130)
    for _ in range(50):
        number = passing(prefix, length, random)
        assert find_leak(number, NOBODY, IDENTIFIER) is None
        assert find_leak(f"PO-{number}", NOBODY, IDENTIFIER) is None
        assert find_leak(f"card {number}", NOBODY, IDENTIFIER) is Finding.CARD_NUMBER
        in_groups = " ".join(number[at : at + 4] for at in range(0, length, 4))
        assert find_leak(in_groups, NOBODY, IDENTIFIER) is Finding.CARD_NUMBER


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("4", 16), ("51", 16), ("2221", 16), ("34", 15), ("37", 15), ("36", 14), ("305", 14), ("6011", 16), ("65", 16), ("3528", 16), ("62", 16), ("62", 19)],
)  # fmt: skip
def test_what_most_cards_are_is_a_card_in_an_identifier_too(prefix: str, length: int) -> None:
    number = passing(prefix, length, Random(1))
    for text in (number, f"SO-{number}", f"{number}/2"):
        assert find_leak(text, NOBODY, IDENTIFIER) is Finding.CARD_NUMBER


@pytest.mark.parametrize(
    "text",
    ["Screw set 250 300 4000", "bolts 219 09 9999", "M8 202 555 0123 mm", "520 640 1200 x", "219 45 6789"],
)
def test_three_numbers_with_spaces_between_are_a_parts_list(text: str) -> None:
    assert find_leak(text, NOBODY) is None


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("tel 250 300 4000", Finding.PHONE),
        ("ring me 202 555 0123", Finding.PHONE),
        ("SSN 219 09 9999", Finding.SSN),
    ],
)
def test_with_a_word_that_says_so_they_are_a_number(text: str, finding: Finding) -> None:
    assert find_leak(text, NOBODY) is finding


@pytest.mark.parametrize("text", ["ref 0192f0c8-1111-7abc-8def-000000000001 x", "{41111111-1111-4111-8111-11111111111a}", "since 2026-11-23T10:15:00Z, until 2027-01-01"])  # fmt: skip
def test_uuids_and_times_are_known_inside_a_text(text: str) -> None:
    assert find_leak(text, NOBODY) is None


# Where a part of a moment were left in the text, its digits would make a number of those beside it.
@for_all(
    "text",
    [
        *(
            "+49 1999-07-02",
            "+49 2026-12-23",
            "+49 2126-07-31",
            "+49 1999-07-02T10:15",
            "+49 1999-07-02T10:15Z",
        ),
        *("tel: 1999-07-02T10:15:02 01234", "tel: 1999-07-02T10:15-0500 01234", "+49 1999-07-02t10:15z"),
        *("SSN 1999-07-02 10:15:02.123456789", "SSN 1999-07-02T10:15:02.123456789Z"),
    ],
)
def test_a_moment_is_no_part_of_a_number_in_any_of_its_forms(text: str) -> None:
    assert find_leak(text, NOBODY) is None


def test_a_card_dressed_as_a_uuid_is_still_a_card() -> None:
    assert find_leak("41111111-1111-1111-0000-000000000000", NOBODY) is Finding.CARD_NUMBER


@pytest.mark.parametrize("value", ["guest", "GUEST", "none", "Unknown", "not provided", "walk-in customer", "n/a", "en-US", "zh-Hant", "0000000000", "xxxx",  "paper", "Newsletter", "keine Angabe"])  # fmt: skip
def test_a_placeholder_is_no_own_value(value: str) -> None:
    assert own_values([value]) is NO_VALUES


@pytest.mark.parametrize(
    "value",
    [
        "Guest Berta",
        "nonesuch",
        "Will Power",
        "en-USA",
        "00000001",
        "xxxy",
        "paper@example.org",
        "Berta",
        "12345",
    ],
)
def test_what_only_resembles_one_is_looked_for(value: str) -> None:
    assert find_leak(f"for {value}.", own_values([value])) is Finding.OWN_VALUE


@pytest.mark.parametrize(("value", "text"), [("enus", "two menus please"), ("anna", "savanna"), ("Al Gore", "an algorithm"), ("rosa", "rosary beads")])  # fmt: skip
def test_a_short_word_is_not_looked_for_inside_words(value: str, text: str) -> None:
    assert find_leak(text, own_values([value])) is None


@pytest.mark.parametrize(
    "text", ["to Al Gore", "AL-GORE", "al.gore@", "algore2041", "x_algore", "\u00e9 algore"]
)
def test_a_short_word_is_found_where_it_stands_as_one(text: str) -> None:
    assert find_leak(text, own_values(["Al Gore"])) is Finding.OWN_VALUE


@pytest.mark.parametrize("many", [0, 400])
def test_many_values_and_few_are_found_alike(many: int) -> None:
    others = [f"filler value {at}" for at in range(many)]
    own = own_values(["Berta Beispiel", "Al Gore", "12/29", *others])
    for text in ("for berta-beispiel!", "to Al Gore", "until 12/29"):
        assert find_leak(text, own) is Finding.OWN_VALUE
    for text in ("an algorithm", "12.29 EUR", "bertha"):
        assert find_leak(text, own) is None


def test_more_short_numbers_than_are_tried_one_by_one() -> None:
    own = own_values([f"{at:05}" for at in range(10_000, 10_400)])
    assert find_leak("code 10399.", own) is Finding.OWN_VALUE
    assert find_leak("code 10400, 103990", own) is None


def test_of_a_long_value_its_beginning_is_found() -> None:
    value = "".join(f"part {at} of it, " for at in range(20))
    own = own_values([value])
    assert find_leak(f"see: {value}", own) is Finding.OWN_VALUE
    assert find_leak(value[:40], own) is None


def test_a_schema_vouches_for_a_shape_but_not_for_own_values() -> None:
    vouched = Reading(vouched=True)
    assert find_leak("4111111111111111", NOBODY, vouched) is None
    assert find_leak("4111111111111111", own_values(["4111 1111 1111 1111"]), vouched) is Finding.OWN_VALUE
