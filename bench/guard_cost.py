"""Measures the cost per byte of the worst record of any shape, compared to an ordinary order.

Every shape is made against one detector, or against the search for a record's own values. `python -m bench.guard_cost`
prints the CPU of reading, checking and sanitizing each, and exits 1 if one costs more than five times what an ordinary
order does. With `--counted` it prints the same ratios in bytecodes, which are alike on every machine and of which the
regression baseline holds the worst; what a regular expression does inside shows in the CPU alone.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

from bench.regression.counting import bytecodes
from bench.workload import PLAIN, STREAM, encoded
from schemas.dead_letter import LetterSource
from tokenizer.identity import Identity
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import Sanitizer
from tokenizer.records import RawRecord
from tokenizer.vault.tokens import ScopeKeys, SubjectKey, TokenKey, Versions

MOST = 5.0
_LONG, _SHORT = 60_000, 3_000
_REPEATS = 3
_SEEN = 0.05  # seconds
_FIELDS = 4_000  # below what makes a record a letter

Changes = Mapping[str, Any]


def _note(piece: str, before: str = "") -> Callable[[int], Changes]:
    """Returns what fills a note with one piece of text again and again."""
    return lambda size: {"notes": (before + piece * (size // len(piece) + 1))[:size]}


def _numbers(size: int, text: str, count: int = 1_500, digits: int = 12) -> Changes:
    random = Random(20261130)  # noqa: S311 -- the same every time
    values = ["".join(random.choices("0123456789", k=digits)) for _ in range(min(count, size // 40))]
    return {"unnamed": values, **_note(text)(size)}


def _nested(size: int) -> Changes:
    return {"unnamed": ["a" * at + "b" for at in range(4, 4 + min(60, size // 60))], **_note("a")(size)}


def _labelled(levels: int) -> Changes:
    return {"a": "CVV", "b": _labelled(levels - 1)} if levels else {}


def _words(size: int) -> Changes:
    random = Random(20261130)  # noqa: S311 -- see above
    words = sorted({"".join(random.choices("abcdef", k=5)) for _ in range(size // 16)})
    return {"unnamed": words, "notes": "".join(f"z{word}z" for word in words)[:size]}


def _short_numbers(size: int) -> Changes:
    return {
        "unnamed": [f"{at:04}" for at in range(1_000, 1_000 + min(2_000, size // 20))],
        **_note("9 9 9 8 ")(size),
    }


def _long_values(size: int) -> Changes:
    random = Random(20261130)  # noqa: S311 -- see above
    return {"unnamed": ["".join(random.choices("abcdefgh", k=64)) for _ in range(size // 68)]}


def _unnamed(size: int) -> Changes:
    return {f"a{at // 1000}b{at % 1000}": 1 for at in range(min(_FIELDS, size // 11))}


def _odd_keys(size: int) -> Changes:
    return {f"k {at}": 1 for at in range(min(_FIELDS, size // 10))}


def _items(size: int) -> Changes:
    return {"items": [{"sku": f"4{at:04}", "name": "a@b c"} for at in range(max(1, size // 36))]}


# By shape, what it is against and the fields of an order that it fills.
SHAPES: Mapping[str, Callable[[int], Changes]] = {
    "prose": _note("leave it with the neighbour if nobody is at home, please "),
    "1,500 numbers and a note of digits": lambda size: _numbers(size, "1 1 1 "),
    "1,500 numbers and a note of as many": lambda size: _numbers(size, "123456789012"),
    "values that begin alike": _nested,
    "short words inside words": _words,
    "short numbers": _short_numbers,
    "long values": _long_values,
    "unnamed fields": _unnamed,
    "keys that are no words": _odd_keys,
    "short public texts": _items,
    "cards but for the check digit": _note("4111 1111 1111 1112 "),
    "cards of every length": _note("5018-0000-0009-001 "),
    "cards in one run": _note("4111111111111112 "),
    "digits with spaces": _note("1 "),
    "groups of four digits": _note("4111 "),
    "IBANs but for the check digits": _note("DE89 3704 0044 0532 0130 01 "),
    "beginnings of IBANs": _note("QA11 "),
    "IBANs of letters": _note("MD11AAAABBBBCCCCDDDDEEEE "),
    "signs of emails": _note("a@"),
    "emails without an end": _note("a@b.c.d.e.f.g.1 "),
    "phones too long": _note("+49 30 123456789012345 "),
    "phones that begin": _note("+4930 "),
    "words for phones": _note("tel 12 "),
    "numbers near words for phones": _note("call 12345678 "),
    "dialled with 00": _note("00999 1234567 "),
    "national numbers": _note("08 1-2-3-4 "),
    "SSNs that nobody has": _note("219-00-9999 "),
    "digits near the word SSN": _note("ssn 219009999 "),
    "IPv4": _note("1.2.3.4 "),
    "IPv6": _note("a:b:c:d:e:f:1:2:3 "),
    "colons": _note("a1::"),
    "dates": _note("2026-11-23 "),
    "UUIDs": _note("0192f0c8-1111-7abc-8def-00000000000a "),
    "percent-encoding": _note("%25a"),
    "percent-encoding throughout": _note("%25%32%35"),
    "references": _note("&lt;"),
    "references of references": _note("&amp;lt;"),
    "JSON's escapes": _note("\\u0041"),
    "escaped letters": _note("\\n"),
    "words like base64": _note("QUJDRE "),
    "hexadecimal digits": _note("6162636a 61626364 "),
    "labels of codes": _note("cvv 12 "),
    "labels of codes and the words between": _note("cvv is on the card back "),
    "labels of codes and words of any language": _note("cvv aaaa bbbb cccc dddd eeee "),
    "labels that mean other things too": _note("security code 12 "),
    "labels of PINs": _note("pin is 12 "),
    "digits before a label": _note("12 is the cvv "),
    "card numbers with codes": _note("4111111111111111 12/29 937 "),
    "beginnings of tracks": _note(";4111111111111111="),
    "beginnings of first tracks": _note("B4111111111111111^A"),
    "tracks": _note("4111111111111111D2912101F "),
    "card numbers in a row": _note("4111111111111111 "),
    "tables of codes": _note("a,cvv,b,c\n1,937,2,3\n"),
    "heads of tables": _note("a,b;c|d\n"),
    "tags": _note("<b>1</b>"),
    "tags without an end": _note("<b 1 "),
    "comments": _note("1<!-- -->"),
    "JSON inside a string": lambda size: {"notes": '[{"a":1},' + '"cvv":"",' * (size // 9)},
    "fields of a card": lambda size: {
        "payment": {"card": {f"a{at // 1000}b{at % 1000}": "12" for at in range(min(_FIELDS, size // 14))}}
    },
    "name and value pairs": lambda size: {"a": [{"name": "b", "value": 1}] * min(_FIELDS // 3, size // 24)},
    "objects with labels": lambda size: {
        "a": [{"a": "verify the CVV on the back of the", "b": 123}] * min(_FIELDS // 3, size // 50)
    },
    "labels within labels": lambda size: {"a": [_labelled(80)] * (size // 1_700)},
    "JSON of labels": lambda size: {"notes": json.dumps([{"a": "CVV", "b": 737}] * (size // 26))},
    "objects in text": _note('{"a":"CVV 1","b":"c","d":737} '),
    "one object in text": _note('"a":"CVV","b":737,', before="{"),
    "objects never closed": _note('{"CVV":"000'),
    "fields of a query": _note("a=CVV&b=737&"),
    "elements of XML": _note("<x>CVV</x> <y>737</y>"),
    "elements never closed": _note("<x>CVV 1</x=000 "),
    "assignments": _note("CVV=000=", before="{"),
    "other scripts": _note("\u0661\u0301\uff21"),
}


def judging() -> Callable[[bytes], None]:
    """Returns what reads, checks and sanitizes one record.

    Raises:
        RuntimeError: the record came to nothing, so that its cost says nothing.
    """
    sanitizer = Sanitizer(
        Versions.only(TokenKey(b"t" * 32)), ScopeKeys(b"s" * 32), Versions.only(SubjectKey(b"c" * 32))
    )
    reader = RecordReader(catalog(), sanitizer)

    def sanitize_one(data: bytes) -> None:
        failure = reader.read(_record(data)).failure
        if failure is not None:
            raise RuntimeError(str(failure))

    return sanitize_one


def shaped(shape: str, size: int) -> bytes:
    """Returns an order of a shape, of about so many bytes, about Germany, whose phones have a trunk zero."""
    event = json.loads(encoded(PLAIN, 1, 1))
    event["order"]["shipping_address"] = {"country": "DE"}
    event["order"] |= SHAPES[shape](size)
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def ratios(cost: Callable[[Callable[[], None]], float], size: int) -> dict[str, float]:
    """Returns what each shape costs by the byte, as a multiple of what an ordinary order costs.

    Args:
        cost: what it takes to run something once.
        size: bytes of the shapes, about.
    """
    sanitize_one = judging()
    ordinary = encoded(PLAIN, 1, 1)
    sanitize_one(ordinary)
    base = cost(lambda: sanitize_one(ordinary)) / len(ordinary)
    found = {}
    for shape in SHAPES:
        data = shaped(shape, size)
        sanitize_one(data)
        found[shape] = cost(lambda data=data: sanitize_one(data)) / len(data) / base  # type: ignore[misc] # bound now
    return found


def counted() -> dict[str, Any]:
    """Returns the worst shape by its bytecodes, for the regression baseline."""
    found = ratios(bytecodes, _SHORT)
    worst = max(found, key=lambda shape: found[shape])
    return {"shape": worst, "ratio": round(found[worst], 2)}


def cpu(run: Callable[[], None]) -> float:
    """Returns the seconds of CPU that one run takes: the least of several, each of so many that the clock sees them."""
    times = max(1, round(_SEEN / max(_timed(run, 1), 1e-6)))
    return min(_timed(run, times) for _ in range(_REPEATS)) / times


def _timed(run: Callable[[], None], times: int) -> float:
    begin = time.process_time()
    for _ in range(times):
        run()
    return time.process_time() - begin


def _record(data: bytes) -> RawRecord:
    arrived = datetime(2026, 11, 23, 10, 15, 1, tzinfo=UTC)
    source = LetterSource(stream=STREAM, shard="0", sequence_number="1", arrived_at=arrived.isoformat())
    return RawRecord(Identity.of_kinesis(STREAM, "0", "1", None), data, source, arrived, "1")


if __name__ == "__main__":
    by_count = "--counted" in sys.argv
    found = ratios(bytecodes, _SHORT) if by_count else ratios(cpu, _LONG)
    for shape, ratio in sorted(found.items(), key=lambda each: -each[1]):
        print(f"{ratio:6.2f}  {shape}")
    if max(found.values()) > MOST:
        sys.exit(f"error: a shape costs more than {MOST:g} times an ordinary order")
