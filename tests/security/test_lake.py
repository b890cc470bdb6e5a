"""Tests what the template must say about the lake. Each check is proved by planting the weakness."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.security.template import Template, listed, of_type, statements, weakened

ANALYST = {
    "athena:BatchGetNamedQuery",
    "athena:BatchGetQueryExecution",
    "athena:GetDataCatalog",
    "athena:GetNamedQuery",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
    "athena:ListNamedQueries",
    "athena:ListQueryExecutions",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "cloudformation:DescribeStacks",
    "glue:GetDatabase",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
    "s3:AbortMultipartUpload",
    "s3:GetBucketLocation",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:ListBucketMultipartUploads",
    "s3:ListMultipartUploadParts",
    "s3:PutObject",
}
OF_THE_LAKE = (
    "AnalyticsBucket",
    "AnalystWorkGroup",
    "LakeDatabase",
    "catalog",
    "datacatalog/AwsDataCatalog",
    "stack/${AWS::StackName}/*",
)
# Each action on the bucket's objects: which policy grants it, and where.
OBJECTS = {
    ("LakeDeliveryPolicy", "s3:AbortMultipartUpload", "events"),
    ("LakeDeliveryPolicy", "s3:AbortMultipartUpload", "errors"),
    ("LakeDeliveryPolicy", "s3:PutObject", "events"),
    ("LakeDeliveryPolicy", "s3:PutObject", "errors"),
    ("AnalystPolicy", "s3:GetObject", "events"),
    ("AnalystPolicy", "s3:AbortMultipartUpload", "results"),
    ("AnalystPolicy", "s3:GetObject", "results"),
    ("AnalystPolicy", "s3:ListMultipartUploadParts", "results"),
    ("AnalystPolicy", "s3:PutObject", "results"),
}
FROM = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s"
TRUST = {
    "LakeFeedRole": (
        "events.amazonaws.com",
        FROM % ("events", "rule/${AWS::StackName}-sanitized/${AWS::StackName}-lake"),
    ),
    "LakeDeliveryRole": (
        "firehose.amazonaws.com",
        FROM % ("firehose", "deliverystream/${AWS::StackName}-lake"),
    ),
}


def destination(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"]["LakeDelivery"]["Properties"][
        "ExtendedS3DestinationConfiguration"
    ]
    return found


def every_event_goes_to_the_lake_or_waits(template: Template) -> list[str]:
    rule = template["Resources"]["LakeRule"]["Properties"]
    (target,) = rule["Targets"]
    expected = {
        "Id": "lake",
        "Arn": {"Fn::GetAtt": ["LakeDelivery", "Arn"]},
        "RoleArn": {"Fn::GetAtt": ["LakeFeedRole", "Arn"]},
        "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400},
        "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["LakeDeadLetterQueue", "Arn"]}},
    }
    everything = {"source": ["orders.tokenizer"]}
    wrong = [key for key, value in expected.items() if target.get(key) != value]
    return wrong + (["EventPattern"] if rule["EventPattern"] != everything else [])


def files_lie_by_type_and_day_of_arrival(template: Template) -> list[str]:
    told = destination(template)
    processors = {each["Type"]: each["Parameters"] for each in told["ProcessingConfiguration"]["Processors"]}
    query = '{event_type: ."detail-type", day: .detail.metadata.ingested_at[0:10]}'
    expected = {
        "Prefix": "events/event_type=!{partitionKeyFromQuery:event_type}/day=!{partitionKeyFromQuery:day}/",
        "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/!{timestamp:yyyy-MM-dd}/",
        "CompressionFormat": "GZIP",
    }
    extraction = [
        {"ParameterName": "MetadataExtractionQuery", "ParameterValue": query},
        {"ParameterName": "JsonParsingEngine", "ParameterValue": "JQ-1.6"},
    ]
    # Firehose reads the two characters as a line feed: dev/dynamic-partitioning-new-line-delimiter.
    delimiter = [{"ParameterName": "Delimiter", "ParameterValue": "\\n"}]
    wrong = [key for key, value in expected.items() if told.get(key) != value]
    wrong += ["extraction"] if processors.get("MetadataExtraction") != extraction else []
    wrong += ["delimiter"] if processors.get("AppendDelimiterToRecord") != delimiter else []
    partitions = told["DynamicPartitioningConfiguration"]
    # With partitions by query Firehose takes no buffer below 64 MB.
    wrong += ["partitioning"] if not partitions["Enabled"] else []
    return wrong + (["buffer"] if told["BufferingHints"]["SizeInMBs"] < 64 else [])


def failed_deliveries_are_told(template: Template) -> list[str]:
    log = destination(template).get("CloudWatchLoggingOptions", {})
    watched = {
        (alarm["Namespace"], alarm["MetricName"], str(alarm["Dimensions"]))
        for _, alarm in of_type(template, "AWS::CloudWatch::Alarm")
    }
    needed = {
        ("AWS/Firehose", "DeliveryToS3.DataFreshness", "LakeDelivery"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "LakeDeadLetterQueue"),
    }
    unseen = [
        metric
        for namespace, metric, what in needed
        if not any(each[:2] == (namespace, metric) and what in each[2] for each in watched)
    ]
    return unseen + ([] if log.get("Enabled") is True else ["log"])


def the_lake_outlives_its_stack_and_mistakes(template: Template) -> list[str]:
    bucket = template["Resources"]["AnalyticsBucket"]
    rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    wrong = [
        key
        for key in ("DeletionPolicy", "UpdateReplacePolicy")
        if bucket.get(key) not in {"Retain", "RetainExceptOnCreate"}
    ]
    wrong += [each["Id"] for each in rules if each["Prefix"] == "events/" and "ExpirationInDays" in each]
    return wrong + (
        [] if bucket["Properties"].get("VersioningConfiguration") == {"Status": "Enabled"} else ["versions"]
    )


def the_analyst_reaches_the_lake_and_nothing_else(template: Template) -> list[str]:
    found = statements(template, "AnalystPolicy")
    actions = {action for each in found for action in listed(each["Action"])}
    resources = [str(resource) for each in found for resource in listed(each["Resource"])]
    return sorted(actions ^ ANALYST) + [
        resource for resource in resources if not any(name in resource for name in OF_THE_LAKE)
    ]


def events_are_written_by_the_delivery_and_read_by_the_analyst_alone(template: Template) -> list[str]:
    granted = {
        (name, action, resource["Fn::Sub"].split("/")[1])
        for name, policy in of_type(template, "AWS::IAM::Policy")
        for each in policy["PolicyDocument"]["Statement"]
        for resource in listed(each["Resource"])
        for action in listed(each["Action"])
        if "${AnalyticsBucket.Arn}" in str(resource)
    }
    return [str(each) for each in granted ^ OBJECTS]


def services_use_their_roles_for_this_lake_alone(template: Template) -> list[str]:
    def trust(role: str) -> Any:
        return template["Resources"][role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    return [
        role
        for role, (service, source) in TRUST.items()
        if trust(role)
        != [
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEqualsIfExists": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
                    "ArnEqualsIfExists": {"aws:SourceArn": {"Fn::Sub": source}},
                },
            }
        ]
    ]


def queries_are_bounded_and_their_results_encrypted(template: Template) -> list[str]:
    told = template["Resources"]["AnalystWorkGroup"]["Properties"]["WorkGroupConfiguration"]
    expected = {
        "EnforceWorkGroupConfiguration": True,
        "BytesScannedCutoffPerQuery": {"Ref": "QueryBytesLimit"},
        "ResultConfiguration": {
            "OutputLocation": {"Fn::Sub": "s3://${AnalyticsBucket}/results/"},
            "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
            "ExpectedBucketOwner": {"Ref": "AWS::AccountId"},
        },
    }
    return [key for key, value in expected.items() if told.get(key) != value]


DESTINATION = "LakeDelivery/Properties/ExtendedS3DestinationConfiguration"
PROCESSORS = f"{DESTINATION}/ProcessingConfiguration/Processors"
ANALYST_STATEMENT = "AnalystPolicy/Properties/PolicyDocument/Statement"
WORKGROUP = "AnalystWorkGroup/Properties/WorkGroupConfiguration"
VAULT = {"Fn::GetAtt": ["VaultTable", "Arn"]}
WEAKNESSES: list[tuple[Callable[[Template], list[str]], str, Any]] = [
    (every_event_goes_to_the_lake_or_waits, "LakeRule/Properties/Targets/0/DeadLetterConfig", {}),
    (
        every_event_goes_to_the_lake_or_waits,
        "LakeRule/Properties/EventPattern",
        {"source": ["orders.tokenizer"], "detail-type": ["order.placed"]},
    ),
    (files_lie_by_type_and_day_of_arrival, f"{DESTINATION}/CompressionFormat", "UNCOMPRESSED"),
    (
        files_lie_by_type_and_day_of_arrival,
        f"{PROCESSORS}/0/Parameters/0/ParameterValue",
        '{event_type: ."detail-type", day: .detail.metadata.occurred_at[0:10]}',
    ),
    (files_lie_by_type_and_day_of_arrival, f"{PROCESSORS}/1/Type", "RecordDeAggregation"),
    (files_lie_by_type_and_day_of_arrival, f"{DESTINATION}/BufferingHints/SizeInMBs", 5),
    (failed_deliveries_are_told, f"{DESTINATION}/CloudWatchLoggingOptions/Enabled", False),
    (failed_deliveries_are_told, "LakeStaleAlarm/Properties/MetricName", "DeliveryToS3.Records"),
    (failed_deliveries_are_told, "LakeLettersAlarm/Properties/Dimensions", []),
    (the_lake_outlives_its_stack_and_mistakes, "AnalyticsBucket/DeletionPolicy", "Delete"),
    (
        the_lake_outlives_its_stack_and_mistakes,
        "AnalyticsBucket/Properties/VersioningConfiguration/Status",
        "Suspended",
    ),
    (
        the_lake_outlives_its_stack_and_mistakes,
        "AnalyticsBucket/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
        30,
    ),
    (the_analyst_reaches_the_lake_and_nothing_else, f"{ANALYST_STATEMENT}/ReadEvents/Resource", VAULT),
    (the_analyst_reaches_the_lake_and_nothing_else, f"{ANALYST_STATEMENT}/ReadEvents/Action", "kms:Decrypt"),
    (
        events_are_written_by_the_delivery_and_read_by_the_analyst_alone,
        f"{ANALYST_STATEMENT}/KeepResults/Resource",
        {"Fn::Sub": "${AnalyticsBucket.Arn}/events/*"},
    ),
    (
        events_are_written_by_the_delivery_and_read_by_the_analyst_alone,
        "ConsumerPolicy/Properties/PolicyDocument/Statement/ReadOrders/Resource",
        {"Fn::Sub": "${AnalyticsBucket.Arn}/events/*"},
    ),
    (
        services_use_their_roles_for_this_lake_alone,
        "LakeDeliveryRole/Properties/AssumeRolePolicyDocument/Statement/0/Condition",
        {},
    ),
    (queries_are_bounded_and_their_results_encrypted, f"{WORKGROUP}/EnforceWorkGroupConfiguration", False),
    (
        queries_are_bounded_and_their_results_encrypted,
        f"{WORKGROUP}/ResultConfiguration/OutputLocation",
        "s3://another/",
    ),
]
CHECKS = list(dict.fromkeys(check for check, _, _ in WEAKNESSES))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_lake_keeps_its_promise(template: Template, check: Callable[[Template], list[str]]) -> None:
    assert check(template) == []


@pytest.mark.parametrize(
    ("check", "path", "value"), WEAKNESSES, ids=lambda given: getattr(given, "__name__", None)
)
def test_a_planted_weakness_is_found(
    template: Template, check: Callable[[Template], list[str]], path: str, value: Any
) -> None:
    assert check(weakened(template, path, value))
