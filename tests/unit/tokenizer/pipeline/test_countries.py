"""The countries that a record is about, for each currency, each name of a field and each code; the lists are written out."""

from functools import partial
from itertools import product
from string import ascii_lowercase, ascii_uppercase

import pytest

from tests.support.members import for_all
from tests.support.spellings import NOBODY
from tokenizer.guard import Finding, find_leak
from tokenizer.pipeline.countries import countries_of

CURRENCIES = {  # ISO 4217's, of one country each, which shops sell in
    "AUD": "AU", "BGN": "BG", "BRL": "BR", "CAD": "CA", "CHF": "CH", "CNY": "CN", "CZK": "CZ", "DKK": "DK",
    "EGP": "EG", "GBP": "GB", "HKD": "HK", "HUF": "HU", "IDR": "ID", "ILS": "IL", "INR": "IN", "JPY": "JP",
    "KRW": "KR", "MXN": "MX", "MYR": "MY", "NGN": "NG", "NOK": "NO", "NZD": "NZ", "PHP": "PH", "PKR": "PK",
    "PLN": "PL", "RON": "RO", "RUB": "RU", "SAR": "SA", "SEK": "SE", "SGD": "SG", "THB": "TH", "TRY": "TR",
    "TWD": "TW", "UAH": "UA", "USD": "US", "VND": "VN", "ZAR": "ZA",
}  # fmt: skip
NAMED_OTHERWISE = {"UK": "GB", "EL": "GR"}
PAIRS = ["".join(letters) for letters in product(ascii_uppercase, repeat=2)]
# A national number of some of them, as people there write it.
NUMBERS = {"THB": "02 123 4567", "GBP": "020 7946 0018", "AUD": "02 9374 4000", "TRY": "0212 345 67 89"}


def test_each_currency_of_one_country_names_it_and_no_other_does() -> None:
    found = {}
    for letters in product(ascii_uppercase, repeat=3):
        if named := countries_of({"order": {"currency": (code := "".join(letters))}}):
            found[code] = named
    assert found == {code: (country,) for code, country in CURRENCIES.items()}


@pytest.mark.parametrize("currency", NUMBERS)
def test_a_national_number_is_found_in_a_record_that_only_its_currency_places(currency: str) -> None:
    text = f"at the door {NUMBERS[currency]} please"
    countries = partial(countries_of, {"order": {"currency": currency}})
    assert find_leak(text, NOBODY, countries=countries) is Finding.PHONE
    assert find_leak(text, NOBODY) is None


@for_all("key", ["country", "country_code", "countryCode"])
def test_every_code_of_a_country_is_read_under_each_name(key: str) -> None:
    for code in PAIRS:
        for spelled in (code, code.lower()):
            assert countries_of({"address": {key: spelled}}) == (NAMED_OTHERWISE.get(code, code),)


@for_all("key", ["locale", "customer_locale", "language"])
def test_every_country_of_a_locale_is_read_under_each_name(key: str) -> None:
    for country in PAIRS:
        for locale in (f"en-{country}", f"fil_{country}", f"zh-Hant-{country}"):
            assert countries_of({"order": {key: locale}}) == (country,)


@for_all("key", ["Country", "region", "state", "lang", "locales", "currencies", "currency_code"])
def test_other_names_say_nothing(key: str) -> None:
    for text in ("DE", "de-DE", "GBP", *ascii_lowercase):
        assert countries_of({"order": {key: text}}) == ()
