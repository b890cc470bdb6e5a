"""An erasure between any two calls of the order that it erases (moto): nothing can be read then."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.customers import Customers
from tests.support.watched_calls import watch
from tokenizer.aws.compose import tokenize

Hook = Callable[[str, str], None]


class Watched:
    """Calls a hook before and after each call that the tokenizer makes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hook: Hook = lambda _when, _name: None
        watch(monkeypatch, tokenize, self)


@pytest.fixture
def customers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Customers:
    return Customers(aws, monkeypatch)


def test_an_erasure_between_any_two_calls_of_an_order_leaves_nothing_to_read(
    customers: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order arrived before the erasure, and was on its way. Its event goes out all the same."""
    tokenizer = Watched(monkeypatch)
    calls: list[str] = []
    tokenizer.hook = lambda when, name: calls.append(f"{when} {name}")
    customers.order("C-0", 1)
    assert {"before BatchWriteItem", "after BatchWriteItem", "before PutItem", "before PutEvents"} <= set(
        calls
    )
    for at in range(len(calls)):
        customer, seen = f"C-{at + 1}", iter(range(len(calls) + 1))

        def erase(_when: str, _name: str, at: int = at, customer: str = customer, seen: Any = seen) -> None:
            if next(seen, None) == at:
                customers.erase(customer, f"era_{at}")

        tokenizer.hook = erase
        tokens = customers.order(customer, at + 100)
        tokenizer.hook = lambda _when, _name: None
        assert len(tokens) == 2
        assert customers.statuses(tokens) == {"erased"}, calls[at]
