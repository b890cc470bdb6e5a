"""Resolves a settled template's references to names and ARNs, as a deployed stack of one account has them."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from tools.lint.sam import REGION, Template

Node = Any
Resources = Mapping[str, Node]
Resolver = Callable[[Node], Node]
ACCOUNT = "111122223333"
STACK = "orders"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/{uuid.UUID(int=0)}",
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}

# The property that names a resource, where it isn't the type's last word and `Name`.
_NAMED_BY = {
    "AWS::ApiGateway::RestApi": "",  # its id is drawn
    "AWS::Athena::WorkGroup": "Name",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::Glue::Database": "DatabaseInput.Name",
    "AWS::KMS::Key": "",
    "AWS::Kinesis::Stream": "Name",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamName",
}
# How an id begins that AWS draws, by type.
_DRAWN = {
    "AWS::Cognito::UserPool": f"{REGION}_",
    "AWS::EC2::SecurityGroup": "sg-",
    "AWS::EC2::Subnet": "subnet-",
    "AWS::EC2::VPC": "vpc-",
}
# An ARN after the partition, by type.
_ARNS = {
    "AWS::DynamoDB::Table": "dynamodb:{region}:{account}:table/{name}",
    "AWS::Events::EventBus": "events:{region}:{account}:event-bus/{name}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{bus}{name}",
    "AWS::IAM::ManagedPolicy": "iam::{account}:policy/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/{name}",
    "AWS::Kinesis::Stream": "kinesis:{region}:{account}:stream/{name}",
    "AWS::KinesisFirehose::DeliveryStream": "firehose:{region}:{account}:deliverystream/{name}",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
}
_REFERENCE = re.compile(r"\$\{([^!}]+)\}")


def rendered(template: Template) -> Template:
    """Returns a settled template with each `Ref`, `Fn::GetAtt` and function of texts resolved.

    An attribute that nothing here needs, such as an endpoint's DNS name, becomes a text that names it.
    """
    return _Renderer(template).template()


def arns(template: Template) -> dict[str, str]:
    """Returns the ARN of each resource of a settled template that has one, by its logical name."""
    renderer = _Renderer(template)
    return {
        name: str(renderer.node({"Fn::GetAtt": [name, "Arn"]}))
        for name, each in template["Resources"].items()
        if each["Type"] in _ARNS
    }


def drawn(kind: str, name: str) -> str:
    """Returns the id of a resource of a type whose ids AWS draws, by its logical name."""
    return f"{_DRAWN[kind]}{uuid.uuid5(uuid.NAMESPACE_OID, name).hex[:17]}"


class _Renderer:
    def __init__(self, template: Template) -> None:
        self._template = template
        self._resources: Resources = template["Resources"]

    def template(self) -> Template:
        """Returns the whole template."""
        return {
            key: self.node(value) if key in {"Resources", "Outputs"} else value
            for key, value in self._template.items()
        }

    def node(self, node: Node) -> Node:
        """Returns a node with all that is in it resolved."""
        if isinstance(node, list):
            return [self.node(each) for each in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((function, arguments),) = node.items()
            if function == "Ref" or function.startswith("Fn::"):
                return self._resolved(function, arguments)
        return {key: self.node(value) for key, value in node.items()}

    def _resolved(self, function: str, arguments: Node) -> Node:
        known: dict[str, Resolver] = {
            "Ref": self._reference,
            "Fn::GetAtt": lambda each: self._attribute(each[0], ".".join(each[1:])),
            "Fn::Sub": self._substituted,
            "Fn::Join": lambda each: each[0].join(str(part) for part in self.node(each[1])),
            "Fn::Split": lambda each: self.node(each[1]).split(each[0]),
            "Fn::Select": lambda each: self.node(each[1])[int(self.node(each[0]))],
            "Fn::GetAZs": lambda _: [f"{REGION}{letter}" for letter in "abc"],
            "Fn::Cidr": lambda _: [f"10.80.0.{number * 32}/27" for number in range(8)],
        }
        return known[function](arguments)

    def _substituted(self, arguments: Node) -> str:
        text, own = arguments if isinstance(arguments, list) else (arguments, {})
        known = {name: str(self.node(value)) for name, value in own.items()}
        text = _REFERENCE.sub(lambda found: known.get(found[1]) or self._named(found[1]), text)
        return str(text).replace("${!", "${")

    def _named(self, reference: str) -> str:
        if reference in PSEUDO:
            return PSEUDO[reference]
        name, _, attribute = reference.partition(".")
        return self._attribute(name, attribute) if attribute else str(self._reference(name))

    def _reference(self, name: str) -> str:
        if name in PSEUDO:
            return PSEUDO[name]
        kind = self._resources[name]["Type"]
        if kind in {"AWS::IAM::ManagedPolicy", "AWS::SNS::Topic"}:
            return self._attribute(name, "Arn")
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._name(name)}"
        return self._name(name)

    def _attribute(self, name: str, attribute: str) -> str:
        kind = self._resources[name]["Type"]
        if attribute.endswith("Name"):
            return self._name(name)
        if attribute != "Arn" or kind not in _ARNS:
            return f"{STACK}-{name}.{attribute}"
        bus = self.node(self._resources[name].get("Properties", {}).get("EventBusName", ""))
        ending = _ARNS[kind].format(
            region=REGION, account=ACCOUNT, name=self._name(name), bus=f"{bus}/" if bus else ""
        )
        return f"arn:aws:{ending}"

    def _name(self, name: str) -> str:
        resource = self._resources[name]
        kind = resource["Type"]
        if kind == "AWS::KMS::Key":
            return str(uuid.uuid5(uuid.NAMESPACE_OID, name))
        if kind in _DRAWN:
            return drawn(kind, name)
        if kind == "AWS::Lambda::LayerVersion":
            return f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{name}:1"
        stated = resource.get("Properties", {})
        for part in _NAMED_BY.get(kind, f"{kind.rpartition('::')[2]}Name").split("."):
            stated = stated.get(part, {}) if isinstance(stated, dict) else {}
        return str(self.node(stated)) if stated else f"{STACK}-{name}"
