"""Tests how long values live: it depends on what they are, and each lifetime has a vault record."""

from pathlib import Path

import pytest

from tests.support.fakes.world import World, ample_budget
from tests.support.samples import ARRIVED, order, stream_record
from tokenizer.errors import Configuration
from tokenizer.vault.categories import CATEGORIES
from tokenizer.vault.lifetimes import Lifetimes
from tokenizer.vault.tokens import Pointer

DAY = 86_400
ARRIVAL = int(ARRIVED.timestamp())


def sent(lifetimes: Lifetimes) -> tuple[World, dict[str, str]]:
    world = World(lifetimes)
    world.tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    shown = world.bus.details()[0]["data"]["order"]
    card = shown["payment"]["card"]
    return world, {"number": card["number"], "expiry": card["expiry"], "name": shown["customer"]["name"]}


def end(world: World, token: str) -> int:
    return world.vault.stored[Pointer.parse(token).record_id].expires_at


def test_a_category_with_a_lifetime_of_its_own_goes_before_the_rest() -> None:
    world, tokens = sent(Lifetimes.parse(2_555, "card_number=400 card_expiry=400"))
    assert end(world, tokens["number"]) == end(world, tokens["expiry"]) == ARRIVAL + 400 * DAY
    assert end(world, tokens["name"]) == ARRIVAL + 2_555 * DAY
    assert all(str(each.status) == "ok" for each in world.reveal(*tokens.values()).values())


def test_values_of_one_lifetime_lie_in_one_record() -> None:
    world, tokens = sent(Lifetimes.parse(0, "card_number=400 card_expiry=400"))
    assert len({Pointer.parse(each).record_id for each in tokens.values()}) == 2
    single, _ = sent(Lifetimes.parse(400, "card_number=400"))
    consistent = 2
    assert (len(world.vault.stored), len(single.vault.stored)) == (2 + consistent, 1 + consistent)


def test_consistent_values_stay_since_later_records_point_at_them() -> None:
    world, _ = sent(Lifetimes.parse(30, "email=1 phone=1"))
    assert [each.expires_at for each in world.vault.stored.values() if each.consistent] == [0, 0]


def test_0_is_for_ever() -> None:
    world, tokens = sent(Lifetimes.parse(30, "card_number=0"))
    assert end(world, tokens["number"]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "card_number",
        "card_number=",
        "card_number=-1",
        "card_number=4e2",
        "soul=3",
        "card_number=²",
        "card_number=٤",
        "email=1=2",
        "=3",
        "email=1.5",
    ],
)
def test_what_is_no_lifetime_stops_the_function_at_its_start(text: str) -> None:
    with pytest.raises(Configuration, match="card_number"):
        Lifetimes.parse(0, text)


def test_the_docs_name_every_category() -> None:
    page = Path("docs/erasure.md").read_text()
    assert [each for each in CATEGORIES if f"`{each}`" not in page] == []


def test_lifetimes_are_read_from_their_text_and_sorted_for_the_name_of_the_rules() -> None:
    made = Lifetimes.parse(30, " phone=5\temail=0  card_number=400 ")
    assert made == Lifetimes(30, {"phone": 5, "email": 0, "card_number": 400})
    assert made.sorted_days == (("card_number", 400), ("email", 0), ("phone", 5))
    assert [made.days(path) for path in ("/a/phone", "/a/email", "/a/name")] == [5, 0, 30]
    assert Lifetimes.parse(7, "") == Lifetimes(7)
