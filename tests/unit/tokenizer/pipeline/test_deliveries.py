"""Starts of an invocation are forgotten at each orderly end, and count as deaths only if there was none."""

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer import errors
from tokenizer.errors import PipelineError, Unavailable
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.deliveries import MOST_STARTS, Deliveries
from tokenizer.records import RawRecord
from tokenizer.time_budget import Budget

GOOD, BAD = stream_record(order(), 1), stream_record(order(total="no amount"), 1)


class Table:
    """Keeps counts by record, as the table does if it has time, and each note."""

    def __init__(self, counts: Mapping[str, int] | None = None) -> None:
        self.counts = dict(counts or {})
        self.notes: list[dict[str, int]] = []

    def unfinished(self, ids: Collection[str], budget: Budget) -> dict[str, int | PipelineError]:
        return {each: self.counts[each] for each in ids if each in self.counts}

    def note(self, starts: Mapping[str, int], budget: Budget) -> dict[str, PipelineError]:
        self.notes.append(dict(starts))
        if budget.spent:
            return dict.fromkeys(starts, errors.OutOfTime("no time left"))
        self.counts |= starts
        self.counts = {each: count for each, count in self.counts.items() if count}
        return {}


def _id(record: RawRecord) -> str:
    return World().tokenizer.reader.sanitizer.ingest_id(record)


def _down(*names: str) -> Callable[[World], None]:
    def end(world: World) -> None:
        for name in names:
            getattr(world, name).down = Unavailable("down")

    return end


NO_TIME = Budget(lambda: 0.0, lambda _: None, Random(0))
ENDS: dict[str, tuple[RawRecord, Callable[[World], None], Budget]] = {
    "published": (GOOD, _down(), ample_budget()),
    "refused, with its letter": (BAD, _down(), ample_budget()),
    "refused, and the letter not sent": (BAD, _down("letters"), ample_budget()),
    "not written": (GOOD, _down("vault"), ample_budget()),
    "not published": (GOOD, _down("bus"), ample_budget()),
    "nothing works": (GOOD, _down("vault", "bus", "letters"), ample_budget()),
    "no time for anything": (GOOD, _down(), NO_TIME),
}


@pytest.mark.parametrize("before", range(MOST_STARTS))
@pytest.mark.parametrize("end", ENDS)
def test_whatever_becomes_of_a_record_an_orderly_end_forgets_its_starts(end: str, before: int) -> None:
    record, prepare, budget = ENDS[end]
    world, table = World(), Table({_id(record): before})
    prepare(world)
    (outcome,) = Deliveries(world.tokenizer, table).tokenize([record], {0}, budget)
    assert (outcome.published, outcome.letter is not None) == (
        end == "published",
        end == "refused, with its letter",
    )
    assert table.notes == [{_id(record): before + 1}, {_id(record): 0}]


def _every(base: type[PipelineError] = PipelineError) -> list[type[PipelineError]]:
    """Returns the product's errors; other tests may define some of their own."""
    lower = [each for sub in base.__subclasses__() for each in _every(sub)]
    return [base, *lower] if base.__module__ == errors.__name__ else lower


def _made(kind: type[Exception]) -> Any:
    if issubclass(kind, errors.BadRecord):
        return kind(ErrorCode.INVALID_FIELD, "m")
    return kind("c", "m") if kind is errors.Refused else kind("m")


def _raising(monkeypatch: pytest.MonkeyPatch, error: BaseException, at: int) -> None:
    """Has the call for a record raise; those for others are made."""
    real = Tokenizer.tokenize_batch

    def tokenize_batch(self: Tokenizer, records: Any, *rest: Any) -> Any:
        if any(_id(each) == _id(stream_record(order(), at)) for each in records):
            raise error
        return real(self, records, *rest)

    monkeypatch.setattr(Tokenizer, "tokenize_batch", tokenize_batch)


