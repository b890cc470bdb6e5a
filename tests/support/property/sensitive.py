"""Strategies: sensitive values of every form that docs/guard.md claims, and the spellings in which people write them.

Ranges, lengths and check digits are written out here and not taken from the code: a test that asks the code what a card
number is can't find that the code forgot one.
"""

import string
import unicodedata
from collections.abc import Callable

from hypothesis import strategies as st

from tokenizer.guard.authentication_data import strip_authentication_data
from tokenizer.guard.authentication_data.identities import is_code

DIGITS = "0123456789"
# Issuer prefixes and lengths, by network.
_CARDS: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...] = (
    (("4",), (16, 19)),
    (("51", "55", "2221", "2720"), (16,)),
    (("34", "37"), (15,)),
    (("36", "38", "39", "300", "305"), (14, 16)),
    (("6011", "644", "649", "65"), (16, 17, 18, 19)),
    (("3528", "3589"), (16, 17, 18, 19)),
    (("62",), (16, 17, 18, 19)),
    (("50", "56", "58", "63", "67"), (16, 17, 18, 19)),
    (("2200", "2204"), (16, 19)),
    (("60", "81", "82"), (16,)),
    (("9792", "8600", "9860"), (16,)),
)
# Countries whose IBAN is digits only after the country code, and its length.
_IBANS = (
    ("DE", 22), ("AT", 20), ("BE", 16), ("DK", 18), ("FI", 18), ("ES", 24), ("PL", 28), ("PT", 25), ("SE", 24), ("NO", 15), ("CZ", 24),
    ("HR", 21), ("SI", 19), ("EE", 20), ("LT", 20),
)  # fmt: skip
# Whose numbers exist: country code, area, and how many digits follow.
_PHONES = (
    ("1", "202555", 4),
    ("49", "30", 8),
    ("44", "2079460", 3),
    ("33", "14020", 4),
    ("81", "33210", 4),
    ("353", "1677", 4),
    ("91", "98765", 5),
)
KEYCAP = "\ufe0f\u20e3"


def _luhn(digits: str) -> str:
    """Returns the check digit that makes a number pass Luhn's test."""
    doubled = [int(each) * (2 if at % 2 == 0 else 1) for at, each in enumerate(reversed(digits))]
    return str(-sum(each - 9 if each > 9 else each for each in doubled) % 10)


def card_numbers_of_all_networks(digits: str) -> list[str]:
    """Returns a card number of each prefix and length; 15 digits fill what the network leaves open."""
    bodies = [
        (prefix + digits + digits)[: length - 1]
        for prefixes, lengths in _CARDS
        for prefix in prefixes
        for length in lengths
    ]
    return [body + _luhn(body) for body in bodies]


def card_numbers() -> st.SearchStrategy[str]:
    fifteen = st.text(alphabet=DIGITS, min_size=15, max_size=15)
    return fifteen.map(card_numbers_of_all_networks).flatmap(st.sampled_from)


@st.composite
def ibans(draw: st.DrawFn) -> str:
    country, length = draw(st.sampled_from(_IBANS))
    body = draw(st.text(alphabet=DIGITS, min_size=length - 4, max_size=length - 4))
    as_number = int(body + "".join(str(string.ascii_uppercase.index(each) + 10) for each in country) + "00")
    return f"{country}{98 - as_number % 97:02}{body}"


@st.composite
def ssns(draw: st.DrawFn) -> str:
    area = draw(st.integers(1, 899).filter(lambda number: number != 666))
    return f"{area:03}-{draw(st.integers(1, 99)):02}-{draw(st.integers(1, 9999)):04}"


@st.composite
def phones(draw: st.DrawFn) -> tuple[str, str]:
    """Returns a country code and the number that is dialled behind it."""
    code, area, free = draw(st.sampled_from(_PHONES))
    return code, area + draw(st.text(alphabet="123456789", min_size=free, max_size=free))


emails = st.builds(
    "{}@{}".format,
    st.sampled_from(("ann", "Ann.Example+tag", "o'brien", "用户", "józef.żak", "a_b-c", "x1")),
    st.sampled_from(
        ("example.com", "EXAMPLE.co.uk", "例子.广告", "mail.example.org", "xn--bcher-kva.example")
    ),
)


def grouped(text: str, separator: str, size: int = 4) -> str:
    return separator.join(text[at : at + size] for at in range(0, len(text), size))


