"""Reads JSON strictly: nothing is lost, and ambiguous texts are refused.

It refuses texts that are not UTF-8 or not JSON, duplicate keys (the first would vanish unseen), NaN and infinities,
lone surrogates, and nesting deeper than 100 levels.
"""

import re
from decimal import Decimal
from typing import Any

import simplejson

MAX_DEPTH = 100
# Parsed JSON is a tree of dicts and lists. Looking for cycles and named tuples would take as long as the encoding
# itself.
ENCODER = simplejson.JSONEncoder(
    use_decimal=True,
    ensure_ascii=False,
    separators=(",", ":"),
    allow_nan=False,
    check_circular=False,
    namedtuple_as_object=False,
)
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class NotStrictJson(ValueError):
    """Means that a text is refused. The message never repeats it."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise NotStrictJson("an object has the same key twice")
    return result


def _check_depth(data: bytes) -> None:
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _STRUCTURE.finditer(data):
        first = data[match.start()]
        if first in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise NotStrictJson(f"nested deeper than {MAX_DEPTH} levels")
        elif first in b"]}":
            depth -= 1


def _check_surrogates(value: Any) -> None:
    if _SURROGATE.search(str(ENCODER.encode(value))):
        raise NotStrictJson("a string holds half of a surrogate pair")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotStrictJson("not UTF-8") from None


_DECODER = simplejson.JSONDecoder(parse_float=Decimal, object_pairs_hook=_unique)


def parse(data: bytes) -> Any:
    """Parses one JSON text.

    Args:
        data: UTF-8; a byte order mark is ignored.

    Returns:
        Python values. Numbers with a fraction or an exponent are `Decimal`; objects keep the order of their keys.

    Raises:
        NotStrictJson: the text is not JSON, or ambiguous.
    """
    try:
        text = _decode(data)
        _check_depth(data)
        value = _DECODER.decode(text)
        if "\\u" in text:
            _check_surrogates(value)
    except NotStrictJson:
        raise
    except (ValueError, ArithmeticError, RecursionError):
        raise NotStrictJson("not valid JSON") from None
    return value
