"""Tests docs/subscribe.md and docs/produce.md without a stack; tests/e2e/test_pages.py runs their commands."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.emulator.template import load
from ops.preview.outcomes import FieldOutcome

PAGES = [Path("docs/subscribe.md"), Path("docs/produce.md"), Path("consumer/README.md")]
EXAMPLES = sorted(Path("docs/examples").glob("*.yaml"))
each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


def of_type(path: Path, kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: each["Properties"] for name, each in load(path)["Resources"].items() if each["Type"] == kind
    }


def test_the_contract_tests_of_the_page_run_as_they_stand_and_can_fail(tmp_path: Path) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGES[0].read_text(), re.MULTILINE | re.DOTALL)
    (text,) = [block for block in blocks if "import pytest" in block]
    careless = text.replace(
        "newest([*self.orders.values(), event], lambda each: each.data.order.order_id)", "{key: event}"
    )
    assert careless != text
    for content, expected in ((text, "4 passed"), (careless, "1 failed, 3 passed")):
        (tmp_path / "test_contract.py").write_text(content)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_contract.py"]
        quick = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # no plugin has a part in it
        done = subprocess.run(command, cwd=tmp_path, env=quick, capture_output=True, text=True, check=False)
        assert expected in done.stdout, done.stdout


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_each_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    assert all((page.parent / link).exists() for link in links)


def test_the_producers_page_explains_everything_that_can_become_of_a_field() -> None:
    explained = {
        name
        for row in re.findall(r"^\| (`.*?`) \|", PAGES[1].read_text(), re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert explained == set(FieldOutcome)


@each_example
def test_every_target_of_an_example_has_retries_and_dead_letters_of_its_own(path: Path) -> None:
    targets = [target for rule in of_type(path, "AWS::Events::Rule").values() for target in rule["Targets"]]
    assert targets
    for target in targets:
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86_400
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["DeadLetters", "Arn"]}}


@each_example
def test_every_queue_of_an_example_takes_tls_and_its_own_rules_alone(path: Path) -> None:
    queues = of_type(path, "AWS::SQS::Queue")
    (policy,) = of_type(path, "AWS::SQS::QueuePolicy").values()
    assert {queue["Ref"] for queue in policy["Queues"]} == set(queues)
    tls, rules = policy["PolicyDocument"]["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert rules["Principal"] == {"Service": "events.amazonaws.com"}
    assert "aws:SourceArn" in str(rules["Condition"])
    assert rules["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert all(queue["SqsManagedSseEnabled"] for queue in queues.values())


def test_names_of_the_example_are_within_what_the_consumers_role_may_touch() -> None:
    (rule,) = of_type(Path("docs/examples/subscriber.yaml"), "AWS::Events::Rule").values()
    assert rule["Name"]["Fn::Sub"].startswith("consumer-")
    queues = of_type(Path("docs/examples/subscriber.yaml"), "AWS::SQS::Queue").values()
    assert all(queue["QueueName"]["Fn::Sub"].startswith("${Publisher}-consumer-") for queue in queues)


def test_the_other_accounts_bus_lets_in_one_role_with_this_source_alone() -> None:
    (policy,) = of_type(Path("docs/examples/subscriber-account.yaml"), "AWS::Events::EventBusPolicy").values()
    statement = policy["Statement"]
    assert statement["Action"] == "events:PutEvents"
    assert statement["Condition"] == {
        "ForAllValues:StringEquals": {"events:source": ["orders.tokenizer"]},
        "ArnEquals": {"aws:PrincipalArn": {"Ref": "PublisherRoleArn"}},
    }
    (role,) = of_type(Path("docs/examples/forwarder.yaml"), "AWS::IAM::Role").values()
    (granted,) = role["Policies"]
    assert granted["PolicyDocument"]["Statement"] == [
        {
            "Sid": "Forward",
            "Effect": "Allow",
            "Action": "events:PutEvents",
            "Resource": {"Ref": "TargetBusArn"},
        }
    ]


def test_the_transformer_takes_only_what_every_event_has_and_what_can_hold_no_quote() -> None:
    (rule,) = of_type(Path("docs/examples/subscriber.yaml"), "AWS::Events::Rule").values()
    paths = rule["Targets"][1]["InputTransformer"]["InputPathsMap"].values()
    assert {path.rpartition(".")[2] for path in paths} == {"ingest_id", "occurred_at", "currency", "total"}
