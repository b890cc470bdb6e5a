"""Makes a request run once for an idempotency key of its caller. A repeat gets the first answer.

A claim holds a random record id, from which everything that is tokenized under the key gets its identity, never from a
value. It holds a fingerprint of the request, so that a key stands for one request, and the answer as soon as there is
one. Stored answers are sanitized. While the first request runs, repeats are told to wait. If it died, the claim's lease
ends, and a repeat does the work again under the same identity.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer import json_text
from tokenizer.aws.api.fingerprints import Asked, Fingerprints
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import PipelineError, Refused, Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

Answer = dict[str, Any]

REUSED = "idempotency_key_reused"
IN_USE = "idempotency_key_in_use"
LEASE_SECONDS = 30  # longer than the API's function works on a request
_REMEMBERED_SECONDS = 86_400
_ITEM_BYTES = 380_000  # DynamoDB accepts 400 KB for an item


@dataclass(frozen=True, slots=True)
class Turn:
    """Is the permission to do the work of a request.

    Args:
        record_id: identifies what is tokenized; random, and the same for every repeat.
        arrived: milliseconds since 1970 at which the first request arrived.
        leased_until: milliseconds since 1970 at which the permission ends; it tells one turn of a key from the next.
    """

    record_id: str
    arrived: int
    leased_until: int = field(compare=False)

    @classmethod
    def fresh(cls) -> "Turn":
        """Returns a new turn."""
        now = _now()
        return cls(secrets.token_hex(16), now, now + LEASE_SECONDS * 1000)


class IdempotencyKeys:
    """Remembers keys for a day."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, fingerprints: Fingerprints) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._fingerprints = fingerprints

    def once(self, asked: Asked, work: Callable[[Turn], Answer]) -> Answer:
        """Does the work of a request, unless it was done under its key before.

        Args:
            asked: the request. Without a key the work is always done.
            work: does the work. If it raises, there is no answer, and the next repeat works again.

        Returns:
            The answer of the work, from now or before.

        Raises:
            Refused: the key stands for another request, or the first one is still running.
            PipelineError: the work, the table or KMS failed.
        """
        if asked.key is None:
            return work(Turn.fresh())
        claim_id = hashlib.sha256(f"{len(asked.caller)}:{asked.caller}{asked.key}".encode()).hexdigest()
        claimed = self._claim(claim_id, self._fingerprints.of(asked))
        if not isinstance(claimed, Turn):
            return claimed
        try:
            answer = work(claimed)
        except BaseException:
            with suppress(PipelineError):  # the lease ends by itself
                self._release(claim_id, claimed)
            raise
        with suppress(
            PipelineError
        ):  # the work is done; at the worst a repeat does it again, as the same record
            self._finish(claim_id, claimed, answer)
        return answer

    @translated("claiming an idempotency key")
    def _claim(self, claim_id: str, fingerprint: bytes) -> Turn | Answer:
        turn = Turn.fresh()
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "id": {"S": claim_id},
                    "fingerprint": {"B": fingerprint},
                    "record_id": {"S": turn.record_id},
                    "arrived": {"N": str(turn.arrived)},
                    "leased_until": {"N": str(turn.leased_until)},
                    "expires_at": {"N": str(turn.arrived // 1000 + _REMEMBERED_SECONDS)},
                },
                # DynamoDB may take days to remove what has expired.
                ConditionExpression="attribute_not_exists(id) OR expires_at < :now",
                ExpressionAttributeValues={":now": {"N": str(turn.arrived // 1000)}},
            )
        except ClientError as error:
            _if_condition_failed(error)
        else:
            return turn
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"id": {"S": claim_id}}, ConsistentRead=True
        )
        if "Item" not in answer:
            raise Unavailable("claiming an idempotency key: it expired meanwhile")
        return self._claimed_before(answer["Item"], fingerprint)

    def _claimed_before(self, item: "dict[str, AttributeValueTypeDef]", fingerprint: bytes) -> Turn | Answer:
        if not hmac.compare_digest(bytes(item["fingerprint"]["B"]), fingerprint):
            raise Refused(REUSED, "Idempotency-Key: it was used for another request")
        if "answer" in item:
            answer: Answer = json_text.parse(item["answer"]["S"].encode())
            return answer
        seen, now = int(item["leased_until"]["N"]), _now()
        until = now + LEASE_SECONDS * 1000
        if seen > now:
            raise Refused(IN_USE, "Idempotency-Key: its first request is still at work")
        try:
            self._lease(
                item["id"]["S"],
                until,
                ConditionExpression="leased_until = :seen AND attribute_not_exists(answer)",
                seen=seen,
            )
        except ClientError as error:
            _if_condition_failed(error)
            raise Refused(IN_USE, "Idempotency-Key: another repeat is at work") from None
        return Turn(item["record_id"]["S"], int(item["arrived"]["N"]), until)

    @translated("releasing an idempotency key")
    def _release(self, claim_id: str, turn: Turn) -> None:
        """Ends a turn's lease, unless somebody has taken the key over since."""
        try:
            self._lease(claim_id, 0, ConditionExpression="leased_until = :seen", seen=turn.leased_until)
        except ClientError as error:
            _if_condition_failed(error)

    @translated("finishing an idempotency key")
    def _finish(self, claim_id: str, turn: Turn, answer: Answer) -> None:
        text = json_text.dump_text(answer)
        if (
            len(text.encode()) > _ITEM_BYTES
        ):  # a repeat works again then, and gets the same as the same record
            self._release(claim_id, turn)
            return
        self._dynamodb.update_item(
            TableName=self._table,
            Key={"id": {"S": claim_id}},
            UpdateExpression="SET answer = if_not_exists(answer, :answer)",
            ExpressionAttributeValues={":answer": {"S": text}},
        )

    def _lease(self, claim_id: str, until: int, *, seen: int | None = None, **condition: Any) -> None:
        values: dict[str, AttributeValueTypeDef] = {":until": {"N": str(until)}}
        if seen is not None:
            values[":seen"] = {"N": str(seen)}
        self._dynamodb.update_item(
            TableName=self._table,
            Key={"id": {"S": claim_id}},
            UpdateExpression="SET leased_until = :until",
            ExpressionAttributeValues=values,
            **condition,
        )


def _now() -> int:
    return int(time.time() * 1000)


def _if_condition_failed(error: ClientError) -> None:
    """Raises every error except the one that says that a condition did not hold."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
