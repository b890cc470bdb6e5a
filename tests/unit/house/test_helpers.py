"""Helpers of tests live in tests/support: a conftest holds fixtures and hooks only, a test module tests only."""

import ast

from tests.support.source import imports, in_rooms


def is_test_or_conftest(module: str) -> bool:
    last = module.rpartition(".")[2]
    return last == "conftest" or last.startswith("test_")


def test_nothing_imports_from_a_conftest_or_a_test_module() -> None:
    taken = [
        f"{source.path}: {module}, {name}"
        for source in in_rooms("tests")
        for module, name in imports(source.tree)
        if module.startswith("tests")
        and (is_test_or_conftest(module) or (name is not None and is_test_or_conftest(name)))
    ]
    assert taken == []


def is_fixture_or_hook(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef):
        return False
    marked = any("fixture" in ast.unparse(each) for each in node.decorator_list)
    return marked or node.name.startswith("pytest_")


def test_conftests_define_fixtures_and_hooks_only() -> None:
    others = [
        f"{source.path}:{node.lineno}: {node.name}"
        for source in in_rooms("tests")
        if source.path.name == "conftest.py"
        for node in source.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        and not is_fixture_or_hook(node)
    ]
    assert others == []
