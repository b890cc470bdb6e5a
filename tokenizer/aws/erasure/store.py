"""Writes the marks of erasures, which every reader asks for, and stores their certificates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.erasure.certificates import Certificate
from tokenizer.errors import NewerFormat
from tokenizer.formats import CERTIFICATE
from tokenizer.records import SanitizedRecord

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

DUE_INDEX = "due"
_FOUND = "found"  # a mark has it once an erasure has found something of the subject's
_OPEN = "open"  # the only key of the index; certificates with a sweep to come have it


class DynamoErasureStore:
    """Implements the port `ErasureStore`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("marking an erasure")
    def mark(self, subject: str, until: int) -> bool:
        """Marks everything of the subject's that arrived up to `until` as erased. A mark never moves back in time.

        Returns True if an erasure has ever found something of the subject's.
        """
        try:
            marked: Any = self._dynamodb.update_item(
                TableName=self._table,
                Key={"id": {"S": subject}},
                UpdateExpression="SET #until = :until",
                ConditionExpression="attribute_not_exists(#until) OR #until < :until",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":until": {"N": str(until)}},
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            ).get("Attributes")
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            marked = error.response.get("Item")
        return _FOUND in (marked or {})

    @translated("noting what an erasure found")
    def note_found(self, subject: str) -> None:
        """Notes in a mark that an erasure has found something of the subject's, so that a repeat knows it."""
        self._dynamodb.update_item(
            TableName=self._table,
            Key={"id": {"S": subject}},
            UpdateExpression="SET #found = :true",
            ConditionExpression="attribute_exists(#until)",
            ExpressionAttributeNames={"#found": _FOUND, "#until": "until"},
            ExpressionAttributeValues={":true": {"BOOL": True}},
        )

    @translated("keeping a certificate")
    def keep(self, certificate: Certificate) -> None:
        """Stores a certificate and replaces its previous state."""
        self._dynamodb.put_item(TableName=self._table, Item=_item(certificate))

    @translated("finding sweeps that are due")
    def due(self, now: int) -> list[Certificate]:
        """Returns the certificates whose next sweep is due, the longest overdue first.

        Those of a later release wait for it; their marks hold meanwhile.
        """
        return [_certificate(item) for item in self._due(now) if _readable(item)]

    def _due(self, now: int) -> Iterator[Any]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=DUE_INDEX,
            KeyConditionExpression="#open = :open AND next_sweep <= :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":open": {"S": _OPEN}, ":now": {"N": str(now)}},
        )
        for page in pages:
            yield from page["Items"]


def _readable(item: Any) -> bool:
    try:
        CERTIFICATE.of_item(item)
    except NewerFormat:
        return False
    return True


def _item(certificate: Certificate) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": {"S": certificate.erasure_id},
        "subject": {"S": certificate.subject},
        "requested_by": {"S": certificate.requested_by},
        "purpose": {"S": certificate.purpose},
        "requested_at": {"N": str(certificate.requested_at)},
        "erased_until": {"N": str(certificate.until)},
        "records": {"N": str(certificate.records)},
        "kept_for_others": {"N": str(certificate.kept_for_others)},
        "pending": {"L": [{"B": each} for each in certificate.pending]},
        "sweeps": {"N": str(certificate.sweeps)},
        "failed": {"BOOL": certificate.failed},
        "also": {"L": [{"S": each} for each in certificate.also]},
    }
    for name in ("unproven", "left"):
        if count := getattr(certificate, name):
            item[name] = {"N": str(count)}
    if not certificate.found:
        item["nothing_found"] = {"BOOL": True}  # absent in what releases before this one wrote
    if certificate.lost_by:
        item["lost_by"] = {"L": [{"S": each} for each in certificate.lost_by]}
    if certificate.next_sweep:
        item |= {"open": {"S": _OPEN}, "next_sweep": {"N": str(certificate.next_sweep)}}
    if certificate.unannounced:
        event = certificate.unannounced
        item["unannounced"] = {"L": [{"S": event.event_type}, {"B": event.detail}, {"S": event.ingest_id}]}
    return item


def _certificate(item: Any) -> Certificate:
    parts = item.get("unannounced", {"L": []})["L"]
    return Certificate(
        item["id"]["S"],
        item["subject"]["S"],
        item["requested_by"]["S"],
        item["purpose"]["S"],
        int(item["requested_at"]["N"]),
        int(item["erased_until"]["N"]),
        int(item["records"]["N"]),
        int(item["kept_for_others"]["N"]),
        tuple(bytes(each["B"]) for each in item["pending"]["L"]),
        int(item["sweeps"]["N"]),
        int(item["next_sweep"]["N"]),
        item["failed"]["BOOL"],
        tuple(each["S"] for each in item["also"]["L"]),
        SanitizedRecord(parts[0]["S"], bytes(parts[1]["B"]), parts[2]["S"]) if parts else None,
        int(item["unproven"]["N"]) if "unproven" in item else 0,
        int(item["left"]["N"]) if "left" in item else 0,
        tuple(each["S"] for each in item["lost_by"]["L"]) if "lost_by" in item else (),
        "nothing_found" not in item,
    )
