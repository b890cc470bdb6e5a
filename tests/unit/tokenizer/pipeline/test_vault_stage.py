"""Each thing that the vault stage asks of AWS may fail: the records that need it wait or are refused, and no other does."""

from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from schemas.registry import EventName
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tests.support.things import Thing
from tokenizer.errors import OutOfTime, PipelineError, Rejected, Throttled, Unavailable
from tokenizer.pipeline.aliases import Draws
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.look_up import LookUp, ValueErasures
from tokenizer.pipeline.ports import Tokens
from tokenizer.pipeline.resolve_consistent import ConsistentValues
from tokenizer.records import IndexEntry, Outcome, RawRecord
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import Pointer, ScopeKeys, value_name

RESOLVING = "resolving consistent values"
DOWN, NEVER = Unavailable("down"), Rejected("never")


def of(customer: str | None, at: int, email: str = "ann@example.com") -> RawRecord:
    raw = order()
    raw["order"]["customer"] = {"customer_id": customer or "guest", "email": email}
    raw["order"]["order_id"] = f"SO-{at}"
    return stream_record(raw, at)


def plain(at: int) -> RawRecord:
    """Returns a record without a consistent value."""
    raw = order(order_id=f"SO-{at}")
    raw["order"]["customer"] = {"customer_id": "C-9"}
    return stream_record(raw, at)


def run(world: World, *records: RawRecord, budget: Budget | None = None) -> list[Outcome]:
    return world.tokenizer.tokenize_batch(records, budget or ample_budget())


def _claims_fail(world: World, error: PipelineError) -> None:
    def claim(entries: Any, _erasures: Any, _budget: Any) -> Tokens:
        return Tokens({}, {each.blind_index: error for each in entries})

    setattr(world.index, "claim", claim)  # noqa: B010 -- a method of one object


def _set(name: str, holder: str = "index") -> Callable[[World, PipelineError], None]:
    return lambda world, error: setattr(getattr(world, holder), name, error)


# What is asked of AWS, how it is made to fail, and the owner of the value before; None for a value that is new.
CALLS: dict[str, tuple[Callable[[World, PipelineError], None], str | None]] = {
    "reading erasures": (_set("down", "erasures"), None),
    "looking up": (_set("down"), None),
    "claiming": (_claims_fail, None),
    "sharing": (_set("share_down"), "C-1"),
    "adopting": (_set("amend_down"), ""),  # of an order without a customer
}


@pytest.mark.parametrize("error", [DOWN, NEVER], ids=["for now", "for good"])
@pytest.mark.parametrize("call", CALLS)
def test_a_call_that_fails_fails_the_records_that_need_it_alone(call: str, error: PipelineError) -> None:
    fail, owner = CALLS[call]
    world = World()
    if owner is not None:
        (first,) = run(world, of(owner or None, 1))
        assert first.published
    fail(world, error)
    failed, published = run(world, of("C-2", 2), plain(3))
    assert published.published
    assert failed.stage == RESOLVING
    if error is DOWN:
        assert (failed.failure, failed.letter) == (DOWN, None)
    else:
        assert failed.letter is not None
        assert failed.letter.message == f"{RESOLVING}: never"
    assert failed.cause is error
    assert len(world.bus.events) == (1 if owner is None else 2)


def thing(at: int, **fields: str) -> RawRecord:
    envelope = {key: value for key, value in order().items() if key != "order"} | {"event_type": "thing"}
    return stream_record(envelope | {"things": fields}, at)


def aliases_of(world: World) -> list[str]:
    return [
        each["data"]["things"]["alias"] for each in world.bus.details() if "alias" in each["data"]["things"]
    ]


def test_an_alias_that_can_not_be_claimed_fails_the_records_that_need_it_alone() -> None:
    for error in (DOWN, NEVER):
        world = World(catalog=Catalog({EventName("thing", 1): Thing}))
        world.aliases.down = error
        failed, published = run(world, thing(1, alias="123456789"), thing(2, email="ann@example.com"))
        assert published.published
        assert (failed.stage, failed.cause) == ("claiming aliases", error)
        assert failed.failure is (DOWN if error is DOWN else None)


