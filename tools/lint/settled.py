"""Settles template.yaml: translates it as SAM does, then decides its parameters and conditions as CloudFormation would.

A settled template has no transform, parameters, conditions, `Fn::If` or `AWS::NoValue`. Linters that read an unsettled one
can't follow `Fn::If`, and raise false alarms or see nothing. References between resources stay; `tools/lint/rendered.py` resolves them.
"""

import copy
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.emulator.modules import APPLICATION, Modules
from local.emulator.template import load, read
from tools.lint import sam
from tools.lint.rendered import rendered

Node = Any
Template = dict[str, Node]

REGION = sam.REGION
TEMPLATE = Path("template.yaml")
ROOT_STACK = "template"

_ADMINISTRATORS = "arn:aws:iam::111122223333:role/deployer,arn:aws:iam::111122223333:role/key-administrator"
# Between them, each condition of the template is true once and false once; a test counts them.
PARAMETER_SETS: dict[str, dict[str, str]] = {
    "default": {},
    "rekeying": {
        "Rekeying": "true",
        "KeyAdministratorArns": _ADMINISTRATORS,
        "ConsumerAccountIds": "444455556666,777788889999",
        "AllowedOrigin": "https://shop.example.com",
        "AlarmEmail": "duty@example.com",
        "AlarmTopicArn": f"arn:aws:sns:{REGION}:111122223333:alarms",
        "NoticeTopicArn": f"arn:aws:sns:{REGION}:111122223333:notices",
        "RunbookUrl": "https://wiki.example.com/runbook",
        "PaymentGateway": "fake",
        "FirstZone": f"{REGION}a",
        "SecondZone": f"{REGION}c",
        "ReservedConcurrency": "100",
    },
    "existing VPC": {
        "VpcId": "vpc-0123456789abcdef0",
        "PrivateSubnetIds": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
        "DynamoDbPrefixListId": "pl-0123456789abcdef0",
        "S3PrefixListId": "pl-0123456789abcdef1",
        "WebAclEnabled": "false",
        "ApiGatewayAccountEnabled": "false",
        "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/boundary",
        "VaultKeySlot": "green",
        "VaultCryptoName": "restored-from",
        "OldVaultKeyArns": f"arn:aws:kms:{REGION}:111122223333:key/01234567-89ab-cdef-0123-456789abcdef",
        "Architecture": "x86_64",
        "TracingMode": "PassThrough",
    },
    "core alone": {
        "ApiEnabled": "false",
        "LakeEnabled": "false",
        "HoneytokensEnabled": "false",
        "MonitoringEnabled": "false",
    },
}

_DEFAULTS: Mapping[str, Node] = MappingProxyType({})
_NOTHING = {"Ref": "AWS::NoValue"}
_NAMED = re.compile(r"\$\{([^!}]+)\}")


@cache
def settled_sets(path: Path = TEMPLATE) -> dict[str, Template]:
    """Returns the template settled with each of the parameter sets, by the set's name."""
    return {name: settled(plain_template(path), given) for name, given in PARAMETER_SETS.items()}


@cache
def plain_template(path: Path = TEMPLATE) -> Template:
    """Returns the template with its modules in place, translated; all who ask share it, and leave it as it is."""
    return translated(load(path))


def deployed_stacks(given: Mapping[str, Node] = _DEFAULTS, path: Path = TEMPLATE) -> dict[str, Template]:
    """Returns the settled template of each stack that a deployment makes, by module; the parent's is `template`.

    Args:
        given: parameters of the deployment by name; the others have their defaults.
        path: the parent's template.
    """
    modules, whole, parts = _parts(path)
    known = rendered(settled(whole, given))["Outputs"]
    parent = settled(parts[ROOT_STACK], given)
    stacks = {ROOT_STACK: parent}
    for application, child in modules.children.items():
        if application in parent["Resources"]:
            passed = {name: known[f"{application} {name}"]["Value"] for name in child.get("Parameters", {})}
            stacks[modules.name(application)] = settled(parts[application], passed)
    return stacks


@cache
def _parts(path: Path) -> tuple[Modules, Template, dict[str, Template]]:
    """Returns the modules, the composed template with all that the parent passes as outputs, and each part, translated."""
    modules = Modules(path, read)
    wanted = {
        f"{application} {name}": {"Value": value, **_under(modules.applications[application])}
        for application in modules.applications
        for name, value in modules.given(application).items()
    }
    whole = translated({**modules.composed(), "Outputs": wanted})
    parts = {application: translated(child) for application, child in modules.children.items()}
    return modules, whole, {ROOT_STACK: translated(modules.parent), **parts}


