"""Every digit, separator and length that the written forms of phone numbers may have, and the nearest that make none."""

from itertools import product
from string import ascii_letters, ascii_lowercase, digits, punctuation

from tests.support.members import for_all
from tests.support.spellings import NOBODY
from tokenizer.guard import Finding, Reading, find_leak

PROSE = Reading(prose=True)


def is_phone(text: str, *countries: str) -> bool:
    return find_leak(text, NOBODY, PROSE, lambda: countries) is Finding.PHONE


def runs(marks: str, most: int) -> list[str]:
    """Each mark, and as many of one as there may be, and none."""
    return ["", *marks, *(mark * most for mark in marks)]


def test_an_international_number_has_seven_to_sixteen_digits() -> None:
    for text in ("+683 4002", "+49 30 12345678901", "+49 301 12345678901", "+(49) 301 12345678901"):
        assert is_phone(f"at {text} now"), text
    assert not is_phone("+683 400")
    assert not is_phone("+49 30123 1234567890123")


def test_between_the_digits_of_an_international_number_up_to_three_marks_may_stand() -> None:
    for between in runs(" ().-/", 3):
        assert is_phone(f"+49{between}30{between}12345{between}67"), between
    for between in ("    ", ",", ":", "_", "*", "x", "+"):
        assert not is_phone(f"+49{between}30{between}12345{between}67"), between
    for first, rest in zip(digits[1:], ("202 5550123", "0 2 34567890", "3 1 42685300", "4 20 79460958", "5 11 34567890", "5 6123 4567", " 495 1234567", "1 3 1234 5678", "1 22 23456789"), strict=True):  # fmt: skip
        assert is_phone(f"+{first}{rest}"), first


def test_a_dialled_number_is_parted_behind_its_country_code_or_soon() -> None:
    for between in " ().-/":
        assert is_phone(f"0049{between}30{between}90182000"), between
        assert is_phone(f"0044 20{between}79460958"), between
    for between in " .-":
        assert is_phone(f"011{between}49 30 90182000"), between
    for text in ("00 49 30 90182000", "00493012345678-9", "00 493012345678-9", "0044 - 20 - 7946 - 09 - 58"):
        assert is_phone(text), text
    for text in ("004930123456789-0", "00-49-30-90182000", "011/49/30 90182000", "011493090182000", "0049_30_90182000"):  # fmt: skip
        assert not is_phone(text), text


def test_a_north_american_number_has_any_digits_where_they_may_stand() -> None:
    for area, other in product(digits, digits):
        found = area >= "2"
        assert is_phone(f"x ({area}{other}{other}) 234-5678") is found
        assert is_phone(f"x {area}{other}{other}-234-5678") is found
        assert is_phone(f"x (234) {area}{other}{other}-5678") is found
        assert is_phone(f"x 234-{area}{other}{other}-5678") is found
        assert is_phone(f"x 234-234-{other}{area}{area}{other}")
        assert is_phone(f"x (234) 234-{other}{area}{area}{other}")


def test_a_north_american_number_has_certain_marks() -> None:
    for mark in (*punctuation.replace("\\", ""), " ", "\n", ""):
        assert is_phone(f"x (234){mark}234-5678") is (mark in {"", " ", "-", "."}), mark
        assert is_phone(f"x (234) 234{mark}5678") is (mark in {"", " ", "-", "."}), mark
        assert is_phone(f"x 234{mark}234-5678") is (mark in {"-", ".", "/"}), mark
        assert is_phone(f"x 234-234{mark}5678") is (mark in {"-", "."}), mark
        assert is_phone(f"x 1{mark}(234) 234-5678") is (mark != "/"), mark
    for between in ("", " ", "-", ". ", "  ", " -", "- "):
        assert is_phone(f"x (234){between}234-5678"), between
    for text in ("(234)   234-5678", "(23) 234-5678", "(2345) 234-5678", "234-23-5678", "234-2345-5678", "(234) 234-567", "234-234-567", "234-234-56789"):  # fmt: skip
        assert not is_phone(f"x {text}"), text


def test_between_a_word_for_phones_and_the_number_stand_two_words_and_four_marks() -> None:
    for word in ("number", "no", "nr", "num", "is", "me", "us", "at", "to", "on"):
        assert is_phone(f"phone {word} 7654321"), word
        assert is_phone(f"phone {word.upper()} {word} 7654321"), word
        assert is_phone(f"phone.. {word}.. {word}7654321"), word
        assert not is_phone(f"phone {word} {word} {word} 7654321"), word
    for mark in " \n.:#=/-":
        for count in range(1, 5):
            assert is_phone(f"phone{mark * count}7654321"), (mark, count)
        assert not is_phone(f"phone{mark * 5}7654321"), mark
    assert not is_phone("phone    is 7654321")
    assert not is_phone("phone x 7654321")


