"""The test helpers make valid events, the same ones for the same seed; the contract's checks bite."""

import copy
import json
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from order_events import OtherEvent, is_token, newest, parse
from order_events.testing import CHECKS, Variant, detail, envelope, faults, known, samples, schema
from order_events.testing.__main__ import main
from order_events.testing.patterns import matching


@pytest.mark.parametrize("variant", Variant)
@pytest.mark.parametrize(("event_type", "version"), known(), ids=str)
def test_made_events_are_valid_by_their_json_schema(event_type: str, version: int, variant: Variant) -> None:
    for seed in range(20):
        assert faults(event_type, detail(event_type, version, seed=seed, variant=variant)) == []


def test_the_schema_check_finds_what_is_wrong_and_tells_no_value() -> None:
    wrong = detail("order.placed", changes={"/data/order/total": "canary"})
    assert faults("order.placed", wrong) == ["/data/order/total: anyOf"]


def test_the_same_seed_makes_the_same_event_and_another_seed_another() -> None:
    assert detail("order.placed", seed=4) == detail("order.placed", seed=4)
    assert detail("order.placed", seed=4) != detail("order.placed", seed=5)
    # a value from an earlier run: other machines and Pythons have to agree
    assert detail("order.placed", seed=4)["metadata"]["ingest_id"] == "ing_67b55e3e47a743597ad6ad1f41fa4b6d"


def test_variants_do_what_they_say() -> None:
    minimal, full = (detail("order.placed", variant=each) for each in (Variant.MINIMAL, Variant.FULL))
    assert set(minimal["data"]["order"]) == {"order_id", "currency", "total", "items", "customer"}
    assert set(full["data"]["order"]) > set(minimal["data"]["order"])
    assert is_token(detail("order.placed", variant=Variant.GUARDED)["data"]["order"]["total"])
    assert not detail("order.placed", variant=Variant.EMPTY)["data"]["order"]["notes"]
    assert is_token(detail("order.placed", variant=Variant.NEWER)["data"]["order"]["field_of_tomorrow"])


def test_a_change_goes_where_it_points() -> None:
    made = envelope("order.placed", changes={"/data/order/items/0/sku": "mine"})
    assert made["detail"]["data"]["order"]["items"][0]["sku"] == "mine"
    with pytest.raises(KeyError):
        detail("order.placed", changes={"/data/nowhere/total": "1"})


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(KeyError, match=r"order\.lost"):
        detail("order.lost")


@pytest.mark.parametrize(
    "pattern",
    [r"^tok_[0-7][0-9a-hjkmnp-tv-z]{25}$", r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$", r"^[+(]{0,2}[0-9][0-9 .()-]*$", r"^(24|48|[a-c-]+)x{2,}\.$"],
)  # fmt: skip
def test_drawn_strings_match_their_pattern(pattern: str) -> None:
    rng = Random(1)
    assert all(re.fullmatch(pattern, matching(pattern)(rng)) for _ in range(300))


@pytest.mark.parametrize("pattern", ["a", "^.$", r"^\d$", "^[^a]$", "^(a$", "^a)$", "^[a$", "^*a$"])
def test_a_pattern_that_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        matching(pattern)


class Good:
    """Keeps the newest event of each order, whatever comes twice or late."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def handle(self, sent: Mapping[str, Any]) -> None:
        event = parse(sent)
        if not isinstance(event, OtherEvent):
            key = event.event_type
            events = [self.kept[key], event] if key in self.kept else [event]
            self.kept |= newest(events, lambda each: each.event_type)

    def state(self) -> object:
        return self.kept


class Strict(Good):
    """Refuses a form that is legal: a total that is a token."""

    def handle(self, sent: Mapping[str, Any]) -> None:
        for value in sent["detail"]["data"].get("order", {}).values():
            if is_token(value):
                raise ValueError
        super().handle(sent)


class Stubborn(Good):
    """Refuses what it does not know."""

    def handle(self, sent: Mapping[str, Any]) -> None:
        event = parse(sent)
        if isinstance(event, OtherEvent) or "field_of_tomorrow" in event.data.extra:
            raise ValueError
        super().handle(sent)


class Counting(Good):
    """Counts duplicates."""

    def handle(self, sent: Mapping[str, Any]) -> None:
        self.kept["count"] = self.kept.get("count", 0) + 1


class LastComes(Good):
    """Keeps whatever came last."""

    def handle(self, sent: Mapping[str, Any]) -> None:
        self.kept["last"] = sent["detail"]["metadata"]["ingest_id"]


BAD = {"takes_every_event": Strict, "takes_what_is_new": Stubborn, "drops_duplicates": Counting, "takes_any_order": LastComes}  # fmt: skip


@pytest.mark.parametrize("types", [None, ["order.placed"]], ids=str)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_good_consumer_keeps_the_contract_and_a_bad_one_is_found(
    check: Callable[..., None], types: Any
) -> None:
    check(Good, types)
    with pytest.raises(AssertionError):
        check(BAD[check.__name__], types)


def test_the_contract_of_no_known_type_is_refused() -> None:
    with pytest.raises(ValueError, match="none"):
        CHECKS[0](Good, ["order.lost"])


def test_events_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["order.placed", "2", "--seed", "7", "--count", "2", "--variant", "minimal"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed == [envelope("order.placed", 2, seed=seed, variant=Variant.MINIMAL) for seed in (7, 8)]


@pytest.mark.parametrize("words", [["order.lost"], ["order.placed", "999"], []], ids=str)
def test_what_cannot_be_printed_is_bad_usage(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize(
    "limits",
    [
        {},
        {"minimum": 0},
        {"minimum": 1000},
        {"minimum": -7, "maximum": -3},
        {"maximum": -3},
        {"exclusiveMinimum": 0, "exclusiveMaximum": 2},
        {"exclusiveMinimum": 9, "exclusiveMaximum": 2**63},
        {"minimum": 3, "maximum": 3},
        {"exclusiveMaximum": 0},
    ],
)
def test_a_number_of_a_sample_is_one_that_its_schema_allows(
    monkeypatch: pytest.MonkeyPatch, kind: str, limits: dict[str, Any]
) -> None:
    node = {"type": kind, **limits}
    for made in numbers(monkeypatch, node):
        Draft202012Validator(node).validate(made)


def test_a_number_of_a_sample_is_a_multiple_where_the_schema_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    node = {"type": "integer", "minimum": 1, "multipleOf": 250}
    assert set(numbers(monkeypatch, node)) == {250}


def numbers(monkeypatch: pytest.MonkeyPatch, node: dict[str, Any]) -> list[Any]:
    """Returns the numbers that samples hold in a field of this schema."""
    whole = copy.deepcopy(schema("order.placed", 1))
    whole["properties"]["data"] = {"type": "object", "properties": {"price": node}}
    monkeypatch.setattr(samples, "schema", lambda *_: whole)
    return [detail("order.placed", seed=seed)["data"]["price"] for seed in range(50)]
