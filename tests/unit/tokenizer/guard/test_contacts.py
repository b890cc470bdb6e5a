"""Phones by country, emails, IBANs, IP addresses and national identity numbers, as people write them."""

from functools import partial

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from schemas.kinds import NormalForm
from tests.support.members import for_all
from tokenizer.guard import Countries, Finding, Reading, find_leak, own_values
from tokenizer.guard.national_ids import COUNTRIES
from tokenizer.pipeline.normalize import normal_form

NOBODY = own_values(())
PROSE = Reading(prose=True)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
quiet = settings(max_examples=200, deadline=None, database=None)


def in_country(*countries: str) -> Countries:
    return lambda: countries


def example(region: str, kind: int) -> phonenumbers.PhoneNumber:
    number = phonenumbers.example_number_for_type(region, kind)
    return number or phonenumbers.example_number(region)  # type: ignore[return-value] # every region has one


@for_all("region", REGIONS)
@for_all("kind", [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE])
def test_every_countrys_numbers_are_found_where_they_are_announced(region: str, kind: int) -> None:
    number = example(region, kind)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    for text in (
        international,
        f"please ring {international}!",
        phonenumbers.format_number(number, PhoneNumberFormat.E164),
    ):
        assert find_leak(text, NOBODY) is Finding.PHONE, text
    if sum(map(str.isdecimal, national)) >= 7:
        assert find_leak(f"neighbour Tel. {national}", NOBODY) is Finding.PHONE, national


@for_all(
    "text",
    [
        *(
            "+(49) 30 90182000",
            "+ (44) 20 7946 0958",
            "+(49)30 9018 2000",
            "+49 (0)30 90182000",
            "+ 49 30 90182000",
        ),
        *("0049 30 90182000", "00 49 30 90182000", "0044-20-7946-0958", "0049 (30) 90182000"),
        *("011 49 30 90182000", "011-44-20-7946-0958", "011.49.30.90182000", "011 44 20 7946 0958"),
    ],
)
def test_an_international_number_is_found_however_its_beginning_is_written(text: str) -> None:
    for around in ("{}", "call {}, please", "({})"):
        assert find_leak(around.format(text), NOBODY, PROSE) is Finding.PHONE, around


@pytest.mark.parametrize(
    ("region", "text"),
    [
        ("DE", "030 98765432"), ("DE", "0171/2345678"), ("DE", "(030) 98765432"), ("DE", "03098765432"), ("GB", "07700 900123"),
        ("GB", "(020) 7946 0958"), ("FR", "01 42 68 53 00"), ("FR", "06.12.34.56.78"), ("NL", "020-1234567"), ("JP", "03-1234-5678"),
        ("AU", "(02) 7010 1234"), ("IN", "080 2345 6789"), ("RU", "8 (495) 123-45-67"), ("CN", "010 1234 5678"), ("BR", "011 2345-6789"),
        ("BR", "(11) 96123-4567"), ("AU", "(02)70101234"), ("DE", "(04858) 717272"), ("MX", "(222)123-4567x41826"),
        ("IT", "0961868501"), ("IT", "055 369068"), ("PT", "(351) 922978760"), ("AE", "00971501234567"), ("DE", "00493098765432"),
    ],
)  # fmt: skip
def test_a_national_number_is_found_in_its_country(region: str, text: str) -> None:
    assert find_leak(f"leave at {text}, thanks", NOBODY, PROSE, in_country("US", region)) is Finding.PHONE
    assert find_leak(f"leave at {text}, thanks", NOBODY, PROSE, in_country()) is None


@pytest.mark.parametrize(
    "text",
    [
        *("250 300 4000", "01.02.2026", "1.234.567,89", "order 12345678", "2026-11-23", "0.5 x 1.25 x 100"),
        *("0-07-924402-5", "0 561 74833 0", "036000291452", "ref #03098765432", "SO-030-98765432"),
        *("ISSN 0670-0845", "0704-7290", "(49) 111", "00999501234567", "00441111111111"),
    ],
)
def test_other_numbers_are_no_national_numbers(text: str) -> None:
    assert find_leak(text, NOBODY, PROSE, in_country("DE", "PL", "ES", "GB", "US")) is None


def test_an_identifier_is_no_national_number() -> None:
    assert find_leak("030 98765432", NOBODY, Reading(identifier=True), in_country("DE")) is None


