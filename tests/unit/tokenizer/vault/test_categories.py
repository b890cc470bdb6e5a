"""Tests the category of each field of the shipped schemas, written out since policies and budgets go by it."""

from typing import get_args

import pytest

from handlers.rest.models import NamedValue
from tokenizer.aws.api.synchronous_tokenizer import KINDS
from tokenizer.vault.categories import CATEGORIES, category

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


NAMED = (
    *("name", "email", "phone", "birth_date", "card_number", "card_expiry", "government_id", "bank_account"),
    *("address", "other"),
)


def test_a_value_that_a_caller_names_has_the_category_of_its_name() -> None:
    assert tuple(KINDS) == get_args(NamedValue.model_fields["kind"].annotation) == NAMED
    assert {kind: category(f"/values/0/{holder}/{field}") for kind, (holder, field) in KINDS.items()} == {
        kind: kind for kind in NAMED
    }
