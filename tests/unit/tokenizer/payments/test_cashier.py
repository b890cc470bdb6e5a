from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.payments import FakePayments
from tests.support.fakes.reveals import SHIPPED, FakeCounters, FakeHoney
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import CANARIES, order, stream_record
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.payments.fake_gateway import FakeGateway
from tokenizer.callers import Caller
from tokenizer.errors import Refused, Unavailable
from tokenizer.payments.cashier import Card, Cashier, Charge, NoGateway, Payment, PaymentStatus
from tokenizer.payments.declines import DeclineBudget

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ANN = Caller("ann", ("payments",))


class CountingGateway:
    """A gateway that keeps to its port: one charge for a payment id."""

    def __init__(self) -> None:
        self.charges: dict[str, Charge] = {}
        self.asked = 0

    def charge(self, payment_id: str, card: Card, amount: str, currency: str) -> Charge:
        self.asked += 1
        assert (card.number, card.expiry, amount, currency) == ("4111111111111111", "12/29", "129.90", "USD")
        return self.charges.setdefault(payment_id, Charge(PaymentStatus.CHARGED, reference="r"))


def sanitized(world: World, **changes: Any) -> dict[str, Any]:
    world.tokenizer.tokenize_batch([stream_record(order(**changes))], ample_budget())
    return dict(world.bus.details()[-1]["data"]["order"])


class PublishedOrders:
    """Knows the latest event of each order on a world's bus."""

    def __init__(self, world: World) -> None:
        self._world = world

    def order(self, order_id: str) -> dict[str, Any] | None:
        found = [each["data"] for each in self._world.bus.details()]
        return next((each for each in reversed(found) if each["order"]["order_id"] == order_id), None)


def cashier(
    world: World, gateway: Any, audit: FakeAudit | None = None, payments: FakePayments | None = None
) -> Cashier:
    return Cashier(
        PublishedOrders(world),
        CedarPolicies(),
        world.vault,
        world.aliases,
        gateway,
        payments or FakePayments(),
        DeclineBudget(SHIPPED, FakeCounters(), lambda *_: None),
        audit or FakeAudit(),
        FakeHoney(),
        Counter[str]().__setitem__,
        lambda: NOW,
    )


def test_an_order_is_charged_once_for_a_key_and_the_number_is_nowhere() -> None:
    world, gateway, audit = World(), CountingGateway(), FakeAudit()
    sanitized(world)
    till = cashier(world, gateway, audit)
    first = till.pay("SO-1001", "key", ANN, ample_budget())
    assert till.pay("SO-1001", "key", ANN, ample_budget()) == first
    assert (first.status, first.number_last4, first.amount) == ("charged", "1111", "129.90")
    assert gateway.asked == 1
    assert "41111111" not in repr(first) + repr(audit.lines) + repr(Card("4111111111111111", "12/29"))


def test_the_audit_trail_has_a_charge_before_it_is_made_and_what_came_of_it() -> None:
    world, audit = World(), FakeAudit()
    shown = sanitized(world)

    class Watched(CountingGateway):
        def charge(self, payment_id: str, card: Card, amount: str, currency: str) -> Charge:
            assert [line["action"] for line in audit.lines] == ["charge"]
            return super().charge(payment_id, card, amount, currency)

    payment = cashier(world, Watched(), audit).pay("SO-1001", "key", ANN, ample_budget())
    first, second = audit.lines
    card = shown["payment"]["card"]
    assert first["tokens"] == [card["number"], card["expiry"]]
    assert second == {**first, "action": "charge answered", "result": "charged"}
    assert (second["payment_id"], second["operator"]) == (payment.payment_id, "ann")
    assert not [canary for canary in CANARIES if canary.casefold() in str(audit.lines).casefold()]


def test_a_charge_whose_outcome_could_not_be_told_is_not_answered_and_charged_once() -> None:
    world, gateway, audit = World(), CountingGateway(), FakeAudit()
    sanitized(world)
    write = audit.write

    def down(action: str, operator: str, **facts: Any) -> None:
        if action == "charge answered":
            raise Unavailable("down")
        write(action, operator, **facts)

    audit.write = down  # type: ignore[method-assign] # the store goes down between the two lines
    till = cashier(world, gateway, audit)
    with pytest.raises(Unavailable):
        till.pay("SO-1001", "key", ANN, ample_budget())
    audit.write = write  # type: ignore[method-assign] # and comes back
    assert till.pay("SO-1001", "key", ANN, ample_budget()).status == "charged"
    assert (gateway.asked, len(gateway.charges)) == (2, 1)


def test_a_payment_that_died_before_it_was_kept_is_charged_once() -> None:
    world, gateway = World(), CountingGateway()
    sanitized(world)

    class Dying(FakePayments):
        def keep(self, payment: Payment) -> Payment:
            raise Unavailable("down")

    with pytest.raises(Unavailable):
        cashier(world, gateway, payments=Dying()).pay("SO-1001", "key", ANN, ample_budget())
    cashier(world, gateway).pay("SO-1001", "key", ANN, ample_budget())
    assert (gateway.asked, len(gateway.charges)) == (2, 1)


