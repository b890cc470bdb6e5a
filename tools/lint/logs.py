"""Finds values in logs, metrics and traces: a table says which fields may be written, from which expressions.

The rule is made for review: a new field, or another expression behind an old one, fails until it stands in `FIELDS`,
where somebody has to say that it can hold nothing of a record.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tools.lint.source import Module, modules

LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})
LOGGERS = frozenset({"log", "logger", "logging"})
SET_UP = frozenset({"getLogger", "setLevel"})
# Metrics and traces: name and value.
PAIRS = frozenset({"add_dimension", "add_metadata", "put_annotation", "put_metadata"})
# What goes into a trace: stages, counts, and the records as the log tells them.
TRACED = frozenset({"stages", "counts", "record_lines"})
TRACEBACKS = frozenset({"exc_info", "stack_info", "log_event"})

# What may be told. Ids are positions and UUIDs, counts are numbers, codes and statuses are words of ours, reasons are
# texts of our own errors, whose messages hold no value by `tokenizer/errors.py`.
FIELDS = {
    "action": {
        "str(event.get('action', 'replay'))[:20]",  # a known action; otherwise nothing is logged
        "asked.action",  # of a move between keys: one of the message's own words
    },
    "answer": {"answer"},  # of a move between keys: counts
    "asked": {"len(answers)"},
    "calls": {"asked"},  # by service
    "code": {"code"},
    "codes": {"codes"},
    "error": {"error", "type(error).__name__"},
    "extra": {
        "counts",  # of a sweep
        "alarms",  # counts of what is alarmed on, by signal
        "{name: certificate[name] for name in ('erasure_id', 'records', 'complete')}",
    },
    "failed": {"len(failed)"},
    "failures": {"failures"},
    "ids": {"_ids(outcomes)"},
    "milliseconds": {"_milliseconds(stages)"},
    "path": {"path"},  # of a field that a schema names
    "payment_id": {"payment.payment_id"},
    "reason": {"reason", "str(error)"},
    "reasons": {"_reasons(outcomes)"},
    "received": {"len(event['Records'])"},
    "records": {
        "record_lines[start:start + _RECORDS_OF_A_LINE]",  # positions with ingest ids, codes or classes
        "culprits",  # positions with texts of our own errors
    },
    "request_id": {"context.aws_request_id"},
    "status": {"status", "str(payment.status)"},
    "statuses": {"statuses", "sorted(set(statuses))"},
    "**": {"counts"},  # of a batch
}


def values_in_logs(root: Path) -> list[str]:
    """Returns what is logged, counted or traced without being in the table."""
    return [problem for module in modules(root) for problem in _module(module)]


def _module(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)) and "traceback" in _imported(node):
            yield module.at(node, "a traceback holds the values of the line that failed")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from (module.at(node, problem) for problem in _call(node, node.func))


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {each.name for each in node.names} | (
        {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    )


def _call(call: ast.Call, function: ast.Attribute) -> Iterator[str]:
    if function.attr in PAIRS:
        yield from _pair(call)
    elif ast.unparse(function) == "traces.add":
        yield from (
            f"{text} goes into a trace, and is not among what may: tools/lint/logs.py, TRACED"
            for each in (*call.args, *(each.value for each in call.keywords))
            if (text := ast.unparse(each)) not in TRACED
        )
    elif _is_logger(function.value):
        if function.attr in LEVELS:
            yield from _line(call)
        elif function.attr == "append_keys":
            yield from _fields(call)
        elif function.attr not in SET_UP:
            yield f"logger.{function.attr}: only levels and append_keys are used, since it may print a traceback or an event"


def _is_logger(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).endswith(("getLogger", "Logger"))
    return isinstance(node, ast.Name) and node.id.lower().strip("_") in LOGGERS


def _pair(call: ast.Call) -> Iterator[str]:
    given = [*call.args, *(each.value for each in call.keywords)]
    if len(given) != 2 or not isinstance(given[0], ast.Constant):  # noqa: PLR2004 -- a name and a value
        yield "a metric's or a trace's field has a name and a value"
    else:
        yield from _field(str(given[0].value), given[1])


def _line(call: ast.Call) -> Iterator[str]:
    if len(call.args) != 1 or not (
        isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    ):
        yield "the message of a log line is a constant text; facts are fields"
    yield from _fields(call)


def _fields(call: ast.Call) -> Iterator[str]:
    for each in call.keywords:
        if each.arg in TRACEBACKS:
            yield f"{each.arg} prints values"
        elif each.arg == "extra" and isinstance(each.value, ast.Dict):
            for key, value in zip(each.value.keys, each.value.values, strict=True):
                yield from _field("**" if key is None else _name(key), value)
        else:
            yield from _field(each.arg or "**", each.value)


def _name(key: ast.expr) -> str:
    return str(key.value) if isinstance(key, ast.Constant) else "?"


def _field(name: str, value: ast.expr) -> Iterator[str]:
    text = ast.unparse(value)
    if not isinstance(value, ast.Constant) and text not in FIELDS.get(name, ()):
        yield f"{name}={text} is not among what may be told: tools/lint/logs.py, FIELDS"
