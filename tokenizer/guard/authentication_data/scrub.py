"""Removes sensitive authentication data from text that can't be parsed: at best effort, and rather too much.

It understands JSON, also inside JSON strings and with escaped characters, form data, XML, multipart forms and
`key=value`. It removes values and keeps keys. Every search continues where the last removal ended, and every pattern is
limited or possessive, so the time is linear in the text, whatever it holds.
"""

import json
import re
from collections.abc import Sequence

from tokenizer.guard.authentication_data.encoded import scrub_encoded
from tokenizer.guard.authentication_data.keys import BEFORE, compatible, joined
from tokenizer.guard.authentication_data.names import CODES, GATEWAYS, PHRASES, TRACKS, WORDS
from tokenizer.guard.authentication_data.prose import MARK, scrub_prose

PAIR_NAMES = ("name", "key", "field", "type", "id", "label", "code", "attribute", "title", "k")
PAIR_VALUES = ("value", "val", "content", "v")


def _spaced(names: tuple[str, ...]) -> str:
    """Returns a pattern for names with any separators between their letters. The longest name is tried first."""
    return "|".join(r"[\W_]{0,8}+".join(name) for name in sorted(names, key=len, reverse=True))


def _in_words(names: Sequence[str]) -> str:
    """Returns a pattern for names with any separators between their words."""
    return "|".join(name.replace("_", r"[\W_]{0,8}+") for name in sorted(names, key=len, reverse=True))


_QUOTE = r"""\\*+["']|%22|%27|&(?:quot|\#34|\#39);"""
# What JSON with comments has between a key and its value, and what PHP writes there.
_COMMENT = r"/\*[^*]{0,64}+\*/|//[^\n]{0,64}+\n"
_SERIALIZED = r";(?:s:[0-9]{1,4}|[id]):"
_CLOSERS = rf"(?:[\s\])]|{_COMMENT}|\\|%5d|%20|{_QUOTE})*+"
_ASSIGNED = r"(?:=>|:=|[:=]|%3[ad])"
_STARTS = r"(?<![a-z0-9])|(?<=\\[nrt])|(?<=%[0-9a-f]{2})"
_AFTER_A_WORD = "|".join(f"(?<={word})" for word in BEFORE.split("|"))
# Behind the header of a table stands a row of it, which begins with a card number: not the value of the last column.
_NUMBER_IN_ROW = r"""[0-9](?:[\ -]?[0-9]){11,18}["']?[,;|\t]"""
# Looked at first, since most positions of a text begin no name.
_FIRST_LETTERS = "".join(
    sorted({name[0] for name in (*CODES, *TRACKS, *PHRASES, *WORDS, *(name for name, _ in GATEWAYS))})
)
_KEY = re.compile(
    rf"""(?=[{_FIRST_LETTERS}])
    (?:(?P<counted>(?:{_spaced(CODES)}|(?:{_STARTS}|{_AFTER_A_WORD})(?:{_spaced(joined(*PHRASES))}))s?)
       |(?:{_STARTS}|{_AFTER_A_WORD})(?:{_spaced(joined(*TRACKS))})
       |(?:{_STARTS}|(?<=card))(?:{_spaced(WORDS)})
       |(?:{_STARTS})(?:{_in_words([name for name, _ in GATEWAYS])}))
    (?:[\W_]?(?:code|number|num|value|digits?|no))?(?(counted)(?:[_-]?[0-9])?)(?![a-z0-9])
    (?:(?P<tag>(?:\s[^<>]{{0,256}}+)?>|(?:\s[^<>&]{{0,256}}+)?&gt;)
      |{_CLOSERS}(?:(?P<tagged>>|&gt;)
        |,?\s*+{_CLOSERS}(?:{"|".join(PAIR_VALUES)}){_CLOSERS}{_ASSIGNED}
        |{_SERIALIZED}
        |content-type:[^\r\n]{{0,128}}+(?=[\r\n])
        |(?P<assigned>{_ASSIGNED})
        |(?=[0-9])(?!{_NUMBER_IN_ROW})))""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOSING_TAG = re.compile(r"</|&lt;/")
_IN_CLOSING_TAG = re.compile(r"(?:<|&lt;)/[\w.:-]{0,64}\Z")
_LONGEST_NAME = 70

_OPENING = re.compile(rf"(?:\s|{_COMMENT})*+({_QUOTE})", re.VERBOSE | re.IGNORECASE)
_REST = {
    '"': re.compile(r'(?:[^"\\]|\\.)*+', re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*+", re.DOTALL),
}
_BRACKET = re.compile(r"\s*+[\[{]")
_STRUCTURE = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_ESCAPED_STRUCTURE = re.compile(r"[\[{]|[\]}]")
_BARE = re.compile(
    r"""\s*+(?:%[a-z][^?\r\n]{0,128}\?      # first track
    |;[0-9=]{8,64}\??                       # second track
    |[0-9](?:[ ]?[._/-][ ]?[0-9])++(?![0-9])
    |[0-9](?:[ ][0-9])++
    |[^\s,;&}\]<>"'|\\]*+)""",
    re.VERBOSE | re.IGNORECASE,
)
_NOTHING = frozenset({"", "null", "none", "undefined", MARK})
_UNICODE_ESCAPE = re.compile(r"\\++u([0-9a-f]{4})", re.IGNORECASE)


