"""The guard finds what docs/guard.md claims, in every spelling that it claims, wherever it may stand."""

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from tests.support.fakes.world import World, ample_budget
from tests.support.property.sensitive import (
    DIGITS,
    IDS,
    RESPELLED,
    card_numbers_of_all_networks,
    emails,
    foreign_secrets,
    grouped,
    national,
    phones,
    secrets_in_ids,
    spellings,
    ssns,
    stays_as_an_id,
    written_again,
)
from tests.support.property.tried import tried
from tests.support.samples import order, stream_record
from tokenizer.guard import NO_VALUES, Finding, find_leak
from tokenizer.guard.authentication_data import strip_authentication_data
from tokenizer.vault.tokens import is_token

# Where producers write what they like: the path, and whether it is free text.
PUBLIC = (
    ("order", "notes"),
    ("order", "order_id"),
    ("order", "items", 0, "sku"),
    ("order", "items", 1, "name"),
    ("order", "payment", "method"),
    ("order", "shipping_address", "city"),
    ("order", "customer", "customer_id"),
    ("event_id",),
)
_NAMES = st.sampled_from(
    ("Ann Secretname", "Zoe\u0308 Mu\u0308ller", "孫悟空の道", "O'Brien-Smith", "Łukasz Żółć")
)
# Rows of one letter are placeholders.
_CODES = st.text(alphabet="ghkmpqrtxyz", min_size=6, max_size=10).filter(lambda text: len(set(text)) > 1)


def plain_order(**changes: Any) -> dict[str, Any]:
    event = order(items=[{"sku": "S", "name": "Kettle", "quantity": 1}] * 2, **changes)
    event["order"]["items"] = [dict(each) for each in event["order"]["items"]]
    return event


def put(event: dict[str, Any], path: tuple[str | int, ...], value: str) -> None:
    holder: Any = event
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value


def shown_at(event: dict[str, Any], path: tuple[str | int, ...]) -> tuple[Any, Any]:
    """Returns what consumers see at a place, and what its token reveals."""
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert outcome.published, str(outcome.letter)
    (detail,) = world.bus.details()
    value: Any = detail["metadata"] if path == ("event_id",) else detail["data"]
    for step in path:
        value = value[step]
    found = world.reveal(str(value))[str(value)].found
    return value, found.value if found else None


def assert_taken(event: dict[str, Any], path: tuple[str | int, ...], text: str) -> None:
    put(event, path, text)
    value, behind = shown_at(event, path)
    assert is_token(str(value)), text
    assert behind == strip_authentication_data(text)[0]  # a code beside a card number is removed


@tried(foreign_secrets, times=6)
def test_somebody_elses_value_is_found_in_every_form_that_is_claimed(text: str) -> None:
    assert find_leak(text, NO_VALUES) is not None


@tried(st.integers(0, 10**15 - 1), spellings, st.sampled_from(("", " ", "-")))
def test_a_card_number_of_every_network_and_length_is_found(digits: int, style: str, joint: str) -> None:
    for number in card_numbers_of_all_networks(f"{digits:015}"):
        assert (
            find_leak(f"card {RESPELLED[style](grouped(number, joint))}", NO_VALUES) is Finding.CARD_NUMBER
        ), number


@tried(foreign_secrets, st.sampled_from([path for path in PUBLIC if path[-1] not in IDS]))
def test_a_public_field_that_holds_one_becomes_a_token(text: str, path: tuple[str | int, ...]) -> None:
    assume(len(text) <= 250)
    assert_taken(plain_order(), path, text)


@tried(secrets_in_ids, st.sampled_from([path for path in PUBLIC if path[-1] in IDS]))
def test_an_id_that_holds_one_becomes_a_token(text: str, path: tuple[str | int, ...]) -> None:
    assume(len(text) <= 250)
    assume(stays_as_an_id(text))
    assert_taken(plain_order(), path, text)


