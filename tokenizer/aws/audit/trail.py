"""Writes the audit trail, which records who asked for what, when, and with which result. It never holds a value.

A line is an object that is written once, into a bucket whose lock keeps anybody from changing or deleting it. Then the
head of its chain moves on in a table. An answer may be given only after both. So a line after its chain's head is one
without an answer, and a head after its chain's last line shows a gap. docs/decisions/0008 explains why.
"""

import base64
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from schemas.dead_letter import ErrorCode
from tokenizer.alarm_metrics import AUDIT_FAILED
from tokenizer.audit.lines import (
    MOST_BYTES,
    Head,
    Line,
    Place,
    Sealed,
    clean,
    clean_operator,
    key_context,
    seal,
)
from tokenizer.aws.platform import counters, key_expiry
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import BadRecord

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kms import KMSClient
    from types_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class AuditStore:
    """Names the places of lines and heads, and the key that protects chains."""

    s3: "S3Client"
    bucket: str
    dynamodb: "DynamoDBClient"
    heads_table: str
    kms: "KMSClient"
    key_arn: str


@dataclass(frozen=True, slots=True)
class _Chain:
    place: Place  # of the next line
    secret: bytes = field(repr=False)
    wrapped: str = ""
    head: Head | None = None


class AuditTrail:
    """Adds lines. Each function instance has one chain a day.

    After a failed write the chain is given up, because nobody knows whether the write arrived. The next line begins
    another.
    """

    def __init__(self, store: AuditStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store = store
        self._now = now
        self._chain: _Chain | None = None
        self._lock = Lock()
        key_expiry.watch(self)

    def drop_expired(self) -> None:
        """Drops the key of a chain whose day is over."""
        with self._lock:
            today = self._now().astimezone(UTC).date().isoformat()
            if self._chain is not None and self._chain.place.day != today:
                self._chain = None

    @translated("writing the audit trail")
    def write(self, action: str, operator: str, **facts: Any) -> None:
        """Adds a line.

        Args:
            action: the action that was asked for.
            operator: the caller's own name for themselves; CloudTrail knows who really invoked the function.
            facts: filters, ids, tokens and counts; no value.

        Raises:
            PipelineError: the line was not written. Then the caller must not get what they asked for.
        """
        try:
            self._write(action, operator, facts)
        except Exception:
            counters.count(AUDIT_FAILED)
            raise

    def _write(self, action: str, operator: str, facts: Mapping[str, Any]) -> None:
        with self._lock:
            moment = self._now().astimezone(UTC)
            chain, self._chain = self._chain, None
            if chain is None or chain.place.day != moment.date().isoformat():
                chain = self._begin(moment)
            line = Line(
                place=chain.place,
                time=moment.isoformat(timespec="milliseconds"),
                action=str(action),
                operator=clean_operator(operator),
                facts=clean(facts),
                previous=chain.head.hash if chain.head else None,
                key=None if chain.head else chain.wrapped,
            )
            sealed, body = seal(line, chain.secret)
            self._append(chain.place, body)
            self._advance(chain.head, sealed)
            after = replace(chain.place, sequence=chain.place.sequence + 1)
            self._chain = replace(chain, place=after, head=Head(chain.place.sequence, sealed.hash))

    def _begin(self, moment: datetime) -> _Chain:
        chain = uuid.uuid4().hex
        answer = self._store.kms.generate_data_key(
            KeyId=self._store.key_arn, NumberOfBytes=32, EncryptionContext=key_context(chain)
        )
        wrapped = base64.b64encode(answer["CiphertextBlob"]).decode()
        return _Chain(Place(moment.date().isoformat(), chain, 1), answer["Plaintext"], wrapped)

    def _append(self, place: Place, body: bytes) -> None:
        if len(body) > MOST_BYTES:
            raise BadRecord(ErrorCode.TOO_LARGE, f"the audit line has {len(body)} bytes")
        self._store.s3.put_object(
            Bucket=self._store.bucket,
            Key=place.object_key,
            Body=body,
            ContentType="application/json",
            IfNoneMatch="*",
        )

    def _advance(self, before: Head | None, sealed: Sealed) -> None:
        place = sealed.line.place
        # botocore repeats a call whose answer was lost, so the condition also accepts a head that this call has already
        # moved.
        condition = "(#sequence = :sequence AND #hash = :hash) OR "
        values = {":sequence": {"N": str(place.sequence)}, ":hash": {"S": sealed.hash}}
        if before is None:
            condition += "attribute_not_exists(#sequence)"
        else:
            condition += "(#sequence = :before AND #hash = :previous)"
            values |= {":before": {"N": str(before.sequence)}, ":previous": {"S": before.hash}}
        self._store.dynamodb.put_item(
            TableName=self._store.heads_table,
            Item={
                "day": {"S": place.day},
                "chain": {"S": place.chain},
                "sequence": values[":sequence"],
                "hash": values[":hash"],
                "time": {"S": sealed.line.time},
            },
            ConditionExpression=condition,
            ExpressionAttributeNames={"#sequence": "sequence", "#hash": "hash"},
            ExpressionAttributeValues=values,
        )
