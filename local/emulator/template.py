"""Prepares template.yaml and its modules for the emulator: the real templates, without what the emulator gets wrong.

What is bent stands in local/emulator/bends.py and in docs/local-stack.md; what the emulator passes over is found here and done by calls.
"""

import copy
import functools
import json
from pathlib import Path
from typing import Any

import yaml

from local.emulator.bends import BENDS
from local.emulator.modules import Modules

Node = Any

BUCKET = "AWS::S3::Bucket"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Loads YAML with CloudFormation's short tags. libyaml's parser, if PyYAML has it, takes a tenth of the time."""


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
    """Returns a template with its modules in place: one template, whatever files it is made of.

    Raises:
        ModuleError: the template and its modules don't fit.
    """
    texts = tuple(each.read_text(encoding="utf-8") for each in files(path))
    template: dict[str, Node] = json.loads(_composed(path, texts))
    return template


@functools.cache
def _composed(path: Path, _texts: tuple[str, ...]) -> str:
    """Composes the same files once."""
    return json.dumps(Modules(path, read).composed())


def read(path: Path) -> dict[str, Node]:
    """Returns one file's template with its short tags in their long form."""
    template: dict[str, Node] = json.loads(_parsed(path.read_text(encoding="utf-8")))
    return template


@functools.cache
def _parsed(text: str) -> str:
    """Returns a text in YAML as JSON, once: reading that takes a hundredth of the time."""
    return json.dumps(yaml.load(text, _Loader))  # noqa: S506 -- a SafeLoader with more tags


def files(path: Path) -> list[Path]:
    """Returns the files that a template is made of: its own, and those of its modules."""
    modules = Modules(path, read)
    return [path, *(modules.path(name) for name in modules.applications)]


def for_emulator(template: dict[str, Node], function_uri: str, layer_uri: str) -> dict[str, Node]:
    """Returns the template to deploy: packaged, as `sam package` does it, and bent.

    Args:
        template: as loaded.
        function_uri: S3 URI of the functions' code.
        layer_uri: S3 URI of the layer.
    """
    resources: dict[str, Node] = copy.deepcopy(template["Resources"])
    for bend in BENDS:
        resources = bend.apply(resources)
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = layer_uri
        elif resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = function_uri
    return {**template, "Resources": resources}


def locks(template: dict[str, Node], parameters: dict[str, str]) -> list[dict[str, Node]]:
    """Returns the object locks of a template's buckets, which the emulator's CloudFormation passes over.

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
    """Returns the boundaries of a template's roles, which the emulator's CloudFormation passes over.

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
