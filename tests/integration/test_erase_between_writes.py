"""An erasure between any two calls of the order that it erases (moto): nothing can be read then."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.customers import NOW, Customers
from tests.support.watched_calls import Watched, moments
from tokenizer.aws.compose import tokenize

Hook = Callable[[str, str], None]


@pytest.fixture
def customers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Customers:
    return Customers(aws, monkeypatch)


def test_an_erasure_between_any_two_calls_of_an_order_leaves_nothing_to_read(
    customers: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order arrived before the erasure, and was on its way. Its event goes out all the same."""
    tokenizer = Watched(monkeypatch, tokenize)
    calls: list[str] = []
    tokenizer.hook = lambda when, name: calls.append(f"{when} {name}")
    customers.order("C-0", 1)
    assert {"before BatchWriteItem", "after BatchWriteItem", "before PutItem", "before PutEvents"} <= set(
        calls
    )
    for at in moments(calls):
        customer, seen = f"C-{at + 1}", iter(range(len(calls) + 1))

        def erase(_when: str, _name: str, at: int = at, customer: str = customer, seen: Any = seen) -> None:
            if next(seen, None) == at:
                customers.erase(customer, f"era_{at}")

        tokenizer.hook = erase
        tokens = customers.order(customer, at + 100)
        tokenizer.hook = lambda _when, _name: None
        assert len(tokens) == 2
        assert customers.statuses(tokens) == {"erased"}, calls[at]


def test_an_erasure_of_a_guests_order_between_any_two_of_its_calls_leaves_nothing_to_read(
    customers: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = Watched(monkeypatch, tokenize)
    calls: list[str] = []
    tokenizer.hook = lambda when, name: calls.append(f"{when} {name}")
    customers.order(None, 1, email="first@example.com")
    for at in moments(calls):
        seen = iter(range(len(calls) + 1))

        def erase(_when: str, _name: str, at: int = at, seen: Any = seen) -> None:
            if next(seen, None) == at:
                customers.erase_order(f"SO-{at + 100}", f"era_{at}")

        tokenizer.hook = erase
        tokens = customers.order(None, at + 100, email=f"guest-{at}@example.com")
        tokenizer.hook = lambda _when, _name: None
        assert customers.statuses(tokens) == {"erased"}, calls[at]


@pytest.mark.parametrize("known", [True, False], ids=["known before", "brought by the order"])
def test_an_erasure_of_a_value_between_any_two_calls_of_an_order_leaves_it_unreadable(
    customers: Customers, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    """The order arrived before the erasure. A delivery of it again brings nothing back, and what comes after is read."""
    email, step = "both@example.com", 60_000
    tokenizer = Watched(monkeypatch, tokenize)
    calls: list[str] = []
    tokenizer.hook = lambda when, name: calls.append(f"{when} {name}")
    customers.order("C-0", 1, email=email)
    tokenizer.hook = lambda _when, _name: None
    customers.erase_value(email, "era_first")
    for at in moments(calls):
        began, seen = at * 10 * step, iter(range(len(calls) + 1))
        if known:
            customers.order("C-first", 500 + at, later=began + step, email=email)
        erased: list[str] = []

        def erase(_when: str, _name: str, at: int = at, seen: Any = seen, erased: list[str] = erased) -> None:
            if next(seen, None) == at and customers.knows(email):
                customers.erase_value(email, f"era_{at}")
                erased.append(email)

        customers.now = NOW + began + 3 * step
        tokenizer.hook = erase
        (name, token) = customers.order(f"C-{at}", 100 + at, later=began + 2 * step, email=email)
        tokenizer.hook = lambda _when, _name: None
        if not erased:
            customers.erase_value(email, f"era_late_{at}")
        assert customers.statuses([token]) == {"erased"}, calls[at]
        assert customers.statuses([name]) == {"ok"}, calls[at]
        again = customers.order(f"C-{at}", 100 + at, later=began + 2 * step, email=email)[-1]
        assert customers.statuses([again]) == {"erased"}, calls[at]
        assert email not in customers.values(), calls[at]
        after = customers.order("C-after", 300 + at, later=began + 4 * step, email=email)[-1]
        assert customers.statuses([after]) == {"ok"}, calls[at]
        customers.now = NOW + began + 5 * step
        customers.erase_value(email, f"era_after_{at}")
