"""Replays letters: a dry run first, then for good."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated

import typer

from ops import console
from ops.entry import typed
from ops.errors import CommandError, Interrupted
from ops.options import AsJson
from replay import present
from replay.arguments import (
    Apply,
    Codes,
    EventTypes,
    Ids,
    Limit,
    Purpose,
    Since,
    Sources,
    Until,
    chosen,
    letter_filter,
    open_queue,
    open_stack,
)
from replay.commands.approvals import ApprovalId, Approving, Ask
from replay.commands.edit import run_edited
from replay.commands.sign_in import IdTokenFile
from replay.filters import Filter
from replay.function import ReplayFunction
from replay.held import waited_for
from replay.letters import LetterQueue, count
from replay.runner import Pace, Report, Runner
from replay.selection import no_such_letter, selected

_SOME_FAILED = 1
_COUNTS_LAG = 60  # seconds; SQS counts are approximate, and right a minute after the last change


def run(  # noqa: PLR0917 -- a command has its options
    code: Codes = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    event_type: EventTypes = None,
    letter_id: Ids = None,
    limit: Limit = None,
    apply: Apply = False,
    rate: Annotated[float, typer.Option("--rate", min=0, help="Records per second; 0 for no limit.")] = 0,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=32, help="Requests at once.")] = 4,
    stop_after: Annotated[
        int, typer.Option("--stop-after", min=1, help="Stop after this many failures in a row.")
    ] = 50,
    unprocessed: Annotated[
        bool, typer.Option(help="Also replay raw messages that never reached a healthy function.")
    ] = True,
    edit: Annotated[
        Path | None,
        typer.Option(
            "--edit",
            help="Change one letter's record (--id) by a JSON Patch file; `-` opens the wrong fields in your editor.",
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field", help="With `--edit -`: open this field, such as /order/total; may be repeated."
        ),
    ] = None,
    purpose: Purpose = None,
    ask: Ask = False,
    approval: ApprovalId = None,
    token: IdTokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Send letters through the tokenizer again. This is a dry run unless --apply is given."""
    wanted = letter_filter(code, source, since, until, event_type, letter_id, limit)
    approving = Approving(ask, approval, token)
    approving.check(possible=edit is not None)
    if edit is not None:
        if not run_edited(wanted, edit, field or [], purpose, approving, apply=apply, as_json=as_json):
            raise typer.Exit(_SOME_FAILED)
        return
    stack = open_stack()
    queue = open_queue(stack)
    also_raw = unprocessed and wanted.everything and wanted.sources in {(), ("queue",)} and not limit
    raw = (
        count(stack.client("sqs"), stack.output("UnprocessedQueueUrl"))
        if also_raw
        else {"waiting": 0, "held": 0}
    )
    if not apply:
        _dry_run(queue, wanted, raw, as_json=as_json)
        return
    function = ReplayFunction(stack, wanted.to_dict())
    found = queue.counts()
    expected = limit or found["waiting"]
    with console.progress("replaying", expected) as tick:
        runner = Runner(queue, function, Pace(rate, concurrency, stop_after), tick)
        report = runner.report
        try:
            _run_chosen(queue, runner, wanted)
        except KeyboardInterrupt:
            raise _interrupted(report, expected) from None
    if any(raw.values()) and not report.stopped:
        _run_unprocessed(function, report)
    held = _run_held(queue, runner, wanted, found["held"])
    if also_raw:
        held += count(stack.client("sqs"), stack.output("UnprocessedQueueUrl"))["held"]
    if _may_be_held(wanted, report):
        report.held = held
    if as_json:
        console.as_json({"statuses": dict(report.statuses), "stopped": report.stopped, "held": held, "results": report.results})  # fmt: skip
    else:
        _show(wanted, report, held)
    _end(wanted, report, held)


def _end(wanted: Filter, report: Report, held: int) -> None:
    """Ends the command with an error if an id was wrong, or if a letter was not replayed."""
    if not report.stopped and (lost := _lost(wanted, _tried(report))):
        raise no_such_letter(lost, held)
    if not report.all_replayed:
        raise typer.Exit(_SOME_FAILED)


def _lost(wanted: Filter, ids: Collection[str]) -> list[str]:
    """Returns the ids that were asked for and that no letter begins with."""
    return [each for each in wanted.ids if not any(one.startswith(each) for one in ids)]


