"""`validate` says of a file what the queue and the stream take the same bytes for, or it warns that it does not.

A list or several lines in a file are a convenience of the commands. Sent as they are, they are something else.
"""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ops.app import app
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order
from tokenizer.pipeline.sources import kinesis_records, sqs_records

GOOD = json.dumps(order(order_id="SO-1")).encode()
OTHER = json.dumps(order(order_id="SO-2")).encode()
BAD = json.dumps(order(total=1)).encode()
SNS = {"Type": "Notification", "MessageId": "n-1", "TopicArn": "arn", "Timestamp": "2026-11-23T10:15:00Z"}
CLOUD = {"specversion": "1.0", "id": "c-1", "source": "/shop", "type": "order"}
BUS: Mapping[str, Any] = {
    "version": "0",
    "id": "e",
    "detail-type": "t",
    "source": "shop",
    "account": "1",
    "time": "t",
    "region": "r",
    "resources": [],
}


def sns(inner: bytes) -> bytes:
    return json.dumps({**SNS, "Message": inner.decode()}).encode()


def wrapped(wrapper: Mapping[str, Any], name: str, inner: bytes) -> bytes:
    return json.dumps({**wrapper, name: json.loads(inner)}).encode()


ONE = {
    "an object": GOOD,
    "a bad object": BAD,
    "an object over several lines": json.dumps(order(), indent=1).encode(),
    "an object and an empty line": GOOD + b"\n\n",
    "an object behind empty lines": b"\n \n" + GOOD,
    "an object and a space that JSON doesn't know": GOOD + b"\x0c\n",
    "an object behind a space that JSON doesn't know": b"\x0b" + GOOD,
    "an object behind a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "half an object": GOOD[:-1],
    "a text": b'"order"',
    "a number": b"12",
    "a list behind a byte order mark": b"\xef\xbb\xbf[" + GOOD + b"]",
    "SNS": sns(GOOD),
    "SNS with a list": sns(b"[" + GOOD + b"]"),
    "SNS with lines": sns(GOOD + b"\n" + OTHER),
    "a CloudEvent": wrapped(CLOUD, "data", GOOD),
    "a CloudEvent with a list": wrapped(CLOUD, "data", b"[" + GOOD + b"]"),
    "EventBridge": wrapped(BUS, "detail", GOOD),
    "EventBridge with a bad event": wrapped(BUS, "detail", BAD),
}
LISTS = {
    "an empty list": b"[]",
    "a list of one": b"[" + GOOD + b"]",
    "a list of two": b"[" + GOOD + b",\n" + OTHER + b"]\n",
    "a list with a bad one": b"\n [" + GOOD + b"," + BAD + b"]",
    "a list of wrapped events": b"[" + sns(GOOD) + b"," + wrapped(CLOUD, "data", GOOD) + b"]",
    "a list of lists": b"[[" + GOOD + b"]]",
}
LINES = {
    "two lines": GOOD + b"\n" + OTHER + b"\n",
    "two lines and an empty one": GOOD + b"\r\n\r\n" + OTHER,
    "a bad line": GOOD + b"\n" + BAD,
    "a line that is cut off": GOOD + b"\n" + OTHER[:-1],
    "lines of wrapped events": sns(GOOD) + b"\n" + wrapped(BUS, "detail", GOOD),
    "the same line twice": GOOD + b"\n" + GOOD,
}
MIXED = {
    "a line that is no object": GOOD + b"\n12",
    "a line that is a list": GOOD + b"\n[" + OTHER + b"]",
    "an object and more": GOOD + b"\n]",
}
# Around its lines, the stream takes more for space than JSON does. A message is as JSON has it.
SPACED = {
    "a line and a space that JSON doesn't know": GOOD + b"\n" + OTHER + b"\x0c\n",
    "a line of such a space": GOOD + b"\n\x0b\n" + OTHER,
}


def said(path: Path, data: bytes, *words: str, command: str = "validate") -> tuple[list[str | None], str]:
    """Returns the code of each event, None for a valid one, as `validate` finds them; and what it warns of."""
    path.write_bytes(data)
    result = CliRunner().invoke(app, [command, str(path), "--json", *words])
    told, codes = json.loads(result.stdout), dict[str, str]()
    if command == "preview":
        return [None] * told["events"], result.stderr
    for finding in told["findings"]:
        codes.setdefault(finding["place"], finding["code"])
    assert result.exit_code == bool(codes)
    valid = told["events"] - len(codes)
    return [*codes.values(), *[None] * valid], result.stderr


