"""template.yaml as the emulator takes it: the real template, less what the emulator gets wrong.

Everything that is left out stands in this file and in docs/local-stack.md, and is asserted on the template by
tests/security instead.
"""

from pathlib import Path
from typing import Any

import yaml

Node = Any

# Types that the emulator's CloudFormation refuses.
OMITTED_TYPES = frozenset(
    {
        "AWS::Athena::NamedQuery",
        "AWS::Events::Archive",
        "AWS::Events::EventBusPolicy",
        "AWS::EventSchemas::Registry",
        "AWS::EventSchemas::Schema",
        "AWS::WAFv2::WebACLAssociation",
    }
)

# Mappings of streams: the emulator's own lose what fails, so `mapping_process` runs them and they stay disabled.
MAPPING = "AWS::Lambda::EventSourceMapping"

BUCKET = "AWS::S3::Bucket"

# The emulator's EventBridge hands nothing to these: a queue stands in, and `delivery_process` carries on from there.
DELIVERY = "AWS::KinesisFirehose::DeliveryStream"

# Condition keys that the emulator never matches, so that an Allow under one is a denial.
STRIPPED_CONDITIONS = ("kms:EncryptionContext:", "events:source", "aws:SourceVpc")

# Methods that an event of an API for ANY of them stands for: the emulator's import of an API leaves it out.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Compared with a role's ARN by AWS, and with its session's by the emulator.
PRINCIPAL = "aws:PrincipalArn"

# Nobody of this name assumes roles in the emulator; `delivery_process` does, with the account's credentials.
FIREHOSE = {"Service": "firehose.amazonaws.com"}

# Statements that deny plain HTTP, which is what the emulator speaks; calls from outside of the VPC, where it has none; and puts
# without `If-None-Match`, a condition that it does not know and would take for absent from every put.
OMITTED_STATEMENTS = frozenset({"TlsOnly", "OutsideOfTheNetwork", "NothingIsWrittenTwice"})

# Authorized on the bus instead of on the rule (the emulator looks for a field that the API doesn't have).
AUTHORIZED_ON_BUS = frozenset({"events:PutTargets", "events:RemoveTargets", "events:ListTargetsByRule"})

# Authorized on no resource at all, where AWS checks the archive and the replay.
AUTHORIZED_ON_NOTHING = frozenset({"events:StartReplay", "events:DescribeReplay", "events:CancelReplay"})