def _run_chosen(queue: LetterQueue, runner: Runner, wanted: Filter) -> None:
    """Replays the selected letters that were not tried yet; gives back what is not replayed.

    A run that is slower than its hold meets its own letters again before it has met all others; it begins again for those.
    """
    tried = -1
    while tried < len(runner.report.results):
        tried = len(runner.report.results)
        aside: list[str] = []
        try:
            runner.run(selected(queue, wanted, aside, _tried(runner.report)), wanted)
        finally:
            try:
                queue.give_back(aside)
            finally:
                runner.give_back()
        if not queue.came_round or runner.report.stopped or wanted.limit:
            return


def _run_held(queue: LetterQueue, runner: Runner, wanted: Filter, before: int) -> int:
    """Waits for letters that others hold, if selected ones may be among them; returns how many are still held.

    Args:
        queue: of the letters.
        runner: has replayed all that could be taken.
        wanted: selects letters.
        before: how many others held when the run began; those may have come back since the last was taken.
    """
    held = queue.counts()["held"]
    if not (held or before) or not _may_be_held(wanted, runner.report) or runner.report.stopped:
        return held

    def take_what_came_back() -> bool:
        _run_chosen(queue, runner, wanted)
        return not runner.report.stopped and _may_be_held(wanted, runner.report)

    patience = max(chosen.hold, _COUNTS_LAG)
    if held:
        console.aside(
            f"waiting for {console.counted(held, 'letter')} that somebody else holds, {patience} s at most"
        )
    try:
        return waited_for(lambda: queue.counts()["held"], take_what_came_back, patience)
    except KeyboardInterrupt:
        raise _interrupted(runner.report, runner.report.statuses.total() + held) from None


def _may_be_held(wanted: Filter, report: Report) -> bool:
    """Returns True if a letter that somebody else holds may be a selected one that was not tried yet.

    A run for some number of letters takes any, so it is done without those.
    """
    if wanted.limit:
        return False
    return not wanted.ids or bool(_lost(wanted, _tried(report)))


def _tried(report: Report) -> set[str]:
    return {str(each.get("id")) for each in report.results}


def _interrupted(report: Report, expected: int) -> Interrupted:
    """Returns the error that says what was done, and how to go on."""
    done = report.statuses.total()
    each = ", ".join(f"{number} {status}" for status, number in sorted(report.statuses.items()))
    return Interrupted(
        f"interrupted: {done} of about {console.counted(max(done, expected), 'letter')} done{f' ({each})' if each else ''}; the others stay",
        f"`{typed()}` goes on",
    )


def _dry_run(queue: LetterQueue, wanted: Filter, raw: Mapping[str, int], *, as_json: bool) -> None:
    counted: Counter[tuple[str, str, str]] = Counter()
    ids: list[str] = []
    receipts: list[str] = []
    aside: list[str] = []
    held = queue.counts()["held"]  # before we hold any
    try:
        for letter in selected(queue, wanted, aside):
            receipts.append(letter.receipt)
            ids.append(letter.letter_id)
            counted[letter.code, letter.source, present.age_class(letter.arrived_at)] += 1
    finally:
        queue.give_back([*receipts, *aside])
        queue.give_back_unread()
    if lost := _lost(wanted, ids):
        raise no_such_letter(lost, held)
    if as_json:
        console.as_json({"dry_run": True, "would_replay": len(ids), "ids": ids, "held": held, "unprocessed": raw["waiting"], "unprocessed_held": raw["held"]})  # fmt: skip
        return
    if counted:
        present.groups(counted)
    present.held(held + raw["held"])
    waiting = raw["waiting"]
    more = f" and {console.counted(waiting, 'unprocessed message')}" if waiting else ""
    console.line(f"would replay {console.counted(len(ids), 'letter')}{more}; a dry run: add --apply to act")


def _run_unprocessed(function: ReplayFunction, report: Report) -> None:
    """Has the function replay unprocessed messages until none is left, or none gets through."""
    try:
        while results := function.ask("unprocessed")["results"]:
            report.statuses.update(each["status"] for each in results)
            report.results += results
            if all(each["status"] == "unavailable" for each in results):
                return
    except CommandError as error:
        report.stopped = f"unprocessed messages: {error}"


def _show(wanted: Filter, report: Report, held: int) -> None:
    if report.statuses:
        present.results(report.statuses, report.results)
    elif not wanted.ids:  # or the error says which id is wrong
        console.line("nothing to replay")
    present.held(held)
    if report.stopped:
        console.error(f"stopped: {report.stopped}", f"`{typed()}` goes on, once the cause is gone")
