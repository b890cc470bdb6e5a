"""Puts the nested applications of a template in place, so that whoever reads it sees one template.

A module in `stacks/` knows the others by its parameters, which the parent fills with their outputs. Here each parameter becomes what it
stands for: a reference to a resource, by its logical name. Names are unique in all modules, and equal conditions are one condition.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

Node = Any
Template = dict[str, Node]
Read = Callable[[Path], Template]

APPLICATION = "AWS::Serverless::Application"
_OUTPUTS = "Outputs."
_NAMED = re.compile(r"\$\{([^!}]+)\}")


class ModuleError(ValueError):
    """Says what does not fit between a template and its modules."""


class Modules:
    """Holds a template with the modules that it composes.

    Args:
        path: of the parent.
        read: reads a template, with its short tags in their long form.
    """

    def __init__(self, path: Path, read: Read) -> None:
        self.parent = read(path)
        self.applications: dict[str, Node] = {
            name: each for name, each in self.parent["Resources"].items() if each["Type"] == APPLICATION
        }
        self._paths: dict[str, Path] = {
            name: path.parent / each["Properties"]["Location"] for name, each in self.applications.items()
        }
        self.children: dict[str, Template] = {name: read(each) for name, each in self._paths.items()}
        self._open: list[tuple[str, str]] = []

    def name(self, application: str) -> str:
        """Returns a module's name, which is its file's."""
        return str(self._paths[application].stem)

    def path(self, application: str) -> Path:
        """Returns a module's file."""
        return self._paths[application]

    def given(self, application: str) -> dict[str, Node]:
        """Returns what a module's parameters stand for, by name, in the words of the composed template.

        Raises:
            ModuleError: the parent leaves a parameter out, or gives one that the module does not have.
        """
        stated = self.applications[application]["Properties"].get("Parameters", {})
        wanted = self.children[application].get("Parameters", {})
        if set(stated) != set(wanted):
            odd = ", ".join(sorted(set(stated) ^ set(wanted)))
            raise ModuleError(f"{self.name(application)}: given and stated parameters differ: {odd}")
        return {name: self._in_place(value, {}) for name, value in stated.items()}

    def composed(self) -> Template:
        """Returns one template with all resources; the outputs are the parent's.

        Raises:
            ModuleError: parent and modules don't fit.
        """
        if not self.applications:
            return self.parent
        resources: dict[str, Node] = {}
        conditions: dict[str, Node] = dict(self.parent.get("Conditions", {}))
        for name, each in self.parent["Resources"].items():
            found = self._resources(name, conditions) if name in self.applications else {name: each}
            if twice := sorted(set(found) & set(resources)):
                raise ModuleError(f"in two modules: {', '.join(twice)}")
            resources |= found
        parts = {"Resources": resources, "Outputs": self.parent.get("Outputs", {})}
        composed = {
            section: {name: _simplified(self._in_place(each, {}), conditions) for name, each in part.items()}
            for section, part in parts.items()
        }
        return {**self.parent, "Conditions": conditions, **composed, **self._globals()}

    def _resources(self, application: str, conditions: dict[str, Node]) -> dict[str, Node]:
        """Returns a module's resources in the words of the composed template, and adds its conditions to those given."""
        child, given = self.children[application], self.given(application)
        for name, stated in self._in_place(child.get("Conditions", {}), given).items():
            if conditions.setdefault(name, stated) != stated:
                raise ModuleError(f"{self.name(application)}: the condition {name} is another one elsewhere")
        resources: dict[str, Node] = self._in_place(child["Resources"], given)
        for each in resources.values():
            self._relocate(each.get("Properties", {}), application)
            if switch := self.applications[application].get("Condition"):
                each["Condition"] = _both(switch, each.get("Condition"), conditions)
        return resources

    def _globals(self) -> dict[str, Node]:
        stated = [
            (application, self._in_place(child["Globals"], self.given(application)))
            for application, child in self.children.items()
            if "Globals" in child
        ]
        for application, each in stated:
            self._relocate(each["Function"], application)
            if each != stated[0][1]:
                raise ModuleError(f"{self.name(application)}: its Globals are not those of the other modules")
        return {"Globals": stated[0][1]} if stated else {}

    def _relocate(self, properties: dict[str, Node], application: str) -> None:
        """Changes a path to code so that it begins where the parent is."""
        for key in ("CodeUri", "ContentUri"):
            if isinstance(uri := properties.get(key), str):
                folder = PurePosixPath(self.applications[application]["Properties"]["Location"]).parent
                properties[key] = os.path.normpath(folder / uri)

    def _in_place(self, node: Node, given: Mapping[str, Node]) -> Node:
        """Returns a node with each parameter of a module, and each output of another, as what it stands for."""
        if isinstance(node, list):
            return [self._in_place(each, given) for each in node]
        if not isinstance(node, dict):
            return node
        if set(node) == {"Ref"}:
            return given.get(node["Ref"], node)
        if set(node) == {"Fn::GetAtt"} and node["Fn::GetAtt"][0] in self.applications:
            return self._output(node["Fn::GetAtt"][0], node["Fn::GetAtt"][1])
        if set(node) == {"Fn::Sub"}:
            return self._substituted(node["Fn::Sub"], given)
        return {key: self._in_place(value, given) for key, value in node.items()}

    def _output(self, application: str, attribute: str) -> Node:
        asked = (application, attribute.removeprefix(_OUTPUTS))
        if asked in self._open:
            raise ModuleError(f"modules wait for each other: {' -> '.join(name for name, _ in self._open)}")
        try:
            value = self.children[application]["Outputs"][asked[1]]["Value"]
        except KeyError:
            raise ModuleError(f"{self.name(application)} has no output {asked[1]}") from None
        self._open.append(asked)
        try:
            needed = {
                name: self._in_place(self.applications[application]["Properties"]["Parameters"][name], {})
                for name in _references(value)
                if name in self.children[application].get("Parameters", {})
            }
            return self._in_place(value, needed)
        finally:
            self._open.pop()

    def _substituted(self, arguments: Node, given: Mapping[str, Node]) -> Node:
        text, own = arguments if isinstance(arguments, list) else (arguments, {})
        own = self._in_place(own, given)

        def replaced(found: re.Match[str]) -> str:
            name, _, attribute = found[1].partition(".")
            if found[1] in own:
                return found[0]
            if name in self.applications:
                value, name = self._output(name, attribute), f"{name}{attribute.removeprefix(_OUTPUTS)}"
            elif found[1] in given:
                value = given[name]
            else:
                return found[0]
            inline = _inline(value)
            if inline is None:
                own[name] = value
                return f"${{{name}}}"
            return inline

        text = _NAMED.sub(replaced, text)
        return {"Fn::Sub": [text, own] if own else text}


