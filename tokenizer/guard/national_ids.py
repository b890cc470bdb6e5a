"""Finds national identity and tax numbers in a plain string, for the countries that a schema names.

Most have little more than one check digit, so order numbers would match. So they are off unless a schema names them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module

_Check = Callable[[str], bool]


def _number(pattern: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![0-9A-Za-z])(?<![0-9][-./])(?:{pattern})(?![0-9A-Za-z]|[-./][0-9])", re.IGNORECASE
    )


# By country, the pattern of a number and the python-stdnum module that knows its check digits. A NINO has none (HMRC's
# manual NIM39110 lists its letters).
_NUMBERS: Mapping[str, tuple[tuple[re.Pattern[str], str | None], ...]] = {
    "BR": (
        (_number(r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}[-./ ]?[0-9]{2}"), "br.cpf"),
        (_number(r"[0-9]{2}\.?[0-9]{3}\.?[0-9]{3}/?[0-9]{4}[-. ]?[0-9]{2}"), "br.cnpj"),
    ),
    "CA": ((_number(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}"), "ca.sin"),),
    "ES": (
        (_number(r"(?:[0-9]{2}|[A-Z][ .-]?[0-9]{1,2})\.?[0-9]{3}\.?[0-9]{2,3}[ .-]?[0-9A-Z]?"), "es.nif"),
    ),
    "GB": (
        (
            _number(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:[0-9]{2} ?){3}[A-D]"),
            None,
        ),
    ),
    "IN": (
        (_number(r"[A-Z]{5}[0-9]{4}[A-Z]"), "in_.pan"),
        (_number(r"[2-9][0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}"), "in_.aadhaar"),
    ),
    "PT": ((_number(r"[1-9][0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{3}"), "pt.nif"),),
}
COUNTRIES = frozenset(_NUMBERS)
_SEPARATORS = str.maketrans("", "", " -./")  # python-stdnum knows those of a country's own form only


def holds_national_id(plain: str, countries: Iterable[str]) -> bool:
    """Returns True if a plain string holds an identity or tax number of one of the countries.

    Args:
        plain: the string.
        countries: ISO 3166 codes of `COUNTRIES`.
    """
    return any(
        module is None or _check(module)(found[0].upper().translate(_SEPARATORS))
        for country in countries
        for pattern, module in _NUMBERS[country]
        for found in pattern.finditer(plain)
    )


@cache
def _check(module: str) -> _Check:
    check: _Check = import_module(f"stdnum.{module}").is_valid
    return check
