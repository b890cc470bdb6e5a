"""Tests that dashboard and alarms show what is emitted: our metrics by running handlers, AWS's by its documentation."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bench.capacity.facts import price
from tests.support.dashboard import RESOURCES, TRACE, VARIABLES, WIDGETS

OURS, SERVICE = VARIABLES["POWERTOOLS_METRICS_NAMESPACE"], VARIABLES["POWERTOOLS_SERVICE_NAME"]
FUNCTION_NAMES = {
    each["Properties"]["FunctionName"]["Fn::Sub"]
    for each in RESOURCES.values()
    if each["Type"] == "AWS::Serverless::Function"
}
ALARMS = {
    name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm"
}

# Metrics and the dimensions that AWS sends them with.
Dimensions = set[tuple[str, ...]]
LAMBDA: Dimensions = {
    ("FunctionName",),
    ("EventSourceMappingUUID",),
}  # docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
KINESIS: Dimensions = {
    ("StreamName",)
}  # docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
SQS: Dimensions = {
    ("QueueName",)
}  # docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
TABLES: Dimensions = {
    ("TableName",),
    ("GlobalSecondaryIndexName", "TableName"),
}  # docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
APIS: Dimensions = {
    ("ApiName",),
    ("ApiName", "Stage"),
}  # docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
# Firehose: docs.aws.amazon.com/firehose/latest/dev/monitoring-with-cloudwatch-metrics.html
DOCUMENTED: dict[str, tuple[set[str], Dimensions]] = {
    "AWS/Lambda": (
        {
            "ConcurrentExecutions",
            "DroppedEventCount",
            "Duration",
            "Errors",
            "Invocations",
            "IteratorAge",
            "Throttles",
        },
        LAMBDA,
    ),
    "AWS/Kinesis": ({"IncomingRecords", "WriteProvisionedThroughputExceeded"}, KINESIS),
    "AWS/SQS": (
        {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "NumberOfMessagesSent"},
        SQS,
    ),
    "AWS/DynamoDB": (
        {
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        },
        TABLES,
    ),
    "AWS/Firehose": ({"DeliveryToS3.DataFreshness"}, {("DeliveryStreamName",)}),
    "AWS/ApiGateway": ({"4XXError", "5XXError", "Count", "Latency"}, APIS),
}
# What a dimension's value names: `Ref` of these is the name that the metric is sent under.
NAMED = {
    "FunctionName": "AWS::Serverless::Function",
    "StreamName": "AWS::Kinesis::Stream",
    "TableName": "AWS::DynamoDB::Table",
}


SEARCH = re.compile(r"SEARCH\('\{([^}]+)\} MetricName=\"(\w+)\" service=\"([\w-]+)\"', 'Sum'\)")


@dataclass(frozen=True)
class Metric:
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, _ in self.dimensions))


GRAPHS = [each["properties"] for each in WIDGETS if each["type"] == "metric"]


def rows(graph: dict[str, Any]) -> Iterator[tuple[Metric, dict[str, Any]]]:
    for row in graph["metrics"]:
        if "expression" in row[0]:
            continue
        *words, options = row
        pairs = tuple(sorted(zip(words[2::2], words[3::2], strict=True)))
        yield Metric(words[0], words[1], pairs), options


def shown() -> list[Metric]:
    return [metric for graph in GRAPHS for metric, _ in rows(graph)]


def searched() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Namespace, metric and dimensions of each search."""
    for graph in GRAPHS:
        for row in graph["metrics"]:
            options = row[0] if isinstance(row[0], dict) else {}
            if found := SEARCH.match(options.get("expression", "")):
                namespace, *dimensions = found[1].split(",")
                assert found[3] == SERVICE
                yield namespace, found[2], tuple(sorted(dimensions))


def alarmed() -> Iterator[Metric]:
    for alarm in ALARMS.values():
        dimensions = alarm["Dimensions"]
        values = tuple(sorted((each["Name"], json.dumps(each["Value"])) for each in dimensions))
        yield Metric(alarm["Namespace"], alarm["MetricName"], values)


