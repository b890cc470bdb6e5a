"""Counts what becomes of each field of a file of events, without AWS.

The real sanitizer works on them, with keys that are thrown away.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from ops.advice import advised
from ops.files import FileEvent
from ops.misspelt import Misspelt, misspelt
from ops.preview.outcomes import OUTCOME_GROUPS, Field, FieldOutcome, OutcomeGroup, Preview
from tokenizer.errors import BadRecord, PipelineError
from tokenizer.pipeline.catalog import catalog


class Pair(NamedTuple):
    """Holds the JSON texts of a raw event and of the sanitized one, at the event's place in its file."""

    place: str
    raw: bytes
    sanitized: bytes


@dataclass
class Coverage:
    """Holds the counts for a file.

    Args:
        fields: how often each path had each outcome.
        refused: the place, code and reason of each event that would be dead-lettered.
        misspelt: how often each path looked like a field that the event hasn't.
        pairs: the events themselves, raw and sanitized, if they were asked for.
    """

    events: int = 0
    fields: Counter[Field] = field(default_factory=Counter)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    misspelt: Counter[Misspelt] = field(default_factory=Counter)
    pairs: list[Pair] = field(default_factory=list)

    def outcomes(self) -> dict[FieldOutcome, int]:
        """Returns how often each outcome occurred, in the order of their declaration."""
        counted: Counter[FieldOutcome] = Counter()
        for each, times in self.fields.items():
            counted[each.outcome] += times
        return {outcome: counted[outcome] for outcome in FieldOutcome if counted[outcome]}

    def summary(self) -> dict[OutcomeGroup, int]:
        """Returns how many fields are public, a token, and so on: every share, even if there are none."""
        counted: Counter[OutcomeGroup] = Counter()
        for outcome, times in self.outcomes().items():
            counted[OUTCOME_GROUPS[outcome]] += times
        return {share: counted[share] for share in OutcomeGroup}


def covered(events: Iterable[FileEvent], *, keep: bool = False) -> Coverage:
    """Previews events.

    Args:
        events: the events of a file.
        keep: True to keep the raw and the sanitized events themselves, which hold values.
    """
    preview, coverage = Preview(catalog()), Coverage()
    for event in events:
        coverage.events += 1
        coverage.misspelt.update(each.starred for each in misspelt(event.record))
        try:
            fields, sanitized = preview.sanitized(event.record)
            coverage.fields.update(each.starred for each in fields)
            if keep:
                coverage.pairs.append(Pair(event.place, event.data, sanitized))
        except PipelineError as error:
            code = str(error.code) if isinstance(error, BadRecord) else type(error).__name__
            coverage.refused.append((event.place, code, advised(code, str(error), event)))
    return coverage
