"""Tests that the demo's lock has all imports of `make demo`, `make up` and the commands, and is in other locks."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tools.lint import locks

# The packages that run with all of requirements/dev.lock; every other one has to do with the demo's.
TOOLS = {"bench", "tools"}
DEMO = Path("requirements/demo.lock")


def ours() -> set[str]:
    listed = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    return {pattern.rstrip("*") for pattern in listed["include"]} | {"order_events"}


def folder(package: str) -> Path:
    return Path("consumer/order_events" if package == "order_events" else package)


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level modules that code imports, wherever in it; what only a type checker reads is passed over."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        yield from imported(node)


def foreign(package: str) -> set[str]:
    found = {name for path in folder(package).rglob("*.py") for name in imported(ast.parse(path.read_text()))}
    return found - sys.stdlib_module_names - (ours() - TOOLS)


@cache
def distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


@pytest.mark.parametrize("package", sorted(ours() - TOOLS))
def test_each_package_of_the_demo_imports_what_its_lock_has(package: str) -> None:
    packages, locked = distributions(), locks.names(DEMO)
    for name in foreign(package):
        assert {each.lower().replace("_", "-") for each in packages[name]} & locked.keys(), name


def test_an_import_is_found_wherever_it_stands() -> None:
    code = """
if TYPE_CHECKING:
    import types_only
if True:
    import a.b
def f():
    from c.d import e
    try:
        import f, g
    except ImportError:
        from . import own
"""
    assert list(imported(ast.parse(code))) == ["a", "c", "f", "g"]


def test_the_walk_finds_imports_of_packages() -> None:
    assert {"boto3", "yaml", "rich", "faker"} <= foreign("local")


def hashed(name: str) -> set[str]:
    """The packages of a lock with version and hashes; for which platforms each is depends on who asks for it."""
    lines = locks.lines(Path(f"requirements/{name}.lock"))
    return {re.sub(r" ;.*?(?= --hash)", "", line) for line in lines}


@pytest.mark.parametrize("name", ["demo", "runtime", "uv"])
def test_a_smaller_lock_is_a_part_of_the_largest(name: str) -> None:
    assert hashed(name)
    assert hashed(name) <= hashed("dev")


def test_the_demos_lock_has_the_layers_packages_and_uv() -> None:
    assert hashed("runtime") | hashed("uv") <= hashed("demo")
