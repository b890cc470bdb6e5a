"""Finds in text the words that announce a card verification code or a PIN, and the digits that they announce.

There are three kinds. Some words mean nothing else (`cvv`). Some mean other things too (`security code`), so they need a
word for cards in the same text, or must not be about doors and gates. And a PIN has four digits, or more if it is a
card's: an Indian PIN code has six, and is a part of an address.
"""

import re
from collections.abc import Iterator

from tokenizer.guard.authentication_data import words
from tokenizer.guard.cards import names_card
from tokenizer.guard.text import plain_text

Span = tuple[int, int]


def _any_of(chosen: tuple[str, ...]) -> str:
    """Returns a pattern for words as plain text has them, with any separator in the place of each space."""
    plain = sorted({plain_text(word).lower() for word in chosen}, key=len, reverse=True)
    return "|".join([re.escape(word).replace(r"\ ", r"[\W_]{1,2}") for word in plain])


# What was removed before is no separator, so that removing twice is removing once.
SEPARATOR = r"(?:[^\w*]|_)"
# Markup shows nothing: tags of HTML, and the asterisks of Markdown. Three of them are a mark, unless they enclose digits.
_TAG = r"</?[a-z][^<>\n]{0,64}+>"
_EMPHASIS = r"(?<!\*)(?:\*{1,2}(?!\*)|\*{3}(?=[0-9](?:[^\w\n]?[0-9]){2,3}\*{3}))"
# What PHP writes between a serialized key and its value.
_SERIALIZED = r";(?:s:[0-9]{1,4}|[id]):"
_BETWEEN = rf"(?:{_SERIALIZED}|{_TAG}|{_EMPHASIS}|{SEPARATOR})"
_GAP = rf"(?:{_BETWEEN}{{0,4}}(?:{_any_of(words.JOINTS)})(?![a-z])){{0,5}}{_BETWEEN}{{0,6}}"
_STARTS = r"(?:(?<![a-z])|(?<=card)|(?<=cc)|(?<=\bmy)|(?<=\b[di])|(?<=_))"
_SOFT = re.compile(rf"(?<![a-z])(?:{_any_of(words.SOFT_LABELS)})(?![a-z])", re.IGNORECASE)
_PIN = re.compile(
    r"(?:(?<![a-z])|(?<=card))(?:pin|geheimzahl)(?:\W?s(?=[\W_]))?(?:[\W_]?(?:code|number|nummer|no|nr))?(?![a-z])",
    re.IGNORECASE,
)
_PIN_BLOCK = re.compile(
    rf"pin[\W_]?block{SEPARATOR}{{0,8}}(?P<code>[0-9a-f]{{16}})(?![0-9a-f])", re.IGNORECASE
)
_PLACE = re.compile(rf"(?<![a-z])(?:{_any_of(words.PLACES)})(?:s|n|en)?(?![a-z])", re.IGNORECASE)
_EXPIRY = r"(?:0?[1-9]|1[0-2])[/.-](?:20)?[2-4][0-9](?![0-9])"
# Digits that go on are those of an amount or a date, unless they are a card's expiry or another code.
_WHOLE = (
    r"(?![0-9])(?:(?![.,:/-][0-9])|(?=/[0-9]{3,4}(?![0-9/]))"
    rf"|(?<!19[0-9]{{2}})(?<!20[0-9]{{2}})(?=[,/.-]{_EXPIRY}))"
)
_REMOVED = r"\*{3}"
# Digits that are written one by one. Where they stand together, what is between groups tells a date or an amount.
_APART = r"(?:[^\w\n]|_){1,3}"
_CODE_DIGITS = rf"(?P<code>[0-9](?:[ ]?[0-9]){{2,3}}|[0-9](?:{_APART}[0-9]){{2,3}}){_WHOLE}"
# The figure of `CVV2` and `CVC3`, unless a code begins with it: `CVV234`, `CVV 2-3-4`.
_REST = r"[0-9](?:[ ]?[0-9]){1,2}"
_FIRST = rf"[1-3](?!(?:{_REST}|(?:{_APART}[0-9]){{2}}(?!{_APART}[0-9])){_WHOLE})"
_SECOND = rf"2(?!(?:[ ]?{_REST}|(?:{_APART}[0-9]){{2,3}}){_WHOLE})"
_CODE = re.compile(
    rf"{_STARTS}(?:(?:{'|'.join(words.WITH_FIGURE)})(?:{_FIRST}|[ _.-]{{1,2}}{_SECOND})?|{'|'.join(words.CODE_LABELS)}"
    rf"|(?P<phrase>{words.PHRASE})(?:[ _-]?{_SECOND})?)s?(?:[\W_]?(?:code|number|value|no))?(?![a-z])",
    re.IGNORECASE,
)
# Between a label and its digits there may be a line of blanks or dots, and the card's expiry.
_LEADER = r"(?:[^\w*\n]|_){7,64}+"
_DIGITS_AFTER = re.compile(
    rf"(?:{_GAP}|{_LEADER})(?:{_EXPIRY}{SEPARATOR}{{1,4}})?(?:{_CODE_DIGITS}|{_REMOVED})", re.IGNORECASE
)
# More codes behind the first.
_UNIT = rf"[ ]?(?:{_any_of(words.UNITS)})(?![a-z])"
_AND_DIGITS = re.compile(
    rf"[ ]?(?:[&/+]|(?:{_any_of(words.CONJUNCTIONS)})(?![a-z]))[ ]?(?:(?P<code>[0-9]{{3,4}}){_WHOLE}(?!{_UNIT})|{_REMOVED})",
    re.IGNORECASE,
)
# A few words of any language, within one sentence; before them what stands in brackets, and among them a card's last digits.
_OTHER = rf"(?:{_any_of((*words.OTHER_NUMBERS, *words.PLACES))})(?![^\W\d_])"
_ASIDE = rf"[^\w\n*]{{0,2}}\((?:(?!(?<![^\W\d_]){_OTHER})[^()\n0-9*]){{0,64}}+\)"
_CARD_ENDING = r"end(?:ing|s|et|end)[ ](?:(?:in|with|auf|mit)[ ])?[0-9]{4}(?![0-9])"
_SOME_WORD = rf"(?:(?!{_OTHER})(?:{_CARD_ENDING}|[^\W\d_]{{1,20}}+)[^\w\n.,;!?*]{{0,4}}+)"
_DIGITS_BEHIND_WORDS = re.compile(
    rf"(?:{_ASIDE}[^\w\n.,;!?*]{{0,3}}+{_SOME_WORD}{{0,5}}+|[^\w\n.,;!?*]{{0,3}}+{_SOME_WORD}{{1,5}}+)"
    rf"{_CODE_DIGITS}(?!{_UNIT})",
    re.IGNORECASE,
)
_PIN_AFTER = re.compile(
    rf"{_GAP}(?:(?P<code>[0-9](?:[ ]?[0-9]){{3,11}}|[0-9](?:[._-][0-9]){{3,11}}){_WHOLE}|{_REMOVED})",
    re.IGNORECASE,
)
_DIGITS_BEFORE = re.compile(
    rf"(?<![a-z0-9])(?<![0-9][.,:/-])(?P<code>[0-9]{{3,4}}|[0-9](?:-[0-9]){{2,3}}){_GAP}\Z",
    re.IGNORECASE,
)
_JOINTS_AT_END = re.compile(
    rf"(?:[^\w*]{{1,3}}(?:{_any_of(words.JOINTS)})){{1,10}}+[^\w*]{{0,3}}\Z", re.IGNORECASE
)
_EXAMPLES = ("000", "0000")
_PARTS = (*words.PARTS_OF_CODES, *words.PARTS_OF_PINS, *words.PARTS_OF_SOFT)
_BEFORE = 32
_SHORT_CODE = 3
_PIN_DIGITS = 4

