"""Holds one string of the corpus, and the sentences that strings stand in."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from faker import Faker
from faker.config import AVAILABLE_LOCALES

from tokenizer.guard import ANY_TEXT, Reading

DATA = Path(__file__).parent / "data"
_DEPRECATED = {"fr_QC"}
PROSE = Reading(prose=True)
IDENTIFIER = Reading(identifier=True)
_SENTENCES = (
    "please use {} for this",
    "my number: {}, thanks",
    "({})",
    "{}!",
    "ref {} / urgent",
    "customer says {}.",
    "Bitte {} notieren",
    "merci de noter {}",
    "usar {} por favor",
    "{}\nleave it at the door",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """Describes one string.

    Args:
        text: the string.
        value: the value in it, which decides its half.
        reading: how the guard reads it, by the kind of its field.
        countries: the countries of its record.
    """

    text: str
    value: str
    reading: Reading = ANY_TEXT
    countries: tuple[str, ...] = ()


def fakers() -> Iterator[Faker]:
    """Yields a Faker for each of its locales, that makes the same values every time it is yielded."""
    for index, faker in enumerate(_fakers()):
        faker.seed_instance(index)
        yield faker


@cache
def _fakers() -> list[Faker]:
    # Made once: all together they take a second.
    logging.getLogger("faker").setLevel(logging.ERROR)
    return [Faker(locale) for locale in sorted(set(AVAILABLE_LOCALES) - _DEPRECATED)]


def in_sentence(random: Random, value: str) -> str:
    """Returns a value in a sentence."""
    return random.choice(_SENTENCES).format(value)


def lines_of(name: str) -> list[str]:
    """Returns the lines of a file of texts."""
    return (DATA / name).read_text(encoding="utf-8").splitlines()


def digits(random: Random, count: int) -> str:
    """Returns random digits."""
    return "".join(random.choices("0123456789", k=count))
