"""Defines the command `order-tokenizer status`: what somebody on call looks at first, on one screen.

A part that can't be read says why, and the others are shown all the same.
"""

from collections.abc import Callable, Sequence
from typing import Any

import typer

from ops import console
from ops.errors import CommandError
from ops.options import AsJson, Profile, Region, RoleArn, StackName
from ops.stack import Stack, find
from ops.status import sources

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)

_INCOMPLETE = 1
_LOCAL_NAME = "orders"
_DEAD_LETTERS = "dead letters"
_NEXT = {
    "unmeasured": "nothing measures some alarms here, so only the other rows tell of a fault",
    "again": "these are counts of deliveries: a record counts once each time that it is delivered",
    "ALARM": "docs/runbook.md has a section for each alarm",
    "letters": "`replay list` shows the letters by code and age",
    "held": "somebody holds letters: `replay run --apply` waits for them",
    "unprocessed": "`replay run --apply` takes unprocessed messages, too",
    "Denied": "AWS denied something in the last hour: docs/runbook.md#deniedalarm",
    "Tampered": "a stored record is not what was written: docs/runbook.md#tamperedalarm",
}


@app.command()
def status(
    stack: StackName = None,
    profile: Profile = None,
    region: Region = None,
    role_arn: RoleArn = None,
    as_json: AsJson = False,
) -> None:
    """Show a stack on one screen: intake, lag, published, letters, retries, keys, alarms, deployment, rules in force.

    Exit codes: 0 shown, 1 some of it could not be read.
    """
    found = find(stack, profile, region, role_arn, "")
    name = stack or _LOCAL_NAME
    document: dict[str, Any] = {"stack": name}
    errors: list[CommandError] = []
    for part, read in _parts(found, name).items():
        try:
            document[part] = read()
        except CommandError as error:
            errors.append(error)
            document[part] = None
    if as_json:
        console.as_json(document | {"unread": [str(each) for each in errors]})
    else:
        _show(document)
    if errors:
        console.error(str(errors[0]), errors[0].hint)
        raise typer.Exit(_INCOMPLETE)


def _parts(stack: Stack, name: str) -> dict[str, Callable[[], Any]]:
    return {
        "alarms": lambda: sources.alarms(stack, name),
        "deliveries_last_hour": lambda: sources.last_hour(stack),
        "lag_seconds": lambda: sources.lag(stack),
        "queues": lambda: sources.queues(stack),
        "letters": lambda: sources.letters_by_code(stack),
        "keys": lambda: sources.keys(stack),
        "deployment": lambda: sources.deployment(stack, name),
        "rules": lambda: sources.rules(stack),
    }


def _show(document: dict[str, Any]) -> None:
    hour, queues = document["deliveries_last_hour"] or {}, document["queues"] or {}
    rows = [
        ["alarms", _alarms(document["alarms"])],
        ["deliveries", _deliveries(hour)],
        ["retries", _counts(hour, "ToRetry", "Retried", "Denied", "Tampered")],
        ["guard", _counts(hour, "GuardHits")],
        ["lag", _lag(document["lag_seconds"])],
        *(row for name, each in queues.items() for row in _queue(name, each, document["letters"] or ())),
        [
            "keys",
            ", ".join(f"{name} {state}" for name, state in (document["keys"] or {}).items()) or "not read",
        ],
        ["deployment", _deployment(document["deployment"])],
        # Of an event type's long name every line fits, because it may be folded here.
        *(["rules", f"{each} {name}"] for name, each in (document["rules"] or {}).items()),
    ]
    console.table(f"stack {document['stack']}", ["what", "is"], rows, whole=1)
    for text in _next(document, hour, queues):
        console.line(text)


def _queue(name: str, counts: dict[str, int], letters: Sequence[dict[str, Any]]) -> list[list[str]]:
    """Returns the row of a queue; below that of the dead letters, a row for each code and age."""
    rows = [[name, f"{_n(counts['waiting'])} waiting, {_n(counts['held'])} held"]]
    if name == _DEAD_LETTERS:
        rows += [[f"  {each['code']}", f"{each['age']}: {_n(each['letters'])}"] for each in letters]
    return rows


def _n(number: int) -> str:
    return console.number(number)


def _counts(hour: dict[str, int], *names: str) -> str:
    return ", ".join(f"{_said(name)} {_n(hour[name])}" for name in names) if hour else "not read"


def _deliveries(hour: dict[str, int]) -> str:
    if not hour:
        return "not read"
    return f"{_n(hour['Received'])} in the last hour: {_counts(hour, 'Published', 'DeadLettered')}"


def _said(metric: str) -> str:
    """Returns the name of a metric in words."""
    return "".join(f" {each.lower()}" if each.isupper() else each for each in metric).strip()


def _alarms(found: dict[str, list[str]] | None) -> str:
    if found is None:
        return "not read"
    if not found:
        return "the stack has none"
    ringing, quiet = found.get("ALARM", []), found.get("OK", [])
    unmeasured = sum(len(names) for state, names in found.items() if state not in {"ALARM", "OK"})
    said = [f"ALARM: {', '.join(ringing)}"] if ringing else [f"none of {_n(len(quiet))}"] if quiet else []
    return "; ".join(said + ([f"{_n(unmeasured)} not measured"] if unmeasured else []))


def _lag(found: dict[str, Any] | None) -> str:
    if found is None:
        return "not read"
    said = {name: "not measured" if age is None else f"{_n(round(age))} s" for name, age in found.items()}
    return ", ".join(f"{name} {age}" for name, age in said.items())


def _deployment(found: dict[str, Any] | None) -> str:
    if found is None:
        return "not read"
    slot = f", vault key {found['vault_key_slot']}" if found["vault_key_slot"] else ""
    return f"{found['state']} at {found['at']}{slot}{', rekeying' if found['rekeying'] else ''}"


def _next(document: dict[str, Any], hour: dict[str, int], queues: dict[str, dict[str, int]]) -> list[str]:
    """Returns what to look at next."""
    seen = {
        "unmeasured": any(state not in {"ALARM", "OK"} for state in document["alarms"] or ()),
        "again": bool(hour.get("ToRetry")),
        "ALARM": bool((document["alarms"] or {}).get("ALARM")),
        "letters": bool(queues.get(_DEAD_LETTERS, {}).get("waiting")),
        "held": bool(queues.get(_DEAD_LETTERS, {}).get("held")),
        "unprocessed": bool(queues.get("unprocessed", {}).get("waiting")),
        "Denied": bool(hour.get("Denied")),
        "Tampered": bool(hour.get("Tampered")),
    }
    return [text for name, text in _NEXT.items() if seen[name]]