def _both(switch: str, own: str | None, conditions: dict[str, Node]) -> str:
    """Returns the condition that a resource of a switched module stands under."""
    if own is None or own == switch:
        return switch
    conditions[f"{switch}And{own}"] = {"Fn::And": [{"Condition": switch}, {"Condition": own}]}
    return f"{switch}And{own}"


def _simplified(each: Node, conditions: Mapping[str, Node]) -> Node:
    """Returns a resource or output without the branches of `Fn::If` that its own condition rules out."""
    own = each.get("Condition")
    both = conditions.get(own, {}).get("Fn::And", ()) if own else ()
    return _chosen(each, frozenset({own, *(one.get("Condition") for one in both)} - {None}))


def _chosen(node: Node, held: frozenset[str]) -> Node:
    """Returns a node with each `Fn::If` decided whose condition is known to hold."""
    if isinstance(node, list):
        return [_chosen(each, held) for each in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"Fn::If"}:
        condition, then, otherwise = node["Fn::If"]
        if condition in held:
            return _chosen(then, held)
        return {"Fn::If": [condition, _chosen(then, held | {condition}), _chosen(otherwise, held)]}
    return {key: _chosen(value, held) for key, value in node.items()}


def _references(node: Node) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref":
                yield value
            elif key == "Fn::Sub":
                yield from _NAMED.findall(value if isinstance(value, str) else value[0])
            yield from _references(value)


def _inline(value: Node) -> str | None:
    """Returns what stands for a value inside a text of `Fn::Sub`, None where only a variable can."""
    if not isinstance(value, dict):
        return str(value)
    ((function, arguments),) = value.items()
    match function:
        case "Ref":
            return f"${{{arguments}}}"
        case "Fn::GetAtt":
            return f"${{{'.'.join(arguments)}}}"
        case "Fn::Sub" if isinstance(arguments, str):
            return arguments
        case _:
            return None
