"""A record is followed from its source to its consumer and back, as docs/watching.md says."""

import json
from typing import Any

import pytest

from local.emulator.stack import Stack
from replay.letters import LetterQueue
from tests.support.e2e.stack import Subscriber, eventually, put
from tests.support.samples import order

pytestmark = pytest.mark.e2e


def found(on: Stack, word: str) -> list[dict[str, Any]]:
    """Returns the lines `records` of the stream's function that hold a word, waited for."""
    logs, group = on.client("logs"), f"/aws/lambda/{on.outputs['TokenizeStreamFunctionName']}"
    lines: list[dict[str, Any]] = []

    def look() -> bool:
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        texts = [event["message"] for page in pages for event in page["events"]]
        lines.extend(
            json.loads(text[text.index("{") :])
            for text in texts
            if '"message":"records"' in text and word in text
        )
        return bool(lines)

    assert eventually(look)
    return lines


def test_an_events_ingest_id_leads_to_the_record_that_it_was_and_back(running: Stack) -> None:
    subscriber = Subscriber(running, "followed")
    position = put(running, order(order_id="SO-followed"))
    (event,) = subscriber.receive(1)
    ingest_id = event["detail"]["metadata"]["ingest_id"]
    by_id, by_position = found(running, ingest_id), found(running, position)
    assert by_id[0] == by_position[0]
    assert f"{position} {ingest_id}" in by_id[0]["records"]
    assert by_id[0]["xray_trace_id"].startswith("1-")


def test_a_letters_place_leads_to_the_invocation_that_wrote_it(running: Stack) -> None:
    position = put(running, order(total="not money"))
    (line, *_) = found(running, position)
    assert f"{position} invalid_field reading" in line["records"]
    queue = LetterQueue(running.client("sqs"), running.outputs["DeadLetterQueueUrl"], 30)
    letters = {each.place: each for each in queue.take()}
    # The emulator drops the trace header of a batch's messages: tests/unit/tokenizer/aws/platform/test_traces.py and tests/unit/replay.
    assert (letters[position].code, letters[position].trace) == ("invalid_field", None)
    queue.give_back([each.receipt for each in letters.values() if each.place != position])
    queue.delete([letters[position].receipt])


def test_the_dashboard_is_deployed(running: Stack) -> None:
    names = [
        each["DashboardName"] for each in running.client("cloudwatch").list_dashboards()["DashboardEntries"]
    ]
    body = json.loads(running.client("cloudwatch").get_dashboard(DashboardName=names[0])["DashboardBody"])
    assert len(body["widgets"]) > 20
    assert "${" not in json.dumps(body).replace("${PROP", "")
