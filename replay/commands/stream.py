"""Replays a piece of the raw stream."""

from typing import Annotated

import typer

from ops import console
from ops.errors import CommandError
from ops.options import AsJson
from replay import stream as streams
from replay.arguments import Apply, Until, open_stack
from replay.filters import moment
from replay.function import ReplayFunction

_SOME_FAILED = 1


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
    if (first or last) and len(shard or ()) != 1:
        raise CommandError(
            "a sequence number belongs to one shard", "replay stream --shard ID --from-sequence N"
        )
    piece = streams.Piece(moment(since), moment(until), tuple(shard or ()), first, last)
    function = ReplayFunction(open_stack(), piece.to_dict())
    with console.progress("replaying the stream", None) as tick:
        report = streams.replay_piece(function, piece, tick, apply=apply)
    if as_json:
        console.as_json(report)
    else:
        rows = [
            [name, *(console.number(each[key]) for key in ("read", "published", "failures"))]
            for name, each in report["shards"].items()
        ]
        console.table(
            "stream" if apply else "stream, dry run", ["shard", "read", "published", "failed"], rows, whole=1
        )
        if not apply:
            console.line("a dry run: add --apply to act")
    if report["failures"]:
        raise typer.Exit(_SOME_FAILED)