def test_without_an_audit_line_no_card_is_charged() -> None:
    world, gateway, audit = World(), CountingGateway(), FakeAudit()
    audit.down = True
    sanitized(world)
    with pytest.raises(Unavailable):
        cashier(world, gateway, audit).pay("SO-1001", "key", ANN, ample_budget())
    assert gateway.asked == 0


def test_a_charge_of_a_honey_token_raises_the_alarm_and_is_answered_like_any_other() -> None:
    world, gateway, audit, signals = World(), CountingGateway(), FakeAudit(), Counter[str]()
    shown = sanitized(world)
    number = shown["payment"]["card"]["number"]
    till = replace(cashier(world, gateway, audit), honey=FakeHoney({number}), signal=signals.__setitem__)
    assert till.pay("SO-1001", "key", ANN, ample_budget()) == cashier(world, gateway).pay(
        "SO-1001", "key", ANN, ample_budget()
    )
    assert (signals, audit.lines[0]["honey"]) == ({"HoneyTokenAsked": 1}, [number])


def test_without_the_honey_tokens_no_card_is_charged() -> None:
    world, gateway = World(), CountingGateway()
    sanitized(world)
    till = replace(cashier(world, gateway), honey=FakeHoney(down=Unavailable("down")))
    with pytest.raises(Unavailable):
        till.pay("SO-1001", "key", ANN, ample_budget())
    assert gateway.asked == 0


def test_an_order_without_a_card_can_not_be_paid() -> None:
    world = World()
    sanitized(world, payment={"method": "cash"})
    with pytest.raises(Refused, match="no card"):
        cashier(world, CountingGateway()).pay("SO-1001", "k", ANN, ample_budget())


def test_a_card_that_has_left_the_vault_can_not_be_charged() -> None:
    world = World()
    sanitized(world)
    world.vault.stored.clear()
    with pytest.raises(Refused, match="not in the vault"):
        cashier(world, CountingGateway()).pay("SO-1001", "k", ANN, ample_budget())


@pytest.mark.parametrize(
    "number",
    [
        "7371",
        "737",
        "my card ending 7371",
        "4111111111111112",
        "4111111111111111",
    ],
)
def test_a_payment_shows_of_a_number_what_the_order_shows(number: str) -> None:
    """Digits that are no card's number may be anything, such as a security code."""
    world = World()
    shown = sanitized(
        world, payment={"method": "card", "card": {"number": number, "expiry": "12/29", "holder": "A"}}
    )
    payment = cashier(world, FakeGateway(lambda: NOW)).pay("SO-1001", "k", ANN, ample_budget())
    assert payment.number_last4 == (shown["payment"]["card"].get("number_last4") or "")


def test_where_no_gateway_is_configured_nothing_looks_like_a_charge() -> None:
    world = World()
    sanitized(world)
    with pytest.raises(Unavailable, match="no payment gateway"):
        cashier(world, NoGateway()).pay("SO-1001", "k", ANN, ample_budget())


@pytest.mark.parametrize(
    ("number", "expiry", "reason"),
    [
        ("4111111111111111", "11/26", None),
        ("4111 1111 1111 1111", "12/29", None),
        ("4111111111111112", "12/29", "invalid_number"),
        ("4111", "12/29", "invalid_number"),
        ("4111111111111111", "10/26", "expired_card"),
        ("4111111111111111", "soon", "expired_card"),
        ("4000000000000002", "12/29", "declined"),
    ],
)
def test_the_fake_gateway_checks_what_a_real_one_checks_first(
    number: str, expiry: str, reason: str | None
) -> None:
    charge = FakeGateway(lambda: NOW).charge("pay_1", Card(number, expiry), "1.00", "USD")
    assert charge.reason == reason
    assert (charge.status is PaymentStatus.CHARGED) is (reason is None)
    assert FakeGateway(lambda: NOW).charge("pay_1", Card(number, expiry), "1.00", "USD") == charge


def test_of_two_who_pay_at_once_the_second_is_answered_with_the_first_result() -> None:
    world = World()
    sanitized(world)
    declined = Payment(
        "pay", "SO-1001", "129.90", "USD", "1111", PaymentStatus.DECLINED, None, "expired_card"
    )

    class Racing(FakePayments):
        """The other's result comes between our look and our keeping."""

        def keep(self, payment: Payment) -> Payment:
            self.kept[payment.payment_id] = replace(declined, payment_id=payment.payment_id)
            return super().keep(payment)

    paid = cashier(world, CountingGateway(), payments=Racing()).pay("SO-1001", "key", ANN, ample_budget())
    assert paid == replace(declined, payment_id=paid.payment_id)
