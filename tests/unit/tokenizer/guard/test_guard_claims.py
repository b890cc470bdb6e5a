"""Everything that docs/guard.md says the guard finds, or leaves alone, claim by claim."""

from pathlib import Path

import pytest

from tests.support.members import for_all
from tests.support.spellings import NOBODY, card, in_groups
from tokenizer.guard import Finding, find_leak, own_values

PAGE = " ".join(Path("docs/guard.md").read_text(encoding="utf-8").split())
CARD, SSN, IBAN, EMAIL, PHONE = (
    Finding.CARD_NUMBER,
    Finding.SSN,
    Finding.IBAN,
    Finding.EMAIL,
    Finding.PHONE,
)


def keycaps(number: str) -> str:
    return "".join(f"{digit}\ufe0f\u20e3" for digit in number)


def digits_from(zero: str, number: str) -> str:
    """A number in the digits of another script, by its zero."""
    return "".join(chr(ord(zero) + int(each)) if each.isdecimal() else each for each in number)


VISA, AMEX, SOCIAL, GERMAN = "4111111111111111", "378282246310005", "219-09-9999", "DE89370400440532013000"
ZEROS = {
    "full-width": "\uff10",
    "Arabic": "\u0660",
    "Persian": "\u06f0",
    "Devanagari": "\u0966",
    "Bengali": "\u09e6",
    "Thai": "\u0e50",
    "mathematical bold": "\U0001d7ce",
    "mathematical monospace": "\U0001d7f6",
}

# The claim as the page has it: texts in which it is found.
FOUND: dict[str, dict[str, Finding]] = {
    "card numbers: IIN range, length and Luhn digit agree": {
        **dict.fromkeys((VISA, AMEX, f"card {VISA}, thanks", f"({VISA})", f"x={VISA};", card("62", 19)), CARD),
        **{digits_from(zero, VISA): CARD for zero in ZEROS.values()},
        keycaps(VISA): CARD,
        keycaps(AMEX): CARD,
        "\u200b".join(VISA): CARD,
        "\u00ad".join(VISA): CARD,
        "\u2060".join(VISA): CARD,
        "\u0301".join(VISA): CARD,
    },
    "in one run or in groups": {
        **{in_groups(VISA, separator): CARD for separator in (" ", "-", ".", "/", "_", "  ", " - ", "\u2013", "\u00a0", "\u202f", "\u2212", "\t", "\n")},
        in_groups(AMEX, " ", (4, 6, 5)): CARD,
        in_groups(AMEX, "-", (4, 6, 5)): CARD,
        in_groups(card("62", 19), " "): CARD,
        in_groups(card("62", 19), "-", (6, 13)): CARD,
        f"order 12 card {in_groups(VISA, ' ')} until 12/29": CARD,
    },
    "US social security numbers written in three groups with dashes or dots": {
        **{SOCIAL.replace("-", separator): SSN for separator in ("-", ".", " - ", "\u2013", "\u2010", "\u2212")},
        f"call {SOCIAL} now": SSN,
        digits_from("\uff10", SOCIAL): SSN,
        keycaps("219") + "-" + keycaps("09") + "-" + keycaps("9999"): SSN,
    },
    "or as nine digits near a word such as SSN": {
        **{f"{word} 219099999": SSN for word in ("SSN", "ssn", "ssns:", "social security", "s.s.n", "SS#", "ss no")},
        "219099999 is my ssn": SSN,
        "social 219.09-9999": SSN,
        "SSN 219 09 9999": SSN,
        "ssn: 219\u00a009\u00a09999": SSN,
        f"ssn{' ' * 25}219099999": SSN,
    },
    "IBANs: the country's length and structure and the check digits agree": {
        GERMAN: IBAN,
        GERMAN.lower(): IBAN,
        f"IBAN{GERMAN}": IBAN,
        f"pay to {GERMAN}, please": IBAN,
        **{in_groups(GERMAN, separator): IBAN for separator in (" ", "-", ".", "\u2013", "\u00a0")},
        digits_from("\uff10", GERMAN): IBAN,
    },
    "email addresses of any script": dict.fromkeys(
        (
            "ann@example.com",
            "write to <Ann.O'Hara+x@mail.example.co.uk>.",
            "b\u00fccher@b\u00fccher.example",
            "\u0430\u043d\u043d\u0430@\u043f\u043e\u0447\u0442\u0430.\u0440\u0444",
            "\u7528\u6237@\u4f8b\u5b50.\u6d4b\u8bd5",
            "ann@xn--bcher-kva.example",
            "ann@example.xn--p1ai",
            "ann\uff20example.com",
            "ann@example\u3002com",
            "mailto:ann@example.com",
        ),
        EMAIL,
    ),
    "international numbers (`+49 30 1234567`, `0049 30 1234567`)": dict.fromkeys(
        (
            "+49 30 1234567",
            "0049 30 1234567",
            "+493012345678",
            "+ 49 (30) 123-4567",
            "+44/20/7946/0958",
            "reach me at +33 1 42 68 53 00!",
            "\uff0b49 30 1234567",
            digits_from("\u0660", "+49 30 1234567"),
        ),
        PHONE,
    ),
    "North American with punctuation (`(202) 555-0123`)": dict.fromkeys(
        ("(202) 555-0123", "202-555-0123", "202.555.0123", "1-202-555-0123", "(202)555-0123", "202/555-0123"),
        PHONE,
    ),
    "right behind a word that means nothing but a phone (tel, phone, fax, WhatsApp)": dict.fromkeys(
        ("tel 12345678", "Tel.: 12 34 56 78", "phone number is 4567890", "\u96fb\u8a7103-1234-5678", "\u0442\u0435\u043b. 123-45-67", "fax=2025550143"), PHONE
    ),
    "word such as mobile, call or SMS, if North American": {
        f"{word}{number}": PHONE
        for word in (
            *("tel ", "Tel.: ", "TELEPHONE ", "telefon ", "tel\u00e9fono ", "phone ", "fon ", "mobile ", "mobil ", "mob ", "cell "),
            *("call ", "WhatsApp ", "SMS to ", "Handy ", "Rufnummer ", "m\u00f3vil "),
        )
        for number in ("2025550143", "030 1234567", "(030) 123-4567", "0171/1234567")
    },
    "with the zero that most countries dial before their own numbers;": {
        "please call 0301234567": PHONE,
        "tel: (0)20 7946 0958": PHONE,
    },
}  # fmt: skip

