"""Turns records into objects of a bucket as Firehose does, following a delivery stream's settings.

The emulator's EventBridge hands nothing to Firehose, and its Firehose neither compresses, nor delimits, nor puts two records into
one object. What AWS does stands in https://docs.aws.amazon.com/firehose/latest/dev/dynamic-partitioning.html and
https://docs.aws.amazon.com/firehose/latest/dev/s3-object-name.html.
"""

import base64
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

_PAIR = re.compile(r'\s*(\w+)\s*:\s*((?:\.\w+|\."[^"]+"|\[\d+:\d+\])+)\s*')
_STEP = re.compile(r'\.(\w+)|\."([^"]+)"|\[(\d+):(\d+)\]')
_PLACE = re.compile(r"!\{(\w+):([^}]+)\}")
_BUCKET_ARN = "arn:aws:s3:::"
_MOMENTS = {"yyyy-MM-dd": "%Y-%m-%d"}
_FAILED = "processing-failed"

Step = str | slice
Query = Mapping[str, Sequence[Step]]


class NoPartitionError(Exception):
    """Says that a query gets no partition from a record."""


@dataclass(frozen=True, slots=True)
class File:
    """Holds an object to put."""

    key: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Holds the settings of a delivery stream.

    Args:
        query: the steps to each partition key in a record.
        delimiter: what stands after each record.
    """

    name: str
    role_arn: str
    bucket: str
    prefix: str
    error_prefix: str
    query: Query
    delimiter: bytes
    zipped: bool

    @classmethod
    def of(cls, description: Mapping[str, Any]) -> "Settings":
        """Takes them from Firehose's own description.

        Args:
            description: `DeliveryStreamDescription`; partitioned by a query, to S3.
        """
        settings = description["Destinations"][0]["ExtendedS3DestinationDescription"]
        processors = {
            each["Type"]: {one["ParameterName"]: one["ParameterValue"] for one in each.get("Parameters", ())}
            for each in settings["ProcessingConfiguration"]["Processors"]
        }
        return cls(
            name=description["DeliveryStreamName"],
            role_arn=settings["RoleARN"],
            bucket=settings["BucketARN"].removeprefix(_BUCKET_ARN),
            prefix=settings["Prefix"],
            error_prefix=settings["ErrorOutputPrefix"],
            query=parsed(processors["MetadataExtraction"]["MetadataExtractionQuery"]),
            delimiter=b"\n" if "AppendDelimiterToRecord" in processors else b"",
            zipped=settings["CompressionFormat"] == "GZIP",
        )


def parsed(query: str) -> Query:
    """Returns a query of names and paths; of jq's language no more than the template needs.

    Raises:
        ValueError: it is anything more.
    """
    inner = query.strip()
    pairs = inner[1:-1].split(",") if inner.startswith("{") and inner.endswith("}") else [""]
    found = [_PAIR.fullmatch(pair) for pair in pairs]
    if not all(found):
        raise ValueError(f"not a query of names and paths: {query}")
    return {pair[1]: [_step(step) for step in _STEP.finditer(pair[2])] for pair in found if pair}


def files(settings: Settings, records: Iterable[bytes], now: datetime, unique: UUID) -> list[File]:
    """Returns the objects that hold the records, one for each partition.

    Args:
        settings: of the delivery stream.
        records: as they were put.
        now: in UTC, for the objects' names.
        unique: distinguishes it from all others of the same second.
    """
    parts: dict[str, list[bytes]] = defaultdict(list)
    failed: list[bytes] = []
    for record in records:
        try:
            keys = _keys(settings.query, record)
        except NoPartitionError:
            failed.append(record)
            continue
        parts[_expanded(settings.prefix, {"partitionKeyFromQuery": keys}, now)].append(record)
    name = f"{settings.name}-1-{now:%Y-%m-%d-%H-%M-%S}-{unique}"
    made = [_file(settings, prefix + name, part) for prefix, part in parts.items()]
    if failed:
        prefix = _expanded(settings.error_prefix, {"firehose": {"error-output-type": _FAILED}}, now)
        lines = [json.dumps({"rawData": base64.b64encode(record).decode()}) for record in failed]
        made.append(_file(settings, prefix + name, [line.encode() for line in lines]))
    return made


def _file(settings: Settings, key: str, records: Sequence[bytes]) -> File:
    body = b"".join(record + settings.delimiter for record in records)
    return File(f"{key}.gz", gzip.compress(body)) if settings.zipped else File(key, body)


def _step(match: re.Match[str]) -> Step:
    name, quoted, start, end = match.groups()
    return slice(int(start), int(end)) if start else name or quoted


def _keys(query: Query, record: bytes) -> dict[str, str]:
    try:
        document = json.loads(record)
    except ValueError:
        raise NoPartitionError from None
    return {name: _found(document, steps) for name, steps in query.items()}


def _found(value: Any, steps: Sequence[Step]) -> str:
    try:
        for step in steps:
            value = value[step]
    except (KeyError, TypeError, IndexError):
        raise NoPartitionError from None
    if not isinstance(value, str) or not value:
        raise NoPartitionError
    return value


def _expanded(prefix: str, known: Mapping[str, Mapping[str, str]], now: datetime) -> str:
    def meant(match: re.Match[str]) -> str:
        space, name = match.groups()
        return now.strftime(_MOMENTS[name]) if space == "timestamp" else known[space][name]

    return _PLACE.sub(meant, prefix)
