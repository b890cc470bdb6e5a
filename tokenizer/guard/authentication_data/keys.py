"""Decides which keys hold sensitive authentication data, and which records may have such data.

Keys are compared without case, separators and Unicode variants, so `Track-Data` and full-width letters match too.
"""

import re
import unicodedata
from html.entities import html5

from tokenizer.guard.authentication_data.labels import may_have_label
from tokenizer.guard.authentication_data.names import (
    BEHIND_ANYTHING,
    CODES,
    FLAGS,
    GATEWAYS,
    LOOKALIKES,
    PHRASES,
    TRACKS,
    WORDS,
)


def joined(*names: str) -> tuple[str, ...]:
    """Returns names as they are compared: without the underscores between their words."""
    return tuple([name.replace("_", "") for name in names])


_EXACT = frozenset(joined(*CODES, *TRACKS, *PHRASES, *WORDS, *(name for name, _ in GATEWAYS)))
_LOOKALIKE = frozenset(joined(*LOOKALIKES))
# In flattened forms: payment.card.cvv, card[cvv], cardCvvNumber. Not `cvv_result_code`, which is no secret.
BEFORE = "order|payment|billing|credit|debit|card|cc|method|source|details|data"
_COMPOUND = re.compile(
    rf"(?:{BEFORE})*"
    rf"(?:{'|'.join(joined(*CODES, *TRACKS, *PHRASES))})(?:code|number|value|no)?"
)
# What names a code beyond doubt counts behind anything, in the plural, with a number, and with what forms put behind it:
# user_cvv, cvv1, securityCode3, cvv2_encrypted.
_BEHIND_ANYTHING = "|".join(joined(*BEHIND_ANYTHING))
_UNMISTAKABLE = re.compile(
    rf"(?!(?:{'|'.join(FLAGS)})(?:{_BEHIND_ANYTHING})s?$)"
    rf"(?:.*(?:{_BEHIND_ANYTHING})|(?:{BEFORE})*(?:{'|'.join(joined(*PHRASES))}))"
    r"s?(?:code|number|num|value|digits?|no)?[0-9]?"
    r"(?:encrypted|enc|raw|plain|hidden|input|field|entry|text|confirm(?:ation)?|repeat|again)?"
)
_LOWERED = bytes(range(256)).lower()
_NO_LETTER = bytes(code for code in range(256) if code > 127 or not chr(code).isalnum())  # noqa: PLR2004 -- ASCII

