"""Tests every queue, the stream, and every mapping from one of them to a function: nothing is lost, and nothing lies open."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator.package import ROOT
from tests.support.security.deployed import Stack, deployed

FORTNIGHT = 14 * 86400
DAY = 86400
# Lambda's advice for a queue that it reads: six times the function's timeout, and the batching window.
# docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
TRIES = 6

# What the bus gave up, and news: nothing of the stack takes messages from these.
READ_BY_PEOPLE = {"ConsumerDeadLetterQueue", "KeyChangesQueue", "LakeDeadLetterQueue"}
LETTERS = {"DeadLetterQueue", "UnprocessedQueue"}


def queues(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of("AWS::SQS::Queue")


def mappings(stack: Stack) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields each mapping's source and function by their logical names, and its properties."""
    functions = {each["FunctionName"]: name for name, each in stack.functions().items()}
    for each in stack.of("AWS::Lambda::EventSourceMapping").values():
        yield stack.named(each["EventSourceArn"]), functions[each["FunctionName"]], each


def redrives(stack: Stack) -> dict[str, tuple[str, int]]:
    """Returns where each queue's messages go in the end, and after how many deliveries."""
    return {
        name: (
            stack.named(each["RedrivePolicy"]["deadLetterTargetArn"]),
            int(each["RedrivePolicy"]["maxReceiveCount"]),
        )
        for name, each in queues(stack).items()
        if "RedrivePolicy" in each
    }


def test_every_queue_is_encrypted_and_keeps_messages_for_a_fortnight(stack: Stack) -> None:
    for name, queue in queues(stack).items():
        assert queue["SqsManagedSseEnabled"] is True, name
        assert queue["MessageRetentionPeriod"] == FORTNIGHT, name


def test_queues_have_no_settings_but_those_that_are_tested_here(stack: Stack) -> None:
    known = {
        "MessageRetentionPeriod",
        "QueueName",
        "RedriveAllowPolicy",
        "RedrivePolicy",
        "SqsManagedSseEnabled",
        "VisibilityTimeout",
    }
    assert {name: set(queue) - known for name, queue in queues(stack).items() if set(queue) - known} == {}


def test_every_queue_that_a_function_reads_outlasts_the_function_six_times(stack: Stack) -> None:
    for source, function, mapping in mappings(stack):
        if source in queues(stack):
            seconds = (
                TRIES * stack.functions()[function]["Timeout"] + mapping["MaximumBatchingWindowInSeconds"]
            )
            assert queues(stack)[source]["VisibilityTimeout"] == seconds, source


def test_every_letter_is_hidden_for_longer_than_its_replay_may_take(stack: Stack) -> None:
    takers = {
        each.role
        for each in stack.grants()
        if each.action == "sqs:ReceiveMessage" and each.resource in LETTERS
    }
    assert takers == {"ReplayApproverRole", "ReplayOperatorRole", "ReplayRole"}
    for name in LETTERS:
        assert queues(stack)[name]["VisibilityTimeout"] > stack.functions()["ReplayFunction"]["Timeout"], name


def test_every_queue_is_read_by_a_mapping_or_by_replays_or_by_people(stack: Stack) -> None:
    mapped = {source for source, _, _ in mappings(stack)} & queues(stack).keys()
    assert queues(stack).keys() - mapped - LETTERS == READ_BY_PEOPLE & queues(stack).keys()
    assert {
        name for name in READ_BY_PEOPLE & queues(stack).keys() if "VisibilityTimeout" in queues(stack)[name]
    } == set()


def test_every_mapped_queue_gives_up_to_another_queue_before_its_messages_end(stack: Stack) -> None:
    ends = {"OrdersQueue": "ConsumerDeadLetterQueue", "RawOrdersQueue": "UnprocessedQueue"}
    assert {name: target for name, (target, _) in redrives(stack).items()} == stack.there(ends)
    for name, (_, count) in redrives(stack).items():
        assert count >= 5, name
        assert count * queues(stack)[name]["VisibilityTimeout"] < FORTNIGHT / 2, name


def test_every_queue_that_others_give_up_to_takes_from_those_alone(stack: Stack) -> None:
    for target in {target for target, _ in redrives(stack).values()}:
        givers = [stack.arns[name] for name, (other, _) in redrives(stack).items() if other == target]
        allowed = {"redrivePermission": "byQueue", "sourceQueueArns": givers}
        assert queues(stack)[target].get("RedriveAllowPolicy") == allowed, target


