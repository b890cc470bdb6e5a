"""Decides which keys of unknown fields may be shown: plain words, as programmers name fields."""

import re

_LONGEST = 64
# Words of letters, each with up to three digits after it. They are joined by underscores, or in lower case also by
# dashes and dots: addressLine2, utm_source, gift-wrap. Berta-Beispiel is a person, and p493012345678 is a phone number.
_WORD = r"[A-Za-z]++[0-9]{0,3}+"
_PLAIN_WORD = re.compile(rf"_*+{_WORD}(?:{_WORD}|_++(?:{_WORD}|[0-9]{{1,3}}+))*+_*+", re.ASCII)
_LOWER_WORDS = re.compile(r"_*+[a-z]++[0-9]{0,3}+(?:[._-](?:[a-z]++[0-9]{0,3}+|[0-9]{1,3}+))*+", re.ASCII)


def is_plain_word(key: str) -> bool:
    """Returns True if a key looks like a field's name and not like a value."""
    return len(key) <= _LONGEST and bool(_PLAIN_WORD.fullmatch(key) or _LOWER_WORDS.fullmatch(key))
