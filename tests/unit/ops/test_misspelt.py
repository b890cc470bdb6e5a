"""Fields that look like ones that the schema names are found at every place, and no value is told with them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.misspelt import Misspelt, misspelt, similar
from tests.support.samples import order
from tokenizer.guard.record_keys import may_be_told, values_of
from tokenizer.pipeline.catalog import ENVELOPE, ListPlan, ObjectPlan, Plan, catalog

SAMPLES = sorted(Path("schemas/samples").glob("*.json"))


def found(event: Any) -> list[Misspelt]:
    return misspelt(json.dumps(event).encode())


def named(value: Any, plan: Plan, path: str = "") -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yields each object of an event with the key of each field that the schema names there, and its path."""
    if isinstance(plan, ObjectPlan) and isinstance(value, dict):
        for key in [each for each in value if each in plan.fields]:
            yield value, key, path
            yield from named(value[key], plan.fields[key], f"{path}/{key}")
    elif isinstance(plan, ListPlan) and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from named(inner, plan.element, f"{path}/{index}")


def assert_each_field_is_found(event: Any) -> None:
    assert found(event) == []
    plan = catalog().plan(event)
    for holder, key, where in list(named(event, plan.data)):
        other = key.upper() if "_" not in key else key.replace("_", "")
        before = dict(holder)
        holder[other] = holder.pop(key)
        # A value of the event may be the name of a field in capitals.
        shown = other if may_be_told(other, values_of(event)) else "*"
        assert Misspelt(f"{where}/{shown}", key) in found(event)
        holder.clear()
        holder.update(before)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_field_of_each_sample_is_found_when_it_is_written_in_another_style(path: Path) -> None:
    assert_each_field_is_found(json.loads(path.read_text()))


def test_each_field_is_found_where_a_value_is_the_name_of_one() -> None:
    event = json.loads(Path("schemas/samples/order.placed.1.json").read_text())
    event["order"]["notes"], event["order"]["customer"]["name"] = "Total", "Notes"
    assert_each_field_is_found(event)


@pytest.mark.parametrize("key", ENVELOPE)
def test_the_envelope_is_looked_at_even_if_it_names_no_known_type(key: str) -> None:
    event = order()
    event[key.replace("_", "-")] = event.pop(key)
    assert Misspelt(f"/{key.replace('_', '-')}", key) in found(event)


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        *(
            ("emial", "email"),
            ("e-mail", "email"),
            ("eMail", "email"),
            ("mail", "email"),
            ("emails", "email"),
        ),
        *(("nmae", "name"), ("phne", "phone"), ("customerId", "customer_id"), ("custmer_id", "customer_id")),
        *(("adress", None), ("line3", None), ("gift", None), ("company", None), ("mane", "name"), ("", None)),
        *(("lines1", "line1"), ("x" * 65, None), ("Name" + "e" * 61, None)),
    ],
)
def test_what_looks_alike(key: str, meant: str | None) -> None:
    assert similar(key, ["email", "name", "phone", "customer_id", "line1", "line2"]) == meant


def test_a_field_that_the_event_has_was_not_meant() -> None:
    event = order()
    event["order"]["customer"]["emial"] = "x"
    assert found(event) == []
    del event["order"]["customer"]["email"]
    assert found(event) == [Misspelt("/order/customer/emial", "email")]


FURTHER = ("max", "min", "ordered", "x")
COMPOUNDS = [
    compound
    for word in FURTHER
    for compound in (
        f"{word}Quantity",
        f"quantity{word.capitalize()}",
        f"{word}_quantity",
        f"quantity-{word}",
        f"{word.capitalize()}Quantity",
        f"{word}_unitPrice",
        f"unit_price_{word}",
    )
]


@pytest.mark.parametrize("key", COMPOUNDS)
def test_a_name_with_a_further_word_is_a_field_of_its_own(key: str) -> None:
    names = ["quantity", "unit_price", "unitPrice"]
    assert similar(key, names) is None
    assert similar("quantitiy", names) == "quantity"


def test_of_a_misspelt_field_and_a_compound_only_the_misspelt_one_is_told() -> None:
    event = order()
    line = event["order"]["items"][0]
    line["quantitiy"] = line.pop("quantity")
    line |= {"maxQuantity": 9, "minQuantity": 1}
    assert found(event) == [Misspelt("/order/items/0/quantitiy", "quantity")]


@pytest.mark.parametrize("key", ["E-Mail", "e mail", "Email!", "email "])
def test_a_key_that_is_no_plain_word_is_not_shown(key: str) -> None:
    event = order()
    del event["order"]["customer"]["email"]
    event["order"]["customer"][key] = "x"
    assert found(event) == [Misspelt("/order/customer/*", "email")]


def test_a_key_that_is_one_of_the_events_values_is_not_shown() -> None:
    event = order()
    customer = event["order"]["customer"]
    del customer["email"]
    customer["name"], customer["emails"] = "Emails", 1
    assert found(event) == [Misspelt("/order/customer/*", "email")]


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"1", b'{"a": 1, "a": 2}', b'{"event_type": []}'])
def test_of_what_cannot_be_read_nothing_is_told(data: bytes) -> None:
    assert misspelt(data) == []


def test_a_wrapped_event_is_looked_at_too() -> None:
    event = order()
    event["order"]["totl"] = event["order"].pop("total")
    cloud = {"specversion": "1.0", "id": "1", "source": "/shop", "type": "order", "data": event}
    assert found(cloud) == [Misspelt("/order/totl", "total")]
