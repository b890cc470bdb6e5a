"""Stores how far the vault's move to another key has come: the latest run, and one item for each stretch."""

from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.rekey.progress import MoveOutcome, Phase, Run, Stretch

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_LATEST = {"run": {"S": "latest"}, "part": {"S": "run"}}


class DynamoProgress:
    """Implements the port `Progress`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("reading how far the vault has moved")
    def run(self) -> Run | None:
        """Returns the latest run, or None."""
        item = self._dynamodb.get_item(TableName=self._table, Key=_LATEST, ConsistentRead=True).get("Item")
        return _run(item) if item else None

    @translated("keeping how far the vault has moved")
    def keep_run(self, run: Run) -> None:
        """Stores a run and replaces its previous state."""
        item = {
            **_LATEST,
            "target": {"S": run.target},
            "segments": {"N": str(run.segments)},
            "begun_at": {"N": str(run.begun_at)},
            "begun_by": {"S": run.begun_by},
            "round": {"N": str(run.round)},
            "phase": {"S": str(run.phase)},
            "finished_at": {"N": str(run.finished_at)},
        }
        self._dynamodb.put_item(TableName=self._table, Item=item)

    @translated("reading how far the vault has moved")
    def stretches(self, run: Run) -> list[Stretch]:
        """Returns all stretches of a run that have begun."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#run = :run",
            ExpressionAttributeNames={"#run": "run"},
            ExpressionAttributeValues={":run": {"S": str(run.begun_at)}},
            ConsistentRead=True,
        )
        return [_stretch(item) for page in pages for item in page["Items"]]

    @translated("keeping how far the vault has moved")
    def keep_stretch(self, run: Run, stretch: Stretch) -> None:
        """Stores a stretch and replaces its previous state."""
        item: dict[str, Any] = {
            "run": {"S": str(run.begun_at)},
            "part": {"S": f"{stretch.round} {stretch.phase} {stretch.segment}"},
            "after": {"S": stretch.after},
            "done": {"BOOL": stretch.done},
            "counts": {"M": {str(outcome): {"N": str(count)} for outcome, count in stretch.counts.items()}},
            "unreadable": {"L": [{"S": each} for each in stretch.unreadable]},
        }
        self._dynamodb.put_item(TableName=self._table, Item=item)


def _run(item: Any) -> Run:
    return Run(
        item["target"]["S"],
        int(item["segments"]["N"]),
        int(item["begun_at"]["N"]),
        item["begun_by"]["S"],
        int(item["round"]["N"]),
        Phase(item["phase"]["S"]),
        int(item["finished_at"]["N"]),
    )


def _stretch(item: Any) -> Stretch:
    number, phase, segment = item["part"]["S"].split(" ")
    return Stretch(
        int(number),
        Phase(phase),
        int(segment),
        item["after"]["S"],
        item["done"]["BOOL"],
        {MoveOutcome(name): int(count["N"]) for name, count in item["counts"]["M"].items()},
        tuple(each["S"] for each in item["unreadable"]["L"]),
    )
