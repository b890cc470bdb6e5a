"""A piece of the raw stream, sent through the tokenizer again shard by shard."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops.errors import CommandError
from replay.function import ReplayFunction


@dataclass(frozen=True, slots=True)
class Piece:
    """Which records.

    Args:
        since: the earliest arrival; None for all that the stream still has.
        until: the latest.
        shards: ids; none for all.
        first: a sequence number.
        last: a sequence number.
    """

    since: datetime | None
    until: datetime | None
    shards: tuple[str, ...]
    first: str | None
    last: str | None

    def to_dict(self) -> dict[str, Any]:
        """For the audit trail."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "shards": list(self.shards),
            "first": self.first,
            "last": self.last,
        }

    def start(self) -> dict[str, Any]:
        """Where to begin, as GetShardIterator takes it."""
        if self.first:
            return {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": self.first}
        if self.since:
            return {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": self.since.timestamp()}
        return {"ShardIteratorType": "TRIM_HORIZON"}


def run(function: ReplayFunction, piece: Piece, *, apply: bool) -> dict[str, Any]:
    """Replay a piece of the stream; without `apply` only the shards are told.

    Raises:
        CommandError: there is no such shard.
    """
    shards = function.ask("shards")["shards"]
    if unknown := set(piece.shards) - set(shards):
        raise CommandError(f"no such shard: {', '.join(sorted(unknown))}", f"shards: {', '.join(shards)}")
    chosen = [shard for shard in shards if not piece.shards or shard in piece.shards]
    told = {shard: _shard(function, shard, piece) if apply else _nothing() for shard in chosen}
    return {"dry_run": not apply, "shards": told, "failures": sum(each["failures"] for each in told.values())}


def _shard(function: ReplayFunction, shard: str, piece: Piece) -> dict[str, Any]:
    report = _nothing()
    position: dict[str, Any] | None = piece.start()
    until = piece.until.timestamp() if piece.until else None
    while position:
        answer = function.ask("stream", shard=shard, position=position, until=until, last=piece.last)
        for key in ("read", "published", "failures"):
            report[key] += answer[key]
        report["failed"] = [*report["failed"], *answer["failed"]][:100]
        after = answer["next"]
        position = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": after} if after else None
        )
    return report


def _nothing() -> dict[str, Any]:
    return {"read": 0, "published": 0, "failures": 0, "failed": []}
