"""Two forms of a string in which the guard searches: plain and folded.

Plain keeps words and separators and takes away what Unicode adds to them: full-width letters, digits of other
scripts, accents, zero-width characters, exotic dashes and spaces. Folded is plain without case and separators.
Characters are mapped one by one and never with `unicodedata.normalize` on a whole string, which takes time
quadratic in the length of a run of combining marks (minutes for a string of 1 MiB).
"""

import re
import unicodedata

_LOWERED = bytes(range(256)).lower()
_ASCII_SEPARATORS = bytes(code for code in range(128) if not chr(code).isalnum())
_SEPARATOR = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")
_KEPT_MAPPINGS = 16_384  # bounds the memory that strings of ever new characters can take

_INVISIBLE = frozenset({"Mn", "Me", "Cf"})
_SYMBOLS = frozenset({"Sm", "Sc", "Sk", "Cc"})
_ODD = {"\N{MINUS SIGN}": "-", "\N{IDEOGRAPHIC FULL STOP}": "."}


def plain_text(text: str) -> str:
    """The string with every character replaced by its plainest equivalent."""
    return text if text.isascii() else text.translate(_PLAIN)


def folded(plain: str) -> str:
    """A plain string without case and without anything that parts words and digits."""
    if plain.isascii():
        return plain.encode("ascii").translate(_LOWERED, _ASCII_SEPARATORS).decode("ascii")
    return _SEPARATOR.sub("", plain.casefold())


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
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd":
        return "-"
    if category[0] in "PZ" or category in _SYMBOLS:
        return " "
    return character


_PLAIN = _Plain()
