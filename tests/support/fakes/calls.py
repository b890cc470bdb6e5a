"""Finds calls in the product's source, so that a table of tests can be held against all that there are."""

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

PRODUCT = ("tokenizer", "handlers", "replay", "ops", "consumer")


def callers(names: Collection[str]) -> set[str]:
    """Returns who calls methods or functions of these names, or names them in a text: `Class.function name`."""
    return {f"{owner} {name}" for owner, name in _in_the_product() if name in names}


@cache
def _in_the_product() -> frozenset[tuple[str, str]]:
    files = [file for package in PRODUCT for file in Path(package).rglob("*.py")]
    assert files, "tests run in the repository's root"
    return frozenset(
        found for file in files for found in _named(ast.parse(file.read_text(encoding="utf-8")), "")
    )


def _named(node: ast.AST, owner: str) -> Iterator[tuple[str, str]]:
    """Yields each attribute, called name and text below a node, with the class and the outermost function that it is in."""
    for inner in ast.iter_child_nodes(node):
        match inner:
            case ast.ClassDef(name=name):
                yield from _named(inner, f"{name}.")
            case ast.FunctionDef(name=name) if not owner or owner.endswith("."):
                yield from _named(inner, f"{owner}{name}")
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                yield owner, name
                yield from _named(inner, owner)
            case ast.Call(func=ast.Name(id=name)):
                yield owner, name
                yield from _named(inner, owner)
            case _:
                yield from _named(inner, owner)
