from typing import Any

import pytest

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.reveals import Revealing
from tests.support.fakes.world import World, ample_budget
from tests.support.members import for_all
from tests.support.samples import order, passing_luhn, stream_record
from tokenizer.callers import Caller
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.reveal.value_categories import categories
from tokenizer.vault.categories import CATEGORIES, category

PAN = "4111 1111 1111 1111"
HARMFUL = {  # what may stand anywhere, and what it makes of the field
    PAN: "card_number",
    "5555555555554444": "card_number",
    "&#52;111 1111 1111 1111": "card_number",
    "219-09-9998": "government_id",
    "DE89 3704 0044 0532 0130 00": "bank_account",
}
FIELDS = {  # a field of each category
    "/order/payment/card/expiry": "card_expiry",
    "/order/customer/name": "name",
    "/order/customer/email": "email",
    "/order/customer/phone": "phone",
    "/order/customer/date_of_birth": "birth_date",
    "/order/customer/ssn": "government_id",
    "/order/shipping/line1": "address",
    "/order/payment/iban": "bank_account",
    "/order/customer/loyalty_number": "customer_number",
    "/order/payment/card/number": "card_number",
    "/order/notes": "other",
}


def test_every_category_has_a_field_here() -> None:
    assert {path: category(path) for path in FIELDS} == FIELDS
    assert set(FIELDS.values()) == set(CATEGORIES)


@for_all("path", FIELDS)
@for_all("number", HARMFUL)
@for_all(
    "around",
    [
        lambda number: number,
        lambda number: f"see {number}, thanks",
        lambda number: {"a": [1, None, True, {"number": number}]},
        lambda number: {number: "x"},
    ],
)
def test_a_value_is_also_what_it_holds(path: str, number: str, around: Any) -> None:
    found = categories(path, around(number))
    assert found[0] == HARMFUL[number]
    assert found[-1] == FIELDS[path]
    assert set(found) == {HARMFUL[number], FIELDS[path]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/order/customer/name", "Ann Example"),
        ("/order/customer/email", "ann@example.com"),
        ("/order/customer/phone", "+49 1512 3456789"),
        ("/order/customer/phone", "4916338506082"),  # Luhn is right, and an old Visa had 13 digits
        ("/order/customer/phone", passing_luhn("6" + "0" * 14)),  # and RuPay's have 16
        ("/order/customer/loyalty_number", passing_luhn("6" + "0" * 14)),
        ("/order/customer/phone", "111444777"),  # a tax number in Portugal, by its check digit
        ("/order/customer/loyalty_number", "4916338506082"),
        ("/order/customer/date_of_birth", "1990-04-01"),
        ("/order/shipping/line1", "250 300 4000 Main Street"),
        ("/order/notes", "leave it at the door"),
        ("/order/notes", None),
        ("/order/notes", 17.5),
        ("/order/notes", True),
    ],
)
def test_an_ordinary_value_is_what_its_field_says(path: str, value: Any) -> None:
    assert categories(path, value) == (FIELDS[path],)


def test_numbers_are_read_as_text_and_all_that_is_found_counts() -> None:
    assert categories("/order/notes", 4111111111111111) == ("card_number", "other")
    assert categories("/order/notes", [PAN, "219-09-9998"]) == ("card_number", "government_id", "other")
    assert categories("/order/notes", "CPF 111.444.777-35") == ("government_id", "other")


COMPLIANCE = Caller("ann", ("compliance",))
SUPPORT = Caller("sue", ("support",))
PAYMENTS = Caller("pay", ("payments",))


@pytest.mark.parametrize(
    ("caller", "purpose", "field", "value", "status"),
    [
        (COMPLIANCE, "legal_request", "name", PAN, "denied"),
        (COMPLIANCE, "legal_request", "name", "Ann Example", "ok"),
        (COMPLIANCE, "legal_request", "name", "219-09-9998", "denied"),
        (Caller("ann", ("compliance",), mfa=True), "legal_request", "name", PAN, "ok"),
        (SUPPORT, "support", "name", PAN, "denied"),
        (SUPPORT, "support", "name", "DE89 3704 0044 0532 0130 00", "denied"),
        (SUPPORT, "support", "name", "Ann Example", "ok"),
        (PAYMENTS, "charge", "loyalty_number", PAN, "denied"),  # the field's category counts, too
        (PAYMENTS, "charge", "name", PAN, "ok"),
    ],
)
def test_the_policies_ask_for_the_right_to_each(
    caller: Caller, purpose: str, field: str, value: str, status: str
) -> None:
    answers, _ = _asked(
        caller, RevealRequest(_token(world := World(), field, value), purpose, Action.REVEAL), world
    )
    assert [each["status"] for each in answers.values()] == [status]


def test_a_card_number_under_a_name_is_counted_as_a_card_number_and_masked_whole() -> None:
    world = World()
    request = RevealRequest(_token(world, "name", PAN), "support", Action.MASKED)
    answers, desk = _asked(SUPPORT, request, world)
    assert [(each["value"], each["masked"]) for each in answers.values()] == [("***", True)]
    counted = {
        name for counter in desk.counters.counters.values() for name, count in counter.items() if count
    }
    assert {name.split("/")[1] for name in counted} == {"card_number"}


def _token(world: World, field: str, value: str) -> tuple[str]:
    body = order()
    body["order"]["customer"][field] = value
    world.tokenizer.tokenize_batch([stream_record(body)], ample_budget())
    return (str(world.bus.details()[0]["data"]["order"]["customer"][field]),)


def _asked(
    caller: Caller, request: RevealRequest, world: World
) -> tuple[dict[str, dict[str, Any]], Revealing]:
    desk = Revealing(world.vault, world.aliases, FakeAudit())
    return desk.reveals.answer(caller, request, ample_budget()), desk
