"""Arrows between a template's resources: what policies allow, what mappings and rules bring, where what fails goes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Resources = Mapping[str, Any]

# What an action does, in a word for the arrow. Describing and listing is what reading takes.
_WORDS = {
    "dynamodb:BatchGetItem": "reads",
    "dynamodb:GetItem": "reads",
    "dynamodb:Query": "reads",
    "dynamodb:Scan": "reads",
    "dynamodb:BatchWriteItem": "writes",
    "dynamodb:PutItem": "writes",
    "dynamodb:UpdateItem": "writes",
    "dynamodb:DeleteItem": "deletes",
    "events:PutEvents": "publishes",
    "events:StartReplay": "replays",
    "kinesis:GetRecords": "reads",
    "kinesis:PutRecord": "puts",
    "kinesis:PutRecords": "puts",
    "firehose:PutRecord": "delivers",
    "firehose:PutRecordBatch": "delivers",
    "kms:Decrypt": "opens",
    "kms:GenerateDataKey": "seals",
    "kms:GenerateDataKeyWithoutPlaintext": "makes keys",
    "kms:GenerateMac": "fingerprints",
    "kms:VerifyMac": "fingerprints",
    "lambda:InvokeFunction": "calls",
    "s3:DeleteObject": "deletes",
    "s3:GetObject": "reads",
    "s3:PutObject": "writes",
    "sqs:ReceiveMessage": "receives",
    "sqs:SendMessage": "sends",
}
_BATCHES = "batches of"


@dataclass(frozen=True, order=True)
class Edge:
    """Describes an arrow.

    Args:
        start: logical id of who acts, a function or a role that people assume.
        end: logical id of what is acted on.
        word: what is done.
    """

    start: str
    end: str
    word: str


def edges(resources: Resources) -> list[Edge]:
    """Returns every arrow of a template once, in order; what a mapping brings to a function is the mapping's arrow."""
    brought = {*_brought(resources)}
    polled = {(edge.end, edge.start) for edge in brought if edge.word.startswith(_BATCHES)}
    allowed = {edge for edge in _allowed(resources) if (edge.start, edge.end) not in polled}
    return sorted({*allowed, *brought, *_failed(resources)})


def actors(resources: Resources) -> dict[str, str]:
    """Returns who acts under each role: its function, or the role itself if people assume it."""
    named = {
        _target(resource["Properties"]["Role"]): name
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    roles = (name for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role")
    return {role: named.get(role, role) for role in roles}


def targets(value: Any) -> Iterator[str]:
    """Yields the logical ids that a value of a template leads to."""
    match value:
        case {"Ref": name}:
            yield name
        case {"Fn::GetAtt": [name, *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from (part.partition("}")[0].partition(".")[0] for part in text.split("${")[1:])
        case {"Fn::If": [_, *arms]}:
            for arm in arms:
                yield from targets(arm)
        case list():
            for inner in value:
                yield from targets(inner)
        case dict():
            for inner in value.values():
                yield from targets(inner)


def _target(value: Any) -> str:
    return next(targets(value))


def _allowed(resources: Resources) -> Iterator[Edge]:
    by_role = actors(resources)
    for resource in resources.values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::Policy":
            who = [by_role[role] for role in targets(properties["Roles"]) if role in by_role]
            for statement in _statements(properties["PolicyDocument"]):
                for end in targets(statement["Resource"]):
                    yield from (
                        Edge(actor, end, word)
                        for actor in who
                        for word in _words(statement)
                        if end in resources and actor != end
                    )
    for name, resource in resources.items():
        if resource["Type"] == "AWS::KMS::Key":
            for statement in _statements(resource["Properties"]["KeyPolicy"]):
                who = [by_role[each] for each in targets(statement["Principal"]) if each in by_role]
                yield from (Edge(actor, name, word) for actor in who for word in _words(statement))


def _statements(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for statement in document["Statement"]:
        arms = statement["Fn::If"][1:] if "Fn::If" in statement else [statement]
        yield from (each for each in arms if each.get("Effect") == "Allow")


def _words(statement: Mapping[str, Any]) -> Iterable[str]:
    actions = statement["Action"]
    return {_WORDS[each] for each in ([actions] if isinstance(actions, str) else actions) if each in _WORDS}


def _brought(resources: Resources) -> Iterator[Edge]:
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Lambda::EventSourceMapping":
                yield Edge(
                    _target(properties["EventSourceArn"]),
                    _target(properties["FunctionName"]),
                    f"{_BATCHES} {properties['BatchSize']}",
                )
            case "AWS::Events::Rule" if "EventBusName" in properties:
                for target in properties["Targets"]:
                    yield Edge(_target(properties["EventBusName"]), _target(target["Arn"]), "rule")
            case "AWS::Events::Archive":
                yield Edge(_target(properties["SourceArn"]), name, "keeps")
            case "AWS::Serverless::Function":
                for event in properties.get("Events", {}).values():
                    if event["Type"] == "Api":
                        yield Edge(_target(event["Properties"]["RestApiId"]), name, "requests")
            case "AWS::KinesisFirehose::DeliveryStream":
                bucket = properties["ExtendedS3DestinationConfiguration"]["BucketARN"]
                yield Edge(name, _target(bucket), "delivers")


def _failed(resources: Resources) -> Iterator[Edge]:
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::SQS::Queue" if "RedrivePolicy" in properties:
                redrive = properties["RedrivePolicy"]
                tries = redrive["maxReceiveCount"]
                count = f"after {tries} tries" if isinstance(tries, int) else "after its last try"
                yield Edge(name, _target(redrive["deadLetterTargetArn"]), count)
            case "AWS::Lambda::EventSourceMapping" if "DestinationConfig" in properties:
                end = _target(properties["DestinationConfig"]["OnFailure"]["Destination"])
                yield Edge(_target(properties["EventSourceArn"]), end, "positions of what failed")
            case "AWS::Events::Rule" if "EventBusName" in properties:
                for target in properties["Targets"]:
                    if "DeadLetterConfig" in target:
                        end = _target(target["DeadLetterConfig"]["Arn"])
                        yield Edge(_target(properties["EventBusName"]), end, "what a target refused")
