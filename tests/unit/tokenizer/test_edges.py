"""Tests times at their edge and one beside it: an erasure's millisecond, a lifetime's second, a budget's end."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import pytest

from tests.support.budgets import LIMITS
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.partly import Partly
from tests.support.fakes.reveals import NOON
from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import SUBJECT_KEY, SUBJECT_KEYS, ample_budget
from tests.support.samples import ARRIVED, order, stream_record
from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.platform.batches import in_calls
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader, DataKeyWriter
from tokenizer.aws.vault.materials import VaultReaderMaterials, VaultWriterMaterials
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.vault import VaultReader, VaultWriter
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.errors import Refused
from tokenizer.records import VaultField, VaultRecord, milliseconds
from tokenizer.rekey.progress import Phase, Run, Stretch
from tokenizer.rekey.run import Rekeying
from tokenizer.reveal.budgets import RevealBudgets
from tokenizer.time_budget import Budget
from tokenizer.vault.lifetimes import Lifetimes

ARRIVAL = milliseconds(ARRIVED)
# Milliseconds from a record's arrival to its subject's erasure, and whether that erases it.
EDGE = pytest.mark.parametrize(("later", "erased"), [(-1, False), (0, True), (1, True)])
EMAIL = "both@example.com"
ANN, BOB = SUBJECT_KEY.subject("C-1"), SUBJECT_KEY.subject("C-2")
sequences: Iterator[int] = count(1)


def at(later: int) -> Erasing:
    """Returns a world in which it is so many milliseconds after the arrival of the samples."""
    return Erasing(ARRIVAL + later)


def send(erasing: Erasing, customer: str, *, after: int = 0, **fields: str) -> dict[str, Any]:
    """Tokenizes an order that arrived so many milliseconds after the samples; returns its sanitized customer."""
    about = {"customer_id": customer, "name": "Canary"} | fields
    arrived = ARRIVED + timedelta(milliseconds=after)
    record = stream_record(order(customer=about), next(sequences), arrived_at=arrived)
    (outcome,) = erasing.world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.published, outcome
    return dict(erasing.world.bus.details()[-1]["data"]["order"]["customer"])


@EDGE
def test_a_record_is_revealed_until_the_mark_reaches_its_arrival(later: int, erased: bool) -> None:
    erasing = at(0)
    shown = send(erasing, "C-1", email="ann@example.com")
    erasing.store.mark(ANN, ARRIVAL + later)
    assert erasing.statuses(shown["name"], shown["email"]) == ["erased" if erased else "ok"] * 2


@EDGE
def test_a_share_keeps_a_value_alive_until_the_mark_reaches_its_arrival(later: int, erased: bool) -> None:
    erasing = at(0)
    token = send(erasing, "C-1", email=EMAIL)["email"]
    send(erasing, "C-2", email=EMAIL, after=5_000)
    erasing.store.mark(ANN, ARRIVAL)
    erasing.store.mark(BOB, ARRIVAL + 5_000 + later)
    assert erasing.statuses(token) == ["erased" if erased else "ok"]


@EDGE
def test_a_record_is_late_once_the_mark_reaches_its_arrival(later: int, erased: bool) -> None:
    erasing = at(0)
    erasing.store.mark(ANN, ARRIVAL + later)
    send(erasing, "C-1", email="ann@example.com")
    kept = [field for each in erasing.world.vault.stored.values() for field in each.fields]
    assert (not kept, not erasing.world.index.entries) == (erased, erased)


@EDGE
def test_an_index_entry_is_stale_once_the_mark_reaches_its_arrival(later: int, erased: bool) -> None:
    erasing = at(0)
    old = send(erasing, "C-1", email="ann@example.com")["email"]
    erasing.store.mark(ANN, ARRIVAL + later)
    new = send(erasing, "C-1", email="ann@example.com", after=60_000)["email"]
    assert (new != old) is erased


@EDGE
def test_erasing_takes_what_arrived_until_its_millisecond(later: int, erased: bool) -> None:
    erasing = at(later)
    send(erasing, "C-1", email="ann@example.com")
    certificate = erasing.erase("C-1")
    tombstones = [each for each in erasing.world.vault.stored.values() if each.erased]
    assert (certificate.records, len(tombstones)) == ((1, 1) if erased else (0, 0))
    assert (not erasing.world.index.entries, len(certificate.pending)) == (erased, int(erased))


@EDGE
def test_erasing_forgets_shares_that_arrived_until_its_millisecond(later: int, erased: bool) -> None:
    erasing = at(later)
    send(erasing, "C-1", email=EMAIL, after=-5_000)
    send(erasing, "C-2", email=EMAIL)
    erasing.erase("C-2")
    assert (not erasing.world.index.shares) is erased


@EDGE
def test_a_value_goes_with_its_last_share_once_its_owners_mark_reaches_it(later: int, erased: bool) -> None:
    erasing = at(60_000)
    send(erasing, "C-1", email=EMAIL)
    send(erasing, "C-2", email=EMAIL, after=5_000)
    erasing.store.mark(ANN, ARRIVAL + later)
    assert len(erasing.erase("C-2").pending) == int(erased)


@pytest.mark.parametrize(("later", "swept"), [(SWEEPS[0] - 1, 0), (SWEEPS[0], 1), (SWEEPS[0] + 1, 1)])
def test_the_first_sweep_buries_what_waited_and_not_a_millisecond_early(later: int, swept: int) -> None:
    erasing = at(0)
    send(erasing, "C-1", email="ann@example.com")
    assert len(erasing.erase("C-1").pending) == 1
    assert len(erasing.sweep(later)) == swept
    assert len(erasing.store.kept["era_1"].pending) == 1 - swept


@pytest.mark.parametrize(
    ("days", "arrived", "end"),
    [
        (0, 1_000_000, 0),
        (1, 999, 86_400),
        (1, 1_000, 86_401),
        (1, 1_001, 86_401),
        (30, 1_000_999, 1_000 + 30 * 86_400),
    ],
)
def test_a_lifetime_ends_so_many_days_after_the_second_of_arrival(days: int, arrived: int, end: int) -> None:
    assert Lifetimes.end(days, arrived) == end


@pytest.mark.parametrize(("now", "read"), [(99.0, True), (99.999, True), (100.0, False), (100.001, False)])
def test_a_vault_record_is_gone_at_the_second_that_it_expires(now: float, read: bool) -> None:
    aws: Any = Partly(0)
    writes = DataKeyWriter(aws, "arn", {}, Bounds(), lambda: 0.0)
    reads = DataKeyReader(aws, ["arn"], {}, Bounds(), lambda: 0.0)
    record = VaultRecord(b"k0".ljust(12, b"\0"), {b"tag0": VaultField("/path", "token", "v")}, 100)
    writer = VaultWriter(aws, "vault", "vault", VaultWriterMaterials(writes), ValueLists(SUBJECT_KEYS))
    writer.put([writer.seal(record)], ample_budget())
    vault = VaultReader(aws, "vault", "vault", VaultReaderMaterials(reads), lambda: now)
    assert (vault.get_decrypted([record.record_id], ample_budget())[record.record_id] == record) is read


@pytest.mark.parametrize(("left", "spent"), [(0.001, False), (0.0, True), (-0.001, True)])
def test_a_budget_is_spent_when_nothing_is_left(left: float, spent: bool) -> None:
    budget = Budget(lambda: left, lambda _: None, Random(1))
    assert budget.spent is spent
    assert bool(list(budget.attempts(1))) is not spent


class Longest(Random):
    """Draws the longest wait each time."""

    def uniform(self, a: float, b: float) -> float:
        return b


@pytest.mark.parametrize(("left", "attempts"), [(0.1, 1), (0.1001, 2)])
def test_no_wait_ends_when_the_budget_does(left: float, attempts: int) -> None:
    waited: list[float] = []
    budget = Budget(lambda: left - sum(waited), waited.append, Longest())
    assert len(list(budget.attempts())) == attempts
    assert sum(waited) < left


@pytest.mark.parametrize(
    ("sizes", "calls"),
    [
        ([50, 50], [[0, 1]]),
        ([50, 51], [[0], [1]]),
        ([100], [[0]]),
        ([101, 1], [[0], [1]]),
        ([1, 1, 1], [[0, 1, 2]]),
        ([1, 1, 1, 1], [[0, 1, 2], [3]]),
        ([40, 60, 100, 1], [[0, 1], [2], [3]]),
        ([], []),
    ],
)
def test_a_call_is_filled_to_its_limits_and_not_beyond(sizes: list[int], calls: list[list[int]]) -> None:
    assert list(in_calls(dict(enumerate(sizes)), 3, 100)) == calls


HOUR_ENDS = datetime(2026, 11, 24, 13, tzinfo=UTC)
DAY_ENDS = datetime(2026, 11, 25, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("window", "end"),
    [(Window.HOUR, HOUR_ENDS), (Window.HOUR, DAY_ENDS), (Window.DAY, DAY_ENDS)],
    ids=["an hour", "the day's last hour", "a day"],
)
def test_a_window_ends_at_its_end(window: Window, end: datetime) -> None:
    length = timedelta(seconds=window.seconds)
    assert window.of(end - length) == window.of(end - TICK)
    assert window.of(end - TICK) != window.of(end)
    assert window.of(end) == window.of(end + length - TICK)


def test_a_counter_is_kept_for_a_week_after_it_was_last_added_to() -> None:
    asked: dict[str, Any] = {}

    class Table:
        def update_item(self, **given: Any) -> dict[str, Any]:
            asked.update(given)
            return {"Attributes": {"misses": {"N": "1"}}}

    table: Any = Table()
    DynamoCounters(table, "budgets").add("ann", Window.DAY, NOON, {"misses": 1})
    expires = int(asked["ExpressionAttributeValues"][":end"]["N"])
    assert expires == int(NOON.timestamp()) + 7 * 86_400
    assert expires > NOON.timestamp() + Window.DAY.seconds, "not before its window ends"


class Counted:
    """Counters that stand at a number before a request, in the hour or in the day, and at nothing elsewhere."""

    def __init__(self, window: Window, name: str, before: int) -> None:
        self._at = (window, name)
        self._before = before

    def add(self, _: str, window: Window, __: datetime, amounts: dict[str, int]) -> dict[str, int]:
        return {
            name: amount + (self._before if (window, name) == self._at else 0)
            for name, amount in amounts.items()
        }


ROOM = [
    (Window.HOUR, "full", 10),
    (Window.DAY, "full", 25),
    (Window.HOUR, "shown", 30),
    (Window.DAY, "shown", 40),
]


@pytest.mark.parametrize(("window", "step", "room"), ROOM)
@pytest.mark.parametrize("spare", [2, 1, 0, -1])
def test_a_budget_ends_with_the_last_value_that_it_has_room_for(
    window: Window, step: str, room: int, spare: int
) -> None:
    """`spare` values are left after this one, -1 where there was none for it."""
    counters: Any = Counted(window, f"charge/email/{step}", room - 1 - spare)
    granted = RevealBudgets(LIMITS, counters).take(
        "ann", ("payments",), "charge", NOON, wanted={"email": 1}, misses=0, in_full=True
    )
    number = granted.full if step == "full" else granted.shown
    assert number["email"] == int(spare >= 0)
    assert granted.crossed == ((f"{window} charge/email/{step}",) if spare == -1 else ())


@pytest.mark.parametrize(("window", "room"), [(Window.HOUR, 5), (Window.DAY, 8)])
@pytest.mark.parametrize("spare", [1, 0, -1])
def test_misses_block_from_the_first_for_which_there_is_no_room(
    window: Window, room: int, spare: int
) -> None:
    counters: Any = Counted(window, "misses", room - 1 - spare)
    granted = RevealBudgets(LIMITS, counters).take(
        "ann", ("payments",), "charge", NOON, wanted={"email": 1}, misses=1, in_full=True
    )
    assert granted.blocked is (spare == -1)


class Progress:
    """One run of three segments, all of them done with their phase."""

    def __init__(self, run: Run) -> None:
        self.kept = run

    def run(self) -> Run:
        return self.kept

    def keep_run(self, run: Run) -> None:
        self.kept = run

    def stretches(self, run: Run) -> list[Stretch]:
        return [Stretch(run.round, run.phase, each, done=True) for each in range(run.segments)]

    def keep_stretch(self, run: Run, stretch: Stretch) -> None:
        raise AssertionError(f"{stretch} of {run} is done")


class Vault:
    """A vault of which no record is left to be moved."""

    move = verify = page = None


SETTLE = 1_000


def rekeying(now: int, phase: Phase = Phase.MOVE) -> Rekeying:
    untouched: Any = Vault()
    run = Run("arn", 3, 5_000, "olga", phase=phase)
    return Rekeying("arn", untouched, Progress(run), FakeAudit(), SETTLE, lambda: now)


@pytest.mark.parametrize(("later", "wait"), [(SETTLE - 1, 1), (SETTLE, 0), (SETTLE + 1, 0)])
def test_a_move_is_verified_from_the_millisecond_on_at_which_it_has_settled(later: int, wait: int) -> None:
    told = rekeying(5_000 + later).conclude("olga")
    assert told.get("wait", 0) == wait
    assert told["phase"] == (Phase.MOVE if wait else Phase.VERIFY)


@pytest.mark.parametrize(("segment", "there"), [(-1, False), (0, True), (2, True), (3, False)])
def test_a_segment_is_one_of_the_runs(segment: int, there: bool) -> None:
    if there:
        assert rekeying(5_000).work(segment, ample_budget())["done"]
    else:
        with pytest.raises(Refused):
            rekeying(5_000).work(segment, ample_budget())


@pytest.mark.parametrize(("asked", "made"), [(0, 1), (1, 1), (64, 64), (65, 64)])
def test_a_run_has_one_segment_at_least_and_sixty_four_at_most(asked: int, made: int) -> None:
    done = replace(rekeying(5_000), progress=Progress(Run("arn", 3, 1, "olga", phase=Phase.DONE)))
    assert done.begin("olga", asked)["segments"] == made
