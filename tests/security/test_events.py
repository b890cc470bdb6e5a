"""Tests every rule and its targets, the bus, the delivery into the lake, and who may query what."""

import json
from typing import Any

from handlers.sign_in_keys import REFRESH
from tests.support.security.deployed import Stack
from tools.lint.rendered import ACCOUNT

DAY = 86400
# Who makes the events that a rule looks for; a schedule has none.
SOURCES = {
    "KeyChangesRule": ["aws.kms"],
    "LakeRule": ["orders.tokenizer"],
    "OrdersRule": ["orders.tokenizer"],
}
SCHEDULES = {"EraseFunctionSweep": "rate(5 minutes)", "SignInKeysFunctionRefresh": "rate(5 minutes)"}
PATTERNS = {
    "LakeRule": {"source": ["orders.tokenizer"]},
    "OrdersRule": {"detail-type": ["order.placed"], "source": ["orders.tokenizer"]},
}
# Where a target's events wait when it can't be reached.
WAITS = {"LakeRule": "LakeDeadLetterQueue", "OrdersRule": "ConsumerDeadLetterQueue"}
TARGETS = {
    "EraseFunctionSweep": "EraseFunction",
    "KeyChangesRule": "KeyChangesQueue",
    "LakeRule": "LakeDelivery",
    "OrdersRule": "OrdersQueue",
    "SignInKeysFunctionRefresh": "SignInKeysFunction",
}
# A schedule comes again; CloudTrail has the change of a key.
LOSES_NOTHING = {"EraseFunctionSweep", "KeyChangesRule", "SignInKeysFunctionRefresh"}
# What changes who can use a key, or whether anybody can.
KEY_CHANGES = {
    "CreateGrant",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
}


def rules(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.of("AWS::Events::Rule")


def test_every_rule_has_a_source_or_a_schedule(stack: Stack) -> None:
    sources = {
        name: each["EventPattern"]["source"] for name, each in rules(stack).items() if "EventPattern" in each
    }
    schedules = {
        name: each.get("ScheduleExpression") for name, each in rules(stack).items() if name not in sources
    }
    assert sources == stack.there(SOURCES)
    assert schedules == stack.there(SCHEDULES)


def test_every_rule_of_the_bus_is_on_the_bus_and_looks_for_what_it_should(stack: Stack) -> None:
    on_bus = {name: each["EventPattern"] for name, each in rules(stack).items() if "EventBusName" in each}
    assert on_bus == stack.there(PATTERNS)
    assert {each["EventBusName"] for each in rules(stack).values() if "EventBusName" in each} <= {
        "orders-sanitized"
    }


def test_every_rule_has_one_target_and_is_never_off(stack: Stack) -> None:
    found = {}
    for name, each in rules(stack).items():
        (target,) = each["Targets"]
        found[name] = stack.named(target["Arn"])
        assert "State" not in each, name
        assert not target.keys() & {"InputPath", "InputTransformer"}, name
    assert found == stack.there(TARGETS)


def test_every_target_is_tried_for_a_day_and_then_waits(stack: Stack) -> None:
    for name, each in rules(stack).items():
        for target in each["Targets"]:
            if name in LOSES_NOTHING:
                assert not target.keys() & {"DeadLetterConfig", "RetryPolicy"}, name
            else:
                assert target["RetryPolicy"] == {
                    "MaximumRetryAttempts": 185,
                    "MaximumEventAgeInSeconds": DAY,
                }, name
                assert stack.named(target["DeadLetterConfig"]["Arn"]) == WAITS[name], name


def test_the_sweep_is_told_to_sweep(stack: Stack) -> None:
    (target,) = rules(stack)["EraseFunctionSweep"]["Targets"]
    assert target["Input"] == '{"sweep": true}'


def test_the_refresh_is_told_to_refresh(stack: Stack) -> None:
    if "SignInKeysFunctionRefresh" in rules(stack):
        (target,) = rules(stack)["SignInKeysFunctionRefresh"]["Targets"]
        assert json.loads(target["Input"]) == REFRESH


def test_every_change_of_every_key_is_heard_of(stack: Stack) -> None:
    if "KeyChangesRule" not in rules(stack):
        return
    detail = rules(stack)["KeyChangesRule"]["EventPattern"]["detail"]
    assert rules(stack)["KeyChangesRule"]["EventPattern"]["detail-type"] == ["AWS API Call via CloudTrail"]
    assert detail.keys() == {"eventName", "eventSource", "resources"}
    assert detail["eventSource"] == ["kms.amazonaws.com"]
    assert set(detail["eventName"]) == KEY_CHANGES
    # A restored vault's keys are of another deployment.
    assert set(stack.of("AWS::KMS::Key")) <= {stack.named(each) for each in detail["resources"]["ARN"]}


def test_the_bus_has_no_settings_but_its_name(stack: Stack) -> None:
    assert stack.of("AWS::Events::EventBus") == {"SanitizedBus": {"Name": "orders-sanitized"}}


def test_every_event_of_the_bus_gets_into_the_lake_by_type_and_day_of_arrival(stack: Stack) -> None:
    if "LakeDelivery" not in stack.resources:
        return
    delivery = stack.of("AWS::KinesisFirehose::DeliveryStream")["LakeDelivery"]
    destination = delivery["ExtendedS3DestinationConfiguration"]
    query = '{event_type: ."detail-type", day: .detail.metadata.ingested_at[0:10]}'
    assert delivery["DeliveryStreamType"] == "DirectPut"
    assert delivery["DeliveryStreamEncryptionConfigurationInput"] == {"KeyType": "AWS_OWNED_CMK"}
    assert stack.plain(destination) == stack.plain(
        {
            "BucketARN": "AnalyticsBucket",
            # With partitions by query Firehose takes no buffer below 64 MB.
            "BufferingHints": {"IntervalInSeconds": 300, "SizeInMBs": 64},
            "CloudWatchLoggingOptions": {
                "Enabled": True,
                "LogGroupName": "/aws/kinesisfirehose/orders-lake",
                "LogStreamName": destination["CloudWatchLoggingOptions"]["LogStreamName"],
            },
            "CompressionFormat": "GZIP",
            "DynamicPartitioningConfiguration": {
                "Enabled": True,
                "RetryOptions": {"DurationInSeconds": 7200},
            },
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/",
            "Prefix": "events/event_type=!{partitionKeyFromQuery:event_type}/day=!{partitionKeyFromQuery:day}/",
            "ProcessingConfiguration": {
                "Enabled": True,
                "Processors": [
                    processor(
                        "MetadataExtraction", MetadataExtractionQuery=query, JsonParsingEngine="JQ-1.6"
                    ),
                    # Firehose reads the two characters as a line feed: dev/dynamic-partitioning-new-line-delimiter.
                    processor("AppendDelimiterToRecord", Delimiter="\\n"),
                ],
            },
            "RoleARN": "LakeDeliveryRole",
        }
    )
    (target,) = rules(stack)["LakeRule"]["Targets"]
    assert stack.named(target["RoleArn"]) == "LakeFeedRole"


def processor(kind: str, **parameters: str) -> dict[str, Any]:
    listed = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"Type": kind, "Parameters": listed}


