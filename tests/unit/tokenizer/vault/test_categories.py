"""Tests the category of each field of the shipped schemas, written out since policies and budgets go by it."""

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from handlers.rest.models import NamedValue
from tokenizer.aws.api.synchronous_tokenizer import KINDS
from tokenizer.vault.categories import CATEGORIES, NAMES, OWNERS, PLACES, category

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
    "other": [
        *("/order/preferences", "/order/number", "/billing", "/customer", "/shipping_method", "/address"),
        *("/order/recipient", "/order/company_id", "/customer_id", "/card/number/x", "/0", ""),
    ],
}
# The fields of the shop systems whose names the table has, as their documentation shows them.
SHOPS = {
    "Shopify": {
        "name": "/billing_address/first_name /billing_address/last_name /shipping_address/company /customer/first_name",
        "address": "/billing_address/address1 /shipping_address/address2 /default_address/zip",
        "email": "/email /contact_email /customer/email",
        "phone": "/phone /customer/phone",
    },
    "WooCommerce": {
        "name": "/billing/first_name /billing/last_name /billing/company",
        "address": "/billing/address_1 /shipping/address_2 /shipping/postcode",
        "email": "/billing/email",
        "phone": "/billing/phone /shipping/phone",
    },
    "Magento": {
        "name": "/customer_firstname /customer_lastname /customer_middlename /billing_address/firstname",
        "address": "/billing_address/street/0 /billing_address/street/1 /billing_address/postcode",
        "email": "/customer_email",
        "phone": "/billing_address/telephone /billing_address/fax",
        "birth_date": "/customer_dob",
        "government_id": "/customer_taxvat /billing_address/vat_id",
    },
    "Shopware": {
        "name": "/orderCustomer/firstName /orderCustomer/lastName",
        "address": "/billingAddress/street /billingAddress/additionalAddressLine1 /billingAddress/zipcode",
        "phone": "/billingAddress/phoneNumber",
        "birth_date": "/customer/birthday",
        "government_id": "/orderCustomer/vatIds/0",
        "customer_number": "/orderCustomer/customerNumber",
    },
    "PrestaShop": {
        "name": "/address/firstname",
        "address": "/address/address1",
        "phone": "/address/phone_mobile",
        "government_id": "/address/vat_number /address/dni",
    },
    "BigCommerce": {
        "name": "/billing_address/company",
        "address": "/billing_address/street_1 /billing_address/zip",
    },
    "commercetools": {
        "name": "/shippingAddress/firstName",
        "address": "/shippingAddress/streetName /shippingAddress/streetNumber /shippingAddress/postalCode",
        "phone": "/shippingAddress/mobile",
        "birth_date": "/dateOfBirth",
    },
    "Snipcart": {
        "name": "/content/billingAddressName /content/shippingAddressCompanyName /content/cardHolderName",
        "address": "/content/billingAddressAddress1 /content/shippingAddressPostalCode",
        "email": "/content/email /content/user/email",
        "phone": "/content/billingAddressPhone /content/billingAddress/phone",
    },
    "Stripe": {
        "name": "/customer_details/name /customer_name",
        "address": "/customer_details/address/line1 /customer_details/address/postal_code",
        "email": "/receipt_email /customer_email",
        "phone": "/customer_phone",
    },
}


@pytest.mark.parametrize(
    ("path", "expected"), [(path, name) for name, paths in FIELDS.items() for path in paths]
)
def test_a_field_has_its_category(path: str, expected: str) -> None:
    assert category(path) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [(path, of) for shop in SHOPS.values() for of, paths in shop.items() for path in paths.split()],
)
def test_fields_of_well_known_shop_systems_have_their_category(path: str, expected: str) -> None:
    assert category(path) == expected


@pytest.mark.parametrize(
    "spelled", [str.upper, str.title, lambda name: f"billing_{name}", lambda name: f"x-{name}"]
)
def test_case_separators_and_whose_it_is_do_not_matter(spelled: Callable[[str], str]) -> None:
    for of, names in NAMES.items():
        for name in names:
            other = spelled(name) == f"x-{name}"
            assert category(f"/a/{spelled(name)}") == ("other" if other else of)


def _said() -> tuple[tuple[str, ...], ...]:
    """The page's words that a name may begin with: whose it is, and what it is a part of."""
    text = " ".join(Path("docs/reveals.md").read_text(encoding="utf-8").split())
    said = re.search(r"words that say whose it is \((.*?)\), and then one that .*? part of \((.*?);", text)
    assert said
    return tuple(tuple(re.findall(r"`(\w+)`", words)) for words in said.groups())


SAID_OWNERS, SAID_PLACES = _said()
# Whose it is, in up to three words, and what it is a part of: `customerBillingAddressPhone`.
PREFIXES = [
    [*owners, *places]
    for owners in [
        [],
        *([each] for each in SAID_OWNERS),
        ["customer", "billing"],
        ["order", "buyer", "shipping"],
    ]
    for places in [[], *([each] for each in SAID_PLACES)]
    if owners or places == ["address"]
]
SPELLINGS: dict[str, Callable[[list[str]], str]] = {
    "snake": "_".join,
    "kebab": "-".join,
    "camel": lambda words: words[0] + "".join(map(str.title, words[1:])),
    "pascal": lambda words: "".join(map(str.title, words)),
    "capitals": lambda words: "_".join(words).upper(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_compounds_of_whose_it_is_and_where_it_stands_have_the_category_of_the_name(spelling: str) -> None:
    wrong = [
        (path, of)
        for prefix, (of, names) in product(PREFIXES, NAMES.items())
        for name in names
        if category(path := f"/content/{SPELLINGS[spelling]([*prefix, name])}") != of
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "name", ["shippingMethodName", "productName", "addressBook", "ipAddress", "paymentCompanyId", "itemsName"]
)
def test_what_begins_with_another_word_has_no_category(name: str) -> None:
    assert category(f"/content/{name}") == "other"


def test_the_page_has_the_words_that_a_name_may_begin_with() -> None:
    assert (SAID_OWNERS, SAID_PLACES) == (OWNERS, PLACES)


def test_the_page_has_the_names_of_every_category() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (`.+) \|$", Path("docs/reveals.md").read_text(), re.MULTILINE)
    assert {of: tuple(re.findall(r"`(\w+)`", names)) for of, names in rows} == dict(NAMES)


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