def _full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def _in_script(text: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(each)) if each in DIGITS else each for each in text)


# Other spellings of a text, which read the same.
RESPELLED: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "full width": _full_width,
    "keycaps": lambda text: "".join(each + KEYCAP if each in DIGITS else each for each in text),
    "Arabic digits": lambda text: _in_script(text, "\u0660"),
    "mathematical digits": lambda text: _in_script(text, "\U0001d7d8"),
    "zero width": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "taken apart": lambda text: unicodedata.normalize("NFD", text),
    "exotic dashes": lambda text: text.replace("-", "\u2011"),
    "exotic spaces": lambda text: text.replace(" ", "\u202f"),
}
spellings = st.sampled_from(sorted(RESPELLED))
_AROUND = st.sampled_from(
    ("{}", "please use {}, thanks", "({})", "no.: {}", "Kettle / {}", "{} is mine", "a\n{}\nb")
)


def _embedded(written: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Returns a text in one of its spellings, alone or among words."""
    return st.builds(
        lambda text, style, around: around.format(RESPELLED[style](text)), written, spellings, _AROUND
    )


_written_cards = st.builds(grouped, card_numbers(), st.sampled_from(("", " ", "-")))
_written_ibans = st.builds(
    lambda number, separator, low: grouped(number.lower() if low else number, separator),
    ibans(),
    st.sampled_from(("", " ", "-", ".")),
    st.booleans(),
)
_written_ssns = st.one_of(
    ssns(),
    ssns().map(lambda number: f"ssn: {number.replace('-', ' ')}"),
    ssns().map(lambda number: f"SSN {number.replace('-', '')}"),
)
_written_phones = st.one_of(
    phones().map(lambda number: f"+{''.join(number)}"),
    phones().map(lambda number: f"+{number[0]} ({number[1][:2]}) {number[1][2:]}"),
    phones().map(lambda number: f"00{number[0]} {number[1]}"),
    st.text(alphabet="23456789", min_size=4, max_size=4).map(lambda last: f"(202) 555-{last}"),
    st.text(alphabet="23456789", min_size=4, max_size=4).map(lambda last: f"tel: 202 555 {last}"),
)
_all_but_cards = st.one_of(
    _embedded(_written_ibans),
    _embedded(_written_ssns),
    _embedded(_written_phones),
    _embedded(emails.filter(str.isascii)),
    emails,
)
foreign_secrets = st.one_of(_embedded(_written_cards), _all_but_cards)
# In an id a number in one run is a card number only if its network and length are those of most cards.
_COMMON = {
    "4": 16,
    "51": 16,
    "2720": 16,
    "34": 15,
    "36": 14,
    "305": 14,
    "6011": 16,
    "65": 16,
    "3528": 16,
    "62": 19,
}
_common_cards = st.builds(
    lambda prefix, digits: (body := (prefix + digits + digits)[: _COMMON[prefix] - 1]) + _luhn(body),
    st.sampled_from(sorted(_COMMON)),
    st.text(alphabet=DIGITS, min_size=15, max_size=15),
)
_cards_in_groups = st.builds(grouped, card_numbers(), st.sampled_from((" ", "-")))
secrets_in_ids = st.one_of(_embedded(_common_cards), _embedded(_cards_in_groups), _all_but_cards)


_CHANGES: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    lambda text: text.replace(" ", "-"),
    lambda text: text.replace(" ", "").replace("-", ""),
)


def written_again(value: str) -> st.SearchStrategy[str]:
    """Spellings of one value of a record, alone or among words."""
    return st.builds(
        lambda change, style, around: around.format(RESPELLED[style](change(value))),
        st.sampled_from(_CHANGES),
        spellings,
        _AROUND,
    )


def national(code: str, number: str) -> dict[str, str]:
    """Spellings of one phone number, with and without what a caller from abroad dials."""
    return {
        "international": f"+{code} {number}",
        "dialled": f"00{code}{number}",
        "with trunk zero": f"0{number}",
        "without trunk zero": number,
        "grouped": f"0{number[:2]} {number[2:]}",
    }


IDS = ("order_id", "sku", "customer_id", "event_id")


def stays_as_an_id(text: str) -> bool:
    """Returns True if an id may hold a text: no authentication data stands in it, for which the record would be a letter."""
    return is_code(text) or not strip_authentication_data({"notes": text})[1]
