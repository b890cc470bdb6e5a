"""Own values that are written in another way: names turned round, dates of birth, numbers without their country."""

from calendar import month_name
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.members import for_all
from tokenizer.guard import Finding, find_leak
from tokenizer.guard.own import own_values

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