@pytest.fixture(scope="module")
def emitted(lines: list[dict[str, Any]]) -> set[tuple[str, str, tuple[str, ...]]]:
    """Namespace, metric and dimensions of all that was emitted, each under our service."""
    found = set()
    for line in lines:
        for group in line.get("_aws", {}).get("CloudWatchMetrics", []):
            (dimensions,) = group["Dimensions"]
            assert line["service"] == SERVICE
            found |= {
                (group["Namespace"], each["Name"], tuple(sorted(dimensions))) for each in group["Metrics"]
            }
    return found


def test_every_metric_of_ours_that_is_shown_is_emitted(
    emitted: set[tuple[str, str, tuple[str, ...]]],
) -> None:
    ours = [each for each in shown() if each.namespace == OURS]
    assert {dict(each.dimensions)["service"] for each in ours} == {SERVICE}
    wanted = {(each.namespace, each.name, each.names) for each in ours} | set(searched())
    assert wanted - emitted == set()


def test_every_metric_of_ours_is_shown(emitted: set[tuple[str, str, tuple[str, ...]]]) -> None:
    told = {(each.namespace, each.name, each.names) for each in shown()} | set(searched())
    assert emitted - told == set()


def test_every_alarm_of_ours_listens_to_what_is_emitted(
    emitted: set[tuple[str, str, tuple[str, ...]]],
) -> None:
    ours = [each for each in alarmed() if each.namespace == OURS]
    assert {(each.namespace, each.name, each.names) for each in ours} - emitted == set()
    assert {each.dimensions for each in ours} == {(("service", json.dumps(SERVICE)),)}


def test_every_metric_of_aws_has_a_documented_name_and_dimensions() -> None:
    for each in (*shown(), *alarmed()):
        if each.namespace == OURS:
            continue
        names, dimensions = DOCUMENTED[each.namespace]
        assert each.name in names, each
        assert each.names in dimensions, each


def test_no_function_has_another_service_than_the_dashboard_shows() -> None:
    functions = [
        each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::Serverless::Function"
    ]
    own = [each.get("Environment", {}).get("Variables", {}) for each in functions]
    assert not [name for each in own for name in each if name.startswith("POWERTOOLS_")]
    assert RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][1]["Service"] == SERVICE


def test_every_dimension_names_a_resource_of_the_stack() -> None:
    for metric in shown():
        for name, value in metric.dimensions:
            logical, _, attribute = value.strip("<>").partition(".")
            if name == "FunctionName" and value.startswith(
                "<AWS::StackName>"
            ):  # of a module that may be absent
                assert value.replace("<", "${").replace(">", "}") in FUNCTION_NAMES
            elif name in NAMED:
                assert RESOURCES[logical]["Type"] == NAMED[name], metric
                assert not attribute
            if name == "QueueName":
                assert (RESOURCES[logical]["Type"], attribute) == ("AWS::SQS::Queue", "QueueName"), metric
            if name == "ApiName":
                assert RESOURCES["Api"]["Properties"]["Name"] == {
                    "Fn::Sub": value.replace("<", "${").replace(">", "}")
                }
            if name == "GlobalSecondaryIndexName":
                table = dict(metric.dimensions)["TableName"].strip("<>")
                indexes = RESOURCES[table]["Properties"]["GlobalSecondaryIndexes"]
                assert value in {each["IndexName"] for each in indexes}


def test_the_state_of_every_alarm_is_shown() -> None:
    (widget,) = [each["properties"] for each in WIDGETS if each["type"] == "alarm"]
    assert sorted(widget["alarms"]) == sorted(f"<{name}.Arn>" for name in ALARMS)


def test_no_widget_lies_over_another() -> None:
    cells = [
        (x, y)
        for each in WIDGETS
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_the_first_widget_says_what_to_look_at_and_where_the_runbook_is() -> None:
    first = WIDGETS[0]
    assert (first["type"], first["y"]) == ("text", 0)
    assert "<Runbook>" in first["properties"]["markdown"]
    runbook = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][1]["Runbook"]["Fn::If"]
    assert runbook[1] == {"Fn::Sub": "[runbook](${RunbookUrl})"}


COST = next(each for each in GRAPHS if each["title"].startswith("Dollars"))
IDS = {options["id"]: metric for metric, options in rows(COST)}
# Five minutes in which everything was counted a thousand times.
COUNTED, SECONDS = 1_000, 300


