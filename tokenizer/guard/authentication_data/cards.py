"""Removes a code that stands in a card's field beside what the field is for: its expiry, or its holder's name."""

import re

from tokenizer.guard.authentication_data.keys import joined
from tokenizer.guard.authentication_data.labels import SEPARATOR
from tokenizer.guard.authentication_data.names import HOLDERS, OF_CARDS
from tokenizer.guard.authentication_data.prose import MARK

_HOLDERS = frozenset(joined(*HOLDERS, "cardholder", "cardholder_name"))
_EXPIRIES = frozenset(joined(*(name for name in OF_CARDS if name.startswith(("exp", "valid")))))
_APART = r"[\s/.,;|_-]"
# A month and a year, or a year and a month, then a code. Four digits of a year are the rest of a date, such as 12/29/2031.
_BEHIND_EXPIRY = re.compile(
    rf"[^0-9]{{0,16}}+(?:(?:(?:0[1-9]|1[0-2]){_APART}{{0,3}}|[1-9]{_APART}{{1,3}})(?:20)?[2-4][0-9]{SEPARATOR}{{0,4}}"
    rf"|20[2-4][0-9]{_APART}{{0,3}}(?:0?[1-9]|1[0-2]){SEPARATOR}{{1,4}})"
    r"(?P<code>(?!20[2-4][0-9])[0-9]{3,4})[^0-9]*"
)
_BEHIND_NAME = re.compile(r"(?<=[^\W\d])[^\w*]{1,4}(?P<code>[0-9]{3,4})\W*\Z")
_BEFORE_NAME = re.compile(r"\W*(?P<code>[0-9]{3,4})[^\w*]{1,4}(?=[^\W\d])")
_LONGEST = 256


def scrub_card_field(text: str, name: str) -> tuple[str, int]:
    """Removes a code from the expiry of a card, or from both ends of its holder's name.

    Args:
        text: the field's value.
        name: its key, as `normal_key` returns it.

    Returns:
        The text with a mark in the place of each code, and how many there were; the same object if there were none.
    """
    if len(text) > _LONGEST:
        return text, 0
    if name in _EXPIRIES:
        found = [_BEHIND_EXPIRY.fullmatch(text)]
    elif name in _HOLDERS:
        found = [_BEHIND_NAME.search(text), _BEFORE_NAME.match(text)]
    else:
        return text, 0
    removed = 0
    for start, end in (each.span("code") for each in found if each is not None):  # from the last on
        text, removed = f"{text[:start]}{MARK}{text[end:]}", removed + 1
    return text, removed