# `may_hold_authentication_data` drops everything but letters, digits and quotes, and then looks for parts of the names and
# of the labels. Each look costs the same as reading the record once, so most stand behind a shorter one.
_NO_LETTER_OR_QUOTE = _NO_LETTER.replace(b'"', b"")
_TRACES = (
    *(
        b"cv",
        b"cav",
        b"csc",
        b"track",
        b"verif",
        b"stripe",
        b"swipe",
        b"tag57",
        b"ontheback",
        b"sicherheits",
    ),
    *(
        b'"pin"',
        b'"cid"',
        b"fziffer",
        b"fnummer",
        b"cryptogramme",
        b"kod",
        b"turva",
        b"geheimzahl",
        b"securityn",
        b"tedpin",
        b"cccid",
        b"digode",
    ),
)
_TRACES_OF_CODES = (
    *(
        b"securitycode",
        b"seccode",
        b"digitcode",
        b"cardcode",
        b"codedes",
        b"coddesec",
        b"codedev",
        b"codicedis",
        b"igingscode",
    ),
)
_TRACES_OF_CARDS = re.compile(rb"card(?:sec|valid|check|cid|pin)")
_TRACES_OF_PINS = re.compile(rb"pin(?:b|data)")
# Some names of HTML's characters count without a semicolon too.
_NAMES_ALONE = "|".join(name for name in html5 if not name.endswith(";")).encode("ascii")
_ENCODED = re.compile(
    rb"%(?:u|[0-9A-Fa-f]{2})|&(?:#|[A-Za-z][0-9A-Za-z]{1,31};|(?:" + _NAMES_ALONE + rb"))|<[!/A-Za-z]"
)
# The first UTF-8 bytes of every character whose compatible form holds an ASCII letter or digit, and the digits of all
# scripts.
_COMPATIBLE = re.compile(
    rb"\xd9[\xa0-\xa9]|\xdb[\xb0-\xb9]|\xdf[\x80-\x89]|"
    rb"\xe0(?:[\xa5\xa7\xa9\xab\xad\xaf\xb1\xb3\xb5\xb7][\xa6-\xaf]|[\xb9\xbb][\x90-\x99]|\xbc[\xa0-\xa9])|"
    rb"\xc2[\xaa\xb2-\xbe]|\xc4[\xb0-\xbf]|\xc5[\x80\x89\xbf]|\xc7[\x84-\x8c\xb0-\xb3]|[\xca\xcb]|"
    rb"\xe1(?:[\xb4-\xb6]|\xba[\x96-\x9e]|\x81[\x80-\x89]|\x8d[\xa9-\xb1]|\x9f[\xa0-\xa9]|\xa5[\x86-\x8f]"
    rb"|\xa7[\x90-\x9a]|[\x82\xa0\xad][\x90-\x99]|[\xaa\xb1][\x80-\x99]|\xae[\xb0-\xb9])|"
    rb"\xe2(?:\x9d[\xb6-\xbf]|\x9e[\x80-\x93]|\x81[\xb0-\xbf]|\x82[\x80-\xa8]|[\x84-\x86\x91-\x93\xb1])|"
    rb"\xe3[\x89-\x8f]|\xea(?:\x9f|\x98[\xa0-\xa9]|\xa4[\x80-\x89]|[\xa3\xa9][\x90-\x99]|\xa7[\x90-\xb9]|\xaf[\xb0-\xb9])|"
    rb"\xef[\xac\xbc\xbd]|\xf0(?:[\x90\x91\x96\x9d]|\x9e[\x85\x8b\xa5]|\x9f[\x84-\x86\xaf])"
)
# A value of three or four digits, or of sixteen hexadecimal ones, could be a code or a PIN block of a card. A comma takes
# the place of whatever begins and ends a value.
_KINDS = bytes(
    ord("0")
    if chr(code) in "0123456789"
    else ord("a")
    if chr(code).isalpha()
    else ord(",")
    if chr(code) in ":[]}"
    else code
    for code in range(256)
)
_SPACE_OR_QUOTE = b' \t\r\n"' + bytes(range(128, 256))
_SHORT_VALUES = (b",000,", b",0000,", b",000.0,", b",0000.0,")
# Three or four digits at an end of a holder's name, or behind an expiry.
_BESIDE_VALUES = re.compile(
    rb"(?:holder|name|owner)[^\":]{0,20}\"\s*+:\s*+\""
    rb"(?:[^\"]*[A-Za-z\x80-\xff][^0-9A-Za-z\"]{1,12}[0-9]{3,4}[^0-9A-Za-z\"]*+\"|[^0-9A-Za-z\"]*+[0-9]{3,4}[^0-9A-Za-z\"]{1,12}[A-Za-z\x80-\xff])"
    rb"|(?:exp|valid)[^\":]{0,24}\"\s*+:\s*+\"?[^0-9\"]{0,64}+"
    rb"(?:(?:0?[1-9]|1[0-2])[\s/.,;|_-]{0,3}(?:20)?[2-4][0-9]|20[2-4][0-9][\s/.,;|_-]{0,3}(?:0?[1-9]|1[0-2]))"
    rb"[^0-9A-Za-z\"]{0,12}(?!20[2-4][0-9])[0-9]{3,4}(?![0-9])",
    re.IGNORECASE,
)
_PIN_BLOCK = re.compile(rb'"[0-9A-Fa-f]{16}"')
# Many digits in one string: a number and something beside it, or a track. A number alone is what a card's field holds.
# Characters beyond ASCII are left out, because invisible ones may stand between digits.
_NO_DIGIT_OR_QUOTE = bytes(
    code
    for code in range(256)
    if code > 127 or not (chr(code).isalnum() or chr(code) == '"')  # noqa: PLR2004 -- ASCII
)
_MANY_DIGITS = b"0" * 14
_RUN = re.compile(rb"0+")
_LONGEST_ALONE = 16


