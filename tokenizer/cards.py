"""Finds the network of a card number by its issuer identification number.

The ranges are those of ISO/IEC 7812 as the networks publish them. This file doesn't check a number's validity.
"""

import unicodedata

PAN_LENGTHS = range(12, 20)  # ISO/IEC 7812-1 allows up to 19 digits; the shortest numbers in use have 12

# The longest matching prefix decides: 6011 and 65 belong to Discover, the rest of 6 to Maestro.
_RANGES: tuple[tuple[int, int, str], ...] = (
    (4, 4, "visa"),
    (34, 34, "amex"),
    (37, 37, "amex"),
    (36, 36, "diners"),
    (38, 39, "diners"),
    (51, 55, "mastercard"),
    (62, 62, "unionpay"),
    (65, 65, "discover"),
    (50, 50, "maestro"),
    (56, 58, "maestro"),
    (63, 63, "maestro"),
    (67, 67, "maestro"),
    (300, 305, "diners"),
    (644, 649, "discover"),
    (2221, 2720, "mastercard"),
    (3528, 3589, "jcb"),
    (6011, 6011, "discover"),
)
_BY_PREFIX = {str(prefix): brand for low, high, brand in _RANGES for prefix in range(low, high + 1)}
_LONGEST = max(map(len, _BY_PREFIX))


def digits_of(number: str) -> str:
    """Returns the digits of a card number as typed, without separators and with full-width digits made plain."""
    if not number.isascii():
        number = unicodedata.normalize("NFKC", number)
    return "".join([character for character in number if character in "0123456789"])


def brand_of(digits: str) -> str:
    """Returns the network of a card number, or `unknown` if no range contains it."""
    for length in range(_LONGEST, 0, -1):
        brand = _BY_PREFIX.get(digits[:length])
        if brand is not None:
            return brand
    return "unknown"
