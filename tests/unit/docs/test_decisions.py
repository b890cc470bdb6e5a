"""Facts of decisions that the pinned packages can show: a new version that changes one asks for the decision again."""

from typing import Any

import botocore.session
import pytest

MODEL: Any = botocore.session.get_session().get_service_model("eventbridgev2")


@pytest.fixture(scope="module")
def put() -> Any:
    return MODEL.operation_model("PutEvents")


def test_the_newer_bus_takes_a_hundred_entries_a_call_with_group_and_deduplication(put: Any) -> None:
    entries = put.input_shape.members["Entries"]
    assert entries.metadata["max"] == 100
    assert set(entries.member.members["SystemMetadata"].members) == {"DeduplicationId", "EventGroupId"}
    assert "TraceHeader" not in entries.member.members


def test_the_newer_bus_says_what_it_dropped_as_a_duplicate(put: Any) -> None:
    success = put.output_shape.members["Entries"].member.members["SuccessCode"]
    assert set(success.metadata["enum"]) == {"DEDUPLICATED", "PUBLISHED"}


def test_the_newer_bus_retries_for_five_minutes_unless_something_else_is_set() -> None:
    policy = MODEL.operation_model("CreateSubscriber").input_shape.members["RetryPolicy"].members
    assert "default: 5)" in policy["MaxRetryAttempts"].documentation
    assert "default: 300)" in policy["MaxEventAgeInSeconds"].documentation
