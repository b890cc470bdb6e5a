"""Finds a record's own sensitive values in its public strings.

A value is found wherever its folded form occurs in the folded string, also inside words and longer numbers, with these
exceptions:

- A value of fewer than four characters, or a placeholder such as `guest`, is not looked for.
- A word of fewer than eight Latin letters must stand as a word, because `en-US` is in `menus`.
- A short number must stand alone, because amounts, dates and order numbers would hold it by chance. An expiry "12/29"
  folds to 1229.

All values are searched for at once, by an automaton if there are many (Aho and Corasick, 1975). So the time is linear
in the string, whatever the values are.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from tokenizer.guard.own_forms import other_forms
from tokenizer.guard.placeholders import is_placeholder
from tokenizer.guard.plans import COUNTRY_CODE
from tokenizer.guard.shown import folded_codes
from tokenizer.guard.text import folded, folded_pieces, plain_text

_SHORTEST = 4
_COUNTED = 32  # enough characters to decide whether a value is too short
# Only the beginning of a longer value is looked for. That finds every string that holds it, and limits the automaton.
_LONGEST = 64
_FEW = 16  # up to this many are found faster one by one; measured in docs/decisions/0020
_LONG_WORD = 8
_SHORT_NUMBERS = range(_SHORTEST, 7)
# A short number stands alone if no digit touches it, and none follows or precedes it across a mark that joins numbers
# to a date, a time or an amount. Between its own digits there may be spaces, dashes and slashes.
_STANDING_ALONE = {
    count: re.compile(
        rf"(?<![0-9])(?<![0-9][-./:,])(?=([0-9](?:[\s/_-]{{0,3}}[0-9]){{{count - 1}}})(?![0-9]|[-./:,][0-9]))"
    )
    for count in _SHORT_NUMBERS
}
_BETWEEN_DIGITS = str.maketrans("", "", " \t\n\r\f\v\x1c\x1d\x1e\x1f/_-")  # what the pattern lets stand there

_LONGEST_PHONE = 15  # ITU-T E.164
_SHORTEST_NATIONAL = 7
_TRUNK_LENGTHS = range(10, 13)


@dataclass(frozen=True, slots=True)
class OwnValues:
    """Holds folded sensitive values. They are never printed.

    Args:
        anywhere: values that are found anywhere in a string.
        words: values that are found only as words.
        alone: short numbers that are found only if they stand alone.
        automaton: finds `anywhere` and `words` if there are many of them; otherwise None.
    """

    anywhere: frozenset[str] = field(repr=False)
    words: frozenset[str] = field(repr=False)
    alone: frozenset[str] = field(repr=False)
    automaton: Any = field(repr=False, compare=False)

    def __or__(self, other: "OwnValues") -> "OwnValues":
        """Returns the values of both."""
        return _prepared(self.anywhere | other.anywhere, self.words | other.words, self.alone | other.alone)


def own_values(values: Iterable[str]) -> OwnValues:
    """Prepares a record's sensitive values for the search. Short values and placeholders are left out.

    Returns:
        The prepared values; `NO_VALUES` itself if none is left.
    """
    anywhere: set[str] = set()
    words: set[str] = set()
    alone: set[str] = set()
    for value in values:
        plain = plain_text(value)
        form = folded(plain)
        if _length(form) < _SHORTEST or is_placeholder(plain, form):
            continue
        for other in (form, *map(folded, other_forms(plain))):
            if not other.isdecimal():
                (words if _is_short_word(other) else anywhere).add(other[:_LONGEST])
            elif len(other) in _SHORT_NUMBERS:
                alone.add(other)
            else:
                anywhere.add(other[:_LONGEST])
        if form.isdecimal() and len(form) not in _SHORT_NUMBERS:
            anywhere.update(_national_forms(plain, form))
    return _prepared(frozenset(anywhere), frozenset(words), frozenset(alone))


def _prepared(anywhere: frozenset[str], words: frozenset[str], alone: frozenset[str]) -> OwnValues:
    if not (anywhere or words or alone):
        return NO_VALUES
    if len(anywhere) + len(words) <= _FEW:
        return OwnValues(anywhere, words, alone, None)
    from ahocorasick import Automaton  # noqa: PLC0415 -- most records have few values

    automaton = Automaton()
    for value in sorted(anywhere | words):
        automaton.add_word(value, value)
    automaton.make_automaton()
    return OwnValues(anywhere, words, alone, automaton)


NO_VALUES = OwnValues(frozenset(), frozenset(), frozenset(), None)


def may_hold_own_value(form: str, own: OwnValues) -> bool:
    """Returns True if a folded string holds one of the values anywhere.

    Spaces may separate the forms of several strings.
    """
    # Many short numbers are not searched for here, because only their places decide.
    return _holds_any(form, own) or len(own.alone) > _FEW or any(value in form for value in own.alone)


def holds_encoded_value(plain: str, own: OwnValues) -> bool:
    """Returns True if a word of a plain string is one of the values in base64 or in hexadecimal digits."""
    texts = folded_codes(plain)
    return bool(texts) and (_holds_any(texts, own) or not own.alone.isdisjoint(texts.split(" ")))


def holds_own_value(plain: str, own: OwnValues) -> bool:
    """Returns True if a plain string holds one of the values."""
    if len(plain) < _SHORTEST and plain.isascii():
        return False
    form = folded(plain)
    if not may_hold_own_value(form, own):
        return False
    if any(value in own.anywhere for value in _values_in(form, own)):
        return True
    return (bool(own.words) and _holds_word(plain, form, own)) or (
        bool(own.alone) and _holds_number_alone(plain, own.alone)
    )


def _holds_any(form: str, own: OwnValues) -> bool:
    if own.automaton is not None:
        return next(own.automaton.iter(form), None) is not None
    return any(value in form for value in own.anywhere) or any(value in form for value in own.words)


def _values_in(form: str, own: OwnValues) -> Iterator[str]:
    """Yields the values of `anywhere` and `words` that a folded string holds, each as often as it occurs."""
    if own.automaton is not None:
        return (value for _, value in own.automaton.iter(form))
    return (value for value in (*own.anywhere, *own.words) if value in form)


def _holds_word(plain: str, form: str, own: OwnValues) -> bool:
    """Returns True if a value stands as a word in a string, with no letter before or after it."""
    edges = {0, *accumulate(map(len, folded_pieces(plain)))}
    edges.update(i for i in range(1, len(form)) if not (form[i - 1].isalpha() and form[i].isalpha()))
    return any(start in edges and start + len(word) in edges for start, word in _words_in(form, own))


def _words_in(form: str, own: OwnValues) -> Iterator[tuple[int, str]]:
    if own.automaton is not None:
        return ((end + 1 - len(word), word) for end, word in own.automaton.iter(form) if word in own.words)
    return ((found.start(), word) for word in own.words for found in re.finditer(f"(?={word})", form))


def _holds_number_alone(plain: str, numbers: frozenset[str]) -> bool:
    return any(_stands_alone(count, plain, numbers) for count in {len(number) for number in numbers})


def _is_short_word(form: str) -> bool:
    return len(form) < _LONG_WORD and form.isascii() and form.isalpha()


def _length(form: str) -> int:
    """Returns the number of characters that a reader sees at the beginning. Hangul is folded to its parts."""
    return len(form) if form.isascii() else len(unicodedata.normalize("NFC", form[:_COUNTED]))


def _national_forms(plain: str, digits: str) -> list[str]:
    """Returns what is left of a phone number without its country code or trunk prefix."""
    if digits.startswith("00") or plain.lstrip().startswith("+"):
        number = digits.removeprefix("00")
        code = COUNTRY_CODE.match(number)
        national = number[code.end() :] if code and len(number) <= _LONGEST_PHONE else ""
        return [national] if len(national) >= _SHORTEST_NATIONAL else []
    return [digits[1:]] if digits[0] == "0" and len(digits) in _TRUNK_LENGTHS else []


def _stands_alone(count: int, plain: str, numbers: frozenset[str]) -> bool:
    for found in _STANDING_ALONE[count].finditer(plain):
        if found[1].translate(_BETWEEN_DIGITS) not in numbers:
            continue
        start, end = found.span(1)
        # Digits beside a letter are part of a code such as SKU1229.
        if end - start > count or not (plain[max(0, start - 1) : start] + plain[end : end + 1]).isalpha():
            return True
    return False