def taken(records: Any) -> list[str | None]:
    """Returns the code of each record's letter, None for a published one."""
    outcomes = World().tokenizer.tokenize_batch(records, ample_budget())
    return [None if each.letter is None else str(each.letter.code) for each in outcomes]


def queued(data: bytes) -> list[str | None]:
    body = data.decode()
    attributes = {"SentTimestamp": "1795429100000", "ApproximateReceiveCount": "1"}
    entry = {"eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:q", "messageId": "m-1"}
    return taken(sqs_records({"Records": [{**entry, "body": body, "attributes": attributes}]}, 5))


def streamed(data: bytes) -> list[str | None]:
    kinesis = {
        "sequenceNumber": "1",
        "approximateArrivalTimestamp": 1795429100.0,
        "data": base64.b64encode(data).decode(),
        "partitionKey": "p",
    }
    entry = {"eventSource": "aws:kinesis", "eventSourceARN": "arn:aws:kinesis:eu-west-1:1:stream/s"}
    return taken(
        kinesis_records({"Records": [{**entry, "eventID": "shardId-000000000000:1", "kinesis": kinesis}]})
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events"


@pytest.mark.parametrize("shape", ONE)
def test_one_event_is_what_the_queue_and_the_stream_take_it_for(path: Path, shape: str) -> None:
    codes, warning = said(path, ONE[shape])
    assert codes == queued(ONE[shape]) == streamed(ONE[shape])
    assert warning == ""


@pytest.mark.parametrize("shape", LISTS)
@pytest.mark.parametrize("command", ["validate", "preview"])
def test_a_list_is_said_to_be_a_letter_as_it_is(path: Path, shape: str, command: str) -> None:
    _, warning = said(path, LISTS[shape], command=command)
    assert "the list as one is a dead letter on the queue and on the stream (not_an_object)" in warning
    assert queued(LISTS[shape]) == streamed(LISTS[shape]) == ["not_an_object"]


@pytest.mark.parametrize("shape", LINES | MIXED | SPACED)
@pytest.mark.parametrize("command", ["validate", "preview"])
def test_several_lines_are_said_to_be_a_letter_of_the_queue(path: Path, shape: str, command: str) -> None:
    _, warning = said(path, (LINES | MIXED | SPACED)[shape], command=command)
    assert "the lines as one message are a dead letter on the queue (malformed_json)" in warning
    assert queued((LINES | MIXED | SPACED)[shape]) == ["malformed_json"]


@pytest.mark.parametrize("shape", LINES)
def test_lines_of_objects_are_what_the_stream_takes_them_for(path: Path, shape: str) -> None:
    assert sorted(map(str, said(path, LINES[shape])[0])) == sorted(map(str, streamed(LINES[shape])))


@pytest.mark.parametrize("shape", MIXED)
def test_other_lines_are_one_letter_of_the_stream(shape: str) -> None:
    assert streamed(MIXED[shape]) == ["malformed_json"]


@pytest.mark.parametrize("shape", ONE | LISTS | LINES | MIXED | SPACED)
def test_with_lines_each_line_is_a_message_and_nothing_is_warned_of(path: Path, shape: str) -> None:
    data = (ONE | LISTS | LINES | MIXED | SPACED)[shape]
    codes, warning = said(path, data, "--lines")
    lines = [each for each in data.split(b"\n") if each.strip(b" \t\r")]
    assert sorted(map(str, codes)) == sorted(str(code) for each in lines for code in queued(each))
    assert warning == ""


@pytest.mark.parametrize("shape", ONE | LISTS | LINES | MIXED | SPACED)
def test_with_an_attribute_the_file_is_one_message(path: Path, shape: str) -> None:
    data = (ONE | LISTS | LINES | MIXED | SPACED)[shape]
    codes, warning = said(path, data, "--attribute", "unread=1")
    assert codes == queued(data)
    assert "as one" not in warning
