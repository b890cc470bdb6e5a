"""Defines the command `order-tokenizer audit`, which reads a stack's audit trail and says where it is broken."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from ops import console
from ops.audit.erasures import check_erasures
from ops.audit.store import AwsTrail
from ops.audit.trail import Day, check
from ops.errors import CommandError
from ops.explain import explained
from ops.options import AsJson, Profile, Region, RoleArn, StackName
from ops.stack import find

_BROKEN = 1
_ROLE = "audit verify needs the stack's AuditReaderRoleArn"

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False
)


@app.callback()
def _audit() -> None:
    """Check the record of who asked for what, when and for what purpose."""


@app.command()
def verify(  # noqa: PLR0917 -- a command has its options
    stack: StackName = None,
    profile: Profile = None,
    region: Region = None,
    role_arn: RoleArn = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="First day, as YYYY-MM-DD in UTC; default: all days."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Last day, as YYYY-MM-DD in UTC.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check the audit trail of a stack, and say where it is broken.

    Exit codes: 0 the trail is whole, 1 it is broken, 2 it could not be checked.
    """
    first, last = _day(since), _day(until)
    trail = AwsTrail(find(stack, profile, region, role_arn, "AuditReaderRoleArn"))
    with explained("reading the audit trail", _ROLE), console.progress("checking", None) as tick:
        days = [day for day in check(trail, _days(trail, first, last), tick) if day.chains or day.broken]
    if as_json:
        console.as_json(_document(days))
    else:
        _show(days)
    if any(day.broken for day in days):
        raise typer.Exit(_BROKEN)


@app.command()
def erasures(  # noqa: PLR0917 -- a command has its options
    marks: Annotated[str, typer.Argument(metavar="MARKS", help="The table of marks, `orders-erasures`.")],
    vault: Annotated[str, typer.Argument(metavar="VAULT", help="The vault's table, `orders-vault`.")],
    stack: StackName = None,
    profile: Profile = None,
    region: Region = None,
    role_arn: RoleArn = None,
    as_json: AsJson = False,
) -> None:
    """Check after a restore that every erasure still holds. For administrators of the tables.

    Exit codes: 0 all hold, 1 some don't, 2 it could not be checked.
    """
    found_stack = find(stack, profile, region, role_arn, "")
    trail, dynamodb = AwsTrail(found_stack), found_stack.client("dynamodb")
    with (
        explained("comparing erasures", "this needs an administrator of the tables and of the trail"),
        console.progress("comparing", None) as tick,
    ):
        found = check_erasures(trail, dynamodb, marks, vault, tick)
    broken = bool(found.unmarked or found.unread)
    if as_json:
        console.as_json({"verdict": "returned" if broken else "hold", **asdict(found)})
    else:
        for each in found.unmarked:
            console.line(f"erased and without its mark: {each}")
        counts = f"{console.counted(found.readable, 'record')} readable again, {console.number(found.stored)} stored again"
        console.line(f"{console.counted(found.erasures, 'erasure')} in the trail: {counts}")
    if broken:
        unread = f", {console.counted(found.unread, 'line')} unread" if found.unread else ""
        console.error(
            f"{console.counted(len(found.unmarked), 'erasure', 'has', 'have')} no mark any more{unread}",
            "`order-tokenizer rekey restore` puts back later marks; else erase again: docs/recovery.md#if-marks-were-lost",
        )
        raise typer.Exit(_BROKEN)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(
            "the day is not understood", "--since and --until take a day such as 2026-11-24"
        ) from None


def _days(trail: AwsTrail, first: date | None, last: date | None) -> Iterator[str]:
    if first is None:
        yield from (day for day in trail.days() if last is None or day <= last.isoformat())
        return
    end = last or datetime.now(UTC).date()
    for ahead in range((end - first).days + 1):
        yield (first + timedelta(ahead)).isoformat()


def _document(days: list[Day]) -> dict[str, object]:
    return {
        "verdict": _verdict(days),
        "chains": sum(day.chains for day in days),
        "lines": sum(day.lines for day in days),
        "unanswered": sum(day.unanswered for day in days),
        "broken": sum(day.broken for day in days),
        "days": [asdict(day) for day in days],
    }


def _verdict(days: list[Day]) -> str:
    return "broken" if any(day.broken for day in days) else "whole"


def _show(days: list[Day]) -> None:
    if not days:
        console.line("there is no line and no head on these days")
        return
    rows = [
        [
            day.day,
            console.number(day.chains),
            console.number(day.lines),
            _time(day.first),
            _time(day.last),
            "" if day.locked_days is None else console.number(day.locked_days),
            _verdict([day]),
        ]
        for day in days
    ]
    console.table("audit trail", ["day", "chains", "lines", "first", "last", "days locked", "verdict"], rows)
    found = [finding for day in days for finding in day.findings]
    if found:
        broken = [
            [each.day, each.chain, str(each.sequence or ""), str(each.kind), each.what] for each in found
        ]
        console.table("where it breaks", ["day", "chain", "line", "kind", "what"], broken)
    if more := sum(day.broken for day in days) - len(found):
        console.line(f"... and {console.counted(more, 'more finding')}; --since and --until show fewer days")
    lines, chains = sum(day.lines for day in days), sum(day.chains for day in days)
    unanswered = sum(day.unanswered for day in days)
    remark = f"; {console.number(unanswered)} without an answer, since a write failed" if unanswered else ""
    console.line(
        f"{_verdict(days)}: {console.counted(lines, 'line')} in {console.counted(chains, 'chain')}{remark}"
    )


def _time(text: str | None) -> str:
    return (text or "")[11:19]
