"""Edits a template by a resource's logical name and a path in it, in whichever of the templates holds it.

A path's steps are separated by slashes: keys; in a list the place, or a statement's Sid, or `+` for one more at its end. The
whole template is written anew, without its anchors and comments, so that an edit changes one resource and not its aliases.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from local.emulator.template import read

Node = Any
TEMPLATES = ("template.yaml", "stacks/*.yaml")
GONE = object()  # the value of an edit that takes its place away
# What modules hold each for themselves, so an edit is made in all of them; a resource is in one.
_SHARED = frozenset({"Conditions", "Globals"})
# What the modules are given, or give, by the template at the top.
_AT_THE_TOP = frozenset({"Outputs", "Parameters", "Rules"})


def templates(tree: Path) -> list[Path]:
    """Returns the templates of a tree."""
    return sorted(path for pattern in TEMPLATES for path in tree.glob(pattern))


def holders(at: str, tree: Path) -> list[Path]:
    """Returns the templates that an edit of a path changes, by the path's first two steps.

    A new resource goes into the template at the top. No template, or several, for an edit that does not fit.
    """
    section, name, *rest = at.split("/")
    top = tree / TEMPLATES[0]
    if not rest or section in _AT_THE_TOP:
        return [top]
    return [path for path in templates(tree) if name in read(path).get(section, {})]


def fits(at: str, found: list[Path]) -> bool:
    """Returns whether an edit of a path fits the templates that hold it."""
    return len(found) == 1 or (bool(found) and at.partition("/")[0] in _SHARED)


@cache
def whole(path: Path) -> Node:
    """Returns a template of the repository as it is, once for all edits that are tried on it."""
    return _apart(read(path))


def edited(template: Node, at: str, value: Node) -> Node:
    """Returns a copy of a template with an edit in it.

    Raises:
        LookupError: the path leads nowhere, or the value is there already.
    """
    copy = _apart(template)
    *way, last = at.split("/")
    node = copy
    for step in way:
        node = node[_key(node, step)]
    if last == "+":
        node.append(value)
    elif value is not GONE:
        node[_key(node, last)] = value
    elif isinstance(node, list) or last in node:
        del node[_key(node, last)]
    if copy == template:
        raise LookupError(f"nothing changes at {at}")
    return copy


def rewrite(path: Path, at: str = "", value: Node = GONE) -> None:
    """Writes a template anew, with an edit in it or as it is.

    Raises:
        LookupError: the path leads nowhere, or the value is there already.
    """
    template = _apart(read(path))
    if at:
        template = edited(template, at, value)
    path.write_text(yaml.safe_dump(template, sort_keys=False, width=100_000), encoding="utf-8")


def _apart(template: Node) -> Node:
    """Returns a copy in which nothing is the same object twice, as aliases are when they are read."""
    return json.loads(json.dumps(template))


def _key(node: Node, step: str) -> Node:
    if not isinstance(node, list):
        return step
    if step.isdecimal():
        return int(step)
    places = [place for place, each in enumerate(node) if isinstance(each, dict) and each.get("Sid") == step]
    if len(places) != 1:
        raise LookupError(f"{len(places)} statements are called {step}")
    return places[0]
