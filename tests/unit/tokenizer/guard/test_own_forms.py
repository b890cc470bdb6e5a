"""Own values that are written in another way: names turned round, dates of birth, numbers without their country."""

from calendar import month_name
from collections.abc import Callable
from pathlib import Path
from string import ascii_uppercase, digits, punctuation

import pytest

from tests.support.members import for_all
from tokenizer.guard import Finding, find_leak
from tokenizer.guard.own import NO_VALUES, own_values
from tokenizer.guard.text import folded, folded_pieces

OWN = own_values(["Ann Example", "Ann Maria Example", "1990-04-01", "IT RSSMRA85T10A562S"])
PAGE = " ".join(Path("docs/guard.md").read_text(encoding="utf-8").split())


@for_all(
    "own",
    ["+49 30 90182000", " +49 30 90182000", "\t+4930 90182000", "\u00a0+49 30 90182000 ", "0049 30 90182000"],
)
def test_an_own_phone_is_found_without_its_country_however_it_begins(own: str) -> None:
    for text in (
        "030/90182000",
        "03090182000",
        "ring 030 9018 2000 first",
        "90182000 with 30 before: 30 90182000",
    ):
        assert find_leak(text, own_values([own])) is Finding.OWN_VALUE, text


@pytest.mark.parametrize(
    "text",
    [
        *("call Example, Ann", "example_ann", "EXAMPLE ANN", "exampleAnnMaria"),
        *("4/1/1990", "1/4/1990", "04/01/1990", "01.04.1990", "born 1-4-1990."),
        *("1 April 1990", "born on April 1, 1990", "1 Apr 1990", "apr 1 1990"),
        *("rssmra85t10a562s", "RSSMRA85 T10A562S"),
    ],
)
def test_an_own_value_is_found_in_another_form(text: str) -> None:
    assert find_leak(text, OWN) is Finding.OWN_VALUE


# One name alone, so that no other value finds it: by the number of its words, in several scripts, short words and long.
NAMES = [
    *("Ann Example", "Bo Li", "José Núñez", "Zoë Brontë", "Анна Петрова", "Ελένη Παππά"),
    *("Ann Maria Example", "Bo An Li", "José María Núñez", "Анна Ивановна Петрова"),
    *("Ann Maria Rosa Example", "Ludwig van der Berg", "Ann Maria Rosa Eva Example"),
    *(
        "Anna Example-Muster",
        "Anne-Marie Example",
        "Sean O'Brien",
        "Sean O\u2019Brien",
        "Jean\u2010Luc Muster",
    ),
    *("Anna M. Example", "Anna M Example", "Dr. Ann Example", "Ann Example Jr.", "Ann  Example"),
    *(f"Ann {'m' * 32} Example", "José García López"),
]
TURNED: dict[str, Callable[[str, str], str]] = {
    "comma": lambda first, last: f"hand to {last}, {first}",
    "spaces": lambda first, last: f"{last} {first} rang",
    "semicolon": lambda first, last: f"({last}; {first})",
    "capitals": lambda first, last: f"{last.upper()}, {first.upper()}",
    "snake": lambda first, last: "_".join((*last.split(), *first.split())).lower(),
    "camel": lambda first, last: last.lower().replace(" ", "") + "".join(map(str.title, first.split())),
}


@pytest.mark.parametrize("way", TURNED)
@for_all("name", NAMES)
def test_a_name_is_found_with_its_last_word_or_words_first(name: str, way: str) -> None:
    words = name.split()
    own = own_values([name])
    for count in range(1, len(words)):
        first, last = " ".join(words[:count]), " ".join(words[count:])
        assert find_leak(TURNED[way](first, last), own) is Finding.OWN_VALUE
        assert find_leak(f"hand to {last} only", own) is None
    assert find_leak(name, own) is Finding.OWN_VALUE


@pytest.mark.parametrize("name", ["J Example", "J. Example", "Example J", "a b c d e f"])
def test_a_name_that_begins_or_ends_with_one_letter_is_not_turned_round(name: str) -> None:
    first, *others = name.split()
    assert find_leak(" ".join((*others, first)), own_values([name])) is None


@pytest.mark.parametrize(
    "text", ["in 1990", "April 1990", "4/1/1991", "2 April 1990", "example.com, announce", "1.4/1990.5"]
)
def test_a_part_of_an_own_value_is_none(text: str) -> None:
    assert find_leak(text, OWN) is None


@pytest.mark.parametrize(("month", "name"), [*enumerate(month_name)][1:])
def test_the_months_are_those_of_the_year(month: int, name: str) -> None:
    own = own_values([f"1990-{month:02}-21"])
    assert find_leak(f"21 {name.title()} 1990", own) is Finding.OWN_VALUE
    assert find_leak(f"{name[:3]} 21, 1990", own) is Finding.OWN_VALUE


NOT_FOUND = {
    "1.4.1990": "1.4.1990",
    "1st April 1990": "1st April 1990",
    "avril": "1 avril 1990",
    "annAtExampleDotCom": "annAtExampleDotCom",
    "b64YW5uQGV4YW1wbGUuY29t": "b64YW5uQGV4YW1wbGUuY29t",
    "<b>4111</b><b>1111</b><i>1111</i>1111": None,
    "203[.]0[.]113[.]77": "203[.]0[.]113[.]77",
    "`\\141\\156\\156`": "\\141\\156\\156\\100\\145xample.com",
    "61:6e:6e": "61:6e:6e:40:65:78:61:6d:70:6c:65:2e:63:6f:6d",
    "U+202E": "\u202e1111111111111114",
}