def test_a_number_behind_a_word_for_phones_has_seven_to_fifteen_digits() -> None:
    for number in (
        "7654321",
        "(7654321",
        "765432123456789",
        "(7)6-5 4.3/2 1",
        "7   6(((5)))43...2---1",
        "9080706",
    ):
        assert is_phone(f"phone {number}"), number
    for number in ("765432", "7654321234567891", "7_654321", "7    654321", "[7654321"):
        assert not is_phone(f"phone {number}"), number


def test_a_word_for_phones_stands_alone() -> None:
    for letter in ascii_letters:
        assert not is_phone(f"{letter}phone 7654321"), letter
    for letter in ascii_lowercase:
        assert not is_phone(f"whatsapp{letter} 7654321"), letter
    for mark in f"{digits}_-./(":
        assert is_phone(f"{mark}whatsapp 7654321"), mark


def test_near_a_word_that_may_mean_a_phone_the_number_begins_within_twelve_characters() -> None:
    assert is_phone("call _()[]{}<>|;0301234567")
    for count in range(1, 13):
        assert is_phone(f"call{'!' * count}0301234567"), count
    assert not is_phone(f"call{'!' * 13}0301234567")
    for mark in "\n5+":
        assert not is_phone(f"call !{mark}! 7301234567"), mark
        assert not is_phone(f"call !{mark}! 0301234567"), mark
    for number in ("0123456", "012345678901234", "(0)1 2-3.4/5 6", "0   1(((2)))3...4---5 67"):
        assert is_phone(f"call: {number}"), number
    for number in ("012345", "0123456789012345", "0 1 2 3 4 5", "0_123456"):
        assert not is_phone(f"call: {number}"), number


# A German number: 030 in Berlin, and eight digits behind it.
@for_all("count", [1, 2, 3])
def test_a_national_number_is_parted_by_up_to_three_marks(count: int) -> None:
    for mark in " ./-":
        for number in (
            "030{}98765432",
            "(030){}98765432",
            "030{}98{}76{}54{}3{}2",
            "030{}(98765432)",
            "030{}98765{}432",
        ):
            assert is_phone(f"at {number.replace('{}', mark * count)}!", "DE"), (number, mark)
        assert not is_phone(f"at 030{mark * 4}98765432!", "DE"), mark
    for mark in set(punctuation) - set("./-()\\%&"):
        assert not is_phone(f"at 030{mark * count}98765432", "DE"), mark


def test_a_national_number_begins_with_a_group_of_a_zero_or_an_eight() -> None:
    for text, country in (
        ("0 309876543", "DE"),
        ("030987 65432", "DE"),
        ("8 495 1234567", "RU"),
        ("030 9 8 7 6 5 4", "DE"),
    ):
        assert is_phone(f"at {text}!", country), text
    for text in ("0309876 5432", "1 309876543", "7 309876543", "9 309876543", "0 3098765432"):
        assert not is_phone(f"at {text}!", "DE"), text
    for each in digits:
        assert is_phone(f"at 030 {each * 2}345678", "DE"), each


def test_a_number_with_its_area_in_brackets_needs_no_zero() -> None:
    for text in ("(030)98765432", "(030) 98765432", "(030)-98765432", "(030)987 65432", "(030)987-65-432", "(030)987   65432", "(030)987 - 65432", "(030)98 76 54 32", "(04858)717272", "(030) 987654321"):  # fmt: skip
        for around in ("at {}", "{}!", "x{}", "{}x1", "{} x1", "{} ext 1", "{}ext. 1", "{} x. 12"):
            assert is_phone(around.format(text), "DE"), around
    for text in (
        "(030)_98765432",
        "[030]98765432",
        "(030)98    765432",
        "(030)987_65432",
        "(030)98765432x",
        "(030)98765432 x",
        "(030)98765432a",
    ):
        assert is_phone(text, "DE") is text.endswith(" x"), text


def test_in_prose_a_national_number_needs_no_separators() -> None:
    for text in ("030123456", "0301234567", "03098765432", "030123456789", "0301234567890"):
        assert is_phone(f"at {text} now", "DE"), text
    for text in ("03012345", "03012345678901", "13012345678"):
        assert not is_phone(f"at {text} now", "DE"), text


def test_a_date_or_an_amount_behind_a_word_for_phones_is_none() -> None:
    for mark in "./-":
        for date in (
            "1{}2{}2026",
            "01{}12{}2026",
            "31{}12{}999",
            "9{}10{}2026",
            "2026{}1{}2",
            "2026{}12{}31",
            "1999{}10{}09",
            "0000{}00{}00",
        ):
            for word in ("phone", "call"):
                written = date.replace("{}", mark)
                assert not is_phone(f"{word} {written}", "DE"), written
    for amount in ("1.234.567", "12.345.678", "123.456.789", "900.000.000.000"):
        assert not is_phone(f"phone {amount}"), amount
    for other in (
        "123.1.2026",
        "1.123.2026",
        "1.2-2026",
        "1.2.20261",
        "20261.1.2",
        "2026-1/23",
        "2026.123.1",
        "2026.1.123",
        "1234.567",
        "1.234.5678",
        "12.3456.789",
    ):
        assert is_phone(f"phone {other}") is (other != "1.2-2026"), other
