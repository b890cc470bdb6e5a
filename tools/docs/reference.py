"""Writes docs/reference.md: all names in tables, each with the words that stand where the name is defined."""

import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any, get_args, get_origin

from pydantic import TypeAdapter

from ops.app import User
from schemas import base, lenient
from schemas import fields as fields_
from schemas.dead_letter import ErrorCode
from schemas.kinds import Fact, FieldKind
from schemas.registry import EventName, registry
from tokenizer.pipeline.catalog import ListPlan, ObjectPlan, Plan, catalog
from tools.docs.commands import rows
from tools.docs.groups import OUTPUTS, PARAMETERS, grouped

_TARGET = re.compile(r"^([a-z-]+):.*## (.*)$", re.MULTILINE)
_LIMITS = {
    "minLength": "characters from",
    "maxLength": "characters up to",
    "minimum": "from",
    "maximum": "up to",
}
_Rows = Callable[[Mapping[str, Any]], Iterator[list[str]]]
_HEAD = """\
# Reference

`make docs` writes this page from template.yaml, the schemas, the commands and the Makefile, and a test fails when
it is out of date. Other references: the stack serves the API's at `GET /openapi.json` ([api.md](api.md)),
[replay.md](replay.md) has the command `replay`, [an AsyncAPI document](../schemas/asyncapi.json) has the events,
and [watching.md](watching.md) has the metrics."""

_DRAFT = "A draft: it may change without a new version until it is released."

_COMMANDS = """\
`order-tokenizer` is in the environment that make sets up, in `.venv/bin`. `--install-completion` lets your shell
complete its words.

Commands that work on a stack take `--stack`, `--profile`, `--region` and `--role-arn`; without them they work on
the local stack. `rekey`, `lake`, `honeytokens` and `replay` take these options before their subcommand. Commands
print tables on a terminal and tab-separated lines in a pipe; those with `--json` print one JSON document. Every
command has `--help`.

Exit codes: 0 done, 1 something failed and the command says what, 2 bad usage or nothing to work on, 130
interrupted."""


def reference(template: Mapping[str, Any], makefile: str, drafts: Collection[EventName] = ()) -> str:
    """Returns the page.

    Args:
        template: template.yaml, loaded.
        makefile: its text.
        drafts: the events that are not released.
    """
    sections = {
        "Commands": "\n\n".join(_commands()),
        "Targets of make": _table(("make", "does"), _targets(makefile)),
        "Events": "\n\n".join(_events(drafts)),
        "Field types": _table(("type", "from", "takes", "kind"), _types()),
        "Field kinds": _table(("kind", "what becomes of a field", "parameters"), _kinds()),
        "Codes of dead letters": _table(("code",), ([f"`{each}`"] for each in ErrorCode)),
        "Parameters of a deployment": _tables(
            ("parameter", "default", "what it is"), _parameters, template["Parameters"], PARAMETERS
        ),
        "Outputs": _tables(("output", "what it is"), _outputs, template["Outputs"], OUTPUTS),
        "Alarms": _table(("alarm", "severity", "says", "metric", "above"), _alarms(template["Resources"])),
    }
    return "\n\n".join([_HEAD, *(f"## {title}\n\n{text}" for title, text in sections.items())]) + "\n"


