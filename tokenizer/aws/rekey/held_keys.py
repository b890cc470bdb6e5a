"""Keeps a vault key in the stack until no record needs it.

Without the key under which they were sealed nobody could read records, and a wrong parameter of a deployment would be
enough to remove it. So a key that was used may only leave after the vault was moved away from it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import Configuration
from tokenizer.rekey.progress import Phase, Progress

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEYS = "keys"  # the partition of the held keys in the table of the vault's moves


@dataclass(frozen=True, slots=True)
class HeldKey:
    """Describes a vault key that the stack holds or held.

    Args:
        arn: the ARN of the KMS key.
        active_since: milliseconds since 1970 at which records began to be sealed under it; 0 if it is not the active
            key.
        used: True if records were ever sealed under it.
        held: True if it is in the stack.
    """

    arn: str
    active_since: int = 0
    used: bool = False
    held: bool = True


class HeldKeys:
    """Remembers the stack's vault keys from deployment to deployment."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, progress: Progress, now: Callable[[], int]
    ) -> None:
        """Uses the table of the vault's moves. `now` returns milliseconds since 1970."""
        self._dynamodb = dynamodb
        self._table = table
        self._progress = progress
        self._now = now

    def change(self, active: str, held: Sequence[str]) -> None:
        """Notes the keys that a deployment holds, and the one under which records are sealed.

        Raises:
            Configuration: the deployment would remove a key under which records may still be.
            PipelineError: the table failed.
        """
        known = self._known()
        since = known[active].active_since if active in known else 0
        leaving = [key.arn for key in known.values() if key.held and key.used and key.arn not in held]
        if leaving and not self._moved_to(active, since):
            raise Configuration(
                f"records may be under {' '.join(leaving)} still: keep Rekeying=true, seal under the other key, and finish `order-tokenizer rekey run` first"
            )
        for arn in {*known, *held}:
            before = known.get(arn, HeldKey(arn))
            is_active = arn == active
            now = before.active_since or self._now()
            self._keep(HeldKey(arn, now if is_active else 0, before.used or is_active, arn in held))

    def _moved_to(self, active: str, since: int) -> bool:
        """Returns True if a run, begun after this key became active, found no record under another key."""
        run = self._progress.run()
        return (
            run is not None
            and run.phase is Phase.DONE
            and run.target == active
            and since > 0
            and run.begun_at >= since
        )

    @translated("reading which vault keys the stack holds")
    def _known(self) -> dict[str, HeldKey]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="#run = :keys",
            ExpressionAttributeNames={"#run": "run"},
            ExpressionAttributeValues={":keys": {"S": _KEYS}},
            ConsistentRead=True,
        )
        keys = [_held(item) for page in pages for item in page["Items"]]
        return {key.arn: key for key in keys}

    @translated("keeping which vault keys the stack holds")
    def _keep(self, key: HeldKey) -> None:
        item: dict[str, Any] = {
            "run": {"S": _KEYS},
            "part": {"S": key.arn},
            "active_since": {"N": str(key.active_since)},
            "used": {"BOOL": key.used},
            "held": {"BOOL": key.held},
        }
        self._dynamodb.put_item(TableName=self._table, Item=item)


def _held(item: Any) -> HeldKey:
    return HeldKey(
        item["part"]["S"], int(item["active_since"]["N"]), item["used"]["BOOL"], item["held"]["BOOL"]
    )
