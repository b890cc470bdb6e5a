"""Two deliveries of one record at once under two rules, its customer's erasure between them, a replay afterwards (moto)."""

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.customers import Customers
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tests.support.watched_calls import watch
from tokenizer.aws.compose import tokenize
from tokenizer.vault.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = ("", "name=400 email=400")  # lifetimes by category


class Deliveries:
    """Delivers orders under rules, and lets something happen at any of the calls to AWS."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.hook: Callable[[str, str], None] = lambda _when, _name: None
        watch(monkeypatch, tokenize, self)

    def deliver(self, number: int, lifetimes: str, at: int = -1, happens: Any = None) -> list[str]:
        """Delivers an order. Something happens at the call of a number; returns all its calls."""
        calls: list[str] = []
        numbers = count()

        def called(when: str, name: str) -> None:
            calls.append(f"{when} {name}")
            if next(numbers) == at:
                happens()

        who = {"customer_id": f"C-{number}", "name": "Ann", "email": f"{number}@example.com"}
        record = stream_record(order(order_id=f"SO-{number}", customer=who), number)
        outer, self.hook = self.hook, called
        tokenizer = tokenize.tokenizer(replace(self.aws.settings, vault_lifetimes=lifetimes))
        (outcome,) = tokenizer.tokenize_batch([record], ample_budget())
        self.hook = outer
        assert outcome.published, outcome
        return calls

    def published(self, number: int) -> list[dict[str, Any]]:
        """Returns the details of an order's events."""
        details = [each["detail"] for each in self.aws.events()]
        return [each for each in details if each["data"].get("order", {}).get("order_id") == f"SO-{number}"]


def tokens(detail: dict[str, Any]) -> list[str]:
    return [each for each in detail["data"]["order"]["customer"].values() if is_token(str(each))]


def test_whenever_the_second_delivery_and_the_erasure_come_every_token_answers_erased(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers, deliveries = Customers(aws, monkeypatch), Deliveries(aws, monkeypatch)
    first, second = RULES
    outer, inner = (len(deliveries.deliver(1_000 + at, rules)) for at, rules in enumerate((first, second)))
    assert min(outer, inner) > 4
    for number, at in enumerate(range(outer), 1):
        erasures: list[Any] = []

        def erase(number: int = number, erasures: list[Any] = erasures) -> None:
            erasures.append(customers.erase(f"C-{number}", f"era_{number}"))

        def meanwhile(
            number: int = number, at: int = at, erase: Any = erase, erasures: Any = erasures
        ) -> None:
            # At each of its calls in one of the rounds; it has fewer of them if the first has claimed the values.
            deliveries.deliver(number, second, at * 7 % inner, erase)
            if not erasures:
                erase()

        deliveries.deliver(number, first, at, meanwhile)
        published = deliveries.published(number)
        assert len({each["metadata"]["rules"] for each in published}) == 2
        assert len({each["metadata"]["ingest_id"] for each in published}) == 1
        for rules in RULES:
            deliveries.deliver(number, rules)
        shown = [token for each in deliveries.published(number) for token in tokens(each)]
        assert customers.statuses(shown) == {"erased"}, at
