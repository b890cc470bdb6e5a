"""Gives other forms of a record's own values: names turned round, dates as people write them, numbers without their country."""

import re
from collections.abc import Iterator

# Two to five words. The first and the last have two letters or more, since `examplej` would be found in `example job`.
_LETTERS = r"[^\W\d_](?:['.-]?[^\W\d_])"
_NAME = re.compile(rf"{_LETTERS}{{1,31}}\.?(?: +{_LETTERS}{{0,31}}\.?){{0,3}} +{_LETTERS}{{1,31}}\.?")
_DATE = re.compile(r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?:T.*)?", re.DOTALL)
_NUMBER = re.compile(r"[A-Z]{2}[ -]?((?=(?:[A-Z]*[0-9]){4})[0-9A-Z]{8,})")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT_MONTH = 3


def other_forms(plain: str) -> Iterator[str]:
    """Yields what else a plain value may be written as.

    Args:
        plain: a value, as `plain_text` returns it.
    """
    if plain.isdecimal():
        return
    if _NAME.fullmatch(plain):
        words = plain.split()
        for first in range(1, len(words)):
            yield " ".join((*words[first:], *words[:first]))
    elif date := _DATE.fullmatch(plain):
        yield from _dates(*date.groups())
    elif number := _NUMBER.fullmatch(plain):
        yield number[1]


def _dates(year: str, month: str, day: str) -> Iterator[str]:
    bare_month, bare_day = month.lstrip("0"), day.lstrip("0")
    for first, second in ((month, day), (day, month), (bare_month, bare_day), (bare_day, bare_month)):
        yield f"{first}/{second}/{year}"
    name = _MONTHS[int(month) - 1]
    for spelled in (name, name[:_SHORT_MONTH]):
        yield f"{bare_day} {spelled} {year}"
        yield f"{spelled} {bare_day} {year}"
