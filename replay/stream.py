"""Replays a piece of the raw stream, shard by shard."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops.errors import CommandError
from replay.function import ReplayFunction


@dataclass(frozen=True, slots=True)
class Piece:
    """Selects records of the stream.

    Args:
        since: the earliest arrival; None for everything that the stream still has.
        until: the latest arrival, or None.
        shards: ids of shards; empty for all.
        first: the first sequence number, or None.
        last: the last sequence number, or None.
    """

    since: datetime | None
    until: datetime | None
    shards: tuple[str, ...]
    first: str | None
    last: str | None

    def to_dict(self) -> dict[str, Any]:
        """Returns the selection for the audit trail."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "shards": list(self.shards),
            "first": self.first,
            "last": self.last,
        }

    def start(self) -> dict[str, Any]:
        """Returns where to begin, in the form of GetShardIterator."""
        if self.first:
            return {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": self.first}
        if self.since:
            return {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": self.since.timestamp()}
        return {"ShardIteratorType": "TRIM_HORIZON"}


def replay_piece(
    function: ReplayFunction, piece: Piece, tick: Callable[[int], None], *, apply: bool
) -> dict[str, Any]:
    """Replays a piece of the stream. Without `apply` it only lists the shards. Calls `tick` with each number of records.

    Raises:
        CommandError: there is no such shard.
    """
    shards = function.ask("shards")["shards"]
    if unknown := set(piece.shards) - set(shards):
        raise CommandError(
            f"no such shard: {', '.join(sorted(unknown))}", f"--shard takes {', '.join(shards)}"
        )
    chosen = [shard for shard in shards if not piece.shards or shard in piece.shards]
    reports = {shard: _shard(function, shard, piece, tick) if apply else _nothing() for shard in chosen}
    return {
        "dry_run": not apply,
        "shards": reports,
        "failures": sum(each["failures"] for each in reports.values()),
    }


def _shard(function: ReplayFunction, shard: str, piece: Piece, tick: Callable[[int], None]) -> dict[str, Any]:
    report = _nothing()
    position: dict[str, Any] | None = piece.start()
    until = piece.until.timestamp() if piece.until else None
    while position:
        answer = function.ask("stream", shard=shard, position=position, until=until, last=piece.last)
        for key in ("read", "published", "failures"):
            report[key] += answer[key]
        tick(answer["read"])
        report["failed"] = [*report["failed"], *answer["failed"]][:100]
        after = answer["next"]
        position = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": after} if after else None
        )
    return report


def _nothing() -> dict[str, Any]:
    return {"read": 0, "published": 0, "failures": 0, "failed": []}