def test_an_alias_that_is_taken_is_drawn_again_and_the_others_of_the_batch_go_on() -> None:
    world = World(catalog=Catalog({EventName("thing", 1): Thing}))
    records = [thing(at, alias="123456789") for at in range(3)]
    run(world, *records)
    first = aliases_of(world)
    assert len(set(first)) == 3
    other = World(catalog=Catalog({EventName("thing", 1): Thing}))
    other.aliases.entries = {first[0]: "tok_other", first[2]: "tok_another"}
    run(other, *records)
    again = aliases_of(other)
    assert again[1] == first[1]
    assert len({*again, *first}) == 5
    assert {other.aliases.entries[each] for each in again}.isdisjoint({"tok_other", "tok_another"})
    assert [str(each.status) for each in other.reveal(*again).values()] == ["ok"] * 3


def test_a_value_all_of_whose_aliases_are_taken_is_shown_by_its_token() -> None:
    world = World(catalog=Catalog({EventName("thing", 1): Thing}))
    draws: list[str] = []

    def claim(wanted: Any, _: Any) -> dict[str, bool]:
        draws.extend(wanted)
        return dict.fromkeys(wanted, False)

    setattr(world.aliases, "claim", claim)  # noqa: B010 -- a method of one object
    run(world, thing(1, alias="123456789"))
    assert len(set(draws)) == len(draws) == 32
    (shown,) = aliases_of(world)
    assert shown.startswith("tok_")


def test_a_value_whose_first_record_fails_is_brought_by_the_next_one() -> None:
    world = World()
    records = [of("C-1", 1, "bob@example.com"), of("C-2", 2), of("C-3", 3), plain(4)]
    world.vault.refused[world.record_id(records[1])] = DOWN
    outcomes = run(world, *records)
    assert [each.published for each in outcomes] == [True, False, True, True]
    shown = world.bus.details()[1]["data"]["order"]["customer"]["email"]
    assert str(world.reveal(shown)[shown].status) == "ok"
    assert len(world.index.entries) == 2


def test_a_value_whose_own_record_is_not_written_is_not_entered_and_its_orders_wait() -> None:
    for error in (DOWN, NEVER):
        world, record = World(), stream_record(order(), 1)
        draft = world.tokenizer.reader.read(record).draft
        assert draft is not None
        email, phone = draft.uses
        world.vault.refused[email.pointer.record_id] = error
        failed, published = run(world, record, plain(2))
        assert published.published
        assert (failed.cause, failed.published) == (error, False)
        assert set(world.index.entries) == {phone.blind_index}


def test_an_alias_that_can_not_be_drawn_fails_its_record_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Draws.draw

    def draw(self: Draws, attempt: int) -> str:
        if self.value == "123456789":
            raise RuntimeError
        return real(self, attempt)

    monkeypatch.setattr(Draws, "draw", draw)
    world = World(catalog=Catalog({EventName("thing", 1): Thing}))
    failed, published = run(world, thing(1, alias="123456789"), thing(2, alias="987654321"))
    assert published.published
    assert str(failed.cause) == "claiming aliases: RuntimeError"


def test_after_a_data_key_that_kms_does_not_give_nobody_asks_again_and_after_another_error_everybody_does() -> (
    None
):
    for error, asked in ((Throttled("busy"), 1), (NEVER, 3)):
        world = World()
        calls: list[Any] = []

        def seal(record: Any, error: PipelineError = error, calls: list[Any] = calls) -> Any:
            calls.append(record)
            raise error

        setattr(world.vault, "seal", seal)  # noqa: B010 -- a method of one object
        outcomes = run(world, plain(1), plain(2), plain(3))
        assert len(calls) == asked
        assert [(each.stage, each.cause) for each in outcomes] == [("sealing", error)] * 3
        assert not world.vault.stored


def test_what_is_not_sealed_for_want_of_time_is_delivered_again() -> None:
    world, left = World(), [60.0]
    real = world.index.lookup

    def lookup(*given: Any) -> Tokens:
        left[0] = 0.0
        return real(*given)

    setattr(world.index, "lookup", lookup)  # noqa: B010 -- a method of one object
    budget = Budget(lambda: left[0], lambda _: None, Random(0))
    (outcome,) = run(world, of("C-1", 1), budget=budget)
    assert isinstance(outcome.failure, OutOfTime)
    assert str(outcome.failure) == "sealing: no time left"
    assert (outcome.stage, world.vault.stored) == ("sealing", {})


KEYS, NOW = ScopeKeys(b"s" * 32), 5_000
TOKEN = Pointer(b"r" * 12, b"tag.").token


