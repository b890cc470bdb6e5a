"""Changes the template for the emulator: one named change for each thing that the emulator does differently from AWS.

A bend hides from the local stack what it leaves out, so each has a row in docs/local-stack.md with the witness that sees the
template unbent; tests/unit/local/emulator/test_bends.py holds the two together. Nothing else changes the template.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Node = Any
Resource = dict[str, Node]
Change = Callable[[dict[str, Resource]], dict[str, Resource]]

# Types that the emulator's CloudFormation refuses.
OMITTED_TYPES = (
    "AWS::Athena::NamedQuery",
    "AWS::EventSchemas::Registry",
    "AWS::EventSchemas::Schema",
    "AWS::Events::Archive",
    "AWS::Events::EventBusPolicy",
    "AWS::WAFv2::WebACLAssociation",
)

# Condition keys that the emulator never matches, so that an Allow under one is a denial.
STRIPPED_CONDITIONS = (
    "kms:EncryptionContext:",
    "events:source",
    "aws:SourceVpc",
    "dynamodb:Attributes",  # of BatchGetItem, where it takes the attributes for all
)

# Statements that deny plain HTTP, which is what the emulator speaks; calls from outside of the VPC, where it has none; and puts
# without `If-None-Match`, a condition that it does not know and would take for absent from every put.
OMITTED_STATEMENTS = ("TlsOnly", "DenyOutsideVpc", "NothingIsWrittenTwice")

# Methods that an event of an API for ANY of them stands for: the emulator's import of an API leaves it out.
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

# Compared with a role's ARN by AWS, and with its session's by the emulator.
PRINCIPAL = "aws:PrincipalArn"

# Nobody of this name assumes roles in the emulator; `delivery_process` does, with the account's credentials.
FIREHOSE = {"Service": "firehose.amazonaws.com"}

# The emulator's EventBridge hands nothing to these: a queue stands in, and `delivery_process` carries on from there.
DELIVERY = "AWS::KinesisFirehose::DeliveryStream"

# Mappings of streams: the emulator's own lose what fails, so `mapping_process` runs them and they stay disabled.
MAPPING = "AWS::Lambda::EventSourceMapping"

# Authorized on the bus instead of on the rule (the emulator looks for a field that the API doesn't have).
AUTHORIZED_ON_BUS = frozenset({"events:PutTargets", "events:RemoveTargets", "events:ListTargetsByRule"})

_RULE = re.compile(r":rule/(.+)/[^/]*$")

# Authorized on no resource at all, where AWS checks the archive and the replay.
AUTHORIZED_ON_NOTHING = frozenset({"events:StartReplay", "events:DescribeReplay", "events:CancelReplay"})

# Authorized under names of their own, where AWS checks the name of the single call.
BATCH_ACTIONS = {
    f"sqs:{name}": f"sqs:{name}Batch" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}


@dataclass(frozen=True, slots=True)
class Bend:
    """Describes one thing that the emulator does differently.

    Args:
        name: as the table in docs/local-stack.md has it.
        apply: returns resources bent; it may change those that it is given.
    """

    name: str
    apply: Change


# Done by calls after the deployment (`local/emulator/deploy.py`, `local/emulator/gateway.py`), since the emulator's CloudFormation passes over them.
BY_CALLS = ("object locks by a call", "boundaries by calls", "gateway answers by calls")


def delivery_queue(name: str) -> str:
    """Returns what the queue is called that stands in for a delivery stream."""
    return f"{name}-local"


def _without_type(kind: str) -> Bend:
    return Bend(
        f"no {kind}",
        lambda resources: {name: each for name, each in resources.items() if each["Type"] != kind},
    )


def _without_statement(sid: str) -> Bend:
    def change(node: Node) -> Node:
        if isinstance(node, list):
            return [each for each in node if not (isinstance(each, dict) and each.get("Sid") == sid)]
        return node

    return Bend(f"no statement {sid}", lambda resources: _walked(resources, change))


def _without_condition(key: str) -> Bend:
    def change(statement: Node) -> None:
        kept = {
            operator: {name: value for name, value in tests.items() if not name.startswith(key)}
            for operator, tests in statement.pop("Condition", {}).items()
        }
        if condition := {operator: tests for operator, tests in kept.items() if tests}:
            statement["Condition"] = condition

    return Bend(f"no condition {key.rstrip(':')}", _on_statements(change))


def _walked(node: Node, change: Callable[[Node], Node]) -> Node:
    """Returns a node with each node in it changed, the inner ones first."""
    if isinstance(node, list):
        return change([_walked(each, change) for each in node])
    if isinstance(node, dict):
        return change({key: _walked(value, change) for key, value in node.items()})
    return node


def _on_statements(change: Callable[[Node], None]) -> Change:
    def changed(node: Node) -> Node:
        if isinstance(node, dict) and "Effect" in node:
            change(node)
        return node

    return lambda resources: _walked(resources, changed)


def _on_type(kind: str, change: Callable[[Node], None]) -> Change:
    def changed(resources: dict[str, Resource]) -> dict[str, Resource]:
        for each in resources.values():
            if each["Type"] == kind:
                change(each["Properties"])
        return resources

    return changed


def _listed(node: Node) -> list[Node]:
    return node if isinstance(node, list) else [node]


def _batches_beside_single_calls(statement: Node) -> None:
    actions = _listed(statement["Action"])
    statement["Action"] = actions + [BATCH_ACTIONS[each] for each in actions if each in BATCH_ACTIONS]


def _rules_on_the_bus(statement: Node) -> None:
    if AUTHORIZED_ON_BUS & set(_listed(statement["Action"])):
        rules = _listed(statement["Resource"])
        statement["Resource"] = rules + [
            {"Fn::Sub": _RULE.sub(r":event-bus/\1", each["Fn::Sub"])} for each in rules
        ]


def _replays_on_everything(statement: Node) -> None:
    if AUTHORIZED_ON_NOTHING & set(_listed(statement["Action"])):
        statement["Resource"] = "*"


def _account_in_place_of_firehose(statement: Node) -> None:
    if statement.get("Principal") == FIREHOSE:
        statement["Principal"] = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
        del statement["Condition"]


def _sessions_beside_roles(statement: Node) -> None:
    for tests in statement.get("Condition", {}).values():
        if PRINCIPAL in tests:
            named = _listed(tests[PRINCIPAL])
            tests[PRINCIPAL] = named + [session for each in named for session in _sessions(each)]


def _sessions(principal: Node) -> list[Node]:
    if "Fn::If" in principal:
        condition, role, otherwise = principal["Fn::If"]
        return [{"Fn::If": [condition, session, otherwise]} for session in _sessions(role)]
    if "Ref" in principal:  # another module's, which is known by its ARN
        name = {"Fn::Select": [1, {"Fn::Split": ["/", principal]}]}
        return [{"Fn::Sub": ["arn:aws:sts::${AWS::AccountId}:assumed-role/${Role}/*", {"Role": name}]}]
    if "Fn::GetAtt" not in principal:
        return []
    return [{"Fn::Sub": f"arn:aws:sts::${{AWS::AccountId}}:assumed-role/${{{principal['Fn::GetAtt'][0]}}}/*"}]


def _queues_for_deliveries(resources: dict[str, Resource]) -> dict[str, Resource]:
    """Returns resources with a queue for each delivery stream that is a rule's target, and the rules changed to feed it."""
    made = {}
    for rule in [each for each in resources.values() if each["Type"] == "AWS::Events::Rule"]:
        for target in rule["Properties"]["Targets"]:
            name = target["Arn"]["Fn::GetAtt"][0] if "Fn::GetAtt" in target["Arn"] else ""
            if resources.get(name, {}).get("Type") == DELIVERY:
                target["Arn"] = {"Fn::GetAtt": [f"{name}Queue", "Arn"]}
                del target["RoleArn"]
                queue = {"QueueName": {"Fn::Sub": delivery_queue(f"${{{name}}}")}}
                made[f"{name}Queue"] = {"Type": "AWS::SQS::Queue", "Properties": queue}
    return {**resources, **made}


