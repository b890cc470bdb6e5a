"""Every card range and every IBAN country that the guard knows; the lists are written out, so that a dropped entry is missed."""

import re
from string import ascii_uppercase

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType
from stdnum import ean, iban

from tests.support.members import for_all
from tests.support.spellings import NOBODY, card, in_groups
from tokenizer.guard import Finding, Reading, find_leak, own_values
from tokenizer.guard.plans import COUNTRY_CODE, plan_of

CARD, IBAN = Finding.CARD_NUMBER, Finding.IBAN

# By network, as ISO/IEC 7812 and the networks publish them: the first and the last prefix of each range, and the lengths.
RANGES: dict[str, list[tuple[str, str, range]]] = {
    "Visa": [("4", "4", range(16, 17)), ("4", "4", range(19, 20))],
    "Mastercard": [("51", "55", range(16, 17)), ("2221", "2720", range(16, 17))],
    "American Express": [("34", "34", range(15, 16)), ("37", "37", range(15, 16))],
    "Diners Club": [(low, high, lengths) for low, high in (("300", "305"), ("36", "36"), ("38", "39")) for lengths in (range(14, 15), range(16, 17))],
    "Discover": [("6011", "6011", range(16, 20)), ("644", "649", range(16, 20)), ("65", "65", range(16, 20))],
    "JCB": [("3528", "3589", range(16, 20)), ("1800", "1800", range(15, 16)), ("2131", "2131", range(15, 16))],
    "UnionPay": [("62", "62", range(16, 20))],
    "Maestro": [(low, high, range(16, 20)) for low, high in (("50", "50"), ("56", "58"), ("63", "63"), ("67", "67"))],
    "Mir": [("2200", "2204", range(16, 20))],
    "Borica, GPN": [("2205", "2205", range(16, 17)), ("1946", "1946", range(16, 17))],
    "Hipercard, Napas": [(each, each, lengths) for each in ("3841", "9704") for lengths in (range(16, 17), range(19, 20))],
    "RuPay": [("60", "60", range(16, 17)), ("81", "82", range(16, 17))],
    "Troy": [("9792", "9792", range(16, 17))],
    "Uzcard and Humo": [("8600", "8600", range(16, 17)), ("9860", "9860", range(16, 17))],
}  # fmt: skip
NUMBERS = [
    (prefix, length)
    for ranges in RANGES.values()
    for low, high, lengths in ranges
    for prefix in range(int(low), int(high) + 1)
    for length in lengths
]


@for_all(("prefix", "length"), NUMBERS)
def test_card_numbers_of_every_range_and_length_are_found(prefix: int, length: int) -> None:
    number = card(str(prefix), length)
    assert find_leak(number, NOBODY) is CARD
    assert find_leak(f"x {in_groups(number, ' ')} y", NOBODY) is CARD


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("4", 14), ("4", 17), ("51", 15), ("51", 17), ("2220", 16), ("2721", 16), ("34", 16), ("62", 15), ("62", 20), ("2206", 16), ("1801", 15), ("2131", 16), ("3842", 19), ("9704", 17), ("83", 16), ("9791", 16), ("3527", 16), ("3590", 16), ("66", 20), ("1", 16), ("70", 16)],
)  # fmt: skip
def test_numbers_of_no_range_or_another_length_are_left_alone(prefix: str, length: int) -> None:
    assert find_leak(card(prefix, length), NOBODY) is None


@pytest.mark.parametrize(("prefix", "length"), [("4", 13), *(("50", length) for length in range(12, 16))])
def test_numbers_of_lengths_that_are_hardly_issued_any_more_count_in_prose_or_free_text(
    prefix: str, length: int
) -> None:
    number = next(
        number
        for number in (card(f"{prefix}{filler}", length) for filler in range(1000))
        if length not in {12, 13} or not ean.is_valid(number)
    )
    assert find_leak(f"my card {number}", NOBODY) is CARD
    assert find_leak(number, NOBODY, Reading(prose=True)) is CARD
    assert find_leak(number, NOBODY) is None


# The IBAN registry: a country's code, and the length of its numbers.
LENGTHS = [
    "AD24", "AE23", "AL28", "AT20", "AZ28", "BA20", "BE16", "BG22", "BH22", "BI27", "BR29", "BY28",
    "CH21", "CR22", "CY28", "CZ24", "DE22", "DJ27", "DK18", "DO28", "EE20", "EG29", "ES24", "FI18",
    "FK18", "FO18", "FR27", "GB22", "GE22", "GI23", "GL18", "GR27", "GT28", "HN28", "HR21", "HU28",
    "IE22", "IL23", "IQ23", "IS26", "IT27", "JO30", "KW30", "KZ20", "LB28", "LC32", "LI21", "LT20",
    "LU20", "LV21", "LY25", "MC27", "MD24", "ME22", "MK19", "MN20", "MR27", "MT31", "MU30", "NI28",
    "NL18", "NO15", "OM23", "PK24", "PL28", "PS29", "PT25", "QA29", "RO24", "RS22", "RU33", "SA24",
    "SC31", "SD18", "SE24", "SI19", "SK24", "SM27", "SO23", "ST25", "SV28", "TL23", "TN24", "TR26",
    "UA29", "VA22", "VG24", "XK20", "YE30",
]  # fmt: skip


