import argparse
from pathlib import Path

import pytest

from bench.load import target
from bench.load.errors import LoadError
from bench.load.order_pool import Supply


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    target.add_arguments(parser)
    return parser.parse_args(arguments)


API = ("--api-url", "https://api.example.com/v1/", "--client-id", "client", "--region", "eu-west-1")


def test_a_stack_named_by_flags_is_signed_in_to_in_its_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAD_USERNAME", "load@example.com")
    monkeypatch.setenv("LOAD_PASSWORD", "secret canary")
    found = target.find(options(*API))
    assert (found.api_url, found.client_id) == ("https://api.example.com/v1", "client")
    assert found.sign_in_url == "https://cognito-idp.eu-west-1.amazonaws.com/"
    assert found.person.name == "load@example.com"
    assert "secret canary" not in repr(found)


def test_nobody_to_sign_in_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOAD_USERNAME", raising=False)
    with pytest.raises(LoadError) as raised:
        target.find(options(*API))
    assert "LOAD_USERNAME" in raised.value.hint


def test_without_a_stack_the_next_step_is_told(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as raised:
        target.find(options("--stack-file", str(tmp_path / "none.json")))
    assert "make up" in raised.value.hint


def test_orders_never_come_twice_and_those_without_a_card_are_not_handed_to_cashiers() -> None:
    supply = Supply(seed=1)
    events = [supply.next() for _ in range(450)]
    assert len({event["order"]["order_id"] for event in events}) == 450
    assert len({event["event_id"] for event in events}) == 450
    for event in events:
        supply.show(supply.sending(event, 0.0), event)
    paid = {each.order_id for each in supply.to_pay}
    cards = {each["order"]["order_id"]: (each["order"]["payment"] or {}).get("card") or {} for each in events}
    assert paid == {name for name, card in cards.items() if card.get("number") and card.get("expiry")}
    assert [card for card in cards.values() if card.get("number") and not card.get("expiry")]
    assert len(supply.to_reveal) == len(paid) < 450
