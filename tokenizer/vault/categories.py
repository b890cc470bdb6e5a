"""What a revealed value is, in the words of the policies: told by the field that it stood in."""

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
    """The category of a field; `other` for what no schema names or nobody thought of.

    Args:
        path: JSON Pointer into the raw event.
    """
    if path.endswith(_CARD_NUMBER):
        return "card_number"
    return _BY_FIELD.get(path.rpartition("/")[2], "other")