# Authorized under names of their own, where AWS checks the name of the single call.
BATCH_ACTIONS = {
    f"sqs:{name}": f"sqs:{name}Batch" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML with CloudFormation's short tags; libyaml's parser, where PyYAML has it, takes a tenth of the time."""


def _tagged(loader: yaml.constructor.SafeConstructor, suffix: str, node: yaml.Node) -> Node:
    if isinstance(node, yaml.ScalarNode):
        value: Node = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 -- YAML has three kinds of nodes
        value = loader.construct_mapping(node, deep=True)
    if suffix in {"Ref", "Condition"}:
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tagged)


def load(path: Path) -> dict[str, Node]:
    """A template with its short tags in their long form."""
    with path.open(encoding="utf-8") as source:
        template: dict[str, Node] = yaml.load(source, _Loader)  # noqa: S506 -- a SafeLoader with more tags
    return template


def for_emulator(template: dict[str, Node], function_uri: str, layer_uri: str) -> dict[str, Node]:
    """The template to deploy.

    Args:
        template: as loaded.
        function_uri: S3 URI of the functions' code.
        layer_uri: S3 URI of the layer.
    """
    kept = {name: each for name, each in template["Resources"].items() if each["Type"] not in OMITTED_TYPES}
    packaged: dict[str, Node] = {
        **template,
        "Resources": {name: _adapted(each) for name, each in kept.items()},
    }
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = layer_uri
        elif resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = function_uri
            resource["Properties"]["Events"] = _single_methods(resource["Properties"].get("Events", {}))
        elif resource["Type"] == "AWS::Serverless::Api":
            for each in resource["Properties"]["MethodSettings"]:
                each["ResourcePath"] = _unescaped(each["ResourcePath"])
        elif resource["Type"] == MAPPING:
            # The emulator compares the text that a parameter is with a number, and reads nothing from the queue then.
            resource["Properties"].pop("ScalingConfig", None)
            if "StartingPosition" in resource["Properties"]:
                # The emulator takes the text "false" of a parameter for true.
                resource["Properties"]["Enabled"] = False
    packaged["Resources"].update(_queues_for_deliveries(packaged["Resources"]))
    return packaged


def delivery_queue(name: str) -> str:
    """What the queue is called that stands in for a delivery stream."""
    return f"{name}-local"


def _queues_for_deliveries(resources: dict[str, Node]) -> dict[str, Node]:
    """A queue for each delivery stream that is a rule's target; the rules are changed to feed it."""
    made = {}
    for rule in [each for each in resources.values() if each["Type"] == "AWS::Events::Rule"]:
        for target in rule["Properties"]["Targets"]:
            name = target["Arn"]["Fn::GetAtt"][0] if "Fn::GetAtt" in target["Arn"] else ""
            if resources.get(name, {}).get("Type") == DELIVERY:
                target["Arn"] = {"Fn::GetAtt": [f"{name}Queue", "Arn"]}
                del target["RoleArn"]
                queue = {"QueueName": {"Fn::Sub": delivery_queue(f"${{{name}}}")}}
                made[f"{name}Queue"] = {"Type": "AWS::SQS::Queue", "Properties": queue}
    return made


def locks(template: dict[str, Node], parameters: dict[str, str]) -> list[dict[str, Node]]:
    """The object locks of a template's buckets, which the emulator's CloudFormation passes over.

    Args:
        template: as loaded.
        parameters: of the deployment; a lock's days may be one of them.

    Returns:
        Arguments of S3's PutObjectLockConfiguration; each bucket by its logical name.
    """
    found = []
    for name, each in template["Resources"].items():
        lock = each["Properties"].get("ObjectLockConfiguration") if each["Type"] == BUCKET else None
        if lock is not None:
            retention = dict(lock["Rule"]["DefaultRetention"])
            retention["Days"] = int(parameters[retention["Days"]["Ref"]])
            lock = {**lock, "Rule": {"DefaultRetention": retention}}
            found.append({"Bucket": name, "ObjectLockConfiguration": lock})
    return found


def boundaries(template: dict[str, Node]) -> dict[str, str]:
    """The boundaries of a template's roles, which the emulator's CloudFormation passes over.

    Args:
        template: as loaded.

    Returns:
        The logical name of a managed policy by that of a role; the stack's own, where a parameter may name another.
    """
    given = {
        name: each["Properties"].get("PermissionsBoundary")
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Role"
    }
    return {role: boundary["Fn::If"][2]["Ref"] for role, boundary in given.items() if boundary is not None}


def _single_methods(events: dict[str, Node]) -> dict[str, Node]:
    """Events for one method each."""
    made: dict[str, Node] = {}
    for name, event in events.items():
        if event["Properties"].get("Method") != "ANY":
            made[name] = event
            continue
        for method in METHODS:
            made[name + method.title()] = event | {"Properties": event["Properties"] | {"Method": method}}
    return made


def _unescaped(path: str) -> str:
    """Returns a method setting's path as the emulator looks it up: it keeps what it is given, and undoes no `~1`."""
    return path.removeprefix("/").replace("~1", "/") if "~1" in path else path


def _with_sessions(tests: dict[str, Node]) -> dict[str, Node]:
    """Tests of `aws:PrincipalArn`: AWS compares a role, the emulator the role's session."""
    if PRINCIPAL not in tests:
        return tests
    named = tests[PRINCIPAL] if isinstance(tests[PRINCIPAL], list) else [tests[PRINCIPAL]]
    return {**tests, PRINCIPAL: named + [session for each in named for session in _sessions(each)]}


def _sessions(principal: Node) -> list[Node]:
    if "Fn::If" in principal:
        condition, role, otherwise = principal["Fn::If"]
        return [{"Fn::If": [condition, session, otherwise]} for session in _sessions(role)]
    if "Fn::GetAtt" not in principal:
        return []
    return [{"Fn::Sub": f"arn:aws:sts::${{AWS::AccountId}}:assumed-role/${{{principal['Fn::GetAtt'][0]}}}/*"}]


def _adapted(node: Node) -> Node:
    if isinstance(node, list):
        return [
            _adapted(each)
            for each in node
            if not (isinstance(each, dict) and each.get("Sid") in OMITTED_STATEMENTS)
        ]
    if not isinstance(node, dict):
        return node
    adapted = {key: _adapted(value) for key, value in node.items()}
    if "Effect" in adapted:
        actions = adapted["Action"] if isinstance(adapted["Action"], list) else [adapted["Action"]]
        adapted["Action"] = actions + [BATCH_ACTIONS[action] for action in actions if action in BATCH_ACTIONS]
    if adapted.get("Principal") == FIREHOSE:
        adapted["Principal"] = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
        del adapted["Condition"]
    if AUTHORIZED_ON_BUS & set(adapted.get("Action", ())):
        adapted["Resource"] = [adapted["Resource"], {"Fn::GetAtt": ["SanitizedBus", "Arn"]}]
    if AUTHORIZED_ON_NOTHING & set(adapted.get("Action", ())):
        adapted["Resource"] = "*"
    if "Effect" in adapted and "Condition" in adapted:
        kept = {
            operator: {key: value for key, value in tests.items() if not key.startswith(STRIPPED_CONDITIONS)}
            for operator, tests in adapted.pop("Condition").items()
        }
        if condition := {operator: _with_sessions(tests) for operator, tests in kept.items() if tests}:
            adapted["Condition"] = condition
    return adapted
