"""Defines the command `order-tokenizer validate`, which checks whether the tokenizer would accept events.

It checks events against their schemas, as the tokenizer does. It doesn't know how large an event may be once it is
sanitized. It prints paths and rules, never a value.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import typer

from ops import console
from ops.files import File, Lines, events, known_events
from ops.options import AsJson
from schemas.check import check
from schemas.fault import Fault
from schemas.files import Located

_SOME_INVALID = 1

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False)


class Finding(NamedTuple):
    """Describes one problem in one event."""

    place: str
    code: str
    detail: str


class _Tally:
    """Counts events, and how many of them are invalid."""

    def __init__(self) -> None:
        self.events = 0
        self.invalid = 0

    def findings(self, located: Iterable[Located]) -> Iterator[Finding]:
        """Checks each event; yields the findings."""
        for place, data in located:
            self.events += 1
            try:
                check(data)
            except Fault as fault:
                self.invalid += 1
                for detail in fault.details:
                    yield Finding(place, str(fault.code), detail)


@app.command()
def validate(file: File, lines: Lines = False, as_json: AsJson = False) -> None:
    """Check whether the tokenizer would accept a file's events; prints paths and rules, never a value.

    Exit codes: 0 every event is valid, 1 some are not, 2 the file can't be read.
    """
    tally = _Tally()
    findings = tally.findings(events(file, lines=lines))
    if as_json:
        found = [each._asdict() for each in findings]
        console.as_json({"events": tally.events, "invalid": tally.invalid, "findings": found})
    else:
        codes = set()
        for each in findings:
            codes.add(each.code)
            where = f"{file}: {each.place}" if each.place else file
            console.line(f"{where}: {each.code}: {each.detail}")
        if known := known_events(codes):
            console.line(known)
        console.line(f"{console.number(tally.events)} events, {console.number(tally.invalid)} invalid")
    if tally.invalid:
        raise typer.Exit(_SOME_INVALID)