@pytest.mark.parametrize("region", ["GB", "DE", "FR", "JP", "AU", "US", "ES", "PL", "IT", "RU", "IN", "ZA"])
@pytest.mark.parametrize("kind", [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE])
def test_a_national_number_joins_with_its_international_form(region: str, kind: int) -> None:
    number = example(region, kind)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    form = partial(normal_form, NormalForm.PHONE)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    assert form(national, lambda: ("CY", region)) == form(e164) == e164
    assert form(f"00{e164[1:]}") == e164
    assert form(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)) == e164


def test_without_a_country_a_national_number_stays_as_it_is() -> None:
    form = partial(normal_form, NormalForm.PHONE)
    assert form("07700 900123") == "07700900123"
    assert form("07700 900123", lambda: ("GB",)) == form("+44 (0)7700 900123") == form("0044 (0)7700 900123")
    assert form("ask for it") == "ask for it"


@pytest.mark.parametrize(
    "text",
    [
        "carla@example.net2041", "x carla@example.net_", '"carla b"@example.net', "'carla@example.net'", "carla@192.0.2.17", "carla@[192.0.2.17]",
        "carla@[IPv6:2001:db8::1]", "carla@intranet", "root@localhost,", "CARLA@EXAMPLE.NET", "a@b.co", "carla(home)@example.net",
    ],
)  # fmt: skip
def test_an_email_is_found_glued_quoted_and_without_a_top_level(text: str) -> None:
    assert find_leak(text, NOBODY) is Finding.EMAIL


@pytest.mark.parametrize(
    "text", ["kettle@2x.png", "icon@3x.webp", "2 @ 5.00", "@carla", "3@5", "5pcs@1.50", "caf@", "a@b"]
)
def test_other_uses_of_the_sign_are_none(text: str) -> None:
    assert find_leak(text, NOBODY) is None


@quiet
@given(
    st.sampled_from(["DE89370400440532013000", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"]),
    st.lists(st.sampled_from(["", "", " ", "  ", "-", "\n", ".", " - ", "\u00a0"]), min_size=36, max_size=36),
    st.sampled_from(["", "pay to ", "IBAN: ", "(", "iban"]),
)  # fmt: skip
def test_an_iban_is_found_however_loosely_it_is_written(
    number: str, separators: list[str], before: str
) -> None:
    # Prose has many pairs of letters before numbers: nothing may part the country's, and little the check digits.
    gaps = ["", separators[1], separators[2][:1], *separators[3:]]
    text = "".join(each + gap for each, gap in zip(number, gaps, strict=False)).rstrip()
    assert find_leak(f"{before}{text}.", NOBODY) is not None


@pytest.mark.parametrize("text", ["198.51.100.42", "from 203.0.113.195:8080", "2001:db8::1:2", "order 2001:db8:85a3:1:2:8a2e:370:7334 ok", "2001:0DB8:85a3:0001:0002:8a2e:0370:7334", "[2002:c633:642a::1]", "http://198.51.100.42/x", "::ffff:198.51.100.42"])  # fmt: skip
def test_an_ip_address_is_found(text: str) -> None:
    assert find_leak(text, NOBODY) is Finding.IP_ADDRESS


@pytest.mark.parametrize(
    "text", ["1.2.3.4", "v10.20.30.40", "version 10.120.30.40", "198.51.100.0/24", "2001:db8:1::/48", "2001:db8:85a3:1:2:8a2e:370", "10:15:00", "::1", "std::cout", "127.0.0.1", "300.300.300.300", "aa:bb:cc:dd:ee:ff"]
)  # fmt: skip
def test_versions_networks_and_times_are_no_addresses(text: str) -> None:
    assert find_leak(text, NOBODY) is None


NATIONAL_IDS = {
    "BR": ("390.533.447-05", "390533447-05", "16.727.230/0001-97"),
    "CA": ("123 456 782", "123-456-782"),
    "ES": ("54362315-K", "X-2482300W", "M-1234567-L"),
    "GB": ("JG103759A", "ab 12 34 56 c"),
    "IN": ("ACUPA7085R", "2341 2341 2346"),
    "PT": ("501964843", "501 964 843"),
}


@pytest.mark.parametrize(
    ("country", "number"),
    [(country, number) for country, numbers in NATIONAL_IDS.items() for number in numbers],
)
def test_a_national_id_is_found_where_its_country_is_named(country: str, number: str) -> None:
    assert (
        find_leak(f"my number is {number}.", NOBODY, Reading(national_ids=(country,))) is Finding.NATIONAL_ID
    )
    assert find_leak(f"my number is {number}.", NOBODY) is None


def test_the_countries_are_those_that_the_page_names() -> None:
    assert set(NATIONAL_IDS) == COUNTRIES
