"""`python -m ops.preview.preview FILE`: what becomes of each field of a file of events, without any AWS.

The real sanitizer does it, with keys that are thrown away. Paths and kinds are shown, never a value.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ops.preview import view
from ops.preview.outcomes import Field, FieldOutcome, Preview
from schemas.files import NoEventsError, events_in
from tokenizer.errors import BadRecord, PipelineError
from tokenizer.pipeline.catalog import catalog

_STDIN = "-"
_ALL_TAKEN, _SOME_REFUSED, _BAD_USAGE = 0, 1, 2


@dataclass
class Coverage:
    """What a file comes to.

    Args:
        fields: how often each path met each outcome.
        refused: place, code and reason of each event that would be dead-lettered.
    """

    events: int = 0
    fields: Counter[Field] = field(default_factory=Counter)
    refused: list[tuple[str, str, str]] = field(default_factory=list)

    def outcomes(self) -> dict[FieldOutcome, int]:
        """How often each outcome was met, in the order in which they are declared."""
        counted: Counter[FieldOutcome] = Counter()
        for each, times in self.fields.items():
            counted[each.outcome] += times
        return {outcome: counted[outcome] for outcome in FieldOutcome if counted[outcome]}


def covered(source: BinaryIO, *, lines: bool = False) -> Coverage:
    """Preview every event of a file.

    Raises:
        NoEventsError: it can't be taken apart into events.
    """
    preview, coverage = Preview(catalog()), Coverage()
    for place, data in events_in(source, lines=lines):
        coverage.events += 1
        try:
            coverage.fields.update(each.starred for each in preview.fields(data))
        except PipelineError as error:
            code = str(error.code) if isinstance(error, BadRecord) else type(error).__name__
            coverage.refused.append((place, code, str(error)))
    return coverage


def main(arguments: list[str] | None = None) -> int:
    """Preview a file.

    Returns:
        0 if every event would be published, 1 if some would be dead letters, 2 if the file can't be read.
    """
    parser = argparse.ArgumentParser(prog="python -m ops.preview.preview", description=__doc__)
    parser.add_argument(
        "file", help="one JSON event, a JSON list of events, or JSON lines; - for standard input"
    )
    parser.add_argument(
        "--lines", action="store_true", help="every line is an event, even where the first is broken"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args(arguments)
    try:
        if options.file == _STDIN:
            coverage = covered(sys.stdin.buffer, lines=options.lines)
        else:
            with Path(options.file).open("rb") as source:
                coverage = covered(source, lines=options.lines)
    except (OSError, NoEventsError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        sys.stderr.write(
            f"error: {options.file}: {why}\nhint: a file holds one JSON event, a list of them, or one a line\n"
        )
        return _BAD_USAGE
    (view.as_json if options.json else view.as_tables)(coverage)
    return _SOME_REFUSED if coverage.refused else _ALL_TAKEN


if __name__ == "__main__":
    sys.exit(main())
