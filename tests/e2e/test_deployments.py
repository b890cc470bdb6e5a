"""Tests first deployments that fail, as docs/deploy.md describes them, on the emulator's CloudFormation.

Of template.yaml the resources that hold something, and one that fails. That names are found before a deployment is AWS's own to show.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.emulator import server
from local.emulator.package import ROOT
from local.emulator.stack import Stack
from local.emulator.switches import parameters
from local.emulator.template import load
from tests.support.e2e import nested
from tests.support.e2e.stack import eventually
from tools.lint.settled import PARAMETER_SETS, deployed_stacks, settled, translated

KINDS = {"AWS::Cognito::UserPool", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue"}
REAL = load(ROOT / "template.yaml")
NOBODY = "arn:aws:lambda:us-east-1:000000000000:function:nobody"
NAMES = {"AWS::DynamoDB::Table": "TableName", "AWS::SQS::Queue": "QueueName", "AWS::S3::Bucket": "BucketName"}


@pytest.fixture(scope="module")
def bare() -> Iterator[Stack]:
    """Yields an emulator with nothing deployed."""
    with emulator() as on:
        on.client("s3").create_bucket(Bucket="code")
        yield on


@contextmanager
def emulator() -> Iterator[Stack]:
    """Runs an emulator for a block."""
    with tempfile.TemporaryDirectory() as folder:
        port = server.free_port()
        process = server.start(Path(folder), port)
        try:
            yield Stack(f"http://{server.HOST}:{port}", server.REGION, {})
        finally:
            server.stop(process)


def holding(*, broken: bool) -> dict[str, Any]:
    """Returns the template's resources that hold something; and one that can't be made, after all others."""
    resources = {
        name: {key: value for key, value in each.items() if key != "DependsOn"}
        for name, each in REAL["Resources"].items()
        if each["Type"] in KINDS
    }
    fails = {
        "Type": "Custom::Fails",
        "DependsOn": sorted(resources),
        "Properties": {"ServiceToken": NOBODY, "ServiceTimeout": 5},
    }
    return {
        "Parameters": REAL["Parameters"],
        "Conditions": REAL["Conditions"],
        "Resources": resources | ({"Fails": fails} if broken else {}),
    }


def deployed(
    on: Stack,
    name: str,
    template: dict[str, Any],
    kind: str,
    *,
    rollback: bool,
) -> str:
    """Deploys by a change set; returns the status that the stack ends in."""
    on.client("s3").put_object(Bucket="code", Key="template.json", Body=json.dumps(template).encode())
    cloudformation = on.client("cloudformation")
    change_set = cloudformation.create_change_set(
        StackName=name,
        ChangeSetName=f"set-{kind.lower()}",
        ChangeSetType=kind,
        TemplateURL="https://s3.amazonaws.com/code/template.json",
    )["Id"]
    described: dict[str, Any] = {}

    def made() -> bool:
        described.update(cloudformation.describe_change_set(ChangeSetName=change_set))
        return bool(described["Status"] == "CREATE_COMPLETE")

    assert eventually(made), described
    cloudformation.execute_change_set(ChangeSetName=change_set, DisableRollback=not rollback)
    return _ended(on, name)


def _ended(on: Stack, name: str) -> str:
    """Waits for a deployment to end; returns the status that the stack is in then."""
    cloudformation = on.client("cloudformation")

    def status() -> str:
        return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

    assert eventually(lambda: not status().endswith("_IN_PROGRESS"), 120)
    return status()


def kept(on: Stack, name: str) -> dict[str, str]:
    """Returns the names of a stack's resources that still exist, by logical name."""
    there = {
        *on.client("dynamodb").list_tables()["TableNames"],
        *(
            url.rpartition("/")[2]
            for url in on.client("sqs").list_queues(QueueNamePrefix=name).get("QueueUrls", [])
        ),
        *(each["Name"] for each in on.client("s3").list_buckets()["Buckets"]),
    }
    meant = {
        logical: each["Properties"][NAMES[each["Type"]]]["Fn::Sub"]
        .replace("${AWS::StackName}", name)
        .replace("${AWS::AccountId}", "000000000000")
        .replace("${AWS::Region}", server.REGION)
        for logical, each in holding(broken=False)["Resources"].items()
        if each["Type"] in NAMES
    }
    return {logical: each for logical, each in meant.items() if each in there}


