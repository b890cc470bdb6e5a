"""Finds in what is kept of a record the words of base64 and hexadecimal digits that are a text with authentication data."""

import re
from binascii import a2b_base64
from collections.abc import Callable

from tokenizer.guard.authentication_data.prose import MARK

# Long enough for a key with a value. Mail breaks base64 into lines, of which the last may be two letters and a padding.
_WORD = re.compile(
    r"[0-9A-Za-z+/_-]{24,}+(?:\r?\n[0-9A-Za-z+/_-]{4,}+)*+(?:\r?\n[0-9A-Za-z+/_-]{2,3}+={1,2}|={0,2})"
)
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})++")
_BREAK = re.compile(r"[\r\n=]")
_STANDARD = str.maketrans("-_", "+/")
_GROUP = 4


def scrub_encoded(text: str, scrub: Callable[[str], tuple[str, int]]) -> tuple[str, int]:
    """Puts a mark in the place of each encoded word whose text `scrub` removes something from.

    Returns:
        The text, and how many words were removed; the same object if there were none.
    """
    removed = 0

    def kept(found: re.Match[str]) -> str:
        nonlocal removed
        if not any(scrub(plain)[1] for plain in _texts(found[0])):
            return found[0]
        removed += 1
        return MARK

    marked = _WORD.sub(kept, text)
    return (marked, removed) if removed else (text, 0)


def _texts(word: str) -> list[str]:
    digits = _BREAK.sub("", word)
    found = [bytes.fromhex(digits)] if _HEXADECIMAL.fullmatch(digits) else []
    standard = digits.translate(_STANDARD)
    standard = standard[:-1] if len(standard) % _GROUP == 1 else standard
    found.append(a2b_base64(standard + "=" * (-len(standard) % _GROUP)))
    texts = []
    for data in found:
        try:
            texts.append(data.decode())
        except UnicodeDecodeError:
            continue
    return texts
