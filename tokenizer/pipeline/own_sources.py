"""Decides whether records can come from the source that a function reads.

Lambda doesn't tell a function who invoked it. So whoever may invoke it can make up a delivery, and copy the names and
the times of a real one. What is refused here is what no delivery of the source can hold; docs/threats.md says what
is left.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schemas.dead_letter import LetterSource
from tokenizer.errors import Configuration

AHEAD = timedelta(minutes=5)  # how far the clock of AWS may be ahead of ours
# From the receipt of a record, at the end of its retention, until the function has it.
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class OwnSource:
    """Describes the source of a function's records.

    Args:
        name: the ARN of the stream or queue, or the API's own name.
        retention: how long the source keeps a record.
    """

    name: str
    retention: timedelta

    def check(
        self, places: Iterable[tuple[LetterSource, datetime]], now: datetime, *, replayed: bool = False
    ) -> None:
        """Checks all records of an invocation.

        Args:
            places: where each record comes from, and when it arrived.
            now: the time of the invocation.
            replayed: True if they come from an operator's replay. Those may be older than the source keeps them, and
                edited.

        Raises:
            Configuration: a record can't come from the source.
        """
        for source, arrived in places:
            if (source.stream or source.queue) != self.name:
                raise Configuration("a record names another source than the function reads")
            self.check_arrival(arrived, now, replayed=replayed)
            if source.edited is not None and not replayed:
                raise Configuration("a record is edited, and no replay sends it")

    def check_arrival(self, arrived: datetime, now: datetime, *, replayed: bool = False) -> None:
        """Checks when a record arrived.

        Raises:
            Configuration: it arrived in the future, or so long ago that the source no longer has it.
        """
        if arrived > now + AHEAD:
            raise Configuration("a record arrives in the future")
        if not replayed and arrived < now - self.retention - LATE:
            raise Configuration("a record is older than its source keeps one")