@tried(foreign_secrets, st.sampled_from((("tags", 1), ("addresses", 0, "label"), ("addresses", 1, "city"))))
def test_what_stands_in_a_list_is_read_element_by_element(text: str, path: tuple[str | int, ...]) -> None:
    assume(len(text) <= 250)
    customer = {
        "customer_id": "C",
        "tags": ["vip", "new", "news"],
        "addresses": [{"label": "home"}, {"city": "Springfield"}],
    }
    event = order() | {"event_type": "customer.updated", "customer": customer}
    del event["order"]
    assert_taken(event, ("customer", *path), text)


@tried(st.data(), st.sampled_from(PUBLIC))
def test_a_records_own_value_is_hunted_for_in_its_public_fields(
    data: st.DataObject, path: tuple[str | int, ...]
) -> None:
    event = plain_order()
    number = data.draw(st.text(alphabet=DIGITS, min_size=9, max_size=9).map(lambda each: f"7{each}"))
    where, value = data.draw(
        st.sampled_from(
            (
                ("email", data.draw(emails)),
                ("ssn", data.draw(ssns())),
                ("ssn", number),
                ("date_of_birth", "1990-04-17"),
            )
        )
    )
    event["order"]["customer"][where] = value
    assert_taken(event, path, data.draw(written_again(value)))


@tried(
    phones(),
    st.sampled_from(sorted(national("1", "202"))),
    st.sampled_from(sorted(national("1", "202"))),
    spellings,
)
def test_a_phone_number_is_hunted_for_with_and_without_what_is_dialled_before_it(
    phone: tuple[str, str], one: str, other: str, style: str
) -> None:
    # Without a plus or zeros in front nothing tells where its country code ends.
    assume(one != "without trunk zero")
    code, number = phone
    assume(one not in {"with trunk zero", "grouped"} or 10 <= len(number) + 1 <= 12)
    event = plain_order()
    event["order"]["customer"]["phone"] = national(code, number)[one]
    assert_taken(event, ("order", "notes"), f"ring {RESPELLED[style](national(code, number)[other])} twice")


@tried(st.data())
def test_everyday_values_are_hunted_for_in_prose(data: st.DataObject) -> None:
    event = plain_order()
    name = data.draw(_NAMES)
    place = data.draw(st.sampled_from(("customer", "holder", "line1", "line2", "name of the address")))
    match place:
        case "customer":
            event["order"]["customer"]["name"] = name
        case "holder":
            event["order"]["payment"]["card"]["holder"] = name
        case "name of the address":
            event["order"]["shipping_address"]["name"] = name
        case _:
            event["order"]["shipping_address"][place] = name
    assert_taken(event, ("order", "notes"), data.draw(written_again(name)))


@tried(st.data())
def test_what_stands_in_fields_that_no_schema_names_is_hunted_for_in_prose(data: st.DataObject) -> None:
    event = plain_order()
    name = data.draw(st.one_of(_NAMES, _CODES))
    held: Any = data.draw(
        st.sampled_from((name, [1, [name]], {"deep": {"deeper": name}}, *(({name: 1}, [{name: None}]) if not name.isascii() or " " in name else ())))
    )  # fmt: skip
    holder = data.draw(st.sampled_from(("beside", "order", "customer", "item")))
    holders = {
        "beside": event,
        "order": event["order"],
        "customer": event["order"]["customer"],
        "item": event["order"]["items"][1],
    }
    holders[holder]["brand_new"] = held
    assert_taken(event, ("order", "notes"), data.draw(written_again(name)))


@tried(
    st.sampled_from(
        (
            "SO-1001",
            "Kettle 1.7 l",
            "129.90",
            "leave at the door",
            "Größe 42",
            "2026-11-23T10:15:00+05:30",
            "2 x 4 cm",
        )
    ),
    st.sampled_from(PUBLIC),
)
def test_what_orders_are_full_of_stays_public(text: str, path: tuple[str | int, ...]) -> None:
    event = plain_order()
    put(event, path, text)
    assert shown_at(event, path)[0] == text
