"""Bytes that are no JSON cost time in proportion to their number, whatever they are made of."""

from random import Random
from time import process_time

import pytest

from tokenizer.guard.authentication_data.keys import compatible
from tokenizer.guard.authentication_data.scrub import scrub_text

pytestmark = pytest.mark.slow

BYTES = 50_000
UNITS = {
    "a letter": b"a",
    "a name and a blank": b"pin ",
    "a name and an end": b"cvv </",
    "a name and a bracket": b"cvv:{",
    "a name and a quote": b'cvv:"',
    "two words": b"security code ",
    "separators within a name": b"c________v________",
    "half a name": b"c_",
    "escapes": b"\\u0063",
    "a quote": b'"',
    "a backslash": b"\\",
    "no UTF-8": b"\xff",
    "combining marks": "e\u0301".encode(),
    "wide letters": "\uff43\uff56\uff56".encode(),
}


def junk(name: str, length: int) -> bytes:
    return (UNITS[name] * (length // len(UNITS[name]) + 1))[:length]


def seconds(*raws: bytes) -> list[float]:
    """Returns the CPU time of each, the fastest of three tries in turn: a machine that slows down slows all of them."""
    tries: list[list[float]] = [[] for _ in raws]
    for _ in range(3):
        for raw, found in zip(raws, tries, strict=True):
            began = process_time()
            scrub_text(raw)
            found.append(process_time() - began)
    return list(map(min, tries))


@pytest.mark.parametrize("name", UNITS)
def test_four_times_the_junk_takes_about_four_times_the_time(name: str) -> None:
    once, four_times = seconds(junk(name, BYTES), junk(name, 4 * BYTES))
    assert four_times < 8 * max(once, 0.002)


def test_each_character_is_compared_once_however_often_it_stands_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def counted(character: str) -> str:
        asked.append(character)
        return compatible(character)

    monkeypatch.setattr("tokenizer.guard.authentication_data.scrub.compatible", counted)
    raw = Random(0).randbytes(BYTES)
    scrub_text(raw)
    assert 0 < len(asked) == len(set(asked)) < 10_000