def dollars(expression: str) -> float:
    """Returns what CloudWatch would answer, as far as the dashboard asks it: arithmetic, FILL and PERIOD."""
    text = re.sub(r"FILL\((\w+),0\)", r"\1", expression).replace("PERIOD(n)", str(SECONDS))
    for name in sorted(IDS, key=len, reverse=True):
        text = re.sub(rf"\b{name}\b", str(COUNTED), text)
    assert re.fullmatch(r"[\d.+*/() ]+", text), text
    return float(eval(text))  # noqa: S307 -- digits and operators


def test_costs_are_reckoned_with_the_prices_that_the_capacity_model_has_and_its_sources_name() -> None:
    writes = sum(each.name == "ConsumedWriteCapacityUnits" for each in IDS.values())
    reads = sum(each.name == "ConsumedReadCapacityUnits" for each in IDS.values())
    functions = sum(each.name == "Duration" for each in IDS.values())
    shard = (price("kinesis_shard_hour") + price("kinesis_retention_shard_hour")) * SECONDS / 3600
    expected = {
        "dynamodb": writes * price("dynamodb_write_unit") + reads * price("dynamodb_read_unit"),
        "eventbridge": price("eventbridge_event"),
        "functions": functions * (price("lambda_gb_second_arm") / 1000 + price("lambda_request")),
        "kinesis": shard / COUNTED + price("kinesis_put_unit"),
        "kms": price("kms_request"),
    }
    told = {row[0]["id"]: dollars(row[0]["expression"]) for row in COST["metrics"] if "expression" in row[0]}
    assert told == pytest.approx({name: each * 1e6 for name, each in expected.items()})
    arms = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][1]["GbSecond"]["Fn::If"]
    assert arms[0] == "IsArm64"
    assert [float(each) for each in arms[1:]] == [
        price("lambda_gb_second_arm"),
        price("lambda_gb_second_x86"),
    ]


def test_costs_count_seconds_as_gigabyte_seconds_since_the_functions_have_a_gigabyte() -> None:
    sizes = {
        RESOURCES[dict(each.dimensions)["FunctionName"].strip("<>")]["Properties"]["MemorySize"]
        for each in IDS.values()
        if each.namespace == "AWS/Lambda"
    }
    assert sizes == {1024}


def test_costs_count_each_table_that_the_tokenizer_may_write_with_its_indexes() -> None:
    granted = {
        each["Resource"]["Fn::GetAtt"][0]
        for each in RESOURCES["TokenizeStreamPolicy"]["Properties"]["PolicyDocument"]["Statement"]
        if {"dynamodb:BatchWriteItem", "dynamodb:PutItem"} & set(_listed(each["Action"]))
    }
    expected = {
        (table, index["IndexName"] if index else None)
        for table in granted
        for index in (None, *RESOURCES[table]["Properties"].get("GlobalSecondaryIndexes", ()))
    }
    counted = {
        (
            dict(each.dimensions)["TableName"].strip("<>"),
            dict(each.dimensions).get("GlobalSecondaryIndexName"),
        )
        for each in IDS.values()
        if each.name == "ConsumedWriteCapacityUnits"
    }
    assert counted == expected


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_a_batchs_log_tells_each_record_by_its_position_and_what_became_of_it(
    lines: list[dict[str, Any]],
) -> None:
    (batch,), (records,) = (
        [each for each in lines if each.get("message") == name] for name in ("batch", "records")
    )
    told = dict(each.split(" ")[:2] for each in records["records"])
    positions = [f"4959{at:052}" for at in range(3)]
    assert list(told) == positions
    assert [bool(re.fullmatch(r"ing_[0-9a-f]{32}", each)) for each in told.values()] == [True, True, False]
    assert told[positions[2]] == "malformed_json"
    assert {each["xray_trace_id"] for each in (batch, records)} == {TRACE}
    assert batch["request_id"] == records["request_id"]


def test_a_batchs_log_tells_how_long_each_stage_took(lines: list[dict[str, Any]]) -> None:
    (batch,) = [each for each in lines if each.get("message") == "batch"]
    stages = {"erasures", "index_lookup", "index_claims", "vault", "bus", "letters", "batch"}
    assert set(batch["milliseconds"]) == stages
    assert all(isinstance(each, int) and each >= 0 for each in batch["milliseconds"].values())
