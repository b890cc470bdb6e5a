"""Which vault keys the stack holds: a key that records were sealed under may not leave before the vault was moved away from it.

Without that key its records could be read by nobody, and a slip in the parameters of a deployment is all it would take.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import Configuration
from tokenizer.rekey.run import Phase, Progress

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEYS = "keys"  # the partition that they have in the table of the vault's moves


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A vault key that the stack holds, or held.

    Args:
        arn: of the KMS key.
        active_since: milliseconds since 1970, when records began to be sealed under it; 0 where they are not now.
        used: records were sealed under it at some time.
        held: it is in the stack.
    """

    arn: str
    active_since: int = 0
    used: bool = False
    held: bool = True


class HeldKeys:
    """Knows them from deployment to deployment."""

    def __init__(
        self, dynamodb: "DynamoDBClient", table: str, progress: Progress, now: Callable[[], int]
    ) -> None:
        """What is known stands in the table of the vault's moves; `now` is in milliseconds since 1970."""
        self._dynamodb = dynamodb
        self._table = table
        self._progress = progress
        self._now = now

    def change(self, active: str, held: Sequence[str]) -> None:
        """Take over which keys a deployment holds, and which one is sealed under.

        Raises:
            Configuration: a key would leave that records may still be under.
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
        """Whether a run has verified, since records are sealed under this key, that none is under another."""
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
