"""Edits a template by a resource's logical name and a path in it, in whichever of the templates holds it.

A path's steps are separated by slashes: keys; in a list the place, or a statement's Sid, or `+` for one more at its end. The
whole template is written anew, without its anchors and comments, so that an edit changes one resource and not its aliases.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from local.emulator.template import load

Node = Any
TEMPLATES = ("template.yaml", "stacks/*.yaml")
GONE = object()  # the value of an edit that takes its place away


def templates(tree: Path) -> list[Path]:
    """Returns the templates of a tree."""
    return sorted(path for pattern in TEMPLATES for path in tree.glob(pattern))


def holders(at: str, tree: Path) -> list[Path]:
    """Returns the templates in which a path's first two steps exist: a resource, a parameter or a condition by its name.

    A new resource goes into the template at the top.
    """
    section, name, *rest = at.split("/")
    found = [path for path in templates(tree) if name in load(path).get(section, {})]
    return found or ([tree / TEMPLATES[0]] if not rest else [])


@cache
def whole(path: Path) -> Node:
    """Returns a template of the repository as it is, once for all edits that are tried on it."""
    return _apart(load(path))


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
    template = _apart(load(path))
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
