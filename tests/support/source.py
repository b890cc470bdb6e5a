"""Reads the tree's Python files as syntax trees, for tests that hold rules over all of them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tools.lint.tree import files

ROOT = Path(__file__).parents[2]
PRODUCT = (
    "schemas",
    "tokenizer",
    "handlers",
    "policies",
    "replay",
    "ops",
    "consumer",
    "local",
    "bench",
    "tools",
)


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file.

    Args:
        path: relative to the root of the tree.
        tree: its syntax tree.
    """

    path: Path
    tree: ast.Module

    @property
    def module(self) -> str:
        """Returns its dotted name."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__").removeprefix("consumer.")


@cache
def sources() -> tuple[Source, ...]:
    """Returns every Python file that people wrote, in order."""
    return tuple(map(_source, _paths()))


def in_rooms(*rooms: str) -> Iterator[Source]:
    """Yields the files of some folders at the top."""
    return (_source(each) for each in _paths() if each.parts[0] in rooms)


@cache
def _paths() -> tuple[Path, ...]:
    return tuple(each for each in files(ROOT) if each.suffix == ".py")


@cache
def _source(path: Path) -> Source:
    return Source(path, ast.parse((ROOT / path).read_text(encoding="utf-8")))


def imports(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    """Yields the module and the name that each import takes, None where it takes the whole module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((each.name, None) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", each.name) for each in node.names)


def is_private(name: str) -> bool:
    """Tells whether a name is for its own module only: `_x`, and not `__x__`."""
    return name.startswith("_") and not name.endswith("__")