def scrub_text(raw: bytes) -> tuple[bytes, int]:
    """Removes the values of sensitive authentication data from bytes that can't be parsed as JSON.

    Args:
        raw: any bytes; UTF-16 and UTF-32 are recognized as JSON parsers do it.

    Returns:
        The bytes without the values, and how many were removed; the same object if there were none.
    """
    encoding = json.detect_encoding(raw)
    if not encoding.startswith("utf-8"):
        try:
            text, removed = scrub_all(raw.decode(encoding))
        except UnicodeDecodeError:
            pass
        else:
            return (text.encode(encoding), removed) if removed else (raw, 0)
    text, removed = scrub_all(raw.decode("utf-8", "surrogateescape"))
    return (text.encode("utf-8", "surrogateescape"), removed) if removed else (raw, 0)


def scrub_all(text: str) -> tuple[str, int]:
    """Does the same for text, and for the words in it that are text in base64 or hexadecimal digits."""
    text, removed = scrub(text)
    text, encoded = scrub_encoded(text, scrub)
    return text, removed + encoded


def scrub(text: str) -> tuple[str, int]:
    """Does the same as `scrub_text` for text; returns the same object if nothing was removed."""
    shadow = _shadow(text)
    kept: list[str] = []
    removed = position = 0
    while (key := _KEY.search(shadow, position)) is not None:
        start, end, bare = _value(shadow, key)
        kept.append(text[position:start])
        if start < end:
            removed += 1
            # JSON should remain JSON. Where nothing ends a value, a mark keeps what follows from being taken for it.
            if bare:
                kept.append("null" if key["assigned"] == ":" else MARK)
        position = end
    scrubbed, more = scrub_prose("".join(kept) + text[position:] if removed else text)
    return scrubbed, removed + more


def _value(shadow: str, key: re.Match[str]) -> tuple[int, int, bool]:
    """Returns where the value of a key begins and ends, and True if it has no quotes."""
    start = key.end()
    if key["tag"] or key["tagged"]:
        return start, _closing_tag(shadow, key), False
    opening = _OPENING.match(shadow, start)
    if opening is not None:
        return opening.end(), _closing_quote(shadow, opening), False
    bracket = _BRACKET.match(shadow, start)
    if bracket is not None:
        start = bracket.end() - 1
        return start, _closing_bracket(shadow, start, escaped="\\" in key[0]), True
    bare = _BARE.match(shadow, start)
    value = bare[0].lstrip() if bare else ""
    end = bare.end() if bare else start
    return (end, end, True) if value.lower() in _NOTHING else (end - len(value), end, True)


def _closing_tag(shadow: str, key: re.Match[str]) -> int:
    if _IN_CLOSING_TAG.search(shadow, max(0, key.start() - _LONGEST_NAME), key.start()):
        return key.end()
    closing = _CLOSING_TAG.search(shadow, key.end())
    return closing.start() if closing else len(shadow)


def _closing_quote(shadow: str, opening: re.Match[str]) -> int:
    rest = _REST.get(opening[1])
    if rest is not None:
        found = rest.match(shadow, opening.end())
        return found.end() if found else len(shadow)
    end = shadow.find(opening[1], opening.end())
    return end if end >= 0 else len(shadow)


def _closing_bracket(shadow: str, start: int, *, escaped: bool) -> int:
    """Returns where an object or a list ends, or the end of the text if it is never closed."""
    depth = 0
    for found in (_ESCAPED_STRUCTURE if escaped else _STRUCTURE).finditer(shadow, start):
        if found[0] in "[{":
            depth += 1
        elif found[0] in "]}":
            depth -= 1
            if depth == 0:
                return found.end()
    return len(shadow)


class _Shadow(dict[int, str]):
    """Maps a character to its compatible letter or digit if that is a single one. It computes each only once."""

    def __missing__(self, code: int) -> str:
        letter = compatible(chr(code))
        self[code] = shown = letter if len(letter) == 1 and letter.isascii() else chr(code)
        return shown


def _shadow(text: str) -> str:
    """Returns a text of the same length with plain letters, for full-width ones and for escapes such as JSON's u0063."""
    if "\\u" in text or "\\U" in text:
        text = _UNICODE_ESCAPE.sub(_unescaped, text)
    return text if text.isascii() else text.translate(_Shadow())


def _unescaped(escape: re.Match[str]) -> str:
    letter = compatible(chr(int(escape[1], 16)))
    return (letter if len(letter) == 1 else "").ljust(len(escape[0]))
