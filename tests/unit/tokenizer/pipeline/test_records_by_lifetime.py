"""Values of one event that live for different times lie in different vault records, each with its own values and end."""

from itertools import combinations
from typing import Any

from tests.support.fakes.world import World, ample_budget
from tests.support.members import for_all
from tests.support.samples import ARRIVED, order, stream_record
from tokenizer.records import VaultRecord
from tokenizer.vault.categories import CATEGORIES
from tokenizer.vault.lifetimes import Lifetimes
from tokenizer.vault.tokens import Pointer

# Of every category a field that no schema names, so that each becomes one token, and its value.
FIELDS = {
    "name": ("surname", "Canaryname"),
    "email": ("contact_email", "ann.canary@example.com"),
    "phone": ("mobile", "+12025550123"),
    "birth_date": ("dob", "1990-04-01"),
    "government_id": ("ssn", "219-09-9999"),
    "address": ("street", "1 Canary Street"),
    "bank_account": ("iban", "DE89370400440532013000"),
    "card_expiry": ("expiry", "12/29"),
    "customer_number": ("loyalty_number", "LC-4711"),
    "card_number": ("card_number", "4111111111111111"),
    "other": ("preferences", "none"),
}
# Numbers of days of which one begins, or ends, as another does; 0 is for ever.
DAYS = dict(zip(FIELDS, (1, 11, 111, 2, 12, 21, 0, 10, 110, 101, 400), strict=True))
DEFAULT = 7


def kept(lifetimes: Lifetimes) -> dict[str, VaultRecord]:
    """Returns each category's vault record, of an event with a value of every one. All tokens must reveal their value."""
    world = World(lifetimes)
    event: Any = order(customer={"customer_id": "C-1"}, **dict(FIELDS.values()))
    del event["order"]["payment"], event["order"]["shipping_address"]
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert outcome.published, outcome
    shown = world.bus.details()[0]["data"]["order"]
    tokens = {category: shown[name] for category, (name, _) in FIELDS.items()}
    found = {token: each.found and each.found.value for token, each in world.reveal(*tokens.values()).items()}
    assert found == {tokens[category]: value for category, (_, value) in FIELDS.items()}
    return {each: world.vault.stored[Pointer.parse(token).record_id] for each, token in tokens.items()}


def holds(record: VaultRecord) -> set[tuple[str, Any]]:
    return {(each.path, each.value) for each in record.fields.values()}


def of(*categories: str) -> set[tuple[str, Any]]:
    return {(f"/order/{name}", value) for name, value in (FIELDS[each] for each in categories)}


def end(days: int) -> int:
    return int(ARRIVED.timestamp()) + days * 86_400 if days else 0


def test_these_are_all_categories_of_value() -> None:
    assert FIELDS.keys() == set(CATEGORIES)


def test_each_category_with_a_lifetime_of_its_own_has_a_record_of_its_own() -> None:
    records = kept(Lifetimes(DEFAULT, DAYS))
    assert len({each.record_id for each in records.values()}) == len(FIELDS)
    assert {each: holds(record) for each, record in records.items()} == {each: of(each) for each in FIELDS}
    assert {each: record.expires_at for each, record in records.items()} == {
        each: end(days) for each, days in DAYS.items()
    }


@for_all(("one", "other"), combinations(FIELDS, 2))
def test_two_categories_with_lifetimes_of_their_own_share_a_record_with_nobody(one: str, other: str) -> None:
    records = kept(Lifetimes(DEFAULT, {one: 30, other: 400}))
    rest = [each for each in FIELDS if each not in {one, other}]
    assert {each.record_id: (holds(each), each.expires_at) for each in records.values()} == {
        records[one].record_id: (of(one), end(30)),
        records[other].record_id: (of(other), end(400)),
        records[rest[0]].record_id: (of(*rest), end(DEFAULT)),
    }
    assert len({records[each].record_id for each in (one, other, rest[0])}) == 3
