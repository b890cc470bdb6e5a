"""Defines the command `order-tokenizer preview`, which shows what becomes of each field of a file's events."""

from typing import Annotated

import typer

from ops import console
from ops.attributes import Attributes, attributes_in
from ops.files import File, Lines, events
from ops.options import AsJson
from ops.preview import view
from ops.preview.coverage import covered

_SOME_REFUSED = 1

Events = Annotated[
    bool, typer.Option("--events", help="Show each event too, raw and sanitized, with its values.")
]

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


@app.command()
def preview(
    file: File,
    lines: Lines = False,
    attribute: Attributes = None,
    shown: Events = False,
    as_json: AsJson = False,
) -> None:
    """Show what becomes of each field of a file's events: paths and kinds, and values only with --events.

    Exit codes: 0 every event would be published, 1 some would be dead letters, 2 the file can't be read.
    """
    coverage = covered(events(file, lines=lines, attributes=attributes_in(attribute)), keep=shown)
    if as_json:
        console.as_json(view.document(coverage))
    else:
        view.tables(coverage)
    if coverage.refused:
        raise typer.Exit(_SOME_REFUSED)
