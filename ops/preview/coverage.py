"""Counts what becomes of each field of a file of events, without AWS.

The real sanitizer works on them, with keys that are thrown away.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ops.advice import advised
from ops.files import FileEvent
from ops.misspelt import Misspelt, misspelt
from ops.preview.outcomes import Field, FieldOutcome, Preview
from tokenizer.errors import BadRecord, PipelineError
from tokenizer.pipeline.catalog import catalog


@dataclass
class Coverage:
    """Holds the counts for a file.

    Args:
        fields: how often each path had each outcome.
        refused: the place, code and reason of each event that would be dead-lettered.
        misspelt: how often each path looked like a field that the event hasn't.
    """

    events: int = 0
    fields: Counter[Field] = field(default_factory=Counter)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    misspelt: Counter[Misspelt] = field(default_factory=Counter)

    def outcomes(self) -> dict[FieldOutcome, int]:
        """Returns how often each outcome occurred, in the order of their declaration."""
        counted: Counter[FieldOutcome] = Counter()
        for each, times in self.fields.items():
            counted[each.outcome] += times
        return {outcome: counted[outcome] for outcome in FieldOutcome if counted[outcome]}


def covered(events: Iterable[FileEvent]) -> Coverage:
    """Previews events."""
    preview, coverage = Preview(catalog()), Coverage()
    for event in events:
        coverage.events += 1
        coverage.misspelt.update(each.starred for each in misspelt(event.data))
        try:
            coverage.fields.update(each.starred for each in preview.fields(event.data))
        except PipelineError as error:
            code = str(error.code) if isinstance(error, BadRecord) else type(error).__name__
            coverage.refused.append((event.place, code, advised(code, str(error), event)))
    return coverage
