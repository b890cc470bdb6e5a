"""Which keys hold sensitive authentication data, and which records may have such a key.

Keys are compared without case, separators and Unicode variants: `Track-Data` counts, and so do full-width letters.
"""

import re
import unicodedata

# Every name of the contract, and what card networks and gateways call the same things.
CODES = ("cvv", "cvv2", "cvc", "cvc2", "cvn", "cvn2", "cav2")
TRACKS = ("track1", "track2", "track3", "trackdata", "track1data", "track2data", "track3data")
PHRASES = ("cardsecuritycode", "cardverificationvalue", "cardverificationcode", "pinblock", "securitycode")
# Three letters that other things are called, too: never as a part of a longer key.
WORDS = ("pin", "cid", "csc")

_EXACT = frozenset((*CODES, *TRACKS, *PHRASES, *WORDS, "cardpin"))
# As flattened forms have it: payment.card.cvv, card[cvv], cardCvvNumber. Not `cvv_result_code`, which is no secret.
BEFORE = "order|payment|billing|credit|debit|card|cc|method|source|details|data"
_COMPOUND = re.compile(
    rf"(?:{BEFORE})*"
    rf"(?:{'|'.join((*CODES, *TRACKS, *PHRASES))})(?:code|number|value|no)?"
)
_LOWERED = bytes(range(256)).lower()
_NO_LETTER = bytes(code for code in range(256) if code > 127 or not chr(code).isalnum())  # noqa: PLR2004 -- ASCII

# `may_hold_authentication_data` drops all but letters, digits and quotes, and then looks for these.
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
# The first bytes, in UTF-8, of every character whose compatible form holds an ASCII letter or digit.
_COMPATIBLE = re.compile(
    rb"\xc2[\xaa\xb2-\xbe]|\xc4[\xb0-\xbf]|\xc5[\x80\x89\xbf]|\xc7[\x84-\x8c\xb0-\xb3]|[\xca\xcb]|"
    rb"\xe1(?:[\xb4-\xb6]|\xba[\x96-\x9e])|\xe2(?:\x81[\xb0-\xbf]|\x82[\x80-\xa8]|[\x84-\x86\x91-\x93\xb1])|"
    rb"\xe3[\x89-\x8f]|\xea\x9f|\xef[\xac\xbc\xbd]|\xf0(?:[\x90\x9d]|\x9f[\x84-\x86\xaf])"
)


def is_authentication_key(key: str) -> bool:
    """Whether what stands under a key is sensitive authentication data."""
    name = _normal_key(key)
    return name in _EXACT or _COMPOUND.fullmatch(name) is not None


def may_hold_authentication_data(raw: bytes) -> bool:
    """Whether a JSON record may have such a key; if not, it needs no walk. Wrong only in saying yes too often.

    Args:
        raw: UTF-8 that parses as JSON.
    """
    # An escape may stand for any character of a key, and an escaped quote for JSON inside a string.
    if b"\\" in raw:
        return True
    letters = raw.translate(_LOWERED, _NO_LETTER_OR_QUOTE)
    if any(trace in letters for trace in _TRACES):
        return True
    return not raw.isascii() and _COMPATIBLE.search(raw) is not None


def compatible(character: str) -> str:
    """The letters and digits of a character's compatible form, without case."""
    # One by one: on a whole string `normalize` takes time quadratic in a run of combining marks.
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", character).casefold()))


def _normal_key(key: str) -> str:
    if key.isascii():
        return key.encode("ascii").translate(_LOWERED, _NO_LETTER).decode("ascii")
    return "".join(map(compatible, key))