@pytest.mark.parametrize(
    "kind",
    [Exception, RuntimeError, LookupError, MemoryError, RecursionError, OSError, *_every()],
)
@pytest.mark.parametrize("before", range(MOST_STARTS))
def test_an_error_is_an_orderly_end(
    kind: type[Exception], before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, error = Table({_id(GOOD): before}), _made(kind)
    _raising(monkeypatch, error, 1)
    with pytest.raises(kind) as raised:
        Deliveries(World().tokenizer, table).tokenize([GOOD], {0}, ample_budget())
    assert raised.value is error
    assert table.notes == [{_id(GOOD): before + 1}, {_id(GOOD): 0}]


@pytest.mark.parametrize("at", range(4))
def test_an_error_for_one_group_forgets_those_before_and_counts_none_after(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records 1 and 3 shared a start that never ended, so they are taken one at a time, after 0 and 2."""
    records = [stream_record(order(), number) for number in range(4)]
    ids = list(map(_id, records))
    table = Table({ids[1]: 1, ids[3]: 1})
    _raising(monkeypatch, RuntimeError(), at)
    with pytest.raises(RuntimeError):
        Deliveries(World().tokenizer, table).tokenize(records, {0, 1, 3}, ample_budget())
    left = {0: {1, 3}, 2: {1, 3}, 1: {3}, 3: set[int]()}
    assert table.counts == {ids[each]: 1 for each in left[at]}


@pytest.mark.parametrize("before", range(MOST_STARTS))
def test_what_ends_the_process_is_no_orderly_end(before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table({_id(GOOD): before})
    _raising(monkeypatch, SystemExit(), 1)
    with pytest.raises(SystemExit):
        Deliveries(World().tokenizer, table).tokenize([GOOD], {0}, ample_budget())
    assert table.counts == {_id(GOOD): before + 1}


def test_nothing_delivered_counts_nothing_and_who_is_not_watched_is_not_counted() -> None:
    world, table = World(), Table()
    assert Deliveries(world.tokenizer, table).tokenize([], set(), ample_budget()) == []
    (outcome,) = Deliveries(world.tokenizer, table).tokenize([GOOD], set(), ample_budget())
    assert outcome.published
    assert not any(table.notes)


# What becomes of the starts of a record that is given up if its letter is not sent.
AS_BEFORE, ONE_MORE = "as before", "one more"
GIVEN_UP: dict[type[Exception], str] = {
    errors.Transient: AS_BEFORE,
    errors.Throttled: AS_BEFORE,
    errors.Unavailable: AS_BEFORE,
    errors.Denied: AS_BEFORE,
    errors.NewerFormat: AS_BEFORE,
    errors.OutOfTime: ONE_MORE,  # making the letter may have taken it
    errors.PipelineError: ONE_MORE,  # the same letter would fail again; its position alone may not
    errors.BadRecord: ONE_MORE,
    errors.Refused: ONE_MORE,
    errors.InvalidRequest: ONE_MORE,
    errors.Rejected: ONE_MORE,
    errors.Unforeseen: ONE_MORE,
    errors.VaultIntegrity: ONE_MORE,
    errors.Configuration: ONE_MORE,
}


def test_the_table_has_every_error() -> None:
    assert set(_every()) == GIVEN_UP.keys()


@pytest.mark.parametrize("before", [MOST_STARTS, MOST_STARTS + 1])
@pytest.mark.parametrize("kind", GIVEN_UP)
def test_an_outage_of_the_letters_is_no_death(kind: type[PipelineError], before: int) -> None:
    """Otherwise the record's letter would be its position alone, once the outage has ended."""
    world, table = World(), Table({_id(GOOD): before})
    error = _made(kind)
    world.letters.down = error
    (outcome,) = Deliveries(world.tokenizer, table).tokenize([GOOD], {0}, ample_budget())
    assert (outcome.failure, outcome.letter) == (error, None)
    assert table.notes[0] == {_id(GOOD): before + 1}
    assert table.counts == {_id(GOOD): before + (GIVEN_UP[kind] == ONE_MORE)}
    world.letters.down = None
    Deliveries(world.tokenizer, table).tokenize([GOOD], {0}, ample_budget())
    (letter,) = world.letters.sent
    assert letter.position_alone == (before > MOST_STARTS or GIVEN_UP[kind] == ONE_MORE)
    assert table.counts == {}


def test_who_is_not_given_up_for_want_of_time_is_not_counted() -> None:
    """In an outage the first letter takes all time."""
    left = [60.0]

    class Down:
        def send(self, letters: Any, budget: Budget) -> list[PipelineError | None]:
            if budget.spent:
                return [errors.OutOfTime("no time left") for _ in letters]
            left[0] -= budget.remaining()
            return [Unavailable("down") for _ in letters]

    records = [stream_record(order(), number) for number in range(3)]
    before = {_id(each): MOST_STARTS for each in records}
    world, table = World(), Table(before)
    down: Any = Down()
    object.__setattr__(world.tokenizer, "letters", down)
    budget = Budget(lambda: left[0], lambda _: None, Random(0))
    outcomes = Deliveries(world.tokenizer, table).tokenize(records, {0, 1, 2}, budget)
    assert all(isinstance(each.failure, errors.Transient) for each in outcomes)
    assert table.counts == before


@pytest.mark.parametrize("before", [MOST_STARTS, MOST_STARTS + 1])
def test_the_letter_of_a_record_that_is_given_up_has_each_of_its_fields(before: int) -> None:
    record = stream_record(order(notes="my cvv is 737"), 7, attempts=6)
    world, table = World(announces=True), Table({_id(record): before})
    (outcome,) = Deliveries(world.tokenizer, table).tokenize([record], {0}, ample_budget())
    (letter,) = world.letters.sent
    whole = before == MOST_STARTS
    why = "5 invocations began with this record and never ended"
    assert (letter.code, letter.message) == (ErrorCode.RETRIES_EXHAUSTED, why)
    assert (letter.identity, letter.source, letter.attempts) == (record.identity, record.source, 6)
    assert (letter.letter_id, letter.position_alone) == (_id(record), not whole)
    assert letter.data == (record.data.replace(b"737", b"***") if whole else b"")
    assert outcome.letter is not None
    assert (outcome.letter.code, outcome.unannounced, outcome.record) == (letter.code, None, record)
    assert [each.event_type for each in world.bus.events] == ["order.refused"]
    world.bus.down = Unavailable("down")
    (outcome,) = Deliveries(world.tokenizer, Table({_id(record): before})).tokenize(
        [record], {0}, ample_budget()
    )
    assert outcome.unannounced is world.bus.down


@pytest.mark.parametrize(("counts", "taken"), [
    ([0, 0, 0], [0, 1, 2]),
    ([1, 0, 1], [1, 0, 2]),  # those that shared a start come after the others, one at a time
    ([2, 0, 1], [1, 2]),  # one that ended an invocation of its own waits
    ([3, 2, 4], [1]),  # and is taken alone, the fewest starts first
    ([2, 0, 0], [0]),
    ([MOST_STARTS, 0, MOST_STARTS], [0, 2, 1]),  # given up at once
    ([MOST_STARTS, 2, 0], [0, 1]),
])  # fmt: skip
def test_in_which_order_records_are_taken_and_who_waits(counts: list[int], taken: list[int]) -> None:
    records = [stream_record(order(), number) for number in range(len(counts))]
    ids = list(map(_id, records))
    table = Table({ids[at]: count for at, count in enumerate(counts) if count})
    world = World()
    outcomes = Deliveries(world.tokenizer, table).tokenize(records, range(len(records)), ample_budget())
    begun = [ids.index(each) for note in table.notes for each, count in note.items() if count]
    assert begun == taken
    waiting = {at for at, each in enumerate(outcomes) if isinstance(each.failure, errors.OutOfTime)}
    assert waiting == set(range(len(records))) - set(taken)
    assert [each.record for each in outcomes] == records
