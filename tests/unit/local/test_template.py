import json

import pytest

from local.package import ROOT, function_zip, layer_zip
from local.template import METHODS, OMITTED_TYPES, delivery_queue, for_emulator, load, locks


@pytest.fixture(scope="module")
def texts() -> tuple[str, str]:
    real = load(ROOT / "template.yaml")
    return json.dumps(real), json.dumps(for_emulator(real, "s3://b/f", "s3://b/l"))


@pytest.mark.parametrize(
    "left_out",
    [
        "kms:EncryptionContext",
        "events:source",
        "TlsOnly",
        "NothingIsWrittenTwice",
        "AWS::Events::Archive",
        "AWS::EventSchemas",
        "AWS::WAFv2::WebACLAssociation",
        "AWS::Athena::NamedQuery",
        "firehose.amazonaws.com",
    ],
)
def test_the_emulator_gets_nothing_of_what_it_gets_wrong(texts: tuple[str, str], left_out: str) -> None:
    real, adapted = texts
    assert left_out in real
    assert left_out not in adapted


def test_everything_else_is_deployed() -> None:
    real = load(ROOT / "template.yaml")
    adapted = for_emulator(real, "s3://b/f", "s3://b/l")
    left_out = {name for name, each in real["Resources"].items() if each["Type"] in OMITTED_TYPES}
    stand_ins = {"LakeDeliveryQueue"}
    assert adapted["Resources"].keys() == (real["Resources"].keys() - left_out) | stand_ins
    assert adapted["Outputs"] == real["Outputs"]


def test_only_the_streams_mapping_is_disabled() -> None:
    resources = for_emulator(load(ROOT / "template.yaml"), "s3://b/f", "s3://b/l")["Resources"]
    assert resources["TokenizeStreamMapping"]["Properties"]["Enabled"] is False
    assert resources["TokenizeQueueMapping"]["Properties"]["Enabled"] == {"Ref": "QueueMappingEnabled"}


def test_a_queue_stands_in_for_a_delivery_stream_as_a_rules_target() -> None:
    real = load(ROOT / "template.yaml")
    resources = for_emulator(real, "s3://b/f", "s3://b/l")["Resources"]
    (target,) = resources["LakeRule"]["Properties"]["Targets"]
    (wanted,) = real["Resources"]["LakeRule"]["Properties"]["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["LakeDeliveryQueue", "Arn"]}
    assert target["RetryPolicy"] == wanted["RetryPolicy"]
    assert wanted["Arn"] == {"Fn::GetAtt": ["LakeDelivery", "Arn"]}
    queue = resources["LakeDeliveryQueue"]["Properties"]["QueueName"]
    assert queue == {"Fn::Sub": delivery_queue("${LakeDelivery}")}
    assert resources["LakeDelivery"] == real["Resources"]["LakeDelivery"]


def test_an_event_for_any_method_becomes_one_for_each() -> None:
    resources = for_emulator(load(ROOT / "template.yaml"), "s3://b/f", "s3://b/l")["Resources"]
    events = resources["ApiFunction"]["Properties"]["Events"].values()
    elsewhere = {each["Properties"]["Method"] for each in events if each["Properties"]["Path"] == "/{proxy+}"}
    limited = {
        each["HttpMethod"]
        for each in resources["Api"]["Properties"]["MethodSettings"]
        if each["ResourcePath"] == "/{proxy+}"
    }
    assert elsewhere == limited == set(METHODS)


def test_the_same_code_makes_the_same_zips() -> None:
    assert function_zip() == function_zip()
    assert layer_zip() == layer_zip()


def test_locks_are_those_of_the_template_with_the_deployments_days() -> None:
    assert locks(load(ROOT / "template.yaml"), {"AuditRetentionDays": "7"}) == [
        {
            "Bucket": "AuditBucket",
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 7}},
            },
        }
    ]
