"""Defines the command `replay` with its subcommands and options. The modules beside this one do the work."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ops import console
from ops.entry import run as run_to_its_end
from ops.errors import CommandError
from ops.options import AsJson, Chosen, Profile, Region, RoleArn, StackName
from ops.stack import Stack
from replay import archive as archives
from replay import present
from replay import stream as streams
from replay.filters import Filter, moment
from replay.function import ReplayFunction
from replay.held import waited_for
from replay.letters import Letter, LetterQueue, count
from replay.runner import SPLIT, Pace, Report, Runner

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="List dead letters, and replay them under their original identity.",
)
archive = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Replay published events from EventBridge's archive, for consumers only.",
)
app.add_typer(archive, name="archive")

_SOME_FAILED = 1
_SHOWN = 50
_COUNTS_LAG = 60  # seconds; SQS counts are approximate, and right a minute after the last change

Codes = Annotated[
    list[str] | None, typer.Option("--code", help="Only letters with this error code; may be repeated.")
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Only letters from: stream, queue; may be repeated.")
]
Since = Annotated[
    str | None, typer.Option("--since", help="Only records that arrived after this time or age, such as 6h.")
]
Until = Annotated[
    str | None, typer.Option("--until", help="Only records that arrived before this time or age.")
]
EventTypes = Annotated[
    list[str] | None, typer.Option("--event-type", help="Only records of this event type; may be repeated.")
]
Ids = Annotated[
    list[str] | None,
    typer.Option("--id", help="Only this letter; the beginning of its ID is enough; may be repeated."),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most this many letters.")]
Apply = Annotated[bool, typer.Option("--apply", help="Make the changes; without it, only show them.")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="Your reason, for the audit trail.")]


class _Chosen(Chosen):
    """Holds the options before a subcommand, and for how long letters are held."""

    hold = 180


_chosen = _Chosen()


@app.callback()
def _options(
    stack: StackName = None,
    profile: Profile = None,
    region: Region = None,
    role_arn: RoleArn = None,
    hold: Annotated[
        int,
        typer.Option(
            "--hold",
            min=5,
            max=43_200,
            help="Seconds to hold letters back from other operators, and to wait for theirs.",
        ),
    ] = 180,
) -> None:
    _chosen.take(stack, profile, region, role_arn)
    _chosen.hold = hold


@app.command("list")
def list_(  # noqa: PLR0917 -- a command has its options
    code: Codes = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    letter_id: Ids = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """List letters: a summary by code, source and age, then one line each."""
    stack = _stack()
    queue = _queue(stack)
    wanted = _filter(code, source, since, until, None, letter_id, limit)
    counted: Counter[tuple[str, str, str]] = Counter()
    shown: list[Letter] = []
    receipts: list[str] = []
    held = queue.counts()["held"]  # before we hold any
    most = limit or (None if as_json else _SHOWN)
    try:
        for letter in queue.take():
            receipts.append(letter.receipt)
            if wanted.takes(letter):
                counted[letter.code, letter.source, present.age_class(letter.arrived_at)] += 1
                if most is None or len(shown) < most:
                    shown.append(replace(letter, body=""))  # ten thousand bodies would not fit
    finally:
        queue.give_back(receipts)
    unprocessed = count(stack.client("sqs"), stack.output("UnprocessedQueueUrl"))
    if as_json:
        grouped = [
            {"code": c, "source": s, "age": a, "letters": n} for (c, s, a), n in sorted(counted.items())
        ]
        letters = [letter.to_dict() for letter in shown]
        console.as_json({"groups": grouped, "letters": letters, "total": counted.total(), "held": held, "unprocessed": unprocessed["waiting"], "unprocessed_held": unprocessed["held"]})  # fmt: skip
        return
    if counted:
        present.groups(counted)
        present.letters(shown)
        if counted.total() > len(shown):
            console.line(f"... and {counted.total() - len(shown):,} more; --limit N shows more lines")
    else:
        console.line("no letters")
    _show_held(held + unprocessed["held"])
    if unprocessed["waiting"]:
        console.line(
            f"{unprocessed['waiting']:,} raw messages are unprocessed; `replay run --apply` takes them, too"
        )


@app.command()
def show(
    letter_id: Annotated[
        str, typer.Argument(metavar="ID", help="The letter; the beginning of its ID is enough.")
    ],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the raw record; audited.")] = False,
    purpose: Purpose = None,
    as_json: AsJson = False,
) -> None:
    """Show one letter without its values: field paths, types and lengths."""
    stack = _stack()
    letter = _one(stack, letter_id)
    details: dict[str, Any] = letter.to_dict()
    function = ReplayFunction(stack)
    if letter.shape == "sealed":
        details["outline"] = function.ask("show", letters=[letter.body])["outline"]
    if reveal:
        why = purpose or _asked_purpose()
        details["record"] = function.ask(
            "reveal", letters=[letter.body], ids=[letter.letter_id], purpose=why
        )["record"]
    if as_json:
        console.as_json(details)
        return
    console.table(
        "letter",
        ["what", "is"],
        [[key, str(value)] for key, value in details.items() if key not in {"outline", "record"}],
    )
    if outline := details.get("outline"):
        rows = [[each["path"], each["type"], str(each.get("length", ""))] for each in outline["fields"]]
        console.table(f"{outline['bytes']:,} bytes", ["path", "type", "length"], rows)
    if reveal:
        console.line(details["record"])


@app.command()
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
            help="Change one letter's record (--id) by a JSON Patch file, or by your editor with `-`.",
        ),
    ] = None,
    purpose: Purpose = None,
    as_json: AsJson = False,
) -> None:
    """Send letters through the tokenizer again. This is a dry run unless --apply is given."""
    stack = _stack()
    wanted = _filter(code, source, since, until, event_type, letter_id, limit)
    if edit is not None:
        _run_edited(stack, wanted, edit, purpose, apply=apply, as_json=as_json)
        return
    queue = _queue(stack)
    also_raw = unprocessed and wanted.everything and wanted.sources in {(), ("queue",)} and not limit
    if not apply:
        raw = count(stack.client("sqs"), stack.output("UnprocessedQueueUrl"))["waiting"] if also_raw else 0
        _dry_run(queue, wanted, raw, as_json=as_json)
        return
    function = ReplayFunction(stack, wanted.to_dict())
    with console.progress("replaying", limit or queue.counts()["waiting"]) as tick:
        runner = Runner(queue, function, Pace(rate, concurrency, stop_after), tick)
        _run_chosen(queue, runner, wanted)
    report = runner.report
    if also_raw and not report.stopped:
        _run_unprocessed(function, report)
    held = _run_held(queue, runner, wanted)
    if also_raw:
        held += count(stack.client("sqs"), stack.output("UnprocessedQueueUrl"))["held"]
    if wanted.everything and not limit:  # in other runs, held letters may not be among the selected ones
        report.held = held
    outcome = {"statuses": dict(report.statuses), "stopped": report.stopped, "held": held, "results": report.results}  # fmt: skip
    if as_json:
        console.as_json(outcome)
    else:
        _show_run(outcome)
    if not report.all_replayed:
        raise typer.Exit(_SOME_FAILED)


@app.command()
def stream(  # noqa: PLR0917 -- a command has its options
    since: Annotated[
        str | None,
        typer.Option("--since", help="Only records that arrived after this time or age, such as 6h."),
    ] = None,
    until: Until = None,
    shard: Annotated[
        list[str] | None, typer.Option("--shard", help="Only this shard; may be repeated.")
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from-sequence", help="From this sequence number on (one --shard).")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to-sequence", help="Up to this sequence number (one --shard).")
    ] = None,
    apply: Apply = False,
    as_json: AsJson = False,
) -> None:
    """Send the raw stream through the tokenizer again. Identities stay the same, so the events do too."""
    stack = _stack()
    if (first or last) and len(shard or ()) != 1:
        raise CommandError(
            "a sequence number belongs to one shard", "replay stream --shard ID --from-sequence N"
        )
    piece = streams.Piece(moment(since), moment(until), tuple(shard or ()), first, last)
    report = streams.replay_piece(ReplayFunction(stack, piece.to_dict()), piece, apply=apply)
    if as_json:
        console.as_json(report)
    else:
        rows = [
            [name, *(f"{each[key]:,}" for key in ("read", "published", "failures"))]
            for name, each in report["shards"].items()
        ]
        console.table(
            "stream" if apply else "stream, dry run", ["shard", "read", "published", "failed"], rows
        )
        if not apply:
            console.line("a dry run: add --apply to act")
    if report["failures"]:
        raise typer.Exit(_SOME_FAILED)


@app.command()
def quarantine(
    letter_ids: Annotated[
        list[str], typer.Argument(metavar="ID", help="Letters; the beginnings of their IDs are enough.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why they can't be repaired, for the audit trail.")],
    as_json: AsJson = False,
) -> None:
    """Move letters that can't be repaired into quarantine, in the stack's encrypted bucket."""
    stack = _stack()
    queue = _queue(stack)
    aside: list[str] = []
    wanted = Filter(ids=tuple(letter_ids))
    try:
        found = list(_chosen_letters(queue, wanted, aside))
    finally:
        queue.give_back(aside)
    if not found:
        raise CommandError("no such letter", "replay list")
    function = ReplayFunction(stack, wanted.to_dict())
    for letter in found:
        function.ask("quarantine", letters=[letter.body], ids=[letter.letter_id], reason=reason)
        queue.delete([letter.receipt])
    _show(
        {"quarantined": [letter.letter_id for letter in found]},
        f"{len(found)} letters quarantined",
        as_json=as_json,
    )


@app.command()
def restore(
    letter_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Quarantined letters; without any, list them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring quarantined letters back to the queue. Without an ID, list them."""
    function = ReplayFunction(_stack())
    kept = function.ask("quarantined")["ids"]
    if not letter_ids:
        _show({"quarantined": kept}, "\n".join(kept) or "nothing is quarantined", as_json=as_json)
        return
    chosen = [each for each in kept if any(each.startswith(beginning) for beginning in letter_ids)]
    if not chosen:
        raise CommandError("no such letter in quarantine", "replay restore")
    function.ask("restore", ids=chosen)
    _show({"restored": chosen}, f"{len(chosen)} letters restored", as_json=as_json)


