"""Searches for values that nobody may see, in any bytes that others can read."""

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from ahocorasick import Automaton

from local.data.orders import sensitive_values
from local.demo.checks import Event, Received

_WINDOW = 8  # bytes; what is shorter may stand anywhere by chance, and is searched for in its own event alone
_NUMBER = 9  # digits of a number worth finding without its separators
_ENCODED = 12  # characters of an encoded form; shorter ones stand in base64 by chance
_CUT = (0, 2, 3)  # characters of base64 that no, one or two bytes before a value reach into
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{32,}={0,2}")
_AUTHENTICATION_DATA = frozenset(("cvv", "cvc", "cvv2", "cid", "pin", "track1", "track2", "trackdata"))


class LeakSearch:
    """Searches bytes for many values: as they are, in other case, escaped, without separators, as hex and base64."""

    def __init__(self, values: Iterable[str]) -> None:
        by_start: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.values = 0
        for value in frozenset(values):
            forms = {form for form in _forms(value) if len(form) >= _WINDOW}
            self.values += bool(forms)
            for form in forms.union(_encoded(value) if forms else ()):
                by_start[_characters(form[:_WINDOW])].append((_characters(form), value))
        # Of the starts alone: all forms of a demo's values would take hundreds of megabytes.
        self._starts = Automaton()
        for start, forms_of in by_start.items():
            self._starts.add_word(start, forms_of)
        self._starts.make_automaton()

    def find(self, data: bytes) -> set[str]:
        """Returns the values that stand somewhere in some bytes."""
        found: set[str] = set()
        if not self.values:
            return found
        for view in _views(data):
            lower = view.decode(errors="surrogateescape").lower()
            text = _characters(lower.encode(errors="surrogateescape"))
            for end, candidates in self._starts.iter(text):
                at = end - _WINDOW + 1
                found.update(value for form, value in candidates if text.startswith(form, at))
        return found


def _characters(data: bytes) -> str:
    """Returns a character for each byte, as the automaton takes text alone."""
    return data.decode("latin-1")


def _forms(value: str) -> Iterator[bytes]:
    lower = value.lower()
    yield lower.encode(errors="surrogatepass")
    yield json.dumps(lower)[1:-1].encode()
    digits = "".join(re.findall("[0-9]", value))
    if len(digits) >= _NUMBER:
        yield digits.encode()


def _encoded(value: str) -> Iterator[bytes]:
    """Yields a value as it looks inside URL-encoded, hex and base64 text, in the lower case of the search."""
    raw = value.encode(errors="surrogatepass")
    forms = [
        raw.hex().encode(),
        quote(raw, safe="").lower().encode(),
        quote_plus(raw, safe="").lower().encode(),
    ]
    for before, cut in enumerate(_CUT):
        whole = base64.b64encode(bytes(before) + raw)[cut : (before + len(raw)) * 8 // 6].lower()
        forms += [whole, whole.translate(bytes.maketrans(b"+/", b"-_"))]
    yield from (form for form in forms if len(form) >= _ENCODED)


def _views(data: bytes) -> Iterator[bytes]:
    yield data
    for run in _BASE64.findall(data):
        try:
            yield base64.b64decode(run.translate(bytes.maketrans(b"-_", b"+/")), validate=True)
        except binascii.Error:
            continue


def leaks_of_own(good: Sequence[Event], groups: Mapping[str, Sequence[Received]]) -> set[str]:
    """Values of each order, the short ones too, and security codes' field names that stand in its own event."""
    values = {event["event_id"]: sensitive_values(event) for event in good}
    found: set[str] = set()
    for group in groups.values():
        event = json.loads(group[0].detail)
        texts = [text.lower() for text in _strings(event)]
        shown = values.get(event["metadata"]["event_id"], set())
        found |= {value for value in shown if any(_holds(text, value.lower()) for text in texts)}
        found |= {key for key in _keys(event) if re.sub("[^a-z0-9]", "", key.lower()) in _AUTHENTICATION_DATA}
    return found


def _holds(text: str, value: str) -> bool:
    """Returns True if a text holds a value that is not part of a longer word or number."""
    at = text.find(value)
    while at >= 0:
        around = text[at - 1 : at] + text[at + len(value) : at + len(value) + 1]
        if not any(each.isalnum() for each in around):
            return True
        at = text.find(value, at + 1)
    return False


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _keys(each)
