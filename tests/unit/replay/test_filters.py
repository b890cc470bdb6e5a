"""Tests which letters a filter takes, at its bounds and with several parts at once, and how a time is typed."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ops.errors import CommandError
from replay.arguments import letter_filter
from replay.filters import Filter, moment
from replay.letters import Letter

ARRIVED = datetime(2026, 11, 23, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
LETTER = Letter("abc-1", "sealed", "too_large", "stream", "7", ARRIVED, 1, 1, "m", "body", "r")


@pytest.mark.parametrize(
    ("parts", "takes"),
    [
        ({"since": ARRIVED}, True),
        ({"since": ARRIVED + SECOND}, False),
        ({"until": ARRIVED}, True),
        ({"until": ARRIVED - SECOND}, False),
        ({"since": ARRIVED - SECOND, "until": ARRIVED + SECOND}, True),
        ({"codes": ("invalid_field", "too_large")}, True),
        ({"codes": ("too",)}, False),
        ({"sources": ("queue", "stream")}, True),
        ({"ids": ("x", "abc")}, True),
        ({"ids": ("bc-1",)}, False),
        ({"event_types": ("order.lost",)}, True),  # the function decides, since it can open the letter
        ({"limit": 1}, True),
    ],
)
def test_a_letter_is_taken_if_every_part_fits(parts: dict[str, Any], takes: bool) -> None:
    assert Filter(**parts).takes(LETTER) is takes


CODES = (
    *("malformed_json", "not_an_object", "unknown_event_type", "unsupported_schema_version", "invalid_field"),
    *("too_large", "retries_exhausted", "unknown"),
)


def test_letters_are_chosen_by_every_code_and_source_and_by_no_other() -> None:
    chosen = letter_filter([*CODES], ["stream", "queue", "unknown"], None, None, None, None, None)
    assert (chosen.codes, chosen.sources) == (CODES, ("stream", "queue", "unknown"))
    with pytest.raises(CommandError, match="no such code: lost") as caught:
        letter_filter(["lost"], None, None, None, None, None, None)
    assert caught.value.hint == f"--code takes {', '.join(CODES)}"
    with pytest.raises(CommandError, match="no such source: streem") as caught:
        letter_filter(None, ["streem"], None, None, None, None, None)
    assert caught.value.hint == "--source takes stream, queue, unknown"


FITS: dict[str, Any] = {
    "codes": ("too_large",),
    "sources": ("stream",),
    "ids": ("abc",),
    "since": ARRIVED,
    "until": ARRIVED,
}
MISSES: dict[str, Any] = {
    "codes": ("invalid_field",),
    "sources": ("queue",),
    "ids": ("x",),
    "since": ARRIVED + SECOND,
    "until": ARRIVED - SECOND,
}


def test_a_letter_that_all_parts_fit_is_taken() -> None:
    assert Filter(**FITS).takes(LETTER)


@pytest.mark.parametrize("missed", MISSES)
@pytest.mark.parametrize("fits", FITS)
def test_a_part_that_does_not_fit_is_not_made_up_for_by_another(fits: str, missed: str) -> None:
    assert not Filter(**{fits: FITS[fits], missed: MISSES[missed]}).takes(LETTER)


@pytest.mark.parametrize(
    ("parts", "everything"),
    [
        ({}, True),
        ({"limit": 3}, True),
        ({"sources": ("queue",)}, True),
        ({"event_types": ("order.placed",)}, True),
        ({"codes": ("too_large",)}, False),
        ({"ids": ("a",)}, False),
        ({"since": ARRIVED}, False),
        ({"until": ARRIVED}, False),
    ],
)
def test_a_filter_knows_whether_it_chooses(parts: dict[str, Any], everything: bool) -> None:
    assert Filter(**parts).everything is everything


def test_the_trail_gets_every_part() -> None:
    whole = Filter(("c",), ("queue",), ARRIVED, ARRIVED + SECOND, ("t",), ("i",), 5)
    assert whole.to_dict() == {
        "codes": ["c"],
        "sources": ["queue"],
        "since": "2026-11-23T10:00:00+00:00",
        "until": "2026-11-23T10:00:01+00:00",
        "event_types": ["t"],
        "ids": ["i"],
        "limit": 5,
    }
    assert Filter().to_dict() == {
        "codes": [],
        "sources": [],
        "since": None,
        "until": None,
        "event_types": [],
        "ids": [],
        "limit": None,
    }


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("45s", 45), ("90m", 5_400), ("6h", 21_600), ("2d", 172_800)]
)
def test_an_age_counts_back_from_now(text: str, seconds: int) -> None:
    before = datetime.now(UTC)
    found = moment(text)
    assert found is not None
    assert before <= found + timedelta(seconds=seconds) <= datetime.now(UTC)


def test_a_time_keeps_its_zone() -> None:
    there = timezone(timedelta(hours=2))
    assert moment("2026-11-23T12:00:00+02:00") == datetime(2026, 11, 23, 12, tzinfo=there) == ARRIVED


def test_no_time_is_none() -> None:
    assert moment(None) is None


@pytest.mark.parametrize("text", ["", "h", "6", "6w", "-6h", "1.5h", "yesterday", "6 h"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="is no time"):
        moment(text)
