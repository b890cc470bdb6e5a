"""Each thing that no delivery of a function's own source can hold, up to the second from which it is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tests.support.members import for_all
from tokenizer.errors import Configuration
from tokenizer.pipeline.own_sources import OwnSource

NOW = datetime(2026, 11, 23, 10, 15, tzinfo=UTC)
A_DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
OF_STREAM = LetterSource(
    stream="raw", shard="s-0", sequence_number="1", arrived_at="2026-11-23T10:15:00.000Z"
)
OF_QUEUE = LetterSource(queue="raw", message_id="m", arrived_at="2026-11-23T10:15:00.000Z")
EDITED = OF_QUEUE.model_copy(update={"edited": "r1"})
OTHER = OF_STREAM.model_copy(update={"stream": "other"})
OTHER_QUEUE = OF_QUEUE.model_copy(update={"queue": "other"})
# From the source's retention on AWS has an hour, and its clock may be five minutes ahead.
OLDEST, NEWEST = NOW - A_DAY - timedelta(hours=1), NOW + timedelta(minutes=5)

FUTURE, OLD = "arrives in the future", "older than its source keeps one"
FOREIGN, CHANGED = "names another source", "is edited, and no replay sends it"


@for_all(
    ("place", "refused", "refused_of_a_replay"),
    [
        ((OF_STREAM, NOW), None, None),
        ((OF_QUEUE, NOW), None, None),
        ((OF_STREAM, NEWEST), None, None),
        ((OF_STREAM, NEWEST + SECOND), FUTURE, FUTURE),
        ((OF_QUEUE, OLDEST), None, None),
        ((OF_QUEUE, OLDEST - SECOND), OLD, None),
        ((OTHER, NOW), FOREIGN, FOREIGN),
        ((OTHER_QUEUE, NOW), FOREIGN, FOREIGN),
        ((EDITED, NOW), CHANGED, None),
    ],
)
def test_what_is_refused_of_a_delivery_and_what_of_a_replay(
    place: Any, refused: str | None, refused_of_a_replay: str | None
) -> None:
    source = OwnSource("raw", A_DAY)
    for replayed, why in ((False, refused), (True, refused_of_a_replay)):
        for places in ([place], [(OF_STREAM, NOW), place], [place, (OF_QUEUE, NOW)]):
            if why is None:
                source.check(places, NOW, replayed=replayed)
            else:
                with pytest.raises(Configuration, match=why):
                    source.check(iter(places), NOW, replayed=replayed)


def test_whether_it_is_replayed_is_asked_for_by_name_and_no_by_itself() -> None:
    source = OwnSource("raw", A_DAY)
    for check in (source.check_arrival, lambda arrived, now: source.check([(OF_QUEUE, arrived)], now)):
        check(OLDEST, NOW)
        with pytest.raises(Configuration, match=OLD):
            check(OLDEST - SECOND, NOW)
    source.check_arrival(OLDEST - SECOND, NOW, replayed=True)
    source.check([], NOW)
