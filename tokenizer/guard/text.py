"""Two forms of a string in which the guard searches: plain and folded.

Plain keeps words and separators and takes away what Unicode adds to them: full-width letters, digits of other
scripts and in circles, accents, characters that show nothing, exotic dashes and spaces. Folded is plain without case
and separators. Characters are mapped one by one and never with `unicodedata.normalize` on a whole string, which takes
time quadratic in the length of a run of combining marks (minutes for a string of 1 MiB).
"""

import re
import unicodedata

_LOWERED = bytes(range(256)).lower()
_ASCII_SEPARATORS = bytes(code for code in range(128) if not chr(code).isalnum())
_SEPARATOR = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")
_KEPT_MAPPINGS = 16_384  # bounds the memory that strings of ever new characters can take

_INVISIBLE = frozenset({"Mn", "Me", "Cf"})
_DIGITS = frozenset({"Nd", "No"})
_SYMBOLS = frozenset({"Sm", "Sc", "Sk", "Cc"})
# Fillers and blanks are letters and symbols to Unicode, though they show nothing.
_ODD = {
    "\N{MINUS SIGN}": "-",
    "\N{IDEOGRAPHIC FULL STOP}": ".",
    "\N{IDEOGRAPHIC NUMBER ZERO}": "0",
    "\N{HANGUL FILLER}": "",
    "\N{HANGUL CHOSEONG FILLER}": "",
    "\N{HANGUL JUNGSEONG FILLER}": "",
    "\N{BRAILLE PATTERN BLANK}": "",
}


def plain_text(text: str) -> str:
    """Returns the string with every character replaced by its plainest equivalent."""
    return text if text.isascii() else text.translate(_PLAIN)


def folded(plain: str) -> str:
    """Returns a plain string without case and without anything that parts words and digits."""
    if plain.isascii():
        return plain.encode("ascii").translate(_LOWERED, _ASCII_SEPARATORS).decode("ascii")
    return _SEPARATOR.sub("", plain.casefold())


def folded_pieces(plain: str) -> list[str]:
    """Returns what `folded` joins: the stretches between separators, without case."""
    return _SEPARATOR.split(plain.casefold())


class _Plain(dict[int, str]):
    """A translation table that is filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code))
        mapped = "".join([part if part.isascii() else _plain_part(part) for part in parts])
        if len(self) < _KEPT_MAPPINGS:
            self[code] = mapped
        return mapped


def _plain_part(character: str) -> str:
    if character in _ODD:
        return _ODD[character]
    category = unicodedata.category(character)
    if category in _INVISIBLE:
        return ""
    if category in _DIGITS and (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    if category == "Pd":
        return "-"
    if category[0] in "PZ" or category in _SYMBOLS:
        return " "
    return character


_PLAIN = _Plain()
