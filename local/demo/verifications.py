"""Tries things out on the demo's running stack: forbidden calls, a second delivery, and what is stored where."""

import base64
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local.emulator.stack import Credentials, Stack
from ops.console import counted

_READ = 500
_COMPLAINTS = 5
_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """Holds a call that must be refused, and the service's answer."""

    what: str
    answer: str
    refused: bool


def attempts(stack: Stack, credentials: Credentials) -> list[Attempt]:
    """Tries to get at raw values with a consumer's credentials."""
    dynamodb, kms = stack.client("dynamodb", credentials), stack.client("kms", credentials)
    sqs, kinesis = stack.client("sqs", credentials), stack.client("kinesis", credentials)
    outputs, blob = stack.outputs, b"any ciphertext: the permission is checked first"
    key = {"id": {"S": "any"}}
    tries: dict[str, Callable[[], object]] = {
        "read the vault": lambda: dynamodb.scan(TableName=outputs["VaultTableName"]),
        "read one vault record": lambda: dynamodb.get_item(TableName=outputs["VaultTableName"], Key=key),
        "read the blind index": lambda: dynamodb.scan(TableName=outputs["BlindIndexTableName"]),
        "use the vault key": lambda: kms.decrypt(KeyId=outputs["VaultKeyArn"], CiphertextBlob=blob),
        "use the letter key": lambda: kms.decrypt(KeyId=outputs["LetterKeyArn"], CiphertextBlob=blob),
        "read the raw stream": lambda: kinesis.list_shards(StreamName=outputs["RawOrdersStreamName"]),
        "read the raw queue": lambda: sqs.receive_message(QueueUrl=outputs["RawOrdersQueueUrl"]),
        "read the dead letters": lambda: sqs.receive_message(QueueUrl=outputs["DeadLetterQueueUrl"]),
    }
    return [_try(what, call) for what, call in tries.items()]


def _try(what: str, call: Callable[[], object]) -> Attempt:
    try:
        call()
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        return Attempt(what, f"{code}: {message}", code in _DENIED)
    return Attempt(what, "allowed", refused=False)


def deliver_again(stack: Stack, wanted: Iterable[bytes]) -> int:
    """Invokes the tokenizing function with stream records that it had before, as Lambda delivers them.

    Args:
        stack: the running stack.
        wanted: the data of the records to deliver.

    Returns:
        How many records were delivered and taken without complaint.
    """
    data = frozenset(wanted)
    records = [
        record for record in _stream_records(stack) if base64.b64decode(record["kinesis"]["data"]) in data
    ]
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["TokenizeStreamFunctionName"], Payload=json.dumps({"Records": records})
    )
    if "FunctionError" in answer or json.load(answer["Payload"]).get("batchItemFailures"):
        return 0
    return len(records)


def _stream_records(stack: Stack) -> Iterator[dict[str, Any]]:
    kinesis, name = stack.client("kinesis"), stack.outputs["RawOrdersStreamName"]
    arn = kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
    for shard in kinesis.list_shards(StreamName=name)["Shards"]:
        at = {"StreamName": name, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        answer = kinesis.get_records(
            ShardIterator=kinesis.get_shard_iterator(**at)["ShardIterator"], Limit=_READ
        )
        for record in answer["Records"]:
            yield _as_delivered(record, arn, shard["ShardId"], stack.region)


def _as_delivered(record: dict[str, Any], stream_arn: str, shard: str, region: str) -> dict[str, Any]:
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": record["PartitionKey"],
        "sequenceNumber": record["SequenceNumber"],
        "data": base64.b64encode(record["Data"]).decode(),
        "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
    }
    return {
        "kinesis": kinesis,
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{record['SequenceNumber']}",
        "eventName": "aws:kinesis:record",
        "eventSourceARN": stream_arn,
        "awsRegion": region,
    }


def keys_of(stack: Stack, output: str, key: str) -> frozenset[bytes]:
    """Reads the partition keys of a whole table as the account's administrator, and nothing else of its items.

    Args:
        stack: the running stack.
        output: the stack's output that names the table.
        key: the table's partition key.
    """
    found = _items(stack, output, ProjectionExpression="#key", ExpressionAttributeNames={"#key": key})
    return frozenset(_bytes(item[key]) for item in found)


def content_of(stack: Stack, output: str) -> bytes:
    """Reads a whole table as the account's administrator, as DynamoDB itself sees it, without any key of ours.

    Args:
        stack: the running stack.
        output: the stack's output that names the table.
    """
    return b"\n".join(part for item in _items(stack, output) for part in _parts(item))


def _items(stack: Stack, output: str, **options: Any) -> Iterator[dict[str, Any]]:
    scan = stack.client("dynamodb").get_paginator("scan")
    for page in scan.paginate(TableName=stack.outputs[output], **options):
        yield from page["Items"]


def _parts(item: dict[str, Any]) -> Iterator[bytes]:
    for name, value in item.items():
        yield name.encode()
        yield _bytes(value)


def _bytes(attribute: dict[str, Any]) -> bytes:
    (value,) = attribute.values()
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else repr(value).encode()


def function_logs(stack: Stack) -> bytes:
    """Returns every log line that the functions have written."""
    logs = stack.client("logs")
    lines = []
    for groups in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/"):
        for group in groups["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            lines += [event["message"] for page in pages for event in page["events"]]
    return "\n".join(lines).encode()


def complaints(logs: bytes) -> list[str]:
    """Returns the errors and warnings in the functions' logs, the most frequent first."""
    found: Counter[str] = Counter()
    for line in logs.decode().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.update(entry.get("reasons", ()))
            if entry.get("level") == "ERROR":
                found[f"{entry.get('error')}: {entry.get('reason', 'no reason given')}"] += 1
    return [f"{text} ({counted(times, 'time')})" for text, times in found.most_common(_COMPLAINTS)]
