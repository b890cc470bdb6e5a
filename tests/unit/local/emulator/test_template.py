import json
from pathlib import Path

import pytest

from local.emulator.bends import METHODS, OMITTED_TYPES, delivery_queue
from local.emulator.package import ROOT, function_zip, layer_zip
from local.emulator.template import boundaries, for_emulator, load, locks, read


@pytest.fixture(scope="module")
def texts() -> tuple[str, str]:
    real = load(ROOT / "template.yaml")
    return json.dumps(real), json.dumps(for_emulator(real, "s3://b/f", "s3://b/l"))


@pytest.mark.parametrize(
    "left_out",
    [
        "kms:EncryptionContext",
        "events:source",
        "dynamodb:Attributes",
        "TlsOnly",
        "DenyOutsideVpc",
        "aws:SourceVpc",
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


def test_every_role_of_the_template_gets_its_boundary() -> None:
    template = load(ROOT / "template.yaml")
    roles = {name for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}
    found = boundaries(template)
    assert found.keys() == roles
    assert set(found.values()) == {"ApiGatewayLogsBoundary", "LakeBoundary", "RoleBoundary"}


def test_a_denial_to_all_but_some_roles_excepts_their_sessions_too() -> None:
    """The emulator compares sessions: without them a key would be denied to its own users."""
    policy = for_emulator(load(ROOT / "template.yaml"), "s3://b/f.zip", "s3://b/l.zip")["Resources"][
        "VaultKey"
    ]
    statements = {
        each["Sid"]: each for each in policy["Properties"]["KeyPolicy"]["Statement"] if "Sid" in each
    }
    excepted = statements["DenyUnlistedPrincipals"]["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    session = {"Fn::Sub": "arn:aws:sts::${AWS::AccountId}:assumed-role/${RevealRole}/*"}
    assert {"Fn::GetAtt": ["RevealRole", "Arn"]} in excepted
    assert session in excepted
    rekeying = {"Fn::Sub": "arn:aws:sts::${AWS::AccountId}:assumed-role/${RekeyRole}/*"}
    assert {"Fn::If": ["IsRekeying", rekeying, {"Ref": "AWS::NoValue"}]} in excepted


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


def test_whoever_reads_a_file_gets_a_copy_and_what_it_says_now(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text("Resources: {Table: {Name: !Ref Given}}\n", encoding="utf-8")
    read(path)["Resources"].clear()
    assert read(path) == {"Resources": {"Table": {"Name": {"Ref": "Given"}}}}
    path.write_text("Resources: {}\n", encoding="utf-8")
    assert read(path) == {"Resources": {}}
