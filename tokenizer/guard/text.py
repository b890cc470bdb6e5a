"""Makes the two forms of a string in which the guard searches: plain and folded.

The plain form keeps words and separators, and removes what Unicode adds: full-width letters, digits of other scripts
and in circles, accents, invisible characters, unusual dashes and spaces. The folded form is the plain one without case
and separators. Characters are mapped one by one. `unicodedata.normalize` on a whole string takes time quadratic in the
length of a run of combining marks, which is minutes for a string of 1 MiB.
"""

import re
import unicodedata

_LOWERED = bytes(range(256)).lower()
_ASCII_SEPARATORS = bytes(code for code in range(128) if not chr(code).isalnum())
_SEPARATOR = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")
_KEPT_MAPPINGS = 16_384  # limits the memory for strings with ever new characters

_INVISIBLE = frozenset({"Mn", "Me", "Cf"})
_DIGITS = frozenset({"Nd", "No"})
_SYMBOLS = frozenset({"Sm", "Sc", "Sk", "Cc"})
# Fillers and blanks are letters and symbols to Unicode, although they show nothing.
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
    """Returns a plain string without case and without separators."""
    if plain.isascii():
        return plain.encode("ascii").translate(_LOWERED, _ASCII_SEPARATORS).decode("ascii")
    return _SEPARATOR.sub("", plain.casefold())


def folded_pieces(plain: str) -> list[str]:
    """Returns the pieces that `folded` joins: the stretches between separators, without case."""
    return _SEPARATOR.split(plain.casefold())


class _Plain(dict[int, str]):
    """Maps characters to plain ones. It is filled as characters turn up."""

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
