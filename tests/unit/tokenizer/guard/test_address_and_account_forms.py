"""Every digit, separator and length that IP addresses, social security numbers and IBANs may have."""

from itertools import product
from string import ascii_letters, ascii_uppercase, digits, punctuation

from stdnum import iban

from tests.support.spellings import NOBODY, in_groups
from tokenizer.guard import Finding, find_leak

HEXADECIMAL = "0123456789abcdefABCDEF"


def is_address(text: str) -> bool:
    return find_leak(text, NOBODY) is Finding.IP_ADDRESS


def is_ssn(text: str) -> bool:
    return find_leak(text, NOBODY) is Finding.SSN


def is_iban(text: str) -> bool:
    return find_leak(text, NOBODY) is Finding.IBAN


def test_each_of_four_octets_is_a_number_up_to_255() -> None:
    for place, octet in product(range(4), range(1000)):
        octets = [str(octet) if at == place else "111" for at in range(4)]
        wanted = octet <= 255 and (place > 0 or octet not in {0, 127, 255})
        assert is_address(".".join(octets)) is wanted, octets
    for written in ("00", "01", "001", "099"):
        assert not is_address(f"111.111.{written}.111"), written


def test_an_address_of_version_four_has_eight_digits() -> None:
    for text in ("12.34.56.78", "1.22.33.199", "198.51.100.42", "198.151.100.142"):
        assert is_address(text), text
    for text in ("1.22.33.99", "198.51.100", "198-51-100-42", "198,51,100,42"):
        assert not is_address(text), text


def test_an_address_with_the_bits_of_its_network_is_one() -> None:
    for bits in range(1, 32):
        assert is_address(f"198.51.101.43/{bits}"), bits
    for text in (
        "198.51.100.42/32",
        "198.51.100.42/240",
        "198.51.100.42/",
        *(f"198.51.100.0/24{digit}" for digit in digits),
        "198.51.100.0",
    ):
        assert is_address(text), text
    for text in ("198.51.100.0/24", "198.51.100.0/29", "198.51.100.0/30", "198.128.0.0/9", "2001:db8:1:2::/64", "2001:db8:1:2::/100", "2001:db8:1::/49"):  # fmt: skip
        assert not is_address(text), text
    for text in ("2001:db8:1:2::5/64", "2001:db8:1:2::5/128", "2001:db8:1:2::5/99", "2001:db8:1:2::/6400"):
        assert is_address(text), text


def test_behind_a_word_for_versions_there_is_none() -> None:
    for word in ("version", "release", "firmware", "build", "ver", "rev", "fw", "v", "Softwareversion"):
        for between in ("", *" \n.:#", "   ", "...", ":::", "###", ". #"):
            assert not is_address(f"{word}{between}10.120.30.40"), (word, between)
            assert not is_address(f"the {word.upper()}{between}10.120.30.40"), (word, between)
        for between in ("-", "/", "(", "    ", "::::", " is "):
            assert is_address(f"{word}{between}10.120.30.40"), (word, between)


def test_a_word_that_ends_like_one_for_versions_is_another() -> None:
    for text in (
        "server 198.51.100.42",
        "from the web server: 198.51.100.42",
        "driver 198.51.100.42",
        "TV 198.51.100.42",
        "Oliver 198.51.100.42",
    ):
        assert is_address(text), text
    for letter in ascii_letters:
        assert is_address(f"{letter}fw 198.51.100.42"), letter


def test_an_address_of_version_six_has_hexadecimal_groups() -> None:
    for each in HEXADECIMAL:
        for size in range(1, 5):
            group = each * size
            assert is_address(f"2001:db8::{group}"), group
            assert is_address(":".join([group] * 8)), group
            assert is_address(f"{group}:db8::1"), group
    for each in set(ascii_letters) - set(HEXADECIMAL):
        assert not is_address(f"2001:db8::1{each}:1"), each
    assert not is_address("2001:db8::12345")
    assert not is_address(":".join(["2001"] * 9))


def test_an_address_of_version_six_has_six_characters_or_more() -> None:
    for text in ("1:2::3", "::1:2:3", "1:2:3::", "2001:db8::1", ":".join(["0db8"] * 8)):
        assert is_address(f"at {text}"), text
    for text in ("::1", "1::2", "2001::1", "::", "a::b", "1:2:3"):
        assert not is_address(f"at {text}"), text


def test_an_address_of_version_four_may_end_one_of_version_six() -> None:
    for last in ("198.51.100.42", "0.0.0.1", "10.0.0.0", "9.99.199.255", "198.151.100.142"):
        for first in (
            "::ffff:0:",
            "64:ff9b:1::",
            ":".join(["abcd"] * 6) + ":",
            ":".join(["0000"] * 5) + ":ffff:",
        ):
            assert is_address(f"{first}{last}"), (first, last)
    for text in ("64:ff9b:1::198.51.100", "64:ff9b:1::198.51.1000.42"):
        assert not is_address(text), text


