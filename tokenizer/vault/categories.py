"""Maps fields to the categories of value that the policies use. By the name of the field, not by the value.

docs/reveals.md has the table for people who name fields. An unknown object has the category of its own name, and is
revealed as a whole, so words that often name an object (`address`, `recipient`) are not among the names.
"""

import re
from collections.abc import Mapping

# Names as they are compared: in lower case, without dashes and underscores. They are those of our own events and of
# Shopify, WooCommerce, Magento, Shopware, PrestaShop, BigCommerce, commercetools, Stripe and Snipcart.
_WORDS = {
    "name": (
        "name firstname lastname middlename fullname displayname givenname familyname surname "
        "company companyname holder cardholdername"
    ),
    "email": "email emailaddress contactemail receiptemail",
    "phone": "phone phonenumber phonemobile telephone mobile mobilephone fax",
    "birth_date": "dateofbirth birthdate birthday dob",
    "government_id": (
        "ssn taxid taxnumber taxvat vat vatid vatids vatnumber dni passport passportnumber "
        "nationalid personalid"
    ),
    "address": (
        "fulladdress line1 line2 line3 address1 address2 address3 addressline1 addressline2 "
        "additionaladdressline1 additionaladdressline2 additionalstreetinfo street street1 street2 "
        "streetname streetnumber housenumber apartment building pobox postalcode postcode zip "
        "zipcode"
    ),
    "bank_account": "iban bankaccount bankaccountnumber",
    "card_expiry": "expiry cardexpiry ccexpiry",
    "customer_number": "loyaltynumber customernumber",
    "card_number": "cardnumber ccnumber creditcardnumber",
}
NAMES: Mapping[str, tuple[str, ...]] = {of: tuple(words.split()) for of, words in _WORDS.items()}
# A name may begin with whose it is, as in `billing_email`, and what it is a part of, as in `billingAddressPhone`.
OWNERS = (
    *("billing", "shipping", "customer", "delivery", "recipient", "buyer", "payer", "bill", "ship", "billto"),
    *("shipto", "invoice", "order", "default", "primary", "contact", "client", "guest", "sender", "receiver"),
    "consignee",
)
PLACES = ("address", "contact", "details", "info", "information")
_BY_FIELD = {name: of for of, names in NAMES.items() for name in names}
# Without an owner, `info` and the like may be anything's.
_COMPOUND = re.compile(
    f"(?:address|(?:{'|'.join(OWNERS)}){{1,3}}(?:{'|'.join(PLACES)})?)({'|'.join(_BY_FIELD)})"
)
_CARD_NUMBER = "/card/number"
CATEGORIES = tuple(sorted({*NAMES, "other"}))


def category(path: str) -> str:
    """Returns the category of a field; `other` if the field has none of its own.

    A position in a list has the category of the list, as the lines of a street have.

    Args:
        path: JSON Pointer into the raw event.
    """
    if path.endswith(_CARD_NUMBER):
        return "card_number"
    steps = path.split("/")
    while steps[-1].isdecimal():
        steps.pop()
    name = steps[-1].replace("_", "").replace("-", "").lower()
    if of := _BY_FIELD.get(name):
        return of
    compound = _COMPOUND.fullmatch(name)
    return _BY_FIELD[compound[1]] if compound else "other"
