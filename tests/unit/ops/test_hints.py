"""Every error that a command can end with has a hint that names what to type next. The errors are found in the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

import ops.explain
import replay.function
from handlers.runtime import answer_errors
from ops.errors import CommandError
from schemas.dead_letter import ErrorCode
from tests.support.source import Source, in_rooms
from tokenizer import errors
from tokenizer.errors import BadRecord, InvalidRequest, PipelineError, Refused

ROOMS = ("ops", "replay", "local")
# What a hint may begin with, or name in backticks: a program, or an option of the command that failed.
TYPED = re.compile(r"`[^`]+`|--[a-z]|^(?:order-tokenizer|replay|make|aws|sam) ")
# Errors that pass on the hint of another, and a text that is made of one.
PASSED_ON = {"error.hint", "first.hint", "each.hint", "_hint_for(code, role)", "errors[0].hint"}


@cache
def error_classes() -> set[str]:
    """Returns the names of all errors that end a command, and of what prints one."""
    found = {CommandError.__name__}
    classes = [
        node
        for source in in_rooms(*ROOMS)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    ]
    for _ in classes:  # subclasses of subclasses
        found |= {each.name for each in classes if {ast.unparse(base) for base in each.bases} & found}
    return found


def calls(source: Source) -> Iterator[ast.Call]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name in error_classes() or name in {"console.error", "view.error", "self.error", "kind"}:
            yield node


def texts(node: ast.expr, source: Source) -> Iterator[str]:
    """Yields every text that an expression may be, as far as the code says it."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "value" for each in parts)
        case ast.IfExp(body=one, orelse=other):
            yield from texts(one, source)
            yield from texts(other, source)
        case ast.Name(id=name):
            yield from _assigned(name, source)
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, fallback]):
            yield from texts(fallback, source)
        case _:
            yield ast.unparse(node)


def _assigned(name: str, source: Source) -> Iterator[str]:
    values = [
        node.value
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]
    if values:
        for each in values:
            yield from texts(each, source)
    else:
        yield str(getattr(ops.explain, name, name))


def test_each_error_says_what_to_type_next() -> None:
    hints = [
        (f"{source.path}:{call.lineno}", hint)
        for source in in_rooms(*ROOMS)
        for call in calls(source)
        if len(call.args) > 1
        for hint in texts(call.args[1], source)
        if hint not in PASSED_ON and hint != "hint"
    ]
    assert len(hints) > 40
    assert [each for each in hints if not TYPED.search(each[1])] == []
    assert {"CommandError", "LocalStackError", "RekeyUnavailable", "Interrupted"} <= error_classes()


def pipeline_errors(of: type[PipelineError] = PipelineError) -> Iterator[type[PipelineError]]:
    yield of
    for each in of.__subclasses__():
        if each.__module__ == errors.__name__:
            yield from pipeline_errors(each)


def made(kind: type[PipelineError]) -> PipelineError:
    if kind is BadRecord:
        return BadRecord(ErrorCode.INVALID_FIELD, "m")
    if kind is InvalidRequest:
        return InvalidRequest("m")
    return Refused("refused", "m") if issubclass(kind, Refused) else kind("m")


@pytest.mark.parametrize("kind", list(pipeline_errors()), ids=lambda kind: kind.__name__)
def test_each_error_of_a_function_reaches_the_operator_with_a_hint(kind: type[PipelineError]) -> None:
    @answer_errors()
    def fails() -> dict[str, object]:
        raise made(kind)

    answer = fails()["error"]
    assert TYPED.search(replay.function.HINTS[answer["code"]])