def _a_method_each(properties: Node) -> None:
    made: dict[str, Node] = {}
    for name, event in properties.get("Events", {}).items():
        if event["Properties"].get("Method") != "ANY":
            made[name] = event
            continue
        for method in METHODS:
            made[name + method.title()] = event | {"Properties": event["Properties"] | {"Method": method}}
    properties["Events"] = made


def _plain_paths(properties: Node) -> None:
    # It keeps a setting under the text that it is given, and looks it up by the path.
    for each in properties["MethodSettings"]:
        if "~1" in each["ResourcePath"]:
            each["ResourcePath"] = each["ResourcePath"].removeprefix("/").replace("~1", "/")


def _disabled(properties: Node) -> None:
    # The emulator takes the text "false" of a parameter for true.
    if "StartingPosition" in properties:
        properties["Enabled"] = False


def _without_a_maximum(properties: Node) -> None:
    # The emulator compares the text that a parameter is with a number, and reads nothing from the queue then.
    properties.pop("ScalingConfig", None)


def _shorter_passwords(properties: Node) -> None:
    # It draws temporary passwords of this length and then refuses them; Cognito draws what the policy asks for.
    properties["Policies"]["PasswordPolicy"]["MinimumLength"] = 12


def _passwords_beside_srp(properties: Node) -> None:
    # The local users sign in by one call, without SRP's arithmetic.
    if "ALLOW_USER_SRP_AUTH" in properties["ExplicitAuthFlows"]:
        properties["ExplicitAuthFlows"] = [*properties["ExplicitAuthFlows"], "ALLOW_USER_PASSWORD_AUTH"]


FUNCTION = "AWS::Serverless::Function"
BENDS: tuple[Bend, ...] = (
    *map(_without_type, OMITTED_TYPES),
    *map(_without_statement, OMITTED_STATEMENTS),
    *map(_without_condition, STRIPPED_CONDITIONS),
    Bend("sessions beside roles", _on_statements(_sessions_beside_roles)),
    Bend("SQS batches beside single calls", _on_statements(_batches_beside_single_calls)),
    Bend("targets of rules on the bus", _on_statements(_rules_on_the_bus)),
    Bend("archive replays on everything", _on_statements(_replays_on_everything)),
    Bend("the account in place of Firehose", _on_statements(_account_in_place_of_firehose)),
    Bend("a queue in place of Firehose", _queues_for_deliveries),
    Bend("a method each in place of ANY", _on_type(FUNCTION, _a_method_each)),
    Bend("plain paths of method settings", _on_type("AWS::Serverless::Api", _plain_paths)),
    Bend("the stream's mapping disabled", _on_type(MAPPING, _disabled)),
    Bend("no maximum of a queue's mapping", _on_type(MAPPING, _without_a_maximum)),
    Bend("passwords beside SRP", _on_type("AWS::Cognito::UserPoolClient", _passwords_beside_srp)),
    Bend("passwords of 12 characters", _on_type("AWS::Cognito::UserPool", _shorter_passwords)),
)
