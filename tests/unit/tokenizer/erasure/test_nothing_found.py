"""An erasure that finds nothing certifies nothing and tells consumers nothing, by whatever route it came.

The eraser knows an order's customer by no table: what came with a customer is stored under the customer alone. So it
goes by what it finds under the name it was given, whatever the type of the event.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import ample_budget
from tests.support.samples import ARRIVED, order, stream_record
from tokenizer import json_text
from tokenizer.erasure.certificates import SWEEPS, Certificate
from tokenizer.erasure.eraser import Eraser
from tokenizer.errors import Unavailable
from tokenizer.pipeline.catalog import catalog
from tokenizer.records import milliseconds
from tokenizer.vault.tokens import Pointer

EMAIL = "both@example.com"
sequences: Iterator[int] = count(1)


@dataclass(frozen=True)
class Route:
    """A way to ask for an erasure. `customer` is who sent the order that the erasure reaches."""

    of: str
    customer: str | None

    def ask(self, erasing: Erasing, token: str, erasure_id: str = "era_1") -> dict[str, Any]:
        """Asks for what the order below brought; returns the certificate as it is shown."""
        eraser, how = erasing.eraser, ("carla", "erasure_request", erasure_id, ample_budget())
        match self.of:
            case "customer":
                return eraser.erase("A-1", *how).shown("A-1")
            case "order":
                return eraser.erase_order("A-1", *how).shown("A-1")
            case _:
                return eraser.erase_value(token, "", *how).shown(token)


ROUTES = [Route("customer", "A-1"), Route("order", None), Route("value", "A-1")]
UNREACHED = {"customer": None, "order": "A-1"}  # who sent an order A-1 that the route doesn't reach
by_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.of)


@pytest.fixture
def erasing() -> Erasing:
    return Erasing(milliseconds(ARRIVED) + 1_000)


def send(erasing: Erasing, customer: str | None, order_id: str = "A-1") -> str:
    """Tokenizes an order; returns the email's token."""
    about = {"customer_id": customer, "name": "Canary", "email": EMAIL}
    event = {**order(customer=about, order_id=order_id), "schema_version": 3}
    record = stream_record(event, next(sequences))
    (outcome,) = erasing.world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.published, outcome
    return str(erasing.world.bus.details()[-1]["data"]["order"]["customer"]["email"])


def announced(erasing: Erasing) -> list[str]:
    """Returns the types of the events about erasures that consumers got."""
    return [each.event_type for each in erasing.world.bus.events if each.event_type.endswith(".erased")]


def never_stored(erasing: Erasing) -> str:
    """Returns a token that is well formed, and that no record stands behind."""
    token = send(erasing, "C-9", "SO-9")
    del erasing.world.vault.stored[Pointer.parse(token).record_id]
    return token


@by_route
def test_nothing_under_the_name_is_no_erasure(erasing: Erasing, route: Route) -> None:
    token = never_stored(erasing)
    shown = route.ask(erasing, token)
    assert (shown["status"], shown["records"], shown["complete"]) == ("nothing_found", 0, False)
    for each in SWEEPS[:3]:
        erasing.sweep(each)
    again = route.ask(erasing, token, "era_2")
    assert (again["status"], again["complete"]) == ("nothing_found", False)
    assert announced(erasing) == []


@pytest.mark.parametrize("of", sorted(UNREACHED))
def test_what_belongs_to_somebody_else_is_not_certified(erasing: Erasing, of: str) -> None:
    """An order of a customer, and a customer whose id only an order has: the tokens stay readable."""
    token = send(erasing, UNREACHED[of])
    shown = Route(of, None).ask(erasing, token)
    assert (shown["status"], shown["records"], shown["complete"]) == ("nothing_found", 0, False)
    erasing.sweep(SWEEPS[0])
    assert erasing.statuses(token) == ["ok"]
    assert announced(erasing) == []


