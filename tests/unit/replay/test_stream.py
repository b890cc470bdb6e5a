"""Tests how a piece of the stream is replayed: where each shard begins, how it goes on, and what is added up."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ops.errors import CommandError
from replay.stream import Piece, replay_piece

SINCE = datetime(2026, 11, 23, 10, tzinfo=UTC)
UNTIL = datetime(2026, 11, 23, 11, tzinfo=UTC)
ALL = Piece(None, None, (), None, None)


class Function:
    """Answers for each shard with the portions that are given for it."""

    def __init__(self, **portions: list[dict[str, Any]]) -> None:
        self.portions = portions
        self.asked: list[dict[str, Any]] = []

    def ask(self, action: str, **request: Any) -> dict[str, Any]:
        if action == "shards":
            return {"shards": list(self.portions)}
        assert action == "stream"
        self.asked.append(request)
        return self.portions[request["shard"]].pop(0)


def portion(read: int, failures: int = 0, after: str | None = None) -> dict[str, Any]:
    failed = [{"sequence": str(at)} for at in range(failures)]
    return {"read": read, "published": read - failures, "failures": failures, "failed": failed, "next": after}


def replay(function: Any, piece: Piece, *, apply: bool = True) -> tuple[dict[str, Any], list[int]]:
    ticks: list[int] = []
    return replay_piece(function, piece, ticks.append, apply=apply), ticks


@pytest.mark.parametrize(
    ("piece", "start"),
    [
        (ALL, {"ShardIteratorType": "TRIM_HORIZON"}),
        (
            Piece(SINCE, None, (), None, None),
            {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": SINCE.timestamp()},
        ),
        (
            Piece(None, None, ("a",), "7", None),
            {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "7"},
        ),
        (
            Piece(SINCE, None, ("a",), "7", None),
            {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "7"},
        ),
    ],
)
def test_a_piece_begins_where_it_was_asked_to(piece: Piece, start: dict[str, Any]) -> None:
    function = Function(a=[portion(1)])
    replay(function, piece)
    assert piece.start() == start
    assert function.asked[0]["position"] == start


def test_a_shard_goes_on_after_the_last_record_of_each_portion() -> None:
    function = Function(a=[portion(3, after="30"), portion(2, 1, after="50"), portion(0)])
    report, ticks = replay(function, Piece(None, UNTIL, (), None, "99"))
    goes_on = [each["position"] for each in function.asked[1:]]
    assert goes_on == [
        {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": each}
        for each in ("30", "50")
    ]
    assert {(each["until"], each["last"]) for each in function.asked} == {(UNTIL.timestamp(), "99")}
    assert ticks == [3, 2, 0]
    assert report == {
        "dry_run": False,
        "shards": {"a": {"read": 5, "published": 4, "failures": 1, "failed": [{"sequence": "0"}]}},
        "failures": 1,
    }


def test_the_failures_of_all_shards_are_added_up() -> None:
    report, _ = replay(Function(a=[portion(3, 1)], b=[portion(9, 2)], c=[portion(1)]), ALL)
    assert report["failures"] == 3
    assert [each["failures"] for each in report["shards"].values()] == [1, 2, 0]


@pytest.mark.parametrize(("portions", "shown"), [([60], 60), ([60, 60], 100), ([100], 100), ([101], 100)])
def test_a_hundred_failures_are_listed_and_all_counted(portions: list[int], shown: int) -> None:
    answers = [portion(each, each, after="1") for each in portions]
    answers[-1]["next"] = None
    report, _ = replay(Function(a=answers), ALL)
    assert len(report["shards"]["a"]["failed"]) == shown
    assert report["shards"]["a"]["failures"] == sum(portions)


def test_only_the_shards_that_were_asked_for_are_replayed() -> None:
    function = Function(a=[portion(1)], b=[portion(1)], c=[portion(1)])
    report, _ = replay(function, Piece(None, None, ("c", "a"), None, None))
    assert list(report["shards"]) == ["a", "c"]


def test_a_dry_run_asks_for_no_record() -> None:
    function = Function(a=[portion(1)])
    report, ticks = replay(function, ALL, apply=False)
    assert (function.asked, ticks) == ([], [])
    nothing = {"read": 0, "published": 0, "failures": 0, "failed": []}
    assert report == {"dry_run": True, "shards": {"a": nothing}, "failures": 0}


def test_a_shard_of_no_stream_is_refused_before_anything_is_replayed() -> None:
    function = Function(a=[portion(1)])
    with pytest.raises(CommandError, match="no such shard: x, z") as caught:
        replay(function, Piece(None, None, ("z", "a", "x"), None, None))
    assert caught.value.hint == "--shard takes a"
    assert function.asked == []


def test_the_trail_gets_the_whole_selection() -> None:
    assert Piece(SINCE, UNTIL, ("a",), "1", "2").to_dict() == {
        "since": "2026-11-23T10:00:00+00:00",
        "until": "2026-11-23T11:00:00+00:00",
        "shards": ["a"],
        "first": "1",
        "last": "2",
    }
    assert ALL.to_dict() == {"since": None, "until": None, "shards": [], "first": None, "last": None}
