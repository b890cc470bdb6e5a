"""Which category each field of the shipped schemas has; written out, since policies and budgets go by it."""

import pytest

from tokenizer.categories import CATEGORIES, category

FIELDS = {
    "card_number": ["/order/payment/card/number", "/values/0/card/number"],
    "card_expiry": ["/order/payment/card/expiry"],
    "name": [
        "/order/customer/name",
        "/order/payment/card/holder",
        "/customer/first_name",
        "/customer/last_name",
    ],
    "email": ["/order/customer/email"],
    "phone": ["/order/customer/phone"],
    "birth_date": ["/order/customer/date_of_birth"],
    "government_id": ["/order/customer/ssn", "/customer/tax_id"],
    "address": [f"/order/billing_address/{line}" for line in ("line1", "line2", "address1", "address2")],
    "bank_account": ["/payment/iban"],
    "customer_number": ["/customer/loyalty_number"],
    "other": ["/order/preferences", "/order/number", "/order/customer/Email", "/card/number/x", ""],
}


@pytest.mark.parametrize(
    ("path", "expected"), [(path, name) for name, paths in FIELDS.items() for path in paths]
)
def test_a_field_has_its_category(path: str, expected: str) -> None:
    assert category(path) == expected


def test_these_are_all_categories() -> None:
    assert set(CATEGORIES) == FIELDS.keys()
