"""Finds the countries that a record is about: those of its addresses, or of a locale, or of a currency.

The guard looks for their national phone numbers. Nothing else depends on them, and no producer has to send one.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_MOST = 4  # each one costs the guard another pattern
_DEEPEST = 5
_ELEMENTS = 8  # of a list, such as a customer's addresses
_KEYS = ("country", "country_code", "countryCode")
_LOCALE_KEYS = ("locale", "customer_locale", "language")
_CODE = re.compile(r"[A-Za-z]{2}")
_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Z][a-z]{3})?[-_]([A-Z]{2})")
_NAMED_OTHERWISE = {"UK": "GB", "EL": "GR"}
# Currencies of one country only. The euro belongs to twenty, so it says nothing.
_CURRENCIES = {
    "AUD": "AU", "BGN": "BG", "BRL": "BR", "CAD": "CA", "CHF": "CH", "CNY": "CN", "CZK": "CZ", "DKK": "DK", "EGP": "EG",
    "GBP": "GB", "HKD": "HK", "HUF": "HU", "IDR": "ID", "ILS": "IL", "INR": "IN", "JPY": "JP", "KRW": "KR", "MXN": "MX",
    "MYR": "MY", "NGN": "NG", "NOK": "NO", "NZD": "NZ", "PHP": "PH", "PKR": "PK", "PLN": "PL", "RON": "RO", "RUB": "RU",
    "SAR": "SA", "SEK": "SE", "SGD": "SG", "THB": "TH", "TRY": "TR", "TWD": "TW", "UAH": "UA", "USD": "US", "VND": "VN",
    "ZAR": "ZA",
}  # fmt: skip


class _Found:
    """Collects what a walk finds, by the path of the object that holds it."""

    def __init__(self) -> None:
        self.countries: dict[str, str] = {}
        self.locales: dict[str, str] = {}
        self.currencies: dict[str, str] = {}

    def walk(self, value: Mapping[str, Any], path: str, depth: int) -> None:
        for key, inner in value.items():
            if isinstance(inner, str):
                self._read(key, inner, path)
            elif depth < _DEEPEST:
                for each in (inner,) if isinstance(inner, dict) else _objects(inner):
                    self.walk(each, f"{path}/{key}", depth + 1)

    def _read(self, key: str, text: str, path: str) -> None:
        if key in _KEYS and _CODE.fullmatch(text):
            code = text.upper()
            self.countries.setdefault(path, _NAMED_OTHERWISE.get(code, code))
        elif key in _LOCALE_KEYS and (found := _LOCALE.fullmatch(text)):
            self.locales.setdefault(path, found[1])
        elif key == "currency" and text in _CURRENCIES:
            self.currencies.setdefault(path, _CURRENCIES[text])


def countries_of(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns the ISO 3166 codes of the countries that a parsed event is about, at most four, each once.

    They are in the order of their paths, whatever the order of the producer's fields is.
    """
    found = _Found()
    found.walk(event, "", 0)
    named = found.countries or found.locales or found.currencies
    return tuple(dict.fromkeys(named[path] for path in sorted(named)))[:_MOST]


def _objects(value: Any) -> Iterable[Mapping[str, Any]]:
    return [each for each in value[:_ELEMENTS] if isinstance(each, dict)] if isinstance(value, list) else ()
