"""Draws sensitive values that others publish or make: example numbers, test cards, numbers by python-stdnum, Faker."""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from random import Random
from typing import Any

import phonenumbers
from faker import Faker
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


def _cards(random: Random) -> Iterator[Sample]:
    for line in lines_of("card_numbers.tsv"):
        number = line.partition("\t")[0]
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


def _faker_phones(random: Random) -> Iterator[Sample]:
    for faker in fakers():
        country = faker.locales[0].partition("_")[2]
        if len(country) == len("US") and hasattr(faker, "phone_number"):
            for _ in range(20):
                number = faker.phone_number()
                yield Sample(in_sentence(random, number), number, PROSE, (country,))


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
    "card numbers": _cards,
    "US SSNs": _ssns,
    "IBANs": _ibans,
    "email addresses": _emails,
    "international phone numbers": _international_phones,
    "national phone numbers with their zero or brackets": _national_phones,
    "national phone numbers behind a word such as tel": _named_phones,
    "phone numbers as Faker writes them, of the record's country": _faker_phones,
    "IP addresses": _ip_addresses,
    "identity numbers that a schema asks for": _national_ids,
}
