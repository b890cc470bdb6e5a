"""Translates calls of AWS's API into what IAM authorizes: an action, a resource, and the context that the service adds.

Sources are the services' pages of AWS's Service Authorization Reference. One call may need several permissions.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.lint.rendered import ACCOUNT
from tools.lint.settled import REGION

Arguments = Mapping[str, Any]
Context = dict[str, str | list[str]]
_HERE = f"{REGION}:{ACCOUNT}"


@dataclass(frozen=True)
class Needed:
    """One permission that a call needs.

    Args:
        action: by IAM's name.
        resource: its ARN, `*` where the action knows no resources.
        context: condition keys that depend on the call, beside those of the caller.
    """

    action: str
    resource: str
    context: Context = field(default_factory=dict)


def needed(service: str, call: str, arguments: Arguments) -> list[Needed]:
    """Returns the permissions that a call needs.

    Args:
        service: boto3's name.
        call: boto3's name.
        arguments: of the call.
    """
    return _SERVICES[service](_pascal(call), arguments)


def _pascal(call: str) -> str:
    return "".join(part.title() for part in call.split("_"))


def _dynamodb(name: str, arguments: Arguments) -> list[Needed]:
    batch: Mapping[str, Any] = arguments.get("RequestItems", {})
    tables = list(batch) if batch else [arguments["TableName"]]
    index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
    return [
        Needed(
            f"dynamodb:{name}",
            f"arn:aws:dynamodb:{_HERE}:table/{table}{index}",
            _of_attributes(batch.get(table, arguments)),
        )
        for table in tables
    ]


def _of_attributes(read: Any) -> Context:
    """Returns the attributes that a read names. One that names none gets them all, and has no such key."""
    if not isinstance(read, Mapping) or "ProjectionExpression" not in read:
        return {}
    names = read.get("ExpressionAttributeNames", {})
    parts = [part.strip() for part in read["ProjectionExpression"].split(",")]
    return {"dynamodb:Attributes": [names.get(part, part) for part in parts]}


def _kms(name: str, arguments: Arguments) -> list[Needed]:
    context: Context = {
        f"kms:EncryptionContext:{key}": value for key, value in arguments.get("EncryptionContext", {}).items()
    }
    if "PendingWindowInDays" in arguments:
        context["kms:ScheduleKeyDeletionPendingWindowInDays"] = str(arguments["PendingWindowInDays"])
    return [Needed(f"kms:{name}", arguments["KeyId"], context)]


def _kinesis(name: str, arguments: Arguments) -> list[Needed]:
    return [Needed(f"kinesis:{name}", f"arn:aws:kinesis:{_HERE}:stream/{arguments['StreamName']}")]


def _sqs(name: str, arguments: Arguments) -> list[Needed]:
    return [Needed(f"sqs:{name}", f"arn:aws:sqs:{_HERE}:{arguments['QueueUrl'].rpartition('/')[2]}")]


# Permissions with other names than their calls'.
_S3_NAMES = {"ListObjectsV2": "ListBucket", "ListObjectVersions": "ListBucketVersions"}


def _s3(name: str, arguments: Arguments) -> list[Needed]:
    context: Context = {}
    if name == "PutObject":
        context["s3:ObjectCreationOperation"] = "true"
    if "IfNoneMatch" in arguments:
        context["s3:if-none-match"] = arguments["IfNoneMatch"]
    if "Prefix" in arguments:
        context["s3:prefix"] = arguments["Prefix"]
    key = f"/{arguments['Key']}" if "Key" in arguments else ""
    return [Needed(f"s3:{_S3_NAMES.get(name, name)}", f"arn:aws:s3:::{arguments['Bucket']}{key}", context)]


def _events(name: str, arguments: Arguments) -> list[Needed]:
    if name == "PutEvents":
        entries = arguments["Entries"]
        context: Context = {
            "events:source": [each["Source"] for each in entries],
            "events:detail-type": [each["DetailType"] for each in entries],
        }
        bus = entries[0]["EventBusName"]
        return [Needed("events:PutEvents", f"arn:aws:events:{_HERE}:event-bus/{bus}", context)]
    if name == "PutPermission":
        return [Needed("events:PutPermission", "*")]
    bus = arguments["EventBusName"]
    rule = f"arn:aws:events:{_HERE}:rule/{bus}/{arguments.get('Name') or arguments['Rule']}"
    pattern = arguments.get("EventPattern")
    sources = re.findall(r'"([^"]+)"', pattern.partition("[")[2]) if pattern else []
    return [Needed(f"events:{name}", rule, {"events:source": sources} if sources else {})]


def _lambda(name: str, arguments: Arguments) -> list[Needed]:
    action = "InvokeFunction" if name == "Invoke" else name
    alias = f":{arguments['Qualifier']}" if "Qualifier" in arguments else ""
    return [Needed(f"lambda:{action}", f"arn:aws:lambda:{_HERE}:function:{arguments['FunctionName']}{alias}")]


def _iam(name: str, arguments: Arguments) -> list[Needed]:
    return [Needed(f"iam:{name}", f"arn:aws:iam::{ACCOUNT}:role/{arguments['RoleName']}")]


def _sts(name: str, arguments: Arguments) -> list[Needed]:
    return [Needed(f"sts:{name}", arguments["RoleArn"])]


def _athena(name: str, arguments: Arguments) -> list[Needed]:
    return [Needed(f"athena:{name}", f"arn:aws:athena:{_HERE}:workgroup/{arguments['WorkGroup']}")]


def _glue(name: str, arguments: Arguments) -> list[Needed]:
    database = arguments["DatabaseName"]
    resources = ["catalog", f"database/{database}", f"table/{database}/{arguments['Name']}"]
    return [Needed(f"glue:{name}", f"arn:aws:glue:{_HERE}:{each}") for each in resources]


def _firehose(name: str, arguments: Arguments) -> list[Needed]:
    stream = arguments["DeliveryStreamName"]
    return [Needed(f"firehose:{name}", f"arn:aws:firehose:{_HERE}:deliverystream/{stream}")]


def _ec2(name: str, _arguments: Arguments) -> list[Needed]:
    return [Needed(f"ec2:{name}", f"arn:aws:ec2:{_HERE}:network-interface/eni-0123456789abcdef0")]


_SERVICES: dict[str, Callable[[str, Arguments], list[Needed]]] = {
    "athena": _athena,
    "dynamodb": _dynamodb,
    "ec2": _ec2,
    "events": _events,
    "firehose": _firehose,
    "glue": _glue,
    "iam": _iam,
    "kinesis": _kinesis,
    "kms": _kms,
    "lambda": _lambda,
    "s3": _s3,
    "sqs": _sqs,
    "sts": _sts,
}