@pytest.mark.parametrize("given", ["default", "core alone"])
def test_the_modules_are_made_as_nested_stacks(given: str) -> None:
    """Each is wired by its parameters and outputs; the deployment's own functions run, so keys and roles fit together."""
    expected = settled(translated(REAL), PARAMETER_SETS[given])
    with emulator() as on:
        outputs = nested.deployed(on, "orders", PARAMETER_SETS[given])
        assert outputs.keys() == expected["Outputs"].keys()
        assert outputs["VaultTableName"] == "orders-vault"
        stacks = [
            each["StackName"]
            for each in on.client("cloudformation").describe_stacks()["Stacks"]
            if each["StackStatus"] == "CREATE_COMPLETE"
        ]
        assert len(stacks) == len(deployed_stacks(PARAMETER_SETS[given]))
        keys = on.client("dynamodb").scan(TableName="orders-token-keys")
        assert keys["Count"] > 0


def test_a_first_deployment_without_rollback_goes_forward(bare: Stack) -> None:
    assert deployed(bare, "forward", holding(broken=True), "CREATE", rollback=False) == "CREATE_FAILED"
    made = kept(bare, "forward")
    named = [each for each in holding(broken=False)["Resources"].values() if each["Type"] in NAMES]
    assert len(made) == len(named)
    assert deployed(bare, "forward", holding(broken=False), "UPDATE", rollback=False) == "UPDATE_COMPLETE"
    assert kept(bare, "forward") == made


def test_one_that_is_taken_back_leaves_what_is_protected_and_the_trail(bare: Stack) -> None:
    assert deployed(bare, "back", holding(broken=True), "CREATE", rollback=True) == "ROLLBACK_COMPLETE"
    protected = {
        name
        for name, each in REAL["Resources"].items()
        if each["Type"] == "AWS::DynamoDB::Table" and each["Properties"].get("DeletionProtectionEnabled")
    }
    assert kept(bare, "back").keys() == protected | {"AuditBucket"}


def test_modules_are_switched_off_and_on_again_on_a_stack_that_is_in_use(bare: Stack) -> None:
    """Their data stays: it was neither left behind under names that the next one meets, nor made anew."""
    template, off = holding(broken=False), parameters(())
    assert deployed(bare, "switched", template, "CREATE", rollback=True) == "CREATE_COMPLETE"
    before, made = kept(bare, "switched"), physical(bare, "switched")
    assert {"AnalyticsBucket", "IdempotencyTable", "LakeDeadLetterQueue", "PaymentsTable"} <= before.keys()
    assert updated(bare, "switched", template, off) == "UPDATE_COMPLETE"
    assert before.keys() - kept(bare, "switched").keys() == {"KeyChangesQueue", "LakeDeadLetterQueue"}
    assert updated(bare, "switched", template, dict.fromkeys(off, "true")) == "UPDATE_COMPLETE"
    assert kept(bare, "switched") == before
    assert physical(bare, "switched")["UserPool"] == made["UserPool"]


def updated(on: Stack, name: str, template: dict[str, Any], given: Mapping[str, str]) -> str:
    """Deploys a stack again with some parameters; returns the status that it ends in."""
    body = json.dumps(template).encode()
    on.client("s3").put_object(Bucket="code", Key="template.json", Body=body)
    cloudformation = on.client("cloudformation")
    cloudformation.update_stack(
        StackName=name,
        TemplateURL="https://s3.amazonaws.com/code/template.json",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    return _ended(on, name)


def physical(on: Stack, name: str) -> dict[str, str]:
    """Returns the names of a stack's resources, by logical name."""
    found = on.client("cloudformation").describe_stack_resources(StackName=name)["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}
