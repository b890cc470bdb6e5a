"""Reads an audit trail from AWS with the auditor's role."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from botocore.exceptions import ClientError

from ops.audit.chain import Stored
from ops.stack import Stack
from tokenizer.audit.lines import MOST_BYTES, PREFIX, Head, Place, key_context

_AT_ONCE = 10
_BATCH = 256
# KMS returns these codes for a key that it did not make, or not under this encryption context.
_NOT_MADE_HERE = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})


@dataclass(slots=True)
class _Object:
    """Holds all versions of one object as they are listed, the newest first."""

    key: str
    versions: list[dict[str, Any]] = field(default_factory=list)
    hidden: bool = False


class AwsTrail:
    """Reads a stack's audit trail."""

    def __init__(self, stack: Stack) -> None:
        self._s3, self._dynamodb, self._kms = (stack.client(name) for name in ("s3", "dynamodb", "kms"))
        self._bucket = stack.output("AuditBucketName")
        self._table = stack.output("AuditHeadsTableName")
        self._key_arn = stack.output("AuditKeyArn")

    def days(self) -> list[str]:
        """Returns the days that have a line or a head."""
        found: set[str] = set()
        pages = self._s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._bucket, Prefix=PREFIX, Delimiter="/"):
            found |= {
                each["Prefix"].removeprefix(PREFIX).rstrip("/") for each in page.get("CommonPrefixes", [])
            }
        heads = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._table,
            ConsistentRead=True,
            ProjectionExpression="#day",
            ExpressionAttributeNames={"#day": "day"},
        )
        for page in heads:
            found |= {item["day"]["S"] for item in page["Items"]}
        return sorted(found)

    def heads(self, day: str) -> Mapping[str, Head]:
        """Returns the present heads of a day by chain."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="#day = :day",
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues={":day": {"S": day}},
        )
        return {item["chain"]["S"]: _head(item) for page in pages for item in page["Items"]}

    def head(self, day: str, chain: str) -> Head | None:
        """Returns the present head of one chain, or None."""
        item = self._dynamodb.get_item(
            TableName=self._table, Key={"day": {"S": day}, "chain": {"S": chain}}, ConsistentRead=True
        ).get("Item")
        return _head(item) if item else None

    def lines(self, day: str) -> Iterator[Stored | str]:
        """Yields a day's stored lines in the order of their keys, or only the key if it is not that of a line."""
        found = self._objects(f"{PREFIX}{day}/")
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            while some := list(islice(found, _BATCH)):
                yield from readers.map(self._stored, some)

    def open_key(self, chain: str, wrapped: bytes) -> bytes | None:
        """Returns a chain's key, or None if it was not made for that chain."""
        if not wrapped:
            return None
        try:
            answer = self._kms.decrypt(
                KeyId=self._key_arn,
                CiphertextBlob=wrapped,
                EncryptionContext=key_context(chain),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_MADE_HERE:
                return None
            raise
        return bytes(answer["Plaintext"])

    def _objects(self, prefix: str) -> Iterator[_Object]:
        for key, entries in groupby(self._entries(prefix), key=lambda entry: str(entry["Key"])):
            found = _Object(key)
            for entry in entries:
                if "Size" in entry:
                    found.versions.append(entry)
                else:
                    found.hidden = True
            yield found

    def _entries(self, prefix: str) -> Iterator[dict[str, Any]]:
        """Yields versions and delete markers in the order of their keys.

        The versions of one object begin with the newest.
        """
        pages = self._s3.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
            yield from sorted(
                [*page.get("Versions", []), *page.get("DeleteMarkers", [])],
                key=lambda entry: str(entry["Key"]),
            )

    def _stored(self, found: _Object) -> Stored | str:
        place = Place.parse(found.key)
        if place is None:
            return found.key
        if not found.versions or found.versions[-1]["Size"] > MOST_BYTES:
            return Stored(place, None, len(found.versions), found.hidden, None)
        oldest = found.versions[-1]
        answer = self._s3.get_object(Bucket=self._bucket, Key=found.key, VersionId=oldest["VersionId"])
        locked = None
        if answer.get("ObjectLockMode") == "COMPLIANCE":
            locked = round(
                (answer["ObjectLockRetainUntilDate"] - answer["LastModified"]).total_seconds() / 86_400
            )
        return Stored(place, answer["Body"].read(), len(found.versions), found.hidden, locked)


def _head(item: Mapping[str, Any]) -> Head:
    return Head(int(item["sequence"]["N"]), str(item["hash"]["S"]))
