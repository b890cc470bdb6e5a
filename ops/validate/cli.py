"""Defines the command `order-tokenizer validate`, which checks whether the tokenizer would accept events.

It checks events against their schemas, as the tokenizer does. It doesn't know how large an event may be once it is
sanitized. It warns of fields that look misspelt. It prints paths and rules, never a value.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import typer

from ops import console
from ops.advice import advised
from ops.attributes import Attributes, attributes_in
from ops.files import File, FileEvent, Lines, events, known_events
from ops.misspelt import Misspelt, misspelt
from ops.options import AsJson
from schemas.check import check
from schemas.fault import Fault

_SOME_INVALID = 1

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


class Finding(NamedTuple):
    """Describes one problem in one event."""

    place: str
    code: str
    detail: str


class Warned(NamedTuple):
    """Describes a field of one event that looks misspelt. The event may be valid nevertheless."""

    place: str
    path: str
    did_you_mean: str


class _Tally:
    """Counts events, and how many of them are invalid."""

    def __init__(self) -> None:
        self.events = 0
        self.invalid = 0
        self.warnings = 0

    def findings(self, located: Iterable[FileEvent]) -> Iterator[Finding | Warned]:
        """Checks each event; yields the findings and warnings."""
        for event in located:
            self.events += 1
            try:
                check(event.record)
            except Fault as fault:
                self.invalid += 1
                for detail in fault.details:
                    yield Finding(event.place, str(fault.code), advised(fault.code, detail, event))
            for each in misspelt(event.record):
                self.warnings += 1
                yield Warned(event.place, each.path, each.meant)

    def line(self) -> str:
        """Returns the counts in a line for people."""
        counts = f"{console.counted(self.events, 'event')}, {console.number(self.invalid)} invalid"
        return f"{counts}, {console.counted(self.warnings, 'warning')}" if self.warnings else counts


@app.command()
def validate(file: File, lines: Lines = False, attribute: Attributes = None, as_json: AsJson = False) -> None:
    """Check whether the tokenizer would accept a file's events; prints paths and rules, never a value.

    Warns of unknown fields that look like known ones. Exit codes: 0 every event is valid, 1 some are not, 2 the file
    can't be read.
    """
    tally = _Tally()
    findings = tally.findings(events(file, lines=lines, attributes=attributes_in(attribute)))
    if as_json:
        found = list(findings)
        console.as_json(
            {
                "events": tally.events,
                "invalid": tally.invalid,
                "findings": [each._asdict() for each in found if isinstance(each, Finding)],
                "warnings": [each._asdict() for each in found if isinstance(each, Warned)],
            }
        )
    else:
        codes = set()
        for each in findings:
            where = f"{file}: {each.place}" if each.place else file
            if isinstance(each, Finding):
                codes.add(each.code)
                console.line(f"{where}: {each.code}: {each.detail}")
            else:
                console.line(f"{where}: warning: {Misspelt(each.path, each.did_you_mean)}")
        for known in known_events(codes):
            console.line(known)
        console.line(tally.line())
    if tally.invalid:
        raise typer.Exit(_SOME_INVALID)
