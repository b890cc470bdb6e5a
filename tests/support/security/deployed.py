"""Gives the stack as a deployment of one account has it: all modules translated, settled, and with every reference resolved.

Tests compare names and ARNs as texts then, whatever way they took from one module to another. In their tables a resource has
its logical name.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from local.emulator.modules import Modules
from local.emulator.package import ROOT
from local.emulator.template import read
from tools.lint.rendered import ACCOUNT, arns, rendered
from tools.lint.settled import PARAMETER_SETS, REGION, TEMPLATE, Template, plain_template, settled

Node = Any
Properties = dict[str, Any]

# The set of parameters in which every resource is there.
FULLEST = "rekeying"
_SERVICE = re.compile(rf"^arn:aws:([a-z0-9-]+):(?:{REGION})?:(?:{ACCOUNT})?:")
_MARK = re.compile("[/:]")
_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::ManagedPolicy")


@dataclass(frozen=True)
class Grant:
    """Holds one action that an identity policy allows or denies a role on one resource, all by their logical names."""

    role: str
    effect: str
    action: str
    resource: str
    condition: str


class Arns(dict[str, str]):
    """Holds the ARNs of a stack's resources by logical name, and tells the names of ARNs."""

    @cached_property
    def _names(self) -> dict[str, str]:
        return {arn: name for name, arn in self.items()}

    @cached_property
    def _told(self) -> dict[str, str]:
        return {}  # each condition of each statement is asked for by dozens of tests

    def named(self, text: str) -> str:
        """Returns an ARN with the logical name of what it belongs to, as `Stack.named`."""
        if text not in self._told:
            self._told[text] = self._named(text)
        return self._told[text]

    def _named(self, text: str) -> str:
        # The longest ARN that the text begins with, up to one of its marks.
        for end in (len(text), *(each.start() for each in reversed(list(_MARK.finditer(text))))):
            if (name := self._names.get(text[:end])) is not None:
                return name + text[end:]
        return _SERVICE.sub(r"\1:", text)


@dataclass(frozen=True)
class Stack:
    """Holds a stack as it is deployed.

    Args:
        given: the name of its set of parameters.
        template: with every reference resolved.
        arns: of its resources, by logical name.
    """

    given: str
    template: Template = field(repr=False)
    arns: Arns = field(repr=False)

    @property
    def resources(self) -> dict[str, Node]:
        """Returns all resources by logical name."""
        found: dict[str, Node] = self.template["Resources"]
        return found

    @property
    def whole(self) -> bool:
        """Returns whether every resource is there that the templates know."""
        return self.given == FULLEST

    def of(self, *kinds: str) -> dict[str, Properties]:
        """Returns the properties of all resources of some types, by logical name."""
        return {
            name: each.get("Properties", {}) for name, each in self.resources.items() if each["Type"] in kinds
        }

    def named(self, arn: Node) -> str:
        """Returns an ARN with the logical name of what it belongs to: `VaultTable/index/owner`; others without their account."""
        return self.arns.named(str(arn))

    def there(self, table: Mapping[str, Node]) -> dict[str, Node]:
        """Returns the lines of a table, by logical name, whose resources this stack has; of the whole stack all lines."""
        return {name: each for name, each in table.items() if self.whole or name in self.resources}

    def there_before(self, name: str) -> set[str]:
        """Returns what is there before a resource is made: what it waits for, and all of the modules that its own waits for."""
        modules = _modules()
        resources = {each: set(child["Resources"]) for each, child in modules.children.items()}
        own = {each for each, names in resources.items() if name in names}
        before, new = set[str](), own
        while new:
            text = json.dumps([modules.applications[each] for each in new])
            new = {each for each in resources if f'"{each}"' in text} - before
            before |= new
        waits = set(listed(self.resources[name].get("DependsOn", [])))
        return waits.union(*(resources[each] for each in before))

    def functions(self) -> dict[str, Properties]:
        """Returns the properties of all functions."""
        return self.of("AWS::Lambda::Function")

    def role_of(self, function: str) -> str:
        """Returns the logical name of a function's role."""
        return self.named(self.functions()[function]["Role"])

    def grants(self) -> Sequence[Grant]:
        """Returns what identity policies say of each role; a policy of no role's bounds some."""
        return self._grants

    @cached_property
    def _grants(self) -> Sequence[Grant]:
        return tuple(self._read_grants())

    def _read_grants(self) -> Iterator[Grant]:
        for policy in self.of(*_POLICIES).values():
            holders = [*policy.get("Roles", ()), *([policy["RoleName"]] if "RoleName" in policy else [])]
            for role in holders:
                yield from self._granted(self._role(role), policy["PolicyDocument"])
        for role, properties in self.of("AWS::IAM::Role").items():
            for inline in properties.get("Policies", ()):
                yield from self._granted(role, inline["PolicyDocument"])

    def _role(self, name: str) -> str:
        return self.named(f"arn:aws:iam::{ACCOUNT}:role/{name}")

    def _granted(self, role: str, document: Node) -> Iterator[Grant]:
        for each in document["Statement"]:
            for action in listed(each["Action"]):
                for resource in listed(each["Resource"]):
                    condition = self.plain(each.get("Condition", ""))
                    yield Grant(role, each["Effect"], action, self.named(resource), str(condition))

    def plain(self, node: Node) -> Node:
        """Returns a node with each ARN in it by its logical name, and lists of one value as the value."""
        if isinstance(node, dict):
            return {key: self.plain(value) for key, value in node.items()}
        if isinstance(node, list):
            return (
                self.plain(node[0])
                if len(node) == 1
                else sorted((self.plain(each) for each in node), key=str)
            )
        return self.named(node) if isinstance(node, str) else node


def listed(value: Node) -> list[Node]:
    """Returns a value as a list: policies take one value alone in its place."""
    return value if isinstance(value, list) else [value]


def statements(node: Node) -> Iterator[Node]:
    """Yields each statement of each policy in a node."""
    if isinstance(node, dict):
        if "Effect" in node and "Action" in node:
            yield node
        for each in node.values():
            yield from statements(each)
    elif isinstance(node, list):
        for each in node:
            yield from statements(each)


@cache
def stacks() -> dict[str, Stack]:
    """Returns the stack with each set of parameters, by the set's name."""
    return {name: deployed(given, name) for name, given in PARAMETER_SETS.items()}


def deployed(given: Mapping[str, str], name: str = "", plain: Template | None = None) -> Stack:
    """Returns the stack with some parameters; the others have their defaults.

    Args:
        given: parameters by name.
        name: of the set, if they are one.
        plain: the translated template, if it is not the repository's.
    """
    template = settled(plain or plain_template(ROOT / TEMPLATE), given)
    return Stack(name, rendered(template), Arns(arns(template)))


@cache
def _modules() -> Modules:
    return Modules(ROOT / TEMPLATE, read)


SETS = tuple(PARAMETER_SETS)