def _tables(
    head: Sequence[str], rows: _Rows, entries: Mapping[str, Any], groups: Mapping[str, tuple[str, ...]]
) -> str:
    """Returns a table for each group, under its title."""
    return "\n\n".join(
        f"### {title}\n\n{_table(head, rows(found))}" for title, found in grouped(entries, groups)
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _commands() -> Iterator[str]:
    yield _COMMANDS
    for user in User:
        if found := list(rows(user)):
            yield f"### {user}\n\n{_table(('command', 'does', 'options'), found)}"


def _targets(makefile: str) -> Iterator[list[str]]:
    return ([f"`{name}`", what] for name, what in _TARGET.findall(makefile))


def _events(drafts: Collection[EventName]) -> Iterator[str]:
    for name in registry():
        plan = catalog().plan({"event_type": name.event_type, "schema_version": name.schema_version})
        rows = _table(("field", "kind", "beside it"), _leaves(plan.data, ""))
        draft = f"{_DRAFT}\n\n" if name in drafts else ""
        yield f"### {name.event_type} {name.schema_version}\n\n{draft}{rows}"


def _leaves(plan: Plan, path: str) -> Iterator[list[str]]:
    match plan:
        case ObjectPlan():
            for name, inner in plan.fields.items():
                yield from _leaves(inner, f"{path}/{name}")
        case ListPlan():
            yield from _leaves(plan.element, f"{path}/*")
        case FieldKind():
            facts: tuple[Fact, ...] = getattr(plan, "facts", ())
            last = path.rpartition("/")[2]
            yield [f"`{path}`", _kind(plan), ", ".join(f"`{last}_{each}`" for each in facts)]


def _kind(kind: FieldKind) -> str:
    limits = [
        each.name if value is True else f"{each.name} {value}"
        for each in fields(kind)
        if each.name != "facts" and (value := getattr(kind, each.name)) not in {each.default, None}
    ]
    return f"{kind.name} ({', '.join(limits)})" if limits else kind.name


def _types() -> Iterator[list[str]]:
    """Yields the types that schemas are written with, and what each takes."""
    seen = set()
    for module in (base, fields_, lenient):
        for name, each in vars(module).items():
            if get_origin(each) is Annotated and not name.startswith("_") and name not in seen:
                seen.add(name)
                kinds = [entry for entry in get_args(each) if isinstance(entry, FieldKind)]
                shown = (
                    _kind(kinds[-1]).replace(kinds[-1].name, type(kinds[-1]).__name__, 1)
                    if kinds
                    else "none; add one"
                )
                facts = ", ".join(f"`_{fact}`" for fact in getattr(kinds[-1] if kinds else None, "facts", ()))
                beside = f"; beside it {facts}" if facts else ""
                taken = " or ".join(_takes(TypeAdapter(each).json_schema()))
                yield [f"`{name}`", f"`{module.__name__}`", taken, shown + beside]


def _takes(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yields what a JSON Schema takes: a JSON type with its limits for each of its arms."""
    for arm in schema.get("anyOf", [schema]):
        limits = [f"{said} {arm[key]}" for key, said in _LIMITS.items() if key in arm]
        pattern = f" `{arm['pattern']}`" if "pattern" in arm else ""
        yield f"{arm['type']}{pattern}{', ' if limits else ''}{', '.join(limits)}"


def _kinds() -> Iterator[list[str]]:
    # A class with slots is made twice, and the first is a subclass, too.
    for kind in {each.__name__: each for each in FieldKind.__subclasses__()}.values():
        sentence, _, rest = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")
        arguments = textwrap.dedent(rest.partition("Args:\n")[2])
        given = "; ".join(re.sub(r"\n\s+", " ", arguments).strip().splitlines()).replace(".; ", "; ")
        word = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        yield [f"`{word}`", sentence, given]


def _parameters(parameters: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, each in parameters.items():
        default = str(each["Default"]) if "Default" in each else ""
        allowed = f" One of {', '.join(map(str, each['AllowedValues']))}." if "AllowedValues" in each else ""
        yield [f"`{name}`", f"`{default}`" if default else "", each["Description"] + allowed]


def _outputs(outputs: Mapping[str, Any]) -> Iterator[list[str]]:
    return ([f"`{name}`", each["Description"]] for name, each in outputs.items())


def _alarms(resources: Mapping[str, Any]) -> Iterator[list[str]]:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            alarm = resource["Properties"]
            said = alarm["AlarmDescription"]
            metric = f"{alarm['Namespace']} {alarm['MetricName']}"
            severity = "urgent" if "'UrgentTopic'" in str(alarm["AlarmActions"]) else "notice"
            link = f"[{name}](runbook.md#{name.lower()})"
            yield [link, severity, said, metric, str(alarm["Threshold"])]
