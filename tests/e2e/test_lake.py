"""Tests that docs/analyse.md does what it says, and that the local stack delivers as Firehose would."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from gzip import decompress
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.data.orders import orders
from local.data.samples import SEED, send
from local.demo.raw_answers import answers
from local.emulator import lifecycle
from local.emulator.stack import Stack
from ops.lake.questions import ABOUT_ORDERS, Question
from tests.support import forked
from tests.support.e2e.pages import ROOT, SAYS, blocks, run
from tests.support.e2e.stack import eventually

pytestmark = pytest.mark.e2e

PAGE = "docs/analyse.md"
COUNT = 200


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder that looks like a clone whose stack is up."""
    made = tmp_path_factory.mktemp("analyst")
    (made / ".venv").symlink_to(ROOT / ".venv")
    return made


@pytest.fixture(scope="module")
def running(home: Path) -> Iterator[Stack]:
    with lifecycle.running(home / ".local") as started:
        yield started


@pytest.fixture(scope="module")
def printed(running: Stack, home: Path) -> str:
    return run(PAGE, running, home / ".local", cwd=home)


def lake(home: Path, *words: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    done = forked.run(["order-tokenizer", "lake", *words], cwd=home, environment=environment)
    return done.stdout if done.returncode == 0 else done.stderr


def test_the_commands_of_the_page_print_what_it_says(printed: str) -> None:
    said = [
        line.removeprefix(SAYS)
        for block in blocks(PAGE)
        for line in block.text.splitlines()
        if line.startswith(SAYS)
    ]
    assert len(said) >= 10
    lines = printed.splitlines()
    assert [line for line in said if line not in lines] == []


@pytest.mark.parametrize("question", ABOUT_ORDERS)
def test_what_the_command_answers_is_what_the_raw_orders_say(
    printed: str, home: Path, question: Question
) -> None:
    told = json.loads(lake(home, "ask", question, "--json"))
    wanted = answers(orders(COUNT, SEED))[question]
    assert len(told) == len(wanted)
    counted = Counter(row[-2] if question is not Question.REPEAT else row[-1] for row in wanted)
    column = "customers" if question is Question.REPEAT else "orders"
    assert Counter(int(row[column]) for row in told) == counted


def test_files_lie_zipped_by_type_and_day_and_hold_whole_events(printed: str, running: Stack) -> None:
    analyst = running.client("s3", running.assume(running.outputs["AnalystRoleArn"]))
    bucket = running.outputs["AnalyticsBucketName"]
    keys = [each["Key"] for each in analyst.list_objects_v2(Bucket=bucket)["Contents"]]
    lines = [
        line
        for key in keys
        for line in decompress(analyst.get_object(Bucket=bucket, Key=key)["Body"].read()).splitlines()
    ]
    events = [json.loads(line) for line in lines]
    days = {event["detail"]["metadata"]["ingested_at"][:10] for event in events}
    assert {key.rpartition("/")[0] for key in keys} == {
        f"events/event_type=order.placed/day={day}" for day in days
    }
    assert len({event["detail"]["metadata"]["ingest_id"] for event in events}) == COUNT
    raw = orders(COUNT, SEED)
    emails = {event["order"]["customer"].get("email") for event in raw} - {None, ""}
    assert emails
    text = b"\n".join(lines).decode()
    assert not [email for email in emails if email in text]


def test_the_analyst_changes_nothing_in_the_lake(printed: str, running: Stack) -> None:
    analyst = running.client("s3", running.assume(running.outputs["AnalystRoleArn"]))
    place = {"Bucket": running.outputs["AnalyticsBucketName"], "Key": "events/forged.gz"}
    with pytest.raises(ClientError, match="AccessDenied"):
        analyst.put_object(**place, Body=b"x")
    with pytest.raises(ClientError, match="AccessDenied"):
        analyst.delete_object(**place)


def test_an_event_that_has_no_day_goes_to_the_errors(printed: str, running: Stack) -> None:
    bucket, s3 = running.outputs["AnalyticsBucketName"], running.client("s3")
    entry = {"EventBusName": running.outputs["SanitizedBusName"], "Source": "orders.tokenizer"}
    running.client("events").put_events(Entries=[{**entry, "DetailType": "odd", "Detail": "{}"}])
    assert eventually(lambda: "Contents" in s3.list_objects_v2(Bucket=bucket, Prefix="errors/"))
    (failed,) = s3.list_objects_v2(Bucket=bucket, Prefix="errors/processing-failed/")["Contents"]
    assert failed["Size"] > 0


def test_orders_that_are_sent_again_change_no_answer(printed: str, running: Stack, home: Path) -> None:
    before = lake(home, "ask", "revenue")
    assert send(running, COUNT) == COUNT
    deliveries = "SELECT count(*) AS n FROM order_placed"
    assert eventually(lambda: lake(home, "query", deliveries).split() == ["n", str(2 * COUNT)])
    assert lake(home, "ask", "revenue") == before


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["query", "SELECT nothing FROM orders"], "hint: `order-tokenizer lake tables` lists the columns"),
        (["query", "SELECT * FROM read_csv('/etc/passwd')"], "error: "),
        (["--role-arn", "arn:aws:iam::000000000000:role/none", "ask", "revenue"], "error: assuming"),
    ],
)
def test_what_can_not_be_answered_is_told_with_a_hint(
    printed: str, home: Path, words: list[str], why: str
) -> None:
    told = lake(home, *words)
    assert told.startswith("error: ")
    assert why in told
    assert "Traceback" not in told
