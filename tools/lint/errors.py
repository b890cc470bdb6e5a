"""Finds uses of a foreign error's text, which may hold a value, and errors that are swallowed whole."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.lint.source import Module, modules

# Handed on, these tell the class or the code of an error and nothing of its text.
SILENT = frozenset({"_if_condition_failed", "fail", "isinstance", "mapped", "type", "type_only"})

# Files that may tell the text of a foreign error, since it is about no record.
ABOUT_NO_RECORD = {
    "ops/files.py": "commands of a producer: what the system says of opening the file that was named",
    "tokenizer/aws/authorization/cedar.py": "the policies, which are part of the package",
    "tokenizer/authorization/budget_rules.py": "the budgets, which are a parameter of the stack",
}


def foreign_texts(root: Path) -> list[str]:
    """Returns the places that use the text of an error that is not defined in this product."""
    found = list(modules(root))
    ours = {node.name for module in found for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)}
    return [
        problem for module in found if module.path not in ABOUT_NO_RECORD for problem in _module(module, ours)
    ]


def pydantic_errors_with_inputs(root: Path) -> list[str]:
    """Returns the calls of `.errors()` on what pydantic raised, that keep the input."""
    return [
        module.at(node, "errors() repeats the input unless include_input=False")
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"errors", "json"}
        and _is_validation_error(module.tree, node.func.value)
        and not _without_input(node)
    ]


def _module(module: Module, ours: set[str]) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and node.name and not _caught(node) <= ours:
            for line in node.body:
                yield from (
                    module.at(line, f"tells the text of {_told(node)}") for _ in _uses(line, node.name)
                )


def _caught(handler: ast.ExceptHandler) -> set[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return {ast.unparse(each).rpartition(".")[2] for each in kinds if each is not None}


def _told(handler: ast.ExceptHandler) -> str:
    return ", ".join(sorted(_caught(handler)))


def _uses(node: ast.stmt, name: str) -> Iterator[ast.AST]:
    """Yields the places where an error's text may be read. Its class, its code, and its use as a cause do not count."""
    harmless = {
        id(argument)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in SILENT
        for argument in call.args
    } | {
        id(each.value)
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and each.attr in {"errors", "response"}
    }
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id == name and id(each) not in harmless:
            yield each


def _is_validation_error(tree: ast.Module, node: ast.expr) -> bool:
    """Returns True if a name is bound to a pydantic `ValidationError` somewhere in the module."""
    return isinstance(node, ast.Name) and any(
        isinstance(each, ast.ExceptHandler) and each.name == node.id and "ValidationError" in _caught(each)
        for each in ast.walk(tree)
    )


def _without_input(call: ast.Call) -> bool:
    return any(
        each.arg == "include_input" and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in call.keywords
    )
