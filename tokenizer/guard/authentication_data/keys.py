"""Decides which keys hold sensitive authentication data, and which records may have such a key.

Keys are compared without case, separators and Unicode variants, so `Track-Data` and full-width letters match too.
"""

import re
import unicodedata

# Every name in the contract, and the names that card networks and gateways use for the same things.
CODES = ("cvv", "cvv2", "cvc", "cvc2", "cvn", "cvn2", "cav2")
TRACKS = ("track1", "track2", "track3", "trackdata", "track1data", "track2data", "track3data")
PHRASES = ("cardsecuritycode", "cardverificationvalue", "cardverificationcode", "pinblock", "securitycode")
# These words have other meanings too, so they don't count as a part of a longer key.
WORDS = ("pin", "cid", "csc")

_EXACT = frozenset((*CODES, *TRACKS, *PHRASES, *WORDS, "cardpin"))
# In flattened forms: payment.card.cvv, card[cvv], cardCvvNumber. Not `cvv_result_code`, which is no secret.
BEFORE = "order|payment|billing|credit|debit|card|cc|method|source|details|data"
_COMPOUND = re.compile(
    rf"(?:{BEFORE})*"
    rf"(?:{'|'.join((*CODES, *TRACKS, *PHRASES))})(?:code|number|value|no)?"
)
_LOWERED = bytes(range(256)).lower()
_NO_LETTER = bytes(code for code in range(256) if code > 127 or not chr(code).isalnum())  # noqa: PLR2004 -- ASCII

# `may_hold_authentication_data` drops everything but letters, digits and quotes, and then looks for these.
_NO_LETTER_OR_QUOTE = _NO_LETTER.replace(b'"', b"")
_TRACES = (
    b"cv",
    b"cav2",
    b"track",
    b"securitycode",
    b"cardverif",
    b"pinb",
    b'"pin"',
    b'"cid"',
    b'"csc"',
    b'cardpin"',
)
# The first UTF-8 bytes of every character whose compatible form holds an ASCII letter or digit.
_COMPATIBLE = re.compile(
    rb"\xc2[\xaa\xb2-\xbe]|\xc4[\xb0-\xbf]|\xc5[\x80\x89\xbf]|\xc7[\x84-\x8c\xb0-\xb3]|[\xca\xcb]|"
    rb"\xe1(?:[\xb4-\xb6]|\xba[\x96-\x9e])|\xe2(?:\x81[\xb0-\xbf]|\x82[\x80-\xa8]|[\x84-\x86\x91-\x93\xb1])|"
    rb"\xe3[\x89-\x8f]|\xea\x9f|\xef[\xac\xbc\xbd]|\xf0(?:[\x90\x9d]|\x9f[\x84-\x86\xaf])"
)


def is_authentication_key(key: str) -> bool:
    """Returns True if the value of a key is sensitive authentication data."""
    name = _normal_key(key)
    return name in _EXACT or _COMPOUND.fullmatch(name) is not None


def may_hold_authentication_data(raw: bytes) -> bool:
    """Returns False if a JSON record has no such key, so that it needs no walk. It may return True without need.

    Args:
        raw: UTF-8 that can be parsed as JSON.
    """
    # An escape may stand for any character of a key, and an escaped quote means JSON inside a string.
    if b"\\" in raw:
        return True
    letters = raw.translate(_LOWERED, _NO_LETTER_OR_QUOTE)
    if any(trace in letters for trace in _TRACES):
        return True
    return not raw.isascii() and _COMPATIBLE.search(raw) is not None


def compatible(character: str) -> str:
    """Returns the letters and digits of a character's compatible form, without case."""
    # Characters are mapped one by one, because `normalize` takes quadratic time for a run of combining marks.
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", character).casefold()))


def _normal_key(key: str) -> str:
    if key.isascii():
        return key.encode("ascii").translate(_LOWERED, _NO_LETTER).decode("ascii")
    return "".join(map(compatible, key))
