"""Dates, times and UUIDs are no part of a number, in every form; what only resembles one hides no number.

In each text the digits of a moment or an id make a number with those beside them, unless they are known for what they are.
"""

from itertools import product
from string import ascii_letters, digits, punctuation

from tests.support.spellings import NOBODY, card, in_groups
from tokenizer.guard import Finding, find_leak

CARD, PHONE, SSN = Finding.CARD_NUMBER, Finding.PHONE, Finding.SSN
HEXADECIMAL = "0123456789abcdefABCDEF"
# The last digits of the id, and what follows it, are a card number; the first digits of the other are one.
ENDS_LIKE_A_CARD = "00000000-0000-0000-0000-0000000a4111"
REST = " 1111 1111 1111"
BEGINS_LIKE_A_CARD = "41111111-1111-1111-1111-00000000000a"


def test_every_date_of_three_centuries_is_none() -> None:
    days = [f"{month:02}-{day:02}" for month, day in product(range(1, 13), range(1, 32))]
    for date in (f"{year}-07-02" for year in range(1900, 2200)):
        assert find_leak(f"+49 {date}", NOBODY) is None, date
    for date in (f"2026-{day}" for day in days):
        assert find_leak(f"+49 {date}", NOBODY) is None, date


def test_every_time_of_a_day_is_none() -> None:
    for hour, minute in [*((hour, 15) for hour in range(24)), *((10, minute) for minute in range(60))]:
        assert find_leak(f"+49 2026-11-23T{hour:02}:{minute:02}", NOBODY) is None
        assert find_leak(f"+49 2026-11-23T10:{minute:02}:{minute:02}", NOBODY) is None


def test_a_fraction_of_a_second_is_a_part_of_the_time() -> None:
    for mark, fraction in product(".,", ("219099999", "219458888", "123674000")):
        assert find_leak(f"SSN {mark}{fraction}", NOBODY) is SSN
        assert find_leak(f"SSN 2026-11-23T10:15:02{mark}{fraction}", NOBODY) is None
    for length in range(1, 10):
        assert find_leak(f"tel: 2026-11-23T10:15:02.{'0' * length} 12345", NOBODY) is None


def test_a_zone_is_a_part_of_the_time() -> None:
    assert find_leak("+1130 5551234", NOBODY) is PHONE
    assert find_leak("2026-11-23T10:15+1130 5551234", NOBODY) is None
    for zone in (f"4{each * 3}" for each in digits):
        number = card(zone, 16)
        assert find_leak(in_groups(number, ":", (2, 2, 4, 4, 4)), NOBODY) is CARD
        for between in ("", ":"):
            text = f"2026-11-23T10:15-{number[:2]}{between}{number[2:4]}:{in_groups(number[4:], ':')}"
            assert find_leak(text, NOBODY) is None, text
    number = card("9860", 16)
    assert find_leak(f"2026-11-23T10:15-98:60:{in_groups(number[4:], ':')}", NOBODY) is None


def test_a_date_within_a_longer_word_or_number_hides_nothing() -> None:
    for digit in digits:
        assert find_leak(f"+49 30{digit}2026-11-23", NOBODY) is PHONE, digit
        assert find_leak(f"+49 30 2026-11-23-{digit}", NOBODY) is PHONE, digit
        assert find_leak(f"+49 30 2026-11-23{digit}", NOBODY) is PHONE, digit
    number = card("19461012", 16)
    written = f"{number[:4]}-{number[4:6]}-{number[6:8]} {number[8:]}"
    assert find_leak(written, NOBODY) is None
    for letter in ascii_letters:
        assert find_leak(f"{letter}{written}", NOBODY) is CARD, letter
        assert find_leak(f"+49 30 2026-11-23{letter}", NOBODY) is PHONE, letter
    for mark in punctuation:
        assert find_leak(f"+49 30 2026-11-23{mark}", NOBODY) is None, mark


def test_what_is_no_date_hides_nothing() -> None:
    for date in ("2026-00-10", "2026-13-10", "2026-10-00", "2026-10-32", "2226-10-10", "1826-10-10"):
        assert find_leak(f"+49 {date}", NOBODY) is PHONE, date


def test_a_uuid_of_any_hexadecimal_digits_is_none() -> None:
    assert find_leak(f"a4111{REST}", NOBODY) is CARD
    for each in HEXADECIMAL:
        uuid = ENDS_LIKE_A_CARD.replace("0", each)
        assert find_leak(f"{uuid}{REST}", NOBODY) is None, uuid
        uuid = BEGINS_LIKE_A_CARD.replace("0", each)
        assert find_leak(uuid, NOBODY) is None, uuid


def test_one_letter_anywhere_makes_it_a_uuid() -> None:
    every_digit = "10234567-8901-2345-6789-01234567"
    for at, here in enumerate(every_digit):
        if here != "-":
            uuid = f"{every_digit[:at]}b{every_digit[at + 1 :]}4111"
            assert find_leak(f"{uuid}{REST}", NOBODY) is None, uuid
    for at in range(12):
        uuid = f"{BEGINS_LIKE_A_CARD[:24]}{'0' * at}c{'0' * (11 - at)}"
        assert find_leak(uuid, NOBODY) is None, uuid
    for letter in "abcdefABCDEF":
        assert find_leak(f"{BEGINS_LIKE_A_CARD[:-1]}{letter}", NOBODY) is None, letter
    for letter in set(ascii_letters) - set(HEXADECIMAL):
        assert find_leak(f"{BEGINS_LIKE_A_CARD[:-1]}{letter}", NOBODY) is CARD, letter


def test_a_uuid_within_a_longer_word_hides_nothing() -> None:
    for each in digits + ascii_letters:
        assert find_leak(f"{each}{ENDS_LIKE_A_CARD}{REST}", NOBODY) is CARD, each
        assert find_leak(f"{BEGINS_LIKE_A_CARD}{each}", NOBODY) is CARD, each