# The looks behind come second, because a search for a fixed beginning is fast.
_WORD = re.compile(
    rb"pin(?<![a-z]pin)(?:[^a-z]{0,3}s(?![a-z]))?(?:[^a-z]?(?:code|number|nummer|no|nr))?(?![a-z])|cid(?<![a-z]cid)(?![a-z])"
)


def may_have_label(raw: bytes, letters: bytes) -> bool:
    """Returns False if a JSON record has no label that is a short word, or one of a script without ASCII letters.

    Args:
        raw: the record.
        letters: its ASCII letters and digits, in lower case.
    """
    if (b"pin" in letters or b"cid" in letters) and _WORD.search(raw.lower()) is not None:
        return True
    return not raw.isascii() and any(word in raw for word in words.FOREIGN)


def may_be_label(plain: str) -> bool:
    """Returns False if plain text has no part of a label."""
    lowered = plain.lower()
    return any(map(lowered.__contains__, _PARTS))


def digits_announced(plain: str, *, payment: bool) -> frozenset[int]:
    """Returns how many digits a code may have that a text announces as a whole: three, four, both, or none.

    Args:
        plain: plain text, such as `CVV on the back of your card`.
        payment: True if the text belongs to a payment.
    """
    if not may_be_label(plain):
        return frozenset()
    label = plain.rstrip()
    whole = _announced(label, payment=payment)
    return whole or _announced(_JOINTS_AT_END.sub("", label), payment=payment)