@pytest.mark.parametrize("count", ["60", "7"])
def test_a_function_that_is_told_the_last_delivery_is_told_its_queues(count: str) -> None:
    stack = deployed({"QueueMaxReceiveCount": count})
    told = {
        function: variables["MAX_RECEIVE_COUNT"]
        for function, each in stack.functions().items()
        if "MAX_RECEIVE_COUNT" in (variables := each["Environment"]["Variables"])
    }
    assert {source: int(told[function]) for source, function, _ in mappings(stack) if function in told} == {
        "RawOrdersQueue": int(count),
        "RawOrdersStream": int(count),  # of the queue, where a replay hands it a message
    }
    assert redrives(stack)["RawOrdersQueue"][1] == int(count)


def test_every_mapping_reports_partial_failures_and_reads_all_that_arrives(stack: Stack) -> None:
    every = {
        "BatchSize": 100,
        "Enabled": "true",
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 1,
        "MetricsConfig": {"Metrics": ["EventCount"]},
    }
    found = {source: each for source, _, each in mappings(stack)}
    assert set(found) == set(stack.there({"OrdersQueue": {}, "RawOrdersQueue": {}, "RawOrdersStream": {}}))
    for source, mapping in found.items():
        own = set(mapping) - set(every) - {"EventSourceArn", "FunctionName"}
        assert {name: mapping.get(name, "true" if name == "Enabled" else None) for name in every} == every, (
            source
        )
        assert own == (STREAM.keys() if source == "RawOrdersStream" else {"ScalingConfig"}), source


STREAM: dict[str, Any] = {
    "BisectBatchOnFunctionError": True,
    # Letters hold positions of records that must still be on the stream.
    "DestinationConfig": {"OnFailure": {"Destination": "DeadLetterQueue"}},
    "MaximumRecordAgeInSeconds": DAY,
    "MaximumRetryAttempts": -1,  # an outage makes no letters
    "ParallelizationFactor": 1,
    "StartingPosition": "TRIM_HORIZON",
}


def test_every_mapping_of_a_stream_begins_at_the_start_and_gives_up_in_order(stack: Stack) -> None:
    (mapping,) = [each for source, _, each in mappings(stack) if source in stack.of("AWS::Kinesis::Stream")]
    assert {name: stack.plain(mapping[name]) for name in STREAM} == STREAM


def test_every_mapped_queue_leaves_concurrency_to_others(stack: Stack) -> None:
    most = {
        source: int(each["ScalingConfig"]["MaximumConcurrency"])
        for source, _, each in mappings(stack)
        if source in queues(stack)
    }
    assert most == stack.there({"OrdersQueue": 20, "RawOrdersQueue": 50})


def test_every_stream_is_encrypted_and_outlasts_its_readers(stack: Stack) -> None:
    for name, stream in stack.of("AWS::Kinesis::Stream").items():
        assert stream.keys() == {
            "MaxRecordSizeInKiB",
            "Name",
            "RetentionPeriodHours",
            "ShardCount",
            "StreamEncryption",
            "StreamModeDetails",
        }
        assert stream["StreamEncryption"] == {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}, name
        assert stream["StreamModeDetails"] == {"StreamMode": "PROVISIONED"}, name
        assert stream["RetentionPeriodHours"] * 3600 == 7 * DAY > STREAM["MaximumRecordAgeInSeconds"], name


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("runbook.md", "Letters are kept for {fortnight} days."),
        ("runbook.md", "wait on the queue `<stack>-key-changes` for {fortnight} days"),
        ("runbook.md", "they are kept for {fortnight} days"),
        ("erasure.md", "letters for {fortnight} days"),
        ("erasure.md", "the stream for {week} days"),
        ("pci.md", "raw records stay in the stream for {week} days and in the queues for up to {fortnight}"),
        ("keys.md", "read raw records of up to {fortnight} days"),
    ],
)
def test_the_pages_say_for_how_long(page: str, sentence: str) -> None:
    stack = deployed({})
    (fortnight,) = {queue["MessageRetentionPeriod"] // DAY for queue in queues(stack).values()}
    (hours,) = {stream["RetentionPeriodHours"] for stream in stack.of("AWS::Kinesis::Stream").values()}
    text = re.sub(r"\s+", " ", (ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert sentence.format(fortnight=fortnight, week=hours // 24) in text