class Index:
    """A blind index with one entry, whose answers a test replaces."""

    def __init__(self) -> None:
        self.token, self.erased = TOKEN, ""
        self.failed: PipelineError | None = None
        self.amended: Any = None

    def lookup(self, wanted: Any, _: Budget) -> Tokens:
        ((scope, key),) = wanted
        if self.failed:
            return Tokens({}, {key: self.failed})
        return Tokens({key: IndexEntry(scope, key, self.token, "owner", 1, self.erased)}, {})

    def amend(self, entries: Any, before: Any, _: Budget) -> Tokens:
        (entry,) = entries
        assert before[entry.blind_index].erased_token == ""
        answer = entry if self.amended is None else self.amended
        if isinstance(answer, PipelineError):
            return Tokens({}, {entry.blind_index: answer})
        return Tokens({entry.blind_index: answer}, {})


def noted(index: Index, mark: Any = 7) -> int:
    """Notes that an email was erased; `mark` is what the marks say of its value."""
    names = {value_name(b"r" * 12): mark} if mark is not None else {}
    erasures: Any = SimpleNamespace(
        until=lambda asked, _: {each: names[each] for each in asked if each in names}
    )
    look_up: Any = LookUp(index, KEYS)  # type: ignore[arg-type]  # all that is asked of it
    return ValueErasures(look_up, erasures, lambda: NOW).note(
        "email", "ann@example.com", TOKEN, ample_budget()
    )


def test_an_erasure_of_a_value_is_noted_up_to_now() -> None:
    assert noted(Index()) == NOW


def _index(**changes: Any) -> Index:
    made = Index()
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("index", "mark", "why"),
    [
        (_index(failed=DOWN), 7, "down"),
        (_index(token=Pointer(b"o" * 12, b"tag.").token), 7, "another token meanwhile"),
        (_index(erased=TOKEN), 7, "another token meanwhile"),
        (_index(), None, "not marked as erased"),
        (_index(), 0, "not marked as erased"),
        (_index(), DOWN, "down"),
        (_index(amended=DOWN), 7, "down"),
        (_index(amended=IndexEntry("s", b"", "tok_2")), 7, "changed meanwhile"),
    ],
)
def test_an_erasure_of_a_value_that_can_not_be_noted_is_to_be_tried_again(
    index: Index, mark: Any, why: str
) -> None:
    with pytest.raises(Unavailable, match=why):
        noted(index, mark)


def test_a_value_that_can_not_be_looked_up_is_no_unknown_one() -> None:
    look_up: Any = LookUp(_index(failed=DOWN), KEYS)  # type: ignore[arg-type]  # all that is asked of it
    with pytest.raises(Unavailable, match="down"):
        look_up.entry("email", "ann@example.com", ample_budget())


def _values_unwritten(world: World, error: PipelineError) -> None:
    """Refuses the vault records of values alone."""
    put = world.vault.put

    def refusing(sealed: Any, budget: Any) -> list[PipelineError | None]:
        world.vault.refused = {each.record_id: error for each in sealed if each.item.consistent}
        return put(sealed, budget)

    setattr(world.vault, "put", refusing)  # noqa: B010 -- a method of one object


@pytest.mark.parametrize(
    ("fail", "owned"),
    [(_claims_fail, False), (_values_unwritten, False), (_set("amend_down"), True)],
    ids=["claiming", "writing values", "adopting"],
)
def test_where_several_values_fail_each_record_waits(
    fail: Callable[[World, PipelineError], None], owned: bool
) -> None:
    world = World()
    emails = [f"{at}@example.com" for at in range(3)]
    if owned:
        assert all(
            each.published for each in run(world, *(of(None, at, each) for at, each in enumerate(emails)))
        )
    fail(world, DOWN)
    outcomes = run(world, *(of("C-1", 10 + at, each) for at, each in enumerate(emails)))
    assert [(each.failure, each.letter) for each in outcomes] == [(DOWN, None)] * 3


def test_an_error_of_ours_over_one_records_values_fails_that_record_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = ConsistentValues.missing

    def broken(self: ConsistentValues, record: Any, draft: Any, brought: Any) -> Any:
        if record.raw.source.sequence_number == failing.source.sequence_number:
            raise RuntimeError
        return missing(self, record, draft, brought)

    monkeypatch.setattr(ConsistentValues, "missing", broken)
    failing = of("C-1", 1, "a@example.com")
    failed, published = run(World(), failing, of("C-2", 2, "b@example.com"))
    assert (failed.published, published.published) == (False, True)
    assert str(failed.cause) == f"{RESOLVING}: RuntimeError"