def _announced(label: str, *, payment: bool) -> frozenset[int]:
    found = set()
    for code in _EXAMPLES:
        text = f"{label} {code}"
        spans = labelled_digits(text, payment=payment, among_words=False)
        if any(end == len(text) for _, end in spans):
            found.add(len(code))
    return frozenset(found)


def labelled_digits(plain: str, *, payment: bool, among_words: bool = True) -> Iterator[Span]:
    """Yields where the digits are that a label announces.

    Args:
        plain: plain text.
        payment: True if the text belongs to a payment or holds a card number.
        among_words: False if there may be no words between a label and its digits but those of `words.JOINTS`.
    """
    # A look for a part of the labels is much cheaper than a search for all of them.
    holds = plain.lower().__contains__
    if any(map(holds, words.PARTS_OF_CODES)):
        for label in _CODE.finditer(plain):
            yield from _digits_of(plain, label, among_words=among_words and label["phrase"] is None)
    soft: list[re.Match[str]] = []
    pins: list[re.Match[str]] = []
    if any(map(holds, words.PARTS_OF_SOFT)):
        soft += _SOFT.finditer(plain)
    if any(map(holds, words.PARTS_OF_PINS)):
        pins += _PIN.finditer(plain)
        yield from (found.span("code") for found in _PIN_BLOCK.finditer(plain))
    if not soft and not pins:
        return
    of_cards = payment or names_card(plain)
    if not of_cards and _PLACE.search(plain):
        return
    for label in soft:
        yield from (
            span for span in _digits_of(plain, label) if of_cards or _count(plain, span) == _SHORT_CODE
        )
    for label in pins:
        after = _PIN_AFTER.match(plain, label.end())
        if (
            after is not None
            and after["code"]
            and (of_cards or _count(plain, after.span("code")) == _PIN_DIGITS)
        ):
            yield after.span("code")


def _digits_of(plain: str, label: re.Match[str], *, among_words: bool = False) -> Iterator[Span]:
    after = _DIGITS_AFTER.match(plain, label.end())
    if after is not None:
        found = [after, *_listed(plain, after.end())]
    else:
        # Both are looked for, so that nothing is left to be found once one of them is removed.
        before = _DIGITS_BEFORE.search(plain, max(0, label.start() - _BEFORE), label.start())
        behind = _DIGITS_BEHIND_WORDS.match(plain, label.end()) if among_words else None
        found = [each for each in (before, behind) if each is not None]
    yield from (each.span("code") for each in found if each["code"])


def _listed(plain: str, end: int) -> Iterator[re.Match[str]]:
    while (found := _AND_DIGITS.match(plain, end)) is not None:
        yield found
        end = found.end()


def _count(plain: str, span: Span) -> int:
    return sum(map(str.isdecimal, plain[slice(*span)]))
