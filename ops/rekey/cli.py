"""Defines the command `order-tokenizer rekey` with its subcommands and options."""

from typing import Annotated, Any

import typer

from ops import console
from ops.errors import CommandError
from ops.options import AsJson, Chosen
from ops.rekey.function import ROLE, RekeyFunction
from ops.rekey.mover import Mover
from ops.rekey.restore import put_back
from ops.stack import Stack

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Move the vault to another KMS key while orders flow, then check the result; copy restored items back.",
)

_LEFT = 1


_chosen = Chosen()
app.callback()(_chosen.take)


@app.command()
def run(
    segments: Annotated[
        int, typer.Option("--segments", min=1, max=64, help="Number of parts that the table is split into.")
    ] = 8,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=64, help="Number of parts to work on at once.")
    ] = 4,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, max=100, help="Give up after this many verifications.")
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """Move records that are under another key, then verify. An interrupted run continues."""
    stack = _stack()
    if not stack.settled:
        raise CommandError(
            "the stack is being deployed",
            "`aws cloudformation wait stack-update-complete` waits for its end: functions may not know the key yet",
        )
    mover = Mover(
        RekeyFunction(stack),
        concurrency,
        lambda doing: console.progress(doing, None),
        console.aside,
    )
    state = mover.run(segments, rounds)
    _show(state, as_json=as_json)
    if state["phase"] != "done":
        left = state["verified"]
        console.error(
            f"records are left under another key after {console.counted(rounds, 'round')}: {console.number(left.get('old', 0))} old, {console.number(left.get('denied', 0))} that KMS does not open",
            "`aws kms describe-key` shows whether a key is disabled; keep the old key, and run `order-tokenizer rekey run` again",
        )
        raise typer.Exit(_LEFT)
    if state["unreadable"]:
        console.error(
            console.counted(state["verified"].get("tampered", 0), "record", "is", "are")
            + " not what was written: nobody can read that, under either key",
            "docs/runbook.md#tamperedalarm has the steps; `aws dynamodb get-item` shows one before the old key is deleted",
        )
        raise typer.Exit(_LEFT)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Show the state of the latest run."""
    _show(RekeyFunction(_stack()).ask("status"), as_json=as_json)


@app.command()
def restore(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The table that was restored.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="The table that functions use.")],
    as_json: AsJson = False,
) -> None:
    """Copy what a table lacks, and later marks of erasures, from a restored table. For administrators of the tables."""
    stack = _chosen.stack("")
    with console.progress(f"putting back into {target}", None) as tick:
        counts = put_back(stack.client("dynamodb"), source, target, tick)
    if as_json:
        console.as_json(dict(counts))
    else:
        console.line(
            f"{console.number(counts['put back'])} put back, {console.number(counts['there'])} were there"
        )


def _stack() -> Stack:
    return _chosen.stack(ROLE)


def _show(state: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        console.as_json(state)
        return
    if state["phase"] == "none":
        console.line("there was no run yet")
        return
    console.line(f"to key {state['target'].rpartition('/')[2]}: {state['phase']}, round {state['round']}")
    rows = [
        [phase, result, console.number(n)]
        for phase in ("moving", "verified")
        for result, n in state[phase].items()
    ]
    console.table("vault records", ["while", "were", "records"], rows)
    for record_id in state["unreadable"]:
        console.line(f"not readable by anybody: {record_id}")
    console.line(_next(state))


def _next(state: dict[str, Any]) -> str:
    """Says what is left to do."""
    if state["phase"] != "done":
        left, doing = len(state["left"]), "move" if state["phase"] == "move" else "verify"
        of = console.counted(state["segments"], "segment")
        return f"left to {doing}: {left} of {of}; `order-tokenizer rekey run` goes on"
    return "all records are verified; go on with step 4 of docs/keys.md"
