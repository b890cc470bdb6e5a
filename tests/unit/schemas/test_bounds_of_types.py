"""The values at the bounds of each type that events are made of, and those just beyond them."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter, ValidationError

from schemas import base, erased, fields, lenient
from tests.support.members import for_all

TEXTS = ["", "x" * 4096]
NO_TEXTS: list[Any] = ["x" * 4097, 1, None]
IDS = ["x", "x" * 256]
NO_IDS: list[Any] = ["", "x" * 257, 1, None]
# The type, what is taken, and what is refused.
TYPES: dict[str, tuple[Any, list[Any], list[Any]]] = {
    "Text": (base.Text, TEXTS, NO_TEXTS),
    "Code": (base.Code, TEXTS, NO_TEXTS),
    "PublicText": (base.PublicText, TEXTS, NO_TEXTS),
    "Name": (fields.Name, TEXTS, NO_TEXTS),
    "Secret": (fields.Secret, TEXTS, NO_TEXTS),
    "Note": (fields.Note, ["", "x" * 70_000], [1, None]),
    "Identifier": (base.Identifier, IDS, NO_IDS),
    "CustomerId": (fields.CustomerId, IDS, NO_IDS),
    "OrderId": (fields.OrderId, IDS, NO_IDS),
    "ErasedId": (erased.ErasedId, IDS, NO_IDS),
    "Money": (
        base.Money,
        ["0", "-1", "9" * 18, "0.1", f"-{'9' * 18}.{'9' * 6}"],
        ["", "9" * 19, f"0.{'9' * 7}", "1.", ".1", "+1", "1,0", "--1", "1e3", " 1", "1\n", 1],
    ),
    "Currency": (base.Currency, ["EUR", "ZZZ", "AAA"], ["EU", "EURO", "eur", "EU1", "EUR\n", 978]),
    "Flag": (base.Flag, [True, False], [0, 1, "true", None]),
    "Count": (base.Count, [0, 10**9], [-1, 10**9 + 1, "1", 1.0, True]),
    "Timestamp": (
        base.Timestamp,
        [
            *("2026-11-23T10:15:00Z", "2026-11-23t10:15:00z", "2026-11-23T10:15:00.1Z"),
            *("2026-11-23T10:15:00.123456789Z", "2026-11-23T10:15:00+14:00", "2026-11-23T10:15:00-23:59"),
        ],
        [
            *("2026-11-23", "2026-11-23T10:15Z", "2026-11-23T10:15:00", "2026-11-23 10:15:00Z"),
            *("2026-11-23T10:15:00.Z", "2026-11-23T10:15:00.1234567890Z", "2026-11-23T10:15:00+1400"),
            *("2026-02-30T10:15:00Z", "2026-13-01T10:15:00Z", "2026-11-23T25:15:00Z", "26-11-23T10:15:00Z"),
            *("2026-11-23T10:15:00Z\n", " 2026-11-23T10:15:00Z", 1_795_428_900),
        ],
    ),
    "LenientMoney": (
        lenient.LenientMoney,
        [
            *("0", "-1.5", f"{'9' * 18}.{'9' * 17}", 10**18 - 1, 1 - 10**18, Decimal("0.00000000000000001")),
            *(Decimal("1.2345678901234567E-324"), Decimal("1E-340")),
        ],
        ["", "9" * 19, f"0.{'9' * 18}", "1e3", 10**18, -(10**18), True, Decimal("1E-341"), Decimal("1.23456789012345678E-300"), None],
    ),
    "LenientQuantity": (
        lenient.LenientQuantity,
        ["0", "1.5", f"{'9' * 9}.{'9' * 17}", 0, 999_999_999, Decimal("0.5")],
        ["", "-1", "9" * 10, f"0.{'9' * 18}", -1, 10**9, Decimal("-0.1"), True, None],
    ),
    "LenientTime": (
        lenient.LenientTime,
        [
            *("2026-11-23", "2026-11-23T10:15", "2026-11-23 10:15:00", "2026-11-23t10:15:00.123456789"),
            *("2026-11-23T10:15:00Z", "2026-11-23 10:15 UTC", "2026-11-23T10:15:00 GMT", "2026-11-23T10:15z"),
            *("2026-11-23T10:15:00+0100", "2026-11-23 10:15:00 -01:00", 0, 253_402_300_799_999),
        ],
        [
            *("", "2026-11", "2026-11-23T10", "2026-02-30", "2026-11-23T25:15", "2026-11-23T10:15:00CET"),
            *("2026-11-23T10:15:00.1234567890", "2026-11-23T10:15+1", "2026-11-23T10:15:00  UTC", "2026-11-23\n"),
            *(-1, 253_402_300_800_000, True, None),
        ],
    ),
}  # fmt: skip


@for_all("name", TYPES)
def test_a_type_takes_what_is_within_its_bounds_and_nothing_beyond(name: str) -> None:
    kind, taken, refused = TYPES[name]
    adapter: TypeAdapter[Any] = TypeAdapter(kind, config=ConfigDict(strict=True))
    for each in taken:
        assert adapter.validate_python(each) == each
    for each in refused:
        with pytest.raises(ValidationError):
            adapter.validate_python(each)
