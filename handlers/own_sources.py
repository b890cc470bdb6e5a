"""Refuses deliveries that can't come from a function's own stream or queue, and counts them for the alarm."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from schemas.dead_letter import LetterSource
from tokenizer.alarm_metrics import RECORDS_REFUSED
from tokenizer.aws.compose.invocation import invocation_time
from tokenizer.aws.platform import counters
from tokenizer.errors import Configuration
from tokenizer.pipeline.own_sources import OwnSource


@contextmanager
def refusals_counted() -> Iterator[None]:
    """Counts what is raised because a delivery is none of the function's own source."""
    try:
        yield
    except Configuration:
        counters.count(RECORDS_REFUSED)
        raise


def check_own(places: Iterable[tuple[LetterSource, datetime]], source: OwnSource, *, replayed: bool) -> None:
    """Checks the records of an invocation.

    Args:
        places: where each record comes from, and when it arrived.
        source: what the function reads.
        replayed: True if they come from an operator's replay.

    Raises:
        Configuration: a record can't come from the source.
    """
    with refusals_counted():
        source.check(places, invocation_time(), replayed=replayed)
