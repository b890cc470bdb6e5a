"""Records become objects as Firehose makes them, and leave the queue only when they lie in the bucket."""

import json
from datetime import UTC, datetime
from gzip import decompress
from typing import Any
from uuid import UUID

import pytest

from local.emulator.delivery import Settings, files, parsed
from local.emulator.delivery_process import deliver

NOW = datetime(2026, 11, 25, 23, 59, 58, tzinfo=UTC)
UNIQUE = UUID(int=7)
SETTINGS = Settings.of(
    {
        "DeliveryStreamName": "orders-lake",
        "Destinations": [
            {
                "ExtendedS3DestinationDescription": {
                    "RoleARN": "arn:aws:iam::000000000000:role/delivery",
                    "BucketARN": "arn:aws:s3:::lake",
                    "Prefix": "events/type=!{partitionKeyFromQuery:type}/day=!{partitionKeyFromQuery:day}/",
                    "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/",
                    "CompressionFormat": "GZIP",
                    "ProcessingConfiguration": {
                        "Processors": [
                            {
                                "Type": "MetadataExtraction",
                                "Parameters": [
                                    {
                                        "ParameterName": "MetadataExtractionQuery",
                                        "ParameterValue": '{type: ."detail-type", day: .detail.at[0:10]}',
                                    }
                                ],
                            },
                            {"Type": "AppendDelimiterToRecord"},
                        ]
                    },
                }
            }
        ],
    }
)


def record(kind: str = "order.placed", at: str = "2026-11-24T10:00:00Z") -> bytes:
    return json.dumps({"detail-type": kind, "detail": {"at": at}}).encode()


def test_records_of_a_partition_share_an_object_a_line_each() -> None:
    first, second = record(), record(at="2026-11-24T23:00:00Z")
    (made,) = files(SETTINGS, [first, second], NOW, UNIQUE)
    assert made.key == (
        f"events/type=order.placed/day=2026-11-24/orders-lake-1-2026-11-25-23-59-58-{UNIQUE}.gz"
    )
    assert decompress(made.body) == first + b"\n" + second + b"\n"


def test_each_type_and_day_has_an_object_of_its_own() -> None:
    made = files(SETTINGS, [record(), record("order.refunded"), record(at="2026-11-25")], NOW, UNIQUE)
    assert [each.key.rpartition("/")[0] for each in made] == [
        "events/type=order.placed/day=2026-11-24",
        "events/type=order.refunded/day=2026-11-24",
        "events/type=order.placed/day=2026-11-25",
    ]


@pytest.mark.parametrize(
    "odd", [b"not JSON", b"[]", b"{}", record(kind=""), b'{"detail-type": 1, "detail": {"at": "x"}}']
)
def test_a_record_without_a_partition_goes_to_the_errors_and_holds_up_no_other(odd: bytes) -> None:
    good, failed = files(SETTINGS, [odd, record()], NOW, UNIQUE)
    assert good.key.startswith("events/")
    assert failed.key.startswith("errors/processing-failed/2026-11-25/")
    assert b"rawData" in decompress(failed.body)


def test_nothing_to_deliver_makes_no_object() -> None:
    assert files(SETTINGS, [], NOW, UNIQUE) == []


@pytest.mark.parametrize("query", ["", "{}", ".a", "{a: .b | ascii_downcase}", "{a: .b, c}"])
def test_a_query_that_is_more_than_names_and_paths_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match="not a query"):
        parsed(query)


class Queue:
    """Answers as SQS would, as far as the process asks it."""

    def __init__(self, *bodies: bytes) -> None:
        self.waiting = [
            {"Body": body.decode(), "ReceiptHandle": str(number)} for number, body in enumerate(bodies)
        ]
        self.deleted: list[str] = []

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        found, self.waiting = self.waiting[:10], self.waiting[10:]
        return {"Messages": found}

    def delete_message_batch(self, **asked: Any) -> dict[str, Any]:
        self.deleted += [each["ReceiptHandle"] for each in asked["Entries"]]
        return {}


class Bucket:
    """Answers as S3 would, as far as the process asks it."""

    def __init__(self, down: Exception | None = None) -> None:
        self.objects: dict[str, bytes] = {}
        self.down = down

    def put_object(self, **asked: Any) -> None:
        if self.down:
            raise self.down
        self.objects[asked["Key"]] = asked["Body"]


def test_what_lies_in_the_bucket_leaves_the_queue() -> None:
    queue, bucket = Queue(*[record()] * 25), Bucket()
    assert deliver(queue, "url", bucket, SETTINGS) == 25
    assert len(queue.deleted) == 25
    ((_, body),) = bucket.objects.items()
    assert decompress(body).count(b"\n") == 25


def test_what_the_bucket_does_not_take_stays_on_the_queue() -> None:
    queue = Queue(record())
    with pytest.raises(ConnectionError):
        deliver(queue, "url", Bucket(down=ConnectionError()), SETTINGS)
    assert queue.deleted == []
