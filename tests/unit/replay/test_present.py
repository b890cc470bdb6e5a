"""Tests the tables that an operator reads: what stands in each cell, in which order, and how old a letter is called."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from replay import present
from replay.letters import Letter

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


class _Clock(datetime):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        assert tz is UTC
        return NOW


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(present, "datetime", _Clock)


def letter(letter_id: str, *, arrived_at: datetime | None = None) -> Letter:
    return Letter(
        letter_id,
        "sealed",
        "invalid_field",
        "queue",
        "m-1",
        arrived_at,
        3,
        5,
        "why it is bad",
        "body",
        "receipt",
    )


AGES = [
    (timedelta(seconds=-90), "0s"),
    (timedelta(0), "0s"),
    (timedelta(seconds=1), "1s"),
    (timedelta(seconds=59), "59s"),
    (timedelta(seconds=60), "1m"),
    (timedelta(minutes=59, seconds=59), "59m"),
    (timedelta(hours=1), "1h"),
    (timedelta(hours=23, minutes=59), "23h"),
    (timedelta(days=1), "1d"),
    (timedelta(days=400), "400d"),
]


@pytest.mark.parametrize(("ago", "shown"), AGES)
def test_an_age_is_told_in_the_largest_unit_that_fits(ago: timedelta, shown: str) -> None:
    assert present.age(NOW - ago) == shown


CLASSES = [
    (timedelta(minutes=59, seconds=59), "under 1h"),
    (timedelta(hours=1), "under 1d"),
    (timedelta(hours=23, minutes=59, seconds=59), "under 1d"),
    (timedelta(days=1), "under 7d"),
    (timedelta(days=6, hours=23), "under 7d"),
    (timedelta(days=7), "over 7d"),
]


@pytest.mark.parametrize(("ago", "shown"), CLASSES)
def test_letters_are_grouped_by_an_hour_a_day_and_a_week(ago: timedelta, shown: str) -> None:
    assert present.age_class(NOW - ago) == shown


def test_a_letter_without_a_time_has_no_age() -> None:
    assert (present.age(None), present.age_class(None)) == ("unknown", "unknown")


def test_groups_are_counted_by_code_source_and_age_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    present.groups(
        Counter({("too_large", "queue", "under 1h"): 1, ("invalid_field", "stream", "over 7d"): 1200})
    )
    assert capsys.readouterr().out.splitlines() == [
        "code\tsource\tage\tletters",
        "invalid_field\tstream\tover 7d\t1200",
        "too_large\tqueue\tunder 1h\t1",
    ]


def test_a_letter_has_a_line_with_the_beginning_of_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    present.letters([letter("abcdefghij", arrived_at=NOW - timedelta(hours=2)), letter("klmnopqrst")], 4)
    assert capsys.readouterr().out.splitlines() == [
        "id\tcode\tsource\tage\trecords\tmessage",
        "abcd\tinvalid_field\tqueue\t2h\t3\twhy it is bad",
        "klmn\tinvalid_field\tqueue\tunknown\t3\twhy it is bad",
    ]


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (0, []),
        (1, ["1 more is held by somebody else; it comes back if it is not replayed"]),
        (1500, ["1500 more are held by somebody else; they come back if they are not replayed"]),
    ],
)
def test_held_letters_are_told_if_there_are_any(
    number: int, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    present.held(number)
    assert capsys.readouterr().out.splitlines() == lines


def result(letter_id: str, status: str, **more: Any) -> dict[str, Any]:
    return {"id": letter_id, "status": status, **more}


def test_a_run_without_failures_shows_results_alone(capsys: pytest.CaptureFixture[str]) -> None:
    present.results({"skipped": 2, "published": 3}, [result("a", "published"), result("b", "skipped")])
    assert capsys.readouterr().out.splitlines() == ["result\tletters", "published\t3", "skipped\t2"]


@pytest.mark.parametrize(
    ("failed", "next_step"),
    [
        (
            result("aaaaaaaaaa1", "unavailable"),
            "nothing is wrong with these: `order-tokenizer status` shows what doesn't answer",
        ),
        (
            {"message_id": "aaaaaaaaaa4", "status": "failed"},
            "`replay list` shows the letters that these became",
        ),
    ],
)
def test_no_letter_is_shown_for_what_was_not_tried_or_is_none(
    capsys: pytest.CaptureFixture[str], failed: dict[str, str], next_step: str
) -> None:
    present.results({str(failed["status"]): 1}, [failed])
    assert capsys.readouterr().out.splitlines()[-1] == next_step


def test_failures_are_told_by_reason_the_most_frequent_first(capsys: pytest.CaptureFixture[str]) -> None:
    each = [
        result("aaaaaaaaaa1", "failed", code="too_large", message="2 MB"),
        result("aaaaaaaaaa2", "failed", code="invalid_field", message="total"),
        result("aaaaaaaaaa3", "failed", code="invalid_field", message="total"),
        {"message_id": "aaaaaaaaaa4", "status": "unavailable"},
        result("aaaaaaaaaa5", "published"),
        result("aaaaaaaaaa6", "skipped"),
    ]
    present.results({"failed": 3}, each)
    told = capsys.readouterr().out.splitlines()
    assert told[2:] == [
        "such as\tletters\tresult\tcode\tmessage",
        "aaaaaaaaaa2\t2\tfailed\tinvalid_field\ttotal",
        "aaaaaaaaaa1\t1\tfailed\ttoo_large\t2 MB",
        "aaaaaaaaaa4\t1\tunavailable\t\t",
        "`replay show aaaaaaaaaa2` shows what is wrong with one",
    ]


def test_the_bad_records_of_split_letters_are_added_up(capsys: pytest.CaptureFixture[str]) -> None:
    present.results({"split": 2}, [result("a", "split", letters=2), result("b", "split", letters=5)])
    told = capsys.readouterr().out.splitlines()
    assert told[2:] == ["7 records of split letters failed; each has a letter of its own on the queue"]


@pytest.mark.parametrize(("reasons", "more"), [(20, 0), (21, 1), (25, 5)])
def test_twenty_reasons_are_shown_and_the_others_counted(
    reasons: int, more: int, capsys: pytest.CaptureFixture[str]
) -> None:
    each = [result(f"id-{at:09}", "failed", message=f"reason {at:02}") for at in range(reasons)]
    present.results({}, each)
    told = capsys.readouterr().out.splitlines()
    assert sum("\tfailed\t" in line for line in told) == 20
    assert ("... and" in "\n".join(told)) is bool(more)
    assert not more or f"... and {more} more reason{'s' * (more > 1)}; --json has every letter" in told