def account(country: str) -> str:
    """An IBAN of a country, of the form that stdnum's copy of the registry has for it."""
    entry = iban._ibandb.info(f"{country}00")[0][1]["bban"]
    parts = re.findall(r"([0-9]+)!([nac])", entry)
    bban = "".join(("A" if letters == "a" else "1") * int(count) for count, letters in parts)
    return f"{country}{iban.calc_check_digits(f'{country}00{bban}')}{bban}"


@for_all("entry", LENGTHS)
def test_ibans_of_every_country_are_found(entry: str) -> None:
    number = account(entry[:2])
    assert len(number) == int(entry[2:])
    for text in (number, in_groups(number, " "), in_groups(number, "-"), f"IBAN: {number.lower()}."):
        assert find_leak(text, NOBODY) is IBAN


def test_the_registry_is_whole() -> None:
    """Every country that stdnum knows: a new one of theirs is a new one of ours."""
    codes = (first + second for first in ascii_uppercase for second in ascii_uppercase)
    known = {code for code in codes if iban._ibandb.info(f"{code}00")[0][1]}
    assert known == {entry[:2] for entry in LENGTHS}


REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
# Three countries' numbers are too short for a form that begins with 00, which other numbers have, too.
TOO_SHORT = {"NU", "TA", "TK"}


@for_all("region", REGIONS)
def test_international_numbers_of_every_country_are_found(region: str) -> None:
    number = phonenumbers.example_number(region)
    assert number is not None
    spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for text in (spelled, plain, f"ring {spelled}, please", f"x{plain}"):
        assert find_leak(text, NOBODY) in {Finding.PHONE, Finding.SSN}
    assert (find_leak(f"00{spelled[1:]}", NOBODY) is Finding.PHONE) is (region not in TOO_SHORT)


KINDS = {
    "fixed line": PhoneNumberType.FIXED_LINE,
    "mobile": PhoneNumberType.MOBILE,
    "toll free": PhoneNumberType.TOLL_FREE,
    "premium rate": PhoneNumberType.PREMIUM_RATE,
    "shared cost": PhoneNumberType.SHARED_COST,
    "personal": PhoneNumberType.PERSONAL_NUMBER,
    "internet": PhoneNumberType.VOIP,
    "pager": PhoneNumberType.PAGER,
    "company": PhoneNumberType.UAN,
}


@for_all(("kind", "of"), KINDS.items())
def test_numbers_of_every_kind_are_assigned_in_their_country(kind: str, of: int) -> None:
    numbers = {region: phonenumbers.example_number_for_type(region, of) for region in REGIONS}
    # A number of a Canadian company has seven digits, and no area code.
    known = {
        region: number for region, number in numbers.items() if number and (region, kind) != ("CA", "company")
    }
    assert known
    assert not [
        region
        for region, number in known.items()
        if not (plan := plan_of(region))
        or not plan.national(phonenumbers.national_significant_number(number))
    ]


def test_every_country_code_ends_where_the_number_begins() -> None:
    codes = [str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE]
    assert [found[0] for code in codes if (found := COUNTRY_CODE.match(f"{code}2345678"))] == codes


@for_all("code", sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
def test_a_records_phone_number_is_found_without_its_country_code(code: int) -> None:
    for own in (f"+{code} 2345678", f"00{code}-2345678"):
        assert find_leak("ring 2345678 now", own_values([own])) is Finding.OWN_VALUE
        assert find_leak("ring 234567 now", own_values([own])) is None


@pytest.mark.parametrize(
    ("own", "bare", "found"),
    [
        ("012345678", "12345678", False),
        ("0123456789", "123456789", True),
        ("01234567891", "1234567891", True),
        ("012345678912", "12345678912", True),
        ("0123456789123", "123456789123", False),
        ("+1 23456", "23456", False),
        ("+351 234567", "234567", False),
        ("+351 2345678", "2345678", True),
        ("+1" + "2" * 14, "2" * 14, True),
        ("+1" + "2" * 15, "2" * 15, False),
    ],
)
def test_a_records_phone_number_is_found_without_its_trunk_zero(own: str, bare: str, found: bool) -> None:
    assert (find_leak(f"ring {bare} now", own_values([own])) is Finding.OWN_VALUE) is found


@pytest.mark.parametrize(
    "sizes",
    [
        (4, 4, 4, 4),
        (8, 8),
        (8, 4, 4),
        (7, 5, 4),
        (6, 6, 4),
        (5, 5, 6),
        (4, 3, 3, 6),
        (4, 6, 6),
        (4, 8, 4),
        (8, 3, 5),
    ],
)
@pytest.mark.parametrize("separator", [" ", "-"])
def test_a_card_number_in_groups_is_found_among_other_digits(sizes: tuple[int, ...], separator: str) -> None:
    number = in_groups(card("4", 16), separator, sizes)
    for text in (number, f"12 {number}", f"{number} 34", f"on 2026 {number} 12/29"):
        assert find_leak(text, NOBODY) is CARD


@pytest.mark.parametrize("sizes", [(3, 5, 8), (9, 7), (4, 2, 10), (4, 9, 3)])
def test_other_groups_among_other_digits_are_a_row_of_numbers(sizes: tuple[int, ...]) -> None:
    assert find_leak(f"12 {in_groups(card('4', 16), ' ', sizes)} 34", NOBODY) is not CARD