def test_a_social_security_number_has_any_digits_that_are_issued() -> None:
    for each in digits:
        assert is_ssn(f"{each}12-34-5678") is (each != "9"), each
        assert is_ssn(f"1{each}{each}-34-5678"), each
        assert is_ssn(f"123-{each}{each}-5678") is (each != "0"), each
        assert is_ssn(f"123-{each}4-5678"), each
        assert is_ssn(f"123-45-{each * 4}") is (each != "0"), each
        assert is_ssn(f"ssn {each}12345678") is (each != "9"), each
        assert is_ssn(f"ssn 1{each}{each}345678"), each
        assert is_ssn(f"ssn 123{each}{each}5678") is (each != "0"), each
        assert is_ssn(f"ssn 12345{each * 4}") is (each != "0"), each
    for area in ("000", "666"):
        assert not is_ssn(f"{area}-34-5678"), area
        assert not is_ssn(f"ssn {area}345678"), area


def test_a_social_security_number_is_written_with_two_separators_that_are_alike() -> None:
    for mark in "-.":
        for between in (mark, f" {mark}", f"{mark} ", f" {mark} "):
            assert is_ssn(f"219{between}09{between}9999"), between
        for between in (f"  {mark}", f"{mark}  ", mark * 2):
            assert not is_ssn(f"219{between}09{between}9999"), between
    for text in ("219-09.9999", "219.09-9999", "219-099999", "21909-9999", "219- 09-9999"):
        assert not is_ssn(text), text
    for mark in (*punctuation.replace("\\", ""), " ", "\n"):
        assert is_ssn(f"ssn 219{mark}09{mark}9999") is (mark in {" ", "-", "."}), mark
        assert is_ssn(f"ssn 21909{mark}9999") is (mark in {" ", "-", "."}), mark
        assert is_ssn(f"ssn 219{mark}099999") is (mark in {" ", "-", "."}), mark


def test_a_word_for_social_security_stands_alone() -> None:
    for word in ("ssn", "ssns", "social", "s.s.n", "ss#", "ss no", "ssno"):
        for text in (
            f"{word} 219099999",
            f"219099999 {word}",
            f"1{word}_219099999",
            f"{word.upper()}: 219099999",
        ):
            assert is_ssn(text), text
        for letter in ascii_letters:
            assert not is_ssn(f"{letter}{word} 219099999"), (letter, word)
            if f"{word}{letter.lower()}" not in {"ssns", "ssno"}:
                assert not is_ssn(f"{word}{letter} 219099999"), (letter, word)
    for word in ("s.sn", "ss.n", "s-s-n", "ss", "ss  no", "ss-no"):
        assert not is_ssn(f"{word} 219099999"), word


def account(country: str, bban: str) -> str:
    return f"{country}{iban.calc_check_digits(f'{country}00{bban}')}{bban}"


def test_an_iban_has_any_letters_and_digits_where_its_country_has_them() -> None:
    for letter in ascii_uppercase:
        number = account("MT", f"{letter * 4}12345{letter * 18}")
        assert is_iban(number), number
        assert is_iban(number.lower()), number
    for each in digits:
        for number in (
            account("MT", f"ABCD{each * 5}{each * 18}"),
            account("MD", each * 20),
            account("DE", each * 18),
        ):
            assert is_iban(number), number
    # A letter where its country has digits, and the other way round; the check digits are right.
    for country, bban in (
        ("DE", f"A{'1' * 17}"),
        ("MT", f"1ABC12345{'0' * 18}"),
        ("MT", f"ABCDA2345{'0' * 18}"),
        ("GB", f"ABC1{'0' * 14}"),
    ):
        assert not is_iban(account(country, bban)), country


def test_an_iban_of_letters_has_any_check_digits() -> None:
    seen = set()
    for first, second in product(ascii_uppercase, ascii_uppercase):
        number = account("MD", f"{first}{second}{'X' * 18}")
        seen.add(number[2:4])
        assert is_iban(number), number
        assert is_iban(f"IBAN{number}"), number
    assert {each[0] for each in seen} == {each[1] for each in seen} == set(digits)


def test_between_the_characters_of_an_iban_up_to_three_separators_may_stand() -> None:
    for number in (
        account("MD", "X" * 20),
        account("DE", "370400440532013000"),
        account("MT", f"MALT{'1' * 23}"),
    ):
        for mark in "_ -./:,*\n":
            for count in (1, 2, 3):
                assert is_iban(f"{number[:2]}{mark * count}{number[2:]}"), (mark, count)
                assert is_iban(number[:4] + mark * count + in_groups(number[4:], mark * count)), (mark, count)
                text = mark * count
                assert is_iban(f"{number[:4]}{text}{text.join(number[4:])}"), (mark, count)
            assert is_iban(f"{number[:3]}{mark}{number[3:]}"), mark
            assert not is_iban(f"{number[:2]}{mark * 4}{number[2:]}"), mark
            assert not is_iban(f"{number[:3]}{mark * 2}{number[3:]}"), mark
            assert not is_iban(f"{number[:4]}{mark * 4}{number[4:]}"), mark
            assert not is_iban(f"{number[0]}{mark}{number[1:]}"), mark