@archive.command("start")
def archive_start(  # noqa: PLR0917 -- a command has its options
    since: Annotated[str, typer.Option("--since", help="First event: a time, or an age such as 6h.")],
    until: Annotated[str, typer.Option("--until", help="Last event: a time, or an age.")],
    rule: Annotated[
        list[str], typer.Option("--rule", help="ARN of a rule that gets the events; may be repeated.")
    ],
    archive_arn: Annotated[
        str | None, typer.Option("--archive-arn", help="Archive to replay; default: the stack's own.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait until it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start a replay of sanitized events to chosen rules."""
    stack = _stack()
    begins, ends = moment(since), moment(until)
    if begins is None or ends is None or begins >= ends:
        raise CommandError("the replay would be empty", "--since must be before --until")
    state = archives.start(stack, archive_arn, rule, (begins, ends))
    if watch:
        state = archives.watch(stack, state["name"])
    _show(state, f"{state['name']}: {state['state']}", as_json=as_json)


@archive.command("status")
def archive_status(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    watch: Annotated[bool, typer.Option("--watch", help="Wait until it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the state of a replay."""
    stack = _stack()
    state = archives.watch(stack, name) if watch else archives.status(stack, name)
    _show(state, f"{state['name']}: {state['state']}", as_json=as_json)


@archive.command("cancel")
def archive_cancel(name: Annotated[str, typer.Argument(metavar="NAME")], as_json: AsJson = False) -> None:
    """Cancel a replay."""
    state = archives.cancel(_stack(), name)
    _show(state, f"{state['name']}: {state['state']}", as_json=as_json)


def main() -> NoReturn:
    """Runs the command. `order-tokenizer replay` is the same."""
    run_to_its_end(app, "replay")


def _stack() -> Stack:
    return _chosen.stack("ReplayOperatorRoleArn")


def _queue(stack: Stack) -> LetterQueue:
    return LetterQueue(stack.client("sqs"), stack.output("DeadLetterQueueUrl"), _chosen.hold)


def _filter(  # noqa: PLR0917 -- a filter has its parts
    code: list[str] | None,
    source: list[str] | None,
    since: str | None,
    until: str | None,
    event_type: list[str] | None,
    letter_id: list[str] | None,
    limit: int | None,
) -> Filter:
    if unknown := set(source or ()) - {"stream", "queue"}:
        raise CommandError(
            f"no such source: {', '.join(sorted(unknown))}", "--source stream or --source queue"
        )
    return Filter(
        tuple(code or ()),
        tuple(source or ()),
        moment(since),
        moment(until),
        tuple(event_type or ()),
        tuple(letter_id or ()),
        limit,
    )


def _chosen_letters(
    queue: LetterQueue, wanted: Filter, aside: list[str], tried: Collection[str] = frozenset()
) -> Iterator[Letter]:
    """Yields the selected letters that were not tried yet; notes the others in `aside`, to be given back at the end."""
    taken = 0
    for letter in queue.take(tried):
        if wanted.limit is not None and taken >= wanted.limit:
            aside.append(letter.receipt)
            return
        if wanted.takes(letter):
            taken += 1
            yield letter
        else:
            aside.append(letter.receipt)


def _one(stack: Stack, letter_id: str) -> Letter:
    queue = _queue(stack)
    receipts: list[str] = []
    found: list[Letter] = []
    try:
        for letter in queue.take():
            receipts.append(letter.receipt)
            if letter.letter_id.startswith(letter_id):
                found.append(letter)
    finally:
        queue.give_back(receipts)
    if len(found) != 1:
        what = "no such letter" if not found else f"{len(found)} letters begin with {letter_id}"
        raise CommandError(what, "replay list; letters that another operator holds are not shown")
    return found[0]


def _run_chosen(queue: LetterQueue, runner: Runner, wanted: Filter) -> None:
    """Replays the selected letters that were not tried yet; gives back what is not replayed."""
    aside: list[str] = []
    tried = {str(each.get("id")) for each in runner.report.results}
    try:
        runner.run(_chosen_letters(queue, wanted, aside, tried), wanted)
    finally:
        queue.give_back(aside)
    runner.give_back()


def _run_held(queue: LetterQueue, runner: Runner, wanted: Filter) -> int:
    """Waits for letters that others hold, if all letters are selected; returns how many are still held."""
    held = queue.counts()["held"]
    if not held or not wanted.everything or wanted.limit or runner.report.stopped:
        return held

    def take_what_came_back() -> bool:
        _run_chosen(queue, runner, wanted)
        return not runner.report.stopped

    patience = max(_chosen.hold, _COUNTS_LAG)
    console.aside(f"waiting for {held:,} letters that somebody else holds, {patience} s at most")
    return waited_for(lambda: queue.counts()["held"], take_what_came_back, patience)


def _show_held(held: int) -> None:
    if held:
        console.line(f"{held:,} more are held by somebody else; they come back if they are not replayed")


def _dry_run(queue: LetterQueue, wanted: Filter, raw: int, *, as_json: bool) -> None:
    counted: Counter[tuple[str, str, str]] = Counter()
    ids: list[str] = []
    receipts: list[str] = []
    aside: list[str] = []
    held = queue.counts()["held"]  # before we hold any
    try:
        for letter in _chosen_letters(queue, wanted, aside):
            receipts.append(letter.receipt)
            ids.append(letter.letter_id)
            counted[letter.code, letter.source, present.age_class(letter.arrived_at)] += 1
    finally:
        queue.give_back([*receipts, *aside])
    if as_json:
        console.as_json({"dry_run": True, "would_replay": len(ids), "ids": ids, "held": held, "unprocessed": raw})  # fmt: skip
        return
    present.groups(counted)
    _show_held(held)
    more = f" and {raw:,} unprocessed messages" if raw else ""
    console.line(f"would replay {len(ids):,} letters{more}; a dry run: add --apply to act")


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


def _run_edited(
    stack: Stack, wanted: Filter, edit: Path, purpose: str | None, *, apply: bool, as_json: bool
) -> None:
    if len(wanted.ids) != 1:
        raise CommandError(
            "an edit is for one letter", "replay run --edit FILE --id ID --purpose WHY --apply"
        )
    patch: Any = None
    if str(edit) != "-":
        try:
            patch = json.loads(edit.read_text())
        except (OSError, ValueError):
            raise CommandError(
                f"{edit} can't be read as a JSON Patch", "a list of operations, RFC 6902"
            ) from None
    letter = _one(stack, wanted.ids[0])
    if not apply:
        _show(
            {"dry_run": True, "would_edit": letter.letter_id},
            f"would edit {letter.letter_id}; add --apply to act",
            as_json=as_json,
        )
        return
    why = purpose or _asked_purpose()
    function = ReplayFunction(stack, wanted.to_dict())
    request: dict[str, Any] = {"letters": [letter.body], "ids": [letter.letter_id], "purpose": why}
    change = {"patch": patch} if patch is not None else {"data": _edited_by_hand(function, request)}
    (result,) = function.ask("edit", **request, **change)["results"]
    if result["status"] == "published":
        _deleted(stack, letter)
    _show(
        {"results": [result]},
        f"{letter.letter_id}: {result['status']} {result.get('message', '')}".strip(),
        as_json=as_json,
    )
    if result["status"] != "published":
        raise typer.Exit(_SOME_FAILED)


def _edited_by_hand(function: ReplayFunction, request: dict[str, Any]) -> str:
    """Returns the record after the operator has edited it.

    The files, in a private folder, are overwritten afterwards.
    """
    record = function.ask("reveal", **request)["record"]
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        path = Path(folder) / "record.json"
        path.touch(mode=0o600)
        with path.open("r+") as first:  # editors may write a new file in its place, so this one stays open
            first.write(record)
            first.flush()
            try:
                subprocess.run([*editor, str(path)], check=True)  # noqa: S603 -- the operator's own editor
                edited = path.read_text()
            except (OSError, subprocess.CalledProcessError):
                raise CommandError(
                    "the editor failed", "set EDITOR, or use a JSON Patch: --edit FILE"
                ) from None
            finally:
                first.seek(0)
                first.write("\0" * len(record))
                for left in Path(folder).iterdir():
                    left.write_bytes(b"\0" * left.stat().st_size)
    return edited


def _deleted(stack: Stack, letter: Letter) -> None:
    """Deletes a letter. It is taken from the queue again, because its first receipt was given back."""
    queue = _queue(stack)
    aside: list[str] = []
    for each in _chosen_letters(queue, Filter(ids=(letter.letter_id,)), aside):
        queue.delete([each.receipt])
    queue.give_back(aside)


def _asked_purpose() -> str:
    if not sys.stdin.isatty():
        raise CommandError("a purpose is required", "--purpose WHY; it goes into the audit trail")
    return str(typer.prompt("purpose"))


def _show(value: dict[str, Any], text: str, *, as_json: bool) -> None:
    if as_json:
        console.as_json(value)
    else:
        console.line(text)


def _show_run(outcome: dict[str, Any]) -> None:
    console.table(
        "replayed",
        ["result", "letters"],
        [[name, f"{n:,}"] for name, n in sorted(outcome["statuses"].items())],
    )
    split = [each for each in outcome["results"] if each["status"] == SPLIT]
    if split:
        rows = [[str(each["id"]), f"{each['records']:,}", f"{each['letters']:,}"] for each in split]
        console.table("have letters for each record that failed", ["id", "records", "letters"], rows[:_SHOWN])
    left = [each for each in outcome["results"] if each["status"] not in {"published", "skipped", SPLIT}]
    if left:
        rows = [
            [
                str(each.get("id") or each.get("message_id")),
                each["status"],
                each.get("code", ""),
                each.get("message", ""),
            ]
            for each in left
        ]
        console.table("stay on the queue", ["id", "result", "code", "message"], rows[:_SHOWN])
    if outcome["stopped"]:
        console.error(
            f"stopped: {outcome['stopped']}", "fix the cause; `replay show ID` shows one letter in detail"
        )
    if not outcome["statuses"]:
        console.line("nothing to replay")
    _show_held(outcome["held"])