@by_route
def test_a_repeat_answers_as_before(erasing: Erasing, route: Route) -> None:
    token = send(erasing, route.customer)
    assert route.ask(erasing, token)["status"] == "erased"
    for each in SWEEPS[:3]:
        erasing.sweep(each)
    again = route.ask(erasing, token, "era_2")
    assert (again["status"], again["complete"]) == ("erased", True)
    assert len(announced(erasing)) == (0 if route.of == "value" else 2)


@pytest.mark.parametrize("route", ROUTES[:2], ids=lambda route: route.of)
def test_what_was_on_its_way_is_certified_and_told_by_the_sweep_that_finds_it(
    erasing: Erasing, route: Route
) -> None:
    assert route.ask(erasing, "")["status"] == "nothing_found"
    token = send(erasing, route.customer)
    assert erasing.statuses(token) == ["erased"], "the mark holds"
    (swept,) = erasing.sweep(SWEEPS[0])
    assert (swept.status, announced(erasing)) == ("erased", [f"{route.of}.erased"])
    erasing.sweep(SWEEPS[1])
    assert len(announced(erasing)) == 1
    assert route.ask(erasing, "", "era_2")["status"] == "erased"


@pytest.mark.parametrize("route", ROUTES[:2], ids=lambda route: route.of)
def test_a_first_attempt_that_fails_says_so_and_tells_nobody(erasing: Erasing, route: Route) -> None:
    token = send(erasing, route.customer)
    erasing.subject_data.down = Unavailable("the table")
    shown = route.ask(erasing, token)
    assert (shown["status"], shown["complete"], announced(erasing)) == ("begun", False, [])
    erasing.subject_data.down = None
    (swept,) = erasing.sweep(SWEEPS[0])
    assert (swept.status, announced(erasing)) == ("erased", [f"{route.of}.erased"])


@pytest.mark.parametrize("route", ROUTES[:2], ids=lambda route: route.of)
def test_a_sweep_knows_what_an_attempt_found_that_failed_after_it_removed_all(
    erasing: Erasing, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = send(erasing, route.customer)
    whole = erasing.eraser._pass

    def fails_at_the_end(certificate: Certificate, budget: Any) -> Certificate:
        whole(certificate, budget)
        erasing.world.vault.stored.clear()
        raise Unavailable("the table")

    monkeypatch.setattr(Eraser, "_pass", lambda _self, *given: fails_at_the_end(*given))
    shown = route.ask(erasing, token)
    assert (shown["status"], shown["complete"], announced(erasing)) == ("erased", False, [])
    monkeypatch.undo()
    (swept,) = erasing.sweep(SWEEPS[0])
    assert (swept.status, announced(erasing)) == ("erased", [f"{route.of}.erased"])


def test_a_customer_of_whom_only_a_shared_value_is_left_is_found(erasing: Erasing) -> None:
    send(erasing, "C-1", "SO-1")
    send(erasing, "A-1", "SO-2")
    for record_id, record in list(erasing.world.vault.stored.items()):
        if not record.consistent:
            del erasing.world.vault.stored[record_id]
    certificate: Certificate = erasing.erase("A-1")
    assert (certificate.status, announced(erasing)) == ("erased", ["customer.erased"])


SAMPLES = sorted(Path("schemas/samples").glob("*.json"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_no_order_of_a_customer_is_certified_whatever_its_type(erasing: Erasing, sample: Path) -> None:
    """The API knows customers of `order.placed` alone, from its table of orders."""
    data = sample.read_bytes()
    (outcome,) = erasing.world.tokenizer.tokenize_batch([stream_record(data)], ample_budget())
    assert outcome.published, outcome
    event, plan = catalog().read(json_text.parse(data))
    order_id, before = plan.order_of(event), erasing.world.bus.events[:]
    of_a_guest = order_id is not None and plan.subject_of(event) is None
    named = order_id or "SO-none"
    certificate = erasing.eraser.erase_order(named, "carla", "erasure_request", "era_1", ample_budget())
    shown = certificate.shown(named)
    assert shown["status"] == ("erased" if of_a_guest else "nothing_found")
    if not of_a_guest:
        assert (shown["records"], shown["complete"], erasing.world.bus.events) == (0, False, before)
