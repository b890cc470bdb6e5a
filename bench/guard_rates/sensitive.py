"""Draws sensitive values that others publish or make: example numbers, test cards, numbers by python-stdnum, Faker.

Which of them the guard claims to find is decided by others too: by the networks' ranges in use, and by phonenumbers.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache, partial
from itertools import product
from random import Random
from typing import Any

import phonenumbers
from faker import Faker
from phonenumbers import CountryCodeSource
from phonenumbers import PhoneNumberFormat as Format
from stdnum import iban as stdnum_iban
from stdnum import numdb
from stdnum.br import cnpj, cpf
from stdnum.es import dni
from stdnum.in_ import aadhaar
from stdnum.pt import nif

from bench.guard_rates.sample import PROSE, Sample, digits, fakers, in_sentence, lines_of
from tokenizer.guard import Reading

_PER_CLASS = 1_200
PHONES_A_LOCALE = 100
_PHONE_TYPES = (
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.TOLL_FREE,
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.SHARED_COST,
    phonenumbers.PhoneNumberType.VOIP,
    phonenumbers.PhoneNumberType.UAN,
)
# What stands behind a word such as tel has seven digits or more, or it is not claimed.
_FEWEST_DIGITS = 7
_WORDS = (
    "Tel. {}",
    "Tel: {}",
    "phone {}",
    "Telefon {}",
    "WhatsApp {}",
    "fax: {}",
    "tel {}",
    "Phone number: {}",
)
_IBAN_PART = re.compile(r"([0-9]+)!?([nac])")
_IBAN_ALPHABET = {
    "n": "0123456789",
    "a": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "c": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
}


def _cards(random: Random, *, in_use: bool) -> Iterator[Sample]:
    numbers = (line.partition("\t")[0] for line in lines_of("card_numbers.tsv"))
    for number in numbers:
        if is_range_in_use(number) is not in_use:
            continue
        sizes = (4, 6, 5) if len(number) == 15 else (4, 4, 4, 4, 4)  # noqa: PLR2004 -- Amex prints 4-6-5
        parts, at = [], 0
        for size in sizes:
            parts.append(number[at : at + size])
            at += size
        groups = [part for part in parts if part]
        for written in (number, " ".join(groups), "-".join(groups)):
            yield Sample(written, number, PROSE)
            for _ in range(3):
                yield Sample(in_sentence(random, written), number, PROSE)


def is_range_in_use(number: str) -> bool:
    """Returns True if a network issues numbers that begin so and have this length."""
    for line in lines_of("card_ranges.tsv"):
        _, first, last, shortest, longest = line.split("\t")
        if first <= number[: len(first)] <= last and int(shortest) <= len(number) <= int(longest):
            return True
    return False


def _ssns(random: Random) -> Iterator[Sample]:
    faker = Faker("en_US")
    faker.seed_instance(1)
    for _ in range(_PER_CLASS):
        ssn = faker.ssn()
        bare = ssn.replace("-", "")
        text = random.choice((in_sentence(random, ssn), ssn, f"SSN {bare}", f"SSN: {ssn.replace('-', ' ')}"))
        yield Sample(text, ssn, PROSE)


def _ibans(random: Random) -> Iterator[Sample]:
    registry = numdb.get("iban")
    for first in range(26):
        for second in range(26):
            country = chr(65 + first) + chr(65 + second)
            structure = registry.info(country)[0][1].get("bban") if registry.info(country)[0][1] else None
            if structure:
                yield from (_iban(random, country, structure) for _ in range(20))
    for faker in fakers():
        number = faker.iban()
        yield Sample(in_sentence(random, number), number, PROSE)


def _iban(random: Random, country: str, structure: str) -> Sample:
    body = ""
    for count, kind in _IBAN_PART.findall(structure):
        body += "".join(random.choices(_IBAN_ALPHABET[kind], k=int(count)))
    number = country + stdnum_iban.calc_check_digits(f"{country}00{body}") + body
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    text = random.choice((number, grouped, number.lower(), f"IBAN {grouped}", f"IBAN: {number}"))
    return Sample(random.choice((text, in_sentence(random, text))), number, PROSE)


def _emails(random: Random) -> Iterator[Sample]:
    for faker in fakers():
        for make in (
            faker.email,
            faker.free_email,
            faker.company_email,
            faker.ascii_email,
            faker.ascii_safe_email,
        ):
            address = make()
            text = random.choice((address, address.upper(), f"<{address}>", f"mailto:{address}"))
            for each in (text, in_sentence(random, text)):
                yield Sample(each, address.lower(), PROSE)


def _example_phones() -> Iterator[tuple[str, phonenumbers.PhoneNumber]]:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in _PHONE_TYPES:
            number = phonenumbers.example_number_for_type(region, kind)
            if number is not None:
                yield region, number


def _international_phones(random: Random) -> Iterator[Sample]:
    for _, number in _example_phones():
        value = phonenumbers.format_number(number, Format.E164)
        for form in (Format.E164, Format.INTERNATIONAL):
            text = phonenumbers.format_number(number, form)
            if len(value) > _FEWEST_DIGITS:
                yield Sample(text, value, PROSE)
                yield Sample(in_sentence(random, text), value, PROSE)


def _national_phones(random: Random) -> Iterator[Sample]:
    """Yields national numbers with the zero that is dialled before them, or with their area code in brackets."""
    for region, number in _example_phones():
        text = phonenumbers.format_number(number, Format.NATIONAL)
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        trunk = metadata.national_prefix if metadata else None
        with_trunk = trunk == "0" and text.lstrip("(").startswith("0")
        if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS and (with_trunk or text.startswith("(")):
            value = phonenumbers.format_number(number, Format.E164)
            for each in (text, in_sentence(random, text), in_sentence(random, text)):
                yield Sample(each, value, PROSE, (region,))


def _named_phones(random: Random) -> Iterator[Sample]:
    for region, number in _example_phones():
        text = phonenumbers.format_number(number, Format.NATIONAL)
        if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS:
            value = phonenumbers.format_number(number, Format.E164)
            for word in random.sample(_WORDS, 2):
                yield Sample(word.format(text), value, PROSE, (region,))


class Dialled(Enum):
    """Sorts the numbers that Faker makes by what phonenumbers says of them."""

    MARKED = "somebody may have the number, and how it is written tells it from other numbers"
    BARE = "somebody may have the number, and nothing tells it from other numbers"
    NOBODYS = "no telephone company has assigned the number to anybody"


def _faker_phones(random: Random, sort: Dialled) -> Iterator[Sample]:
    for faker in fakers():
        country = faker.locales[0].partition("_")[2]
        if len(country) == len("US") and hasattr(faker, "phone_number"):
            for _ in range(PHONES_A_LOCALE):
                number = faker.phone_number()
                text = in_sentence(random, number)
                if sorted_by_phonenumbers(number, country) is sort:
                    yield Sample(text, number, PROSE, (country,))


@cache
def sorted_by_phonenumbers(written: str, country: str) -> Dialled:
    """Returns what phonenumbers says of a number that is dialled in a country.

    Marks are a plus or the international prefix, a leading zero, an area code in brackets, and in North America a
    hyphen, a dot or a slash.
    """
    try:
        number = phonenumbers.parse(written, country, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return Dialled.NOBODYS
    with_plus = number.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN
    if not (
        phonenumbers.is_valid_number_for_region(number, country)
        or (with_plus and phonenumbers.is_valid_number(number))
    ):
        return Dialled.NOBODYS
    marked = (
        with_plus
        or number.country_code_source == CountryCodeSource.FROM_NUMBER_WITH_IDD
        or phonenumbers.normalize_digits_only(written).startswith("0")
        or "(" in written
        or (number.country_code == 1 and re.search(r"[-./]", written) is not None)
    )
    return Dialled.MARKED if marked else Dialled.BARE


def _ip_addresses(random: Random) -> Iterator[Sample]:
    faker = Faker("en_US")
    faker.seed_instance(2)
    for _ in range(_PER_CLASS // 2):
        for address in (faker.ipv4_public(), faker.ipv6()):
            yield Sample(in_sentence(random, address), address, PROSE)


def _national_ids(random: Random) -> Iterator[Sample]:
    for _ in range(_PER_CLASS // 5):
        yield _national_id("BR", cpf.format(_completed(cpf, digits(random, 9), 2)))
        yield _national_id("BR", cnpj.format(_completed(cnpj, digits(random, 12), 2)))
        yield _national_id(
            "IN", aadhaar.format(_completed(aadhaar, random.choice("23456789") + digits(random, 10), 1))
        )
        yield _national_id("ES", _completed(dni, digits(random, 8), 1))
        yield _national_id("PT", f"NIF {_completed(nif, random.choice('123') + digits(random, 7), 1)}")


def _completed(module: Any, body: str, count: int) -> str:
    """Returns a number with the check characters that python-stdnum accepts."""
    alphabet = _IBAN_ALPHABET["a"] if module is dni else _IBAN_ALPHABET["n"]
    return next(
        body + "".join(end) for end in product(alphabet, repeat=count) if module.is_valid(body + "".join(end))
    )


def _national_id(country: str, number: str) -> Sample:
    return Sample(f"{number} please", number, Reading(prose=True, national_ids=(country,)), (country,))


CLASSES: Mapping[str, Callable[[Random], Iterator[Sample]]] = {
    "card numbers of ranges in use": partial(_cards, in_use=True),
    "US SSNs": _ssns,
    "IBANs": _ibans,
    "email addresses": _emails,
    "international phone numbers": _international_phones,
    "national phone numbers with their zero or brackets": _national_phones,
    "national phone numbers behind a word such as tel": _named_phones,
    "phone numbers by Faker, with a plus, zero, brackets or the like": partial(
        _faker_phones, sort=Dialled.MARKED
    ),
    "IP addresses": _ip_addresses,
    "identity numbers that a schema asks for": _national_ids,
}

# Sensitive, too, but docs/guard.md says that the guard doesn't claim to find them.
UNCLAIMED: Mapping[str, Callable[[Random], Iterator[Sample]]] = {
    "card numbers of ranges and lengths given up": partial(_cards, in_use=False),
    "phone numbers by Faker, with nothing that tells them from other numbers": partial(
        _faker_phones, sort=Dialled.BARE
    ),
    "phone numbers by Faker that nobody has": partial(_faker_phones, sort=Dialled.NOBODYS),
}
