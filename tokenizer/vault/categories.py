"""Maps fields to the categories of value that the policies use. By the name of the field, not by the value."""

_BY_FIELD = {
    "expiry": "card_expiry",
    "holder": "name",
    "name": "name",
    "first_name": "name",
    "last_name": "name",
    "email": "email",
    "phone": "phone",
    "date_of_birth": "birth_date",
    "ssn": "government_id",
    "tax_id": "government_id",
    "line1": "address",
    "line2": "address",
    "address1": "address",
    "address2": "address",
    "iban": "bank_account",
    "loyalty_number": "customer_number",
}
_CARD_NUMBER = "/card/number"
CATEGORIES = tuple(sorted({*_BY_FIELD.values(), "card_number", "other"}))


def category(path: str) -> str:
    """Returns the category of a field; `other` if the field has none of its own.

    Args:
        path: JSON Pointer into the raw event.
    """
    if path.endswith(_CARD_NUMBER):
        return "card_number"
    return _BY_FIELD.get(path.rpartition("/")[2], "other")
