"""Docstrings say what the thing does: their first sentence has a verb, and so none begins with "What".

Event types describe their fields in their producers' words, and so does the kit, which is made of them.
"""

import ast
from pathlib import Path

from tests.support.source import Source, sources

PRODUCERS = {Path("schemas/events"), Path("consumer/order_events/events")}
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
    ours = [source for source in sources() if Path(source.path).parent not in PRODUCERS]

    assert len(ours) > len(PRODUCERS)
    assert [each for source in ours for each in beginning_with_what(source)] == []
