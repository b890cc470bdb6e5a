"""Decodes a string as software would before showing it, so that the guard searches what people will see.

It decodes percent-encoding, HTML's character references, and the escapes of JSON and programming languages, and leaves
out HTML's comments and the tags that only say how text looks. It does so at most twice, because a link in a page is encoded twice and nobody encodes more often. Each round gives a string that
is not longer, so the work is limited by the length. Words in base64 and hexadecimal digits are decoded separately, and
only the record's own values are searched for in them.
"""

import re
from binascii import a2b_base64
from html import unescape

from tokenizer.guard.text import folded, plain_text

_ROUNDS = 2
_ENCODED = re.compile(
    r"""(?:%[0-9A-Fa-f]{2})++
    |%u[0-9A-Fa-f]{4}
    |&(?:\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?+
    |\\(?:u\{[0-9A-Fa-f]{1,6}\}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[0-9abfnrtv"'/\\])
    |U\+[0-9A-Fa-f]{4,6}
    |<!--[^<>0-9A-Z&%\\]{0,64}+>
    |</?(?i:b|i|u|s|em|strong|span|font|a|wbr|small|big|sub|sup|mark|code|tt|br)(?:\s[^<>\n0-9A-Z&%\\]{0,128}+)?+/?>""",
    re.VERBOSE,
)
# Comments and tags that hold digits, escapes or what may be base64 stay, so that nothing is left out unread.
_KEPT_DECODED = 16_384
_CONTROLS = frozenset("0abfnrtv")

# The shortest value has four bytes. In base64 they are six digits, almost always of both cases; in hexadecimal they are
# eight. No byte of a text in UTF-8 is below 20 in hexadecimal.
_BASE64 = re.compile(
    r"(?<![0-9A-Za-z+/_-])(?=[0-9a-z+/_-]*+[A-Z])(?=[0-9A-Z+/_-]*+[a-z])[0-9A-Za-z+/_-]{6,}+"
)
_HEXADECIMAL = re.compile(r"(?:[2-9A-Fa-f][0-9A-Fa-f]){4,}+")
_STANDARD = str.maketrans("-_", "+/")
_DASH = re.compile("[-_]")
_FEWEST_DIGITS = 6
_BASE64_GROUP = 4


def shown_forms(text: str) -> list[str]:
    """Returns the plain form of a string, and those after decoding it once and twice."""
    forms = [plain_text(text)]
    for _ in range(_ROUNDS):
        decoded = _undone(forms[-1])
        if decoded is None:
            break
        forms.append(plain_text(decoded))
    return forms


# A run of percent-escapes has one for each byte; every other escape stands for a character.
_OF_BYTES = frozenset(f"%{digit}" for digit in "0123456789ABCDEFabcdef")
_ESCAPED_BYTE = len("%41")


def readable(text: str) -> tuple[str, list[int] | None]:
    """Returns the last plain form of a string, and where each of its characters begins in the string.

    Returns:
        The plain form, and a list with one place more than it has characters; None if all places are the same.
    """
    plain, places = _placed(text)
    for _ in range(_ROUNDS):
        pieces: list[str] = []
        starts: list[int] = []
        end = 0
        for found in _ENCODED.finditer(plain) if _may_be_encoded(plain) else ():
            pieces.append(plain[end : found.start()])
            starts += range(end, found.start())
            at = found.start()
            for character in _decoded(found):
                shown = plain_text(character)
                pieces.append(shown)
                starts += [at] * len(shown)
                if found[0][:2] in _OF_BYTES:
                    at = min(
                        at + _ESCAPED_BYTE * len(character.encode("utf-8", "surrogatepass")), found.end()
                    )
            end = found.end()
        if not pieces:
            break
        starts += range(end, len(plain) + 1)
        plain = "".join(pieces) + plain[end:]
        places = starts if places is None else [places[start] for start in starts]
    return plain, places


def _placed(text: str) -> tuple[str, list[int] | None]:
    if text.isascii():
        return text, None
    parts = [plain_text(character) for character in text]
    places = [place for place, part in enumerate(parts) for _ in part]
    return "".join(parts), [*places, len(text)]


def _may_be_encoded(plain: str) -> bool:
    return "%" in plain or "&" in plain or "\\" in plain or "<" in plain or "U+" in plain


def folded_codes(plain: str) -> str:
    """Returns the folded texts of the words that may be base64 or hexadecimal digits, with spaces between them."""
    texts = [_folded_bytes(bytes.fromhex(digits)) for digits in _HEXADECIMAL.findall(plain)]
    for word in _BASE64.findall(plain):
        texts += _behind_base64(word)
    return " ".join(texts)


def _undone(plain: str) -> str | None:
    """Returns a plain string decoded once, or None if it has no escapes."""
    if not _may_be_encoded(plain):
        return None
    decoded, count = _ENCODED.subn(_decoded, plain)
    if not count or decoded == plain:
        return None
    # JSON writes characters beyond the first plane as two halves.
    return (
        decoded
        if decoded.isascii()
        else decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    )


def _decoded(found: re.Match[str]) -> str:
    return _DECODED[found[0]]


class _Decoded(dict[str, str]):
    """Maps each escape to its character. It is filled as escapes turn up."""

    def __missing__(self, escape: str) -> str:
        decoded = _decode(escape)
        if len(self) < _KEPT_DECODED and len(escape) <= len("&CounterClockwiseContourIntegral;"):
            self[escape] = decoded
        return decoded


def _decode(escape: str) -> str:
    match escape[0], escape[1]:
        case "&", _:
            return unescape(escape)
        case "<", _:
            # A comment and the tags that only say how a text looks show nothing, and one begins a line.
            return " " if escape[1:3].lower() == "br" else ""
        case ("%", "u") | ("U", _) | ("\\", "u" | "U" | "x"):
            code = int(escape[2:].strip("{}"), 16)
            return chr(code) if code <= 0x10FFFF else escape  # noqa: PLR2004 -- the last code point
        case "\\", letter:
            return " " if letter in _CONTROLS else letter
        case _:
            encoded = bytes.fromhex(escape.replace("%", ""))
            try:
                return encoded.decode()
            except UnicodeDecodeError:
                return encoded.decode("latin-1")  # as old software writes it


_DECODED = _Decoded()


def _behind_base64(word: str) -> list[str]:
    # A dash is a digit of base64, or it separates two words.
    parts = [word, *_DASH.split(word)] if "-" in word or "_" in word else [word]
    return [_folded_bytes(_from_base64(part)) for part in parts if len(part) >= _FEWEST_DIGITS]


def _from_base64(word: str) -> bytes:
    digits = word.translate(_STANDARD)
    if len(digits) % _BASE64_GROUP == 1:
        digits = digits[:-1]
    return a2b_base64(digits + "=" * (-len(digits) % _BASE64_GROUP))


def _folded_bytes(data: bytes) -> str:
    """Returns the folded text in bytes, or an empty one if they are no text."""
    try:
        return folded(plain_text(data.decode()))
    except UnicodeDecodeError:
        return ""