def is_authentication_key(key: str) -> bool:
    """Returns True if the value of a key is sensitive authentication data."""
    return is_authentication_name(normal_key(key))


def is_authentication_name(name: str) -> bool:
    """Does the same for a key as `normal_key` returns it."""
    return (
        name in _EXACT or _COMPOUND.fullmatch(name) is not None or _UNMISTAKABLE.fullmatch(name) is not None
    )


def is_lookalike(name: str) -> bool:
    """Returns True if a key, as `normal_key` returns it, means something else in an address and in other pairs."""
    return name in _LOOKALIKE


def may_hold_authentication_data(raw: bytes) -> bool:
    """Returns False if a JSON record has no such data, so that it needs no walk. It may return True without need.

    Args:
        raw: UTF-8 that can be parsed as JSON.
    """
    # An escape may stand for any character, and an escaped quote means JSON inside a string. The first track has
    # circumflexes.
    if (
        b"\\" in raw
        or b'"ey' in raw
        or b'"ew' in raw
        or b'"7b' in raw
        or b'"7B' in raw
        or b"^" in raw
        or b"U+" in raw
        or ((b"%" in raw or b"&" in raw or b"<" in raw) and _ENCODED.search(raw) is not None)
    ):
        return True
    letters = raw.translate(_LOWERED, _NO_LETTER_OR_QUOTE)
    if any(map(letters.__contains__, _TRACES)) or may_have_label(raw, letters):
        return True
    if b"cod" in letters and any(map(letters.__contains__, _TRACES_OF_CODES)):
        return True
    if _TRACES_OF_CARDS.search(letters) or _TRACES_OF_PINS.search(letters):
        return True
    if _may_hold_secret(raw):
        return True
    return _holds_more_than_a_number(raw) or (not raw.isascii() and _COMPATIBLE.search(raw) is not None)


def _may_hold_secret(raw: bytes) -> bool:
    kinds = raw.translate(_KINDS, _SPACE_OR_QUOTE)
    if any(map(kinds.__contains__, _SHORT_VALUES)):
        return True
    if _BESIDE_VALUES.search(raw):
        return True
    return any(not found[0].strip(b'"').isdigit() for found in _PIN_BLOCK.finditer(raw))


def _holds_more_than_a_number(raw: bytes) -> bool:
    """Returns True if a string has as many digits as a card number, and anything beside them."""
    kinds = raw.translate(_KINDS, _NO_DIGIT_OR_QUOTE)
    start = kinds.find(_MANY_DIGITS)
    while start >= 0:
        run = _RUN.match(kinds, start)
        end = run.end() if run else start + 1
        quoted = kinds[start - 1 : start] == kinds[end : end + 1] == b'"'
        if not quoted or end - start > _LONGEST_ALONE:
            return True
        start = kinds.find(_MANY_DIGITS, end)
    return False


def compatible(character: str) -> str:
    """Returns the letters and digits of a character's compatible form, without case."""
    # Characters are mapped one by one, because `normalize` takes quadratic time for a run of combining marks.
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", character).casefold()))


def normal_key(key: str) -> str:
    """Returns a key as keys are compared: its letters and digits, without case."""
    if key.isascii():
        return key.encode("ascii").translate(_LOWERED, _NO_LETTER).decode("ascii")
    return "".join(map(compatible, key))