# The claim as the page has it: the record's own values, and texts in which one of them is found.
OWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "case-folded, accents, spaces, dashes and Unicode variants ignored": (
        ("Ann Example", "Jos\u00e9 Stra\u00dfe", "\u041c\u0430\u0440\u0438\u044f", "de-AB_12.cd"),
        (
            "For ANN EXAMPLE please",
            "ann-example",
            "x ann  example y",
            "xannexampley",
            "\uff21\uff4e\uff4e Example",
            "Ann\u200bExample",
            "A\u0301nn Example",
            "jose strasse",
            "JOSE\u0301 STRASSE",
            "\u043c\u0430\u0440\u0438\u044f!",
            "DEAB12CD",
        ),
    ),
    "four characters or more": (("abcd", "\ud55c\uad6d\uc0ac\ub78c"), ("x abcd x", "ABCD", "a-b c.d", "abcd1", "\ud55c\uad6d \uc0ac\ub78c")),
    "Numbers of four to six digits have to stand alone": (
        ("1234", "12/29", "62701", "482913"),
        ("pin 1234", "(1234)", "12/29", "12 29", "1-2-2-9", "zip 62701.", "code 482913, please", "48 29 13", "482-913"),
    ),
    "(by the library phonenumbers)": (
        ("+49 30 1234567", "0171 2345678", "0049 40 7654321", "+12025550123"),
        (
            "030 1234567",
            "30 1234567",
            "+49 30 1234567",
            "ring 171 2345678",
            "0171-2345678",
            "40 7654321",
            "2025550123",
        ),
    ),
}  # fmt: skip
# Texts that hold one of the same values, and in which it does not count.
NOT_OWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "shorter than four characters": ("abc", ("abc", "xabcx")),
    "three Hangul syllables": ("\ud55c\uad6d\uc0ac", ("\ud55c\uad6d\uc0ac\ub78c",)),
    "a word in a word": ("abcd", ("xabcdx", "abcde", "zabcd")),
    "four digits": (
        "1234",
        ("12345", "91234", "12.34", "1,234.50", "2026-1234", "SKU1234", "1234-5", "12:34"),
    ),
    "six digits": ("482913", ("1482913", "4829134", "482913.50", "A482913")),
    "the expiry of a card": ("12/29", ("12290", "SO-12291", "122.90", "1229.00")),
}


def texts(table: dict[str, dict[str, Finding]]) -> list[tuple[str, Finding]]:
    return [each for claim in table.values() for each in claim.items()]


@pytest.mark.parametrize("claim", [*FOUND, *OWN])
def test_the_page_makes_the_claim(claim: str) -> None:
    assert claim in PAGE


@for_all(("text", "finding"), texts(FOUND))
def test_what_the_page_claims_is_found(text: str, finding: Finding) -> None:
    assert find_leak(text, NOBODY) is finding
    assert find_leak(f"leave it at the door, {text} thanks", NOBODY) is finding


@pytest.mark.parametrize(
    ("values", "text"), [(values, text) for values, texts in OWN.values() for text in texts]
)
def test_a_records_own_value_is_found(values: tuple[str, ...], text: str) -> None:
    assert find_leak(text, own_values(values)) is Finding.OWN_VALUE


@pytest.mark.parametrize(
    ("value", "text"), [(value, text) for value, texts in NOT_OWN.values() for text in texts]
)
def test_what_only_looks_like_an_own_value_is_left_alone(value: str, text: str) -> None:
    assert find_leak(text, own_values([value])) is None


@pytest.mark.parametrize(
    "text",
    [
        "0000 219099999",
        "SKU 219099999",
        "000-12-3456",
        "666-12-3456",
        "912-34-5678",
        "219-00-9999",
        "219-09-0000",
        "219-09-99990",
        "1-219-09-9999",
        "030 1234567",
        "call 12345678",
        "219 09 9999",
        "202 555 0123",
        "kettle@2x.png",
        "3@noon",
        f"1{VISA}",
        f"{VISA}1",
        VISA[:-1] + "2",
        GERMAN[:-1] + "1",
        GERMAN + "0",
        "2026-11-23T10:15:00+00:00",
        "2026-11-23 10:15:00.123456789Z",
        "0192f0c8-1111-7abc-8def-000000000001",
        "1.234.567,89",
    ],
)
def test_what_is_none_of_these_is_left_alone(text: str) -> None:
    assert find_leak(text, NOBODY) is None
