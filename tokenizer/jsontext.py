"""JSON in and out without losing anything: numbers keep their digits, ambiguity is refused.

Refused as `malformed_json`: what is not UTF-8 or not JSON, duplicate keys (the first would vanish unseen),
NaN and infinities, lone surrogates, nesting beyond 100 levels.
"""

import re
from decimal import Decimal
from typing import Any

import simplejson

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord

MAX_DEPTH = 100

_ENCODER = simplejson.JSONEncoder(
    use_decimal=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
)
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class _Refused(ValueError):
    """Raised inside the parser's hooks; its text is ours."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _Refused("an object has the same key twice")
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
                raise _Refused(f"nested deeper than {MAX_DEPTH} levels")
        elif first in b"]}":
            depth -= 1


def _check_surrogates(value: Any) -> None:
    if _SURROGATE.search(dump_text(value)):
        raise _Refused("a string holds half of a surrogate pair")


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Refused("not UTF-8") from None


_DECODER = simplejson.JSONDecoder(parse_float=Decimal, object_pairs_hook=_unique)


def parse(data: bytes) -> Any:
    """Parse one JSON text.

    Args:
        data: UTF-8, a byte order mark is tolerated.

    Returns:
        Python values; numbers with a fraction or an exponent are `Decimal`, objects keep their order.

    Raises:
        BadRecord: `malformed_json`; the message never repeats the input.
    """
    try:
        text = _decode(data)
        _check_depth(data)
        value = _DECODER.decode(text)
        if "\\u" in text:
            _check_surrogates(value)
    except _Refused as error:
        raise BadRecord(ErrorCode.MALFORMED_JSON, str(error)) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise BadRecord(ErrorCode.MALFORMED_JSON, "not valid JSON") from None
    return value


def dump_text(value: Any) -> str:
    """The compact JSON text of parsed values, with every number's digits as they came."""
    return str(_ENCODER.encode(value))


def dump(value: Any) -> bytes:
    """`dump_text` in UTF-8."""
    return dump_text(value).encode()
