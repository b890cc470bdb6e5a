from collections.abc import Callable

import pytest

from tests.support.fakes.kms import Clock, Kms
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader, DataKeyWriter
from tokenizer.errors import Unavailable, VaultIntegrity


@pytest.fixture
def kms() -> Kms:
    return Kms()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def writer(kms: Kms, clock: Clock, bounds: Bounds) -> DataKeyWriter:
    return DataKeyWriter(kms, "arn", {}, bounds, clock)  # type: ignore[arg-type]


def reader(kms: Kms, clock: Clock, bounds: Bounds, *arns: str) -> DataKeyReader:
    return DataKeyReader(kms, arns or ["arn"], {}, bounds, clock)  # type: ignore[arg-type]


def test_one_key_seals_as_many_items_as_its_bounds_allow(kms: Kms, clock: Clock) -> None:
    keys = writer(kms, clock, Bounds(items=100, seconds=300))
    assert len({keys.take() for _ in range(100)}) == 1
    keys.take()
    assert kms.calls["generate"] == 2


def test_a_bound_of_one_item_asks_kms_for_each(kms: Kms, clock: Clock) -> None:
    keys = writer(kms, clock, Bounds(items=1, seconds=300))
    for _ in range(5):
        keys.take()
    assert kms.calls["generate"] == 5


def test_a_key_is_dropped_when_its_time_is_over(kms: Kms, clock: Clock) -> None:
    keys = writer(kms, clock, Bounds(items=100, seconds=300))
    first = keys.take()
    clock.now = 299.9
    assert keys.take() is first
    clock.now = 300
    assert keys.take() is not first


def test_a_warm_writer_outlives_a_kms_outage_within_its_bounds_and_no_longer(kms: Kms, clock: Clock) -> None:
    keys = writer(kms, clock, Bounds(items=3, seconds=300))
    keys.take()
    kms.down = True
    keys.take()
    keys.take()
    with pytest.raises(Unavailable):
        keys.take()
    assert keys._key is None


def test_a_reader_asks_kms_once_per_key_within_its_bounds(kms: Kms, clock: Clock) -> None:
    keys = reader(kms, clock, Bounds(items=10, seconds=300))
    for _ in range(10):
        keys.open(b"wrapped")
    assert kms.calls["decrypt"] == 1
    keys.open(b"wrapped")
    assert kms.calls["decrypt"] == 2
    clock.now = 300
    keys.open(b"wrapped")
    assert kms.calls["decrypt"] == 3


def uses_of(keys: DataKeyWriter | DataKeyReader) -> Callable[[], object]:
    """Returns what uses one key of either; the two must keep to the same bounds."""
    return keys.take if isinstance(keys, DataKeyWriter) else lambda: keys.open(b"wrapped")


@pytest.fixture(params=[writer, reader], ids=["writer", "reader"])
def either(request: pytest.FixtureRequest, kms: Kms, clock: Clock) -> Callable[[], object]:
    """Uses a key that may be used five times within three hundred seconds."""
    return uses_of(request.param(kms, clock, Bounds(items=5, seconds=300)))


@pytest.mark.parametrize(
    ("age", "asked"), [(0.0, 1), (299.999, 1), (300.0, 2), (300.001, 2), (-0.001, 2)], ids=str
)
def test_the_time_of_a_key_ends_at_its_end(
    either: Callable[[], object], kms: Kms, clock: Clock, age: float, asked: int
) -> None:
    either()
    clock.now = age
    either()
    assert kms.calls.total() == asked


def test_the_time_of_a_key_runs_from_when_kms_gave_it_however_often_it_is_used(
    either: Callable[[], object], kms: Kms, clock: Clock
) -> None:
    for clock.now in (0.0, 100.0, 200.0, 299.0):
        either()
    assert kms.calls.total() == 1
    clock.now = 300.0
    either()
    assert kms.calls.total() == 2
    clock.now = 599.0
    either()
    assert kms.calls.total() == 2


@pytest.mark.parametrize(("uses", "asked"), [(4, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_the_uses_of_a_key_end_at_their_number(
    either: Callable[[], object], kms: Kms, uses: int, asked: int
) -> None:
    for _ in range(uses):
        either()
    assert kms.calls.total() == asked


@pytest.mark.parametrize(("age", "held"), [(299.999, True), (300.0, False), (-0.001, False)], ids=str)
def test_what_is_dropped_unasked_has_the_same_end(kms: Kms, clock: Clock, age: float, held: bool) -> None:
    bounds = Bounds(items=5, seconds=300)
    writes, reads = writer(kms, clock, bounds), reader(kms, clock, bounds)
    key = writes.take()
    reads.open(b"wrapped")
    clock.now = age
    reads.drop_expired()
    assert (writes.holds(key), bool(reads._known)) == (held, held)


def test_a_reader_keeps_a_bounded_number_of_keys(kms: Kms, clock: Clock) -> None:
    keys = reader(kms, clock, Bounds())
    for number in range(1_000):
        keys.open(str(number).encode())
    assert len(keys._known) == 256


def test_a_reader_drops_the_key_that_was_used_longest_ago(kms: Kms, clock: Clock) -> None:
    keys = DataKeyReader(kms, ["arn"], {}, Bounds(), clock, most=2)  # type: ignore[arg-type]
    for number, asked in ((1, 1), (2, 2), (1, 2), (3, 3), (1, 3), (3, 3), (2, 4), (3, 4), (1, 5)):
        keys.open(str(number).encode())
        assert kms.calls["decrypt"] == asked, number


def test_a_reader_of_one_key_tells_kms_which(kms: Kms, clock: Clock) -> None:
    assert reader(kms, clock, Bounds()).open(b"wrapped").key_arn == "arn"
    assert kms.told["KeyId"] == "arn"


def test_a_reader_of_two_keys_is_told_which_by_kms(kms: Kms, clock: Clock) -> None:
    keys = reader(kms, clock, Bounds(), "arn", "other")
    assert keys.open(b"wrapped").key_arn == "arn"
    kms.under = "other"
    assert keys.open(b"another").key_arn == "other"
    assert "KeyId" not in kms.told


@pytest.mark.parametrize("arns", [["arn"], ["arn", "other"]])
def test_a_data_key_under_a_foreign_kms_key_is_refused_though_kms_opens_it(
    kms: Kms, clock: Clock, arns: list[str]
) -> None:
    kms.under = "foreign"
    with pytest.raises(VaultIntegrity):
        reader(kms, clock, Bounds(), *arns).open(b"wrapped")


def test_no_key_shows_in_a_repr(kms: Kms, clock: Clock) -> None:
    keys = writer(kms, clock, Bounds())
    assert "canary" not in repr(keys.take())
    assert "canary" not in repr(keys)