def all_resources(kind: str, given: Mapping[str, Node] = _DEFAULTS, path: Path = TEMPLATE) -> dict[str, Node]:
    """Returns the settled resources of one type in all modules, by logical name.

    References lead from module to module by logical names, as if there were one template.

    Args:
        kind: as translated, so `AWS::Lambda::Function` and not `AWS::Serverless::Function`.
        given: parameters of the deployment by name; the others have their defaults.
        path: the parent's template.
    """
    resources = settled(plain_template(path), given)["Resources"]
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def translated(template: Template) -> Template:
    """Returns a SAM template as plain CloudFormation, with parameters and conditions still open.

    Args:
        template: as `local.emulator.template.load` gives it; it is left as it is.
    """
    packaged = copy.deepcopy(template)
    for resource in packaged["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "s3://code/functions.zip"
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://code/layer.zip"
        elif resource["Type"] == APPLICATION:
            resource["Properties"]["Location"] = "https://code.s3.amazonaws.com/module.yaml"
    return sam.translated(packaged)


def settled(template: Template, given: Mapping[str, Node]) -> Template:
    """Returns a translated template with its parameters and conditions decided.

    Args:
        template: as `translated` gives it.
        given: parameters' values by name; the others have their defaults.

    Raises:
        KeyError: a given parameter does not exist, or one without a default is not given.
    """
    parameters = _parameters(template, given)
    conditions = _Conditions(template.get("Conditions", {}), parameters)
    kept = {
        section: {
            name: {key: value for key, value in each.items() if key != "Condition"}
            for name, each in template.get(section, {}).items()
            if "Condition" not in each or conditions.holds(each["Condition"])
        }
        for section in ("Resources", "Outputs")
    }
    rest = {
        key: value
        for key, value in template.items()
        if key not in {*kept, "Parameters", "Conditions", "Transform", "Rules"}
    }
    decided: Template = {
        **rest,
        **{key: _decided(value, parameters, conditions) for key, value in kept.items()},
    }
    return decided


def _under(application: Node) -> dict[str, str]:
    return {"Condition": application["Condition"]} if "Condition" in application else {}


class _Conditions:
    """Decides a template's conditions by its parameters."""

    def __init__(self, stated: Mapping[str, Node], parameters: Mapping[str, Node]) -> None:
        self._stated, self._parameters = stated, parameters
        self._known: dict[str, bool] = {}

    def holds(self, name: str) -> bool:
        """Returns whether a condition is true."""
        if name not in self._known:
            self._known[name] = self._true(self._stated[name])
        return self._known[name]

    def _true(self, node: Node) -> bool:
        ((function, arguments),) = node.items()
        match function:
            case "Condition":
                return self.holds(arguments)
            case "Fn::Not":
                return not self._true(arguments[0])
            case "Fn::And":
                return all(self._true(each) for each in arguments)
            case "Fn::Or":
                return any(self._true(each) for each in arguments)
            case "Fn::Equals":
                left, right = (_decided(each, self._parameters, self) for each in arguments)
                return _text(left) == _text(right)
            case _:
                raise ValueError(f"a condition uses {function}")


def _parameters(template: Template, given: Mapping[str, Node]) -> dict[str, Node]:
    stated = template.get("Parameters", {})
    if unknown := set(given) - set(stated):
        raise KeyError(f"no such parameter: {', '.join(sorted(unknown))}")
    found = {name: given.get(name, each.get("Default")) for name, each in stated.items()}
    if missing := [name for name, value in found.items() if value is None]:
        raise KeyError(f"no value for: {', '.join(missing)}")
    return {name: _typed(value, stated[name]["Type"]) for name, value in found.items()}


def _typed(value: Node, kind: str) -> Node:
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [each.strip() for each in str(value).split(",")]
    return value


def _decided(node: Node, parameters: Mapping[str, Node], conditions: _Conditions) -> Node:
    if isinstance(node, list):
        return [_decided(each, parameters, conditions) for each in node if not _absent(each, conditions)]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        if "Fn::If" in node:
            return _decided(_chosen(node, conditions), parameters, conditions)
        if "Ref" in node:
            return parameters.get(node["Ref"], node)
    decided = {
        key: _decided(value, parameters, conditions)
        for key, value in node.items()
        if not _absent(value, conditions)
    }
    return _computed(decided, parameters) if len(decided) == 1 else decided


def _chosen(node: Node, conditions: _Conditions) -> Node:
    condition, then, otherwise = node["Fn::If"]
    return then if conditions.holds(condition) else otherwise


def _absent(node: Node, conditions: _Conditions) -> bool:
    while isinstance(node, dict) and len(node) == 1:
        if "Fn::If" not in node:
            return bool(node == _NOTHING)
        node = _chosen(node, conditions)
    return False


def _computed(node: dict[str, Node], parameters: Mapping[str, Node]) -> Node:
    """Returns what a function of known texts gives; itself if it is none, or depends on a resource."""
    ((function, arguments),) = node.items()
    if function == "Fn::Sub":
        return _substituted(arguments, parameters)
    if function == "Fn::Join" and isinstance(arguments[1], list) and all(map(_known, arguments[1])):
        return arguments[0].join(map(_text, arguments[1]))
    if function == "Fn::Split" and _known(arguments[1]):
        return _text(arguments[1]).split(arguments[0])
    if function == "Fn::Select" and isinstance(arguments[1], list):
        return arguments[1][int(arguments[0])]
    return node


def _substituted(arguments: Node, parameters: Mapping[str, Node]) -> Node:
    text, own = arguments if isinstance(arguments, list) else (arguments, {})
    known = {**parameters, **{name: value for name, value in own.items() if _known(value)}}
    text = _NAMED.sub(lambda found: _text(known[found[1]]) if found[1] in known else found[0], text)
    left = {name: value for name, value in own.items() if name not in known}
    if not _NAMED.search(text):
        return text.replace("${!", "${")
    return {"Fn::Sub": [text, left] if left else text}


def _known(node: Node) -> bool:
    return isinstance(node, str | int | float)


def _text(node: Node) -> str:
    return str(node).lower() if isinstance(node, bool) else str(node)
