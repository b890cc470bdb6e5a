"""Parses the product's source, for the checks of logs and errors."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# What runs on Lambda or opens letters; the local stack, the benchmarks and the operator's terminal may print.
PACKAGES = ("handlers", "policies", "schemas", "tokenizer")


@dataclass(frozen=True, slots=True)
class Module:
    """Holds one file.

    Args:
        path: relative to the tree.
        tree: its syntax tree.
    """

    path: str
    tree: ast.Module

    def at(self, node: ast.expr | ast.stmt | ast.excepthandler, problem: str) -> str:
        """Returns a problem with its place."""
        return f"{self.path}:{node.lineno}: {problem}"


def modules(root: Path) -> Iterator[Module]:
    """Yields the product's modules in a tree, in order."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            yield Module(str(path.relative_to(root)), parsed(path.read_text(encoding="utf-8")))


@cache
def parsed(text: str) -> ast.Module:
    """Returns the syntax tree of a text: several checks read the same files."""
    return ast.parse(text)
