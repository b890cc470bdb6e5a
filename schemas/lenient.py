"""Defines lenient types for events in a producer's own form: money, quantities and times as texts or as numbers.

Whatever comes is passed on as it came: a number stays a number, with all its digits.
"""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from schemas.kinds import Identifier, Public

_MOST_MONEY = 10**18 - 1
_MOST_COUNTED = 999_999_999
_LAST = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z in milliseconds since 1970
_DIGITS = 17  # significant ones: no float prints more, so neither does a producer that computes with them
_LEAST_EXPONENT = -340  # of a float's last digit
_MONEY = r"^-?[0-9]{1,18}(\.[0-9]{1,17})?$"
_QUANTITY = r"^[0-9]{1,9}(\.[0-9]{1,17})?$"
_TIME = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r" ?([Zz]|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?$"
)
_CLOCK = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")


def _in_bounds(value: Any, least: int, most: int) -> bool:
    """Returns True for a number within bounds that has at most 17 decimals or, as small floats do, 17 significant digits.

    True and false are no numbers.
    """
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or not least <= value <= most:
        return False
    _, digits, exponent = Decimal(value).as_tuple()
    if not isinstance(exponent, int):
        return False
    return exponent >= -_DIGITS or (len(digits) <= _DIGITS and exponent >= _LEAST_EXPONENT)


def _shape(pattern: str, least: int, most: int) -> WithJsonSchema:
    bounds = {"minimum": least, "maximum": most}
    return WithJsonSchema({"anyOf": [{"type": "string", "pattern": pattern}, {"type": "number", **bounds}]})


def _money(value: Any) -> Any:
    if (isinstance(value, str) and re.fullmatch(_MONEY, value)) or _in_bounds(
        value, -_MOST_MONEY, _MOST_MONEY
    ):
        return value
    raise ValueError("an amount is required, as a text or a number, with at most 17 decimals")


def _quantity(value: Any) -> Any:
    if (isinstance(value, str) and re.fullmatch(_QUANTITY, value)) or _in_bounds(value, 0, _MOST_COUNTED):
        return value
    raise ValueError("a quantity is required, as a text or a number, with at most 17 decimals")


def _time(value: Any) -> Any:
    if _in_bounds(value, 0, _LAST):
        return value
    clock = _CLOCK.match(value) if isinstance(value, str) and re.fullmatch(_TIME, value) else None
    try:
        datetime.fromisoformat(clock[0].upper() if clock else "")
    except ValueError:
        raise ValueError("a date, a time, or a number of seconds or milliseconds is required") from None
    return value


LenientMoney = Annotated[
    str | int | Decimal, PlainValidator(_money), _shape(_MONEY, -_MOST_MONEY, _MOST_MONEY), Public()
]
LenientQuantity = Annotated[
    str | int | Decimal, PlainValidator(_quantity), _shape(_QUANTITY, 0, _MOST_COUNTED), Public()
]
# A date, a time with or without a zone, or a number of seconds or milliseconds since 1970.
LenientTime = Annotated[str | int | Decimal, PlainValidator(_time), _shape(_TIME, 0, _LAST), Identifier()]