def test_every_table_and_query_of_the_lake_is_of_the_stacks_own_database_and_bucket(stack: Stack) -> None:
    """A database may stand for another account's, and a table's files may lie in any bucket."""
    own = {"CatalogId": ACCOUNT}
    for name, each in stack.of("AWS::Glue::Database").items():
        assert each == own | {"DatabaseInput": {**each["DatabaseInput"], "Name": "orders_lake"}}, name
        assert each["DatabaseInput"].keys() == {"Description", "Name"}, name
    bucket = f"s3://orders-analytics-{ACCOUNT}-eu-central-1/events/event_type="
    for name, each in stack.of("AWS::Glue::Table").items():
        assert each == own | {"DatabaseName": "orders_lake", "TableInput": each["TableInput"]}, name
        table = each["TableInput"]
        assert table.keys() == {
            "Description",
            "Name",
            "Parameters",
            "PartitionKeys",
            "StorageDescriptor",
            "TableType",
        }, name
        assert table["TableType"] == "EXTERNAL_TABLE", name
        places = {table["StorageDescriptor"]["Location"], table["Parameters"]["storage.location.template"]}
        assert all(place.startswith(bucket) for place in places), name
    for name, each in stack.of("AWS::Athena::NamedQuery").items():
        assert (each["Database"], each["WorkGroup"]) == ("orders_lake", "orders-analysts"), name


def test_every_schema_is_in_the_stacks_own_registry(stack: Stack) -> None:
    for name, each in stack.of("AWS::EventSchemas::Schema").items():
        assert each["RegistryName"] == "orders-sanitized", name


def test_every_query_is_bounded_and_its_results_are_encrypted_in_the_lake(stack: Stack) -> None:
    for name, group in stack.of("AWS::Athena::WorkGroup").items():
        assert group["WorkGroupConfiguration"] == {
            "BytesScannedCutoffPerQuery": 100_000_000_000,
            "EnforceWorkGroupConfiguration": True,
            "EngineVersion": {"SelectedEngineVersion": "Athena engine version 3"},
            "PublishCloudWatchMetricsEnabled": True,
            "ResultConfiguration": {
                "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
                "ExpectedBucketOwner": "111122223333",
                "OutputLocation": f"s3://{stack.of('AWS::S3::Bucket')['AnalyticsBucket']['BucketName']}/results/",
            },
        }, name
