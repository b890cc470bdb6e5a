"""Bodies of every source, each with what its source calls it."""

import base64
import gzip
import json
from typing import Any

import pytest

from order_events import Unreadable, from_file, from_lambda, parse
from order_events.testing import envelope, file_of, sqs_event

ONE, TWO = envelope("order.placed", 1, seed=1), envelope("order.refunded", 1, seed=2)


def encoded(sent: Any) -> str:
    return base64.b64encode(json.dumps(sent).encode()).decode()


SOURCES: dict[str, tuple[dict[str, Any], list[str | None]]] = {
    "sqs": (sqs_event(ONE, TWO), ["1", "2"]),
    "kinesis": (
        {"Records": [{"kinesis": {"sequenceNumber": str(at), "data": encoded(each)}} for at, each in enumerate((ONE, TWO))]},
        ["0", "1"],
    ),
    "sns": ({"Records": [{"Sns": {"Message": json.dumps(each), "MessageId": "m"}} for each in (ONE, TWO)]}, ["m", "m"]),
    "firehose": ({"records": [{"recordId": f"r{at}", "data": encoded(each)} for at, each in enumerate((ONE, TWO))]}, ["r0", "r1"]),
}  # fmt: skip


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_of_a_function_gives_its_events_and_their_items(source: str) -> None:
    event, items = SOURCES[source]
    deliveries = list(from_lambda(event))
    assert [each.event() for each in deliveries] == [parse(ONE), parse(TWO)]
    assert [each.item_id for each in deliveries] == items


def test_a_rule_may_invoke_the_function_itself() -> None:
    (delivery,) = from_lambda(ONE)
    assert delivery.event() == parse(ONE)


@pytest.mark.parametrize("event", [{}, {"Records": [{"s3": {}}]}], ids=str)
def test_another_kind_of_event_is_refused(event: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        list(from_lambda(event))


def test_a_bad_body_is_met_when_it_is_read_and_its_neighbours_stay() -> None:
    batch = sqs_event(ONE, TWO)
    batch["Records"][0]["body"] = "{"
    first, second = from_lambda(batch)
    with pytest.raises(Unreadable):
        first.event()
    assert second.event() == parse(TWO)


@pytest.mark.parametrize("separator", ["\n", "", "\r\n", "\n\n "])
@pytest.mark.parametrize("packed", [False, True])
def test_a_file_is_read_whatever_stands_between_events_gzipped_or_not(separator: str, packed: bool) -> None:
    content = file_of(ONE, TWO, ONE, separator=separator)
    events = [each.event() for each in from_file(gzip.compress(content) if packed else content)]
    assert events == [parse(ONE), parse(TWO), parse(ONE)]


def test_an_empty_file_holds_nothing() -> None:
    assert list(from_file(b"")) == list(from_file(" \n")) == []


def test_a_file_that_breaks_off_gives_what_is_whole_and_then_its_place() -> None:
    content = file_of(ONE) + file_of(TWO)[:-30]
    deliveries = from_file(content)
    assert next(deliveries).event() == parse(ONE)
    with pytest.raises(Unreadable, match=f"character {len(file_of(ONE))}"):
        next(deliveries)


def test_what_is_json_and_no_event_in_a_file_is_unreadable_and_its_neighbours_stay() -> None:
    content = b'7\n["a"]\n"text"\n' + file_of(ONE)
    *bad, good = from_file(content)
    assert len(bad) == 3
    for each in bad:
        with pytest.raises(Unreadable):
            each.event()
    assert good.event() == parse(ONE)
    with pytest.raises(Unreadable, match="is not JSON from character 0 on"):
        next(from_file("[" * 100_000))


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({}, "/: is no event of EventBridge, SQS, SNS, Kinesis or Firehose"),
        ({"Records": [{"s3": {}}]}, "/: is no record of SQS, SNS or Kinesis"),
    ],
)
def test_an_invocation_of_another_service_says_which_are_known(event: dict[str, Any], said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        list(from_lambda(event))
    assert str(caught.value) == said


def test_what_is_unreadable_says_where_and_why() -> None:
    error = Unreadable("/data/order", "is no object")
    assert (str(error), error.path, error.why) == ("/data/order: is no object", "/data/order", "is no object")
    whole = Unreadable("", "is no event")
    assert (str(whole), whole.path, whole.why) == ("/: is no event", "", "is no event")


def test_a_made_batch_has_the_form_of_lambdas() -> None:
    assert sqs_event(ONE, TWO) == {
        "Records": [
            {"messageId": "1", "body": json.dumps(ONE), "eventSource": "aws:sqs"},
            {"messageId": "2", "body": json.dumps(TWO), "eventSource": "aws:sqs"},
        ]
    }
