"""`python -m schemas.validate FILE`: would the tokenizer take these events? Tells paths and rules, never a value.

It checks what the schemas say, as the tokenizer does. It does not know how large an event may be once it is sanitized.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from schemas.check import Fault, check
from schemas.files import Located, NoEventsError, events_in

_STDIN = "-"
_ALL_VALID, _SOME_INVALID, _BAD_USAGE = 0, 1, 2


class Finding(NamedTuple):
    """One thing that is wrong with one event."""

    place: str
    code: str
    detail: str


class _Tally:
    """How many events there were, and how many are invalid."""

    def __init__(self) -> None:
        self.events = 0
        self.invalid = 0

    def findings(self, located: Iterator[Located]) -> Iterator[Finding]:
        """Check each event."""
        for place, data in located:
            self.events += 1
            try:
                check(data)
            except Fault as fault:
                self.invalid += 1
                for detail in fault.details:
                    yield Finding(place, str(fault.code), detail)


def main(arguments: list[str] | None = None) -> int:
    """Check a file.

    Returns:
        0 if every event is valid, 1 if some are not, 2 if the file can't be read.
    """
    parser = argparse.ArgumentParser(prog="python -m schemas.validate", description=__doc__)
    parser.add_argument(
        "file", help="one JSON event, a JSON list of events, or JSON lines; - for standard input"
    )
    parser.add_argument(
        "--lines", action="store_true", help="every line is an event, even where the first is broken"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    options = parser.parse_args(arguments)
    tally = _Tally()
    try:
        if options.file == _STDIN:
            findings = _checked(sys.stdin.buffer, tally, options)
        else:
            with Path(options.file).open("rb") as source:
                findings = _checked(source, tally, options)
    except (OSError, NoEventsError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        sys.stderr.write(
            f"error: {options.file}: {why}\nhint: a file holds one JSON event, a list of them, or one a line\n"
        )
        return _BAD_USAGE
    if options.json:
        told = {
            "events": tally.events,
            "invalid": tally.invalid,
            "findings": [each._asdict() for each in findings],
        }
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    else:
        sys.stdout.write(f"{tally.events:,} events, {tally.invalid:,} invalid\n")
    return _SOME_INVALID if tally.invalid else _ALL_VALID


def _checked(source: BinaryIO, tally: _Tally, options: argparse.Namespace) -> list[Finding]:
    """The findings for `--json`; without it they are printed as they are found."""
    found = tally.findings(events_in(source, lines=options.lines))
    if options.json:
        return list(found)
    for each in found:
        where = f"{options.file}: {each.place}" if each.place else options.file
        sys.stdout.write(f"{where}: {each.code}: {each.detail}\n")
    return []


if __name__ == "__main__":
    sys.exit(main())
