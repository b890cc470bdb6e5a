"""The attacker may call the replay or the honey function: they hold its operator's role, and write what they like.

They want a value kept where nobody can delete it for ten years, to read it later or to harm whoever it is about.
"""

import json
from typing import Any

import pytest

from tokenizer.audit.lines import clean, clean_operator

VALUES = {
    "a card number": "4111111111111111",
    "a card number with spaces": "4111 1111 1111 1111",
    "an email": "ann.canary@example.com",
    "an ssn": "219-09-9999",
    "an iban": "DE89370400440532013000",
    "a phone": "+12025550123",
    "percent-encoded": "ann%2Ecanary%40example.com",
}
PLACES: dict[str, Any] = {
    "ids": lambda value: {"ids": [value]},
    "the filter": lambda value: {"filter": {"codes": [value]}},
    "a name of the filter": lambda value: {"filter": {value: 1}},
    "deep in the filter": lambda value: {"filter": {"a": [{"b": {"c": [value]}}]}},
    "the paths of a patch": lambda value: {"paths": [f"/order/{value}"]},
    "a shard": lambda value: {"shard": value},
    "a result": lambda value: {"results": [{"status": value}]},
    "after ten thousand characters of the same": lambda value: {"reason": "x " * 150 + value},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
def test_no_place_of_a_line_keeps_a_value_and_what_is_withheld_is_said(place: Any, value: str) -> None:
    kept = json.dumps(clean(place(value)))
    assert value not in kept
    assert "withheld: " in kept


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_the_operator_is_named_without_a_value(value: str) -> None:
    role = "arn:aws:sts::123456789012:assumed-role/orders-ReplayOperatorRole-1A2B3C"
    kept = clean_operator(f"{role}/{value}")
    assert kept.startswith(f"{role}/withheld: ")
    assert value not in kept
    assert clean_operator(value).startswith("withheld: ")


def test_a_number_is_a_value_as_well() -> None:
    assert clean({"filter": {"limit": 4111111111111111}}) == {"filter": {"limit": "withheld: card_number"}}


def test_two_names_that_are_withheld_stay_two() -> None:
    kept = clean({"filter": {"a@example.com": 1, "b@example.com": 2}})
    assert kept == {"filter": {"withheld: email (0)": 1, "withheld: email (1)": 2}}


@pytest.mark.parametrize(
    "text",
    [
        # pragma: allowlist nextline secret
        "tok_0123456789abcdefghjkmnpqrs",
        "0192f0c8-1111-7abc-8def-000000000001",
        "49645115243490985138998949128417182917385129817240911874",
        "arn:aws:kms:us-east-1:411111111111:key/6f1c1d2e-0000-4000-8000-000000000001",
        # pragma: allowlist nextline secret
        "d41d8cd98f00b204e9800998ecf8427e",
        "2026-11-23T10:15:01.250000+00:00",
        "shardId-000000000003",
        "invalid_field",
    ],
)
def test_what_names_things_is_kept(text: str) -> None:
    assert clean({"ids": [text]}) == {"ids": [text]}
