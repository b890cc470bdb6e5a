"""A private name, `_x`, stays in its module."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.source import PRODUCT, Source, imports, in_rooms, is_private

# The service of replay gets typed requests; until then its reader of lists is tested by itself.
OPEN = frozenset({("tests/unit/handlers/test_request_limits.py", "tokenizer.aws.replay.service._texts")})

PUBLIC = frozenset({"os._exit"})  # for all its underscore: docs.python.org/3/library/os.html


def taken_by_import(tree: ast.Module) -> Iterator[str]:
    for module, name in imports(tree):
        whole = module if name is None else f"{module}.{name}"
        if any(is_private(part) for part in whole.split(".")):
            yield whole


def taken_as_attribute(tree: ast.Module) -> Iterator[str]:
    """Yields `neighbour._x` where `neighbour` was imported."""
    imported = {
        (each.asname or each.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    }
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in imported and is_private(
                attribute
            ):
                yield f"{name}.{attribute}"


def own_module(test: Path) -> str:
    """Returns the module that a test file mirrors: tests/unit/local/demo/test_view.py is of local.demo.view."""
    return ".".join((*test.parts[2:-1], test.stem.removeprefix("test_")))


def of_its_own(source: Source, name: str) -> bool:
    return name.rpartition(".")[0] == own_module(source.path)


def test_product_code_takes_no_private_name_of_a_neighbour() -> None:
    taken = [
        f"{source.path}: {name}"
        for source in in_rooms(*PRODUCT)
        for name in (*taken_by_import(source.tree), *taken_as_attribute(source.tree))
        if name not in PUBLIC
    ]
    assert taken == []


def test_a_test_imports_private_names_of_its_own_module_alone() -> None:
    taken = {
        (str(source.path), name)
        for source in in_rooms("tests")
        for name in taken_by_import(source.tree)
        if not of_its_own(source, name)
    }
    assert taken - OPEN == set()


def test_both_ways_of_taking_a_private_name_are_found() -> None:
    tree = ast.parse(
        "import a._b\nfrom c import _d\nfrom c import d\nfrom e import __version__\nd._x\nd.y\nself._z"
    )
    assert list(taken_by_import(tree)) == ["a._b", "c._d"]
    assert list(taken_as_attribute(tree)) == ["d._x"]