@pytest.mark.parametrize(("claim", "text"), [(claim, text) for claim, text in NOT_FOUND.items() if text])
def test_the_page_names_what_is_not_found(claim: str, text: str) -> None:
    assert claim in PAGE
    assert find_leak(text, own_values(["1990-04-01", "ann@example.com", "4111111111111111"])) is None


def test_every_date_of_two_centuries_is_found_with_slashes() -> None:
    dates = [
        *((year, 7, 2) for year in range(1900, 2100)),
        *((1990, month, day) for month in range(1, 13) for day in range(1, 32)),
    ]
    for year, month, day in dates:
        for behind in ("", "T10:15:00Z", "T"):
            own = own_values([f"{year}-{month:02}-{day:02}{behind}"])
            assert find_leak(f"on {day}/{month}/{year}", own) is Finding.OWN_VALUE, (year, month, day)
    for date in (
        "1990-13-01",
        "1990-00-01",
        "1990-01-00",
        "1990-01-32",
        "1890-01-02",
        "2190-01-02",
        "1990-01-02x",
    ):
        text = f"on {date[8:10].lstrip('0')}/{date[5:7].lstrip('0')}/{date[:4]}"
        assert find_leak(text, own_values([date])) is None, date


def test_a_number_is_found_without_its_country_if_it_has_eight_characters_and_four_digits() -> None:
    for letter in ascii_uppercase:
        for between in ("", " ", "-"):
            body = f"{letter}1{letter}2{letter}3{letter}4"
            own = own_values([f"{letter * 2}{between}{body}"])
            assert find_leak(f"no. {body}", own) is Finding.OWN_VALUE, own
    four = "1234"
    for digit in digits:
        body = f"{digit * 4}ABCD"
        assert find_leak(f"no. {body}", own_values([f"DE{body}"])) is Finding.OWN_VALUE, digit
    for value in (
        f"DE_{four}ABCD",
        f"DE  {four}ABCD",
        f"D{four}ABCD",
        f"DE{four[1:]}ABCDE",
        f"DE{four}ABC",
        f"DE{four}ABC_",
        f"De{four}ABCD",
    ):
        body = value.lstrip("DEe_ ")
        assert find_leak(f"no. {body}", own_values([value])) is None, value


def test_in_a_name_up_to_32_letters_stand_with_certain_marks_between() -> None:
    for first in ("Jo", "J" * 32, "J.-P"[:1] + "-P", "O'Ann", "A.B.C", "Dr."):
        for last in ("Li", "x" * 32, "O'Li", "Li.", "Van-Li"):
            own = own_values([f"{first} {last}"])
            assert find_leak(f"for {last}, {first} x", own) is Finding.OWN_VALUE, (first, last)
    for marks in set(punctuation) - set("'.-"):
        own = own_values([f"Annabel Exam{marks}plename"])
        assert find_leak("Examplename, Annabel", own) is None, marks
    for name in (
        "Annabel1 Examplename",
        "Annabel " + "x" * 33,
        "x" * 33 + " Annabel",
        "Ann--abel Examplename",
        "Annabel\tExamplename",
    ):
        first, last = name.split()
        assert find_leak(f"{last}, {first}", own_values([name])) is None, name


# A code of four to six digits is an own value only if it stands alone.
@for_all("code", ["1234", "98760", "305172"])
def test_a_short_number_of_ones_own_stands_alone(code: str) -> None:
    own = own_values([code])
    for mark in punctuation.replace("\\", "") + " \n":
        for digit in digits:
            wanted = None if mark in "-./:," else Finding.OWN_VALUE
            if mark not in " /_-\n":
                assert find_leak(f"x {digit}{mark}{code} x", own) is wanted, mark
                assert find_leak(f"x {code}{mark}{digit} x", own) is wanted, mark
        wanted = Finding.OWN_VALUE if mark in " /_-\n" else None
        for count in (1, 2, 3):
            assert find_leak(f"x {(mark * count).join(code)} x", own) is wanted, (mark, count)
        assert find_leak(f"x {(mark * 4).join(code)} x", own) is None, mark
    for digit in digits:
        assert find_leak(f"x {digit}{code} x", own) is None
        assert find_leak(f"x {code}{digit} x", own) is None
        for mark in "-/":
            assert find_leak(f"x {digit}{mark}{code} x", own) is None
            assert find_leak(f"x {code}{mark}{digit} x", own) is None


def test_every_mark_is_left_out_of_text_beyond_ascii() -> None:
    for code in range(128):
        each = chr(code)
        shown = each.lower() if each.isalnum() else ""
        assert folded(f"\u0436{each}x") == f"\u0436{shown}x", code
        assert folded(f"a{each}x") == f"a{shown}x", code
        assert folded_pieces(f"\u0436{each}x") == ([f"\u0436{shown}x"] if shown else ["\u0436", "x"]), code


def test_a_locale_is_no_own_value() -> None:
    for letter in ascii_uppercase:
        low = letter.lower()
        for value in (
            f"{low * 2}-{letter}X",
            f"x{low}_{letter * 2}",
            f"X{letter}-x{low}",
            f"{letter}x-{low}X",
            f"{low}x-{letter}{low * 3}",
        ):
            assert own_values([value]) is NO_VALUES, value
    for value in ("en-hant", "en-HAnt", "en-Han", "eng-US", "en.US", "e-USA", "en-US1", "en--US"):
        assert own_values([value]) is not NO_VALUES, value
