"""Docstrings say what the thing does: their first sentence has a verb, and so none begins with "What"."""

import ast

from tests.support.source import Source, sources

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def beginning_with_what(source: Source) -> list[str]:
    return [
        f"{source.path}:{node.body[0].lineno}: {text.splitlines()[0]}"
        for node in ast.walk(source.tree)
        if isinstance(node, Documented)
        and (text := ast.get_docstring(node))
        and text.split(maxsplit=1)[0].rstrip("',.") in {"What", "Whatever"}
    ]


def test_no_docstring_begins_with_what() -> None:
    assert [each for source in sources() for each in beginning_with_what(source)] == []
