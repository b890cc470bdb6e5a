"""Measures the leak guard's miss rate and false-positive rate on generated text with a fixed seed.

Two corpora: sensitive values as people write them, alone and in a sentence, and what harmless order text is full of.
`python -m bench.guard_rates` prints the tables of `docs/guard.md`; a test compares them.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

import phonenumbers
from faker import Faker
from stdnum import ean, luhn

from tokenizer.guard import find_leak, own_values

SAMPLES = 2_000
SEED = 20261124
_LOCALES = ("en_US", "de_DE", "fr_FR", "en_GB", "pl_PL", "ja_JP", "pt_BR")
_SENTENCES = (
    "{}",
    "please use {} for this",
    "my number: {}, thanks",
    "({})",
    "{}!",
    "ref {} / urgent",
    "customer says {}.",
)
_NOBODY = own_values(())

Draw = Callable[[Random, Faker], str]


class Rate(NamedTuple):
    """Holds how often the guard was wrong in one class of texts."""

    kind: str
    samples: int
    wrong: int


def _grouped(digits: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(digits[at : at + size])
        at += size
    return separator.join(parts)


def _card(random: Random, _: Faker) -> str:
    prefix, length = random.choice(
        (("4", 16), ("51", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16), ("3528", 16), ("62", 16))
    )
    body = prefix + "".join(random.choices("0123456789", k=length - len(prefix) - 1))
    number = body + luhn.calc_check_digit(body)
    sizes = (4, 6, 5) if length == 15 else (4, 4, 4, 4)  # noqa: PLR2004 -- Amex prints 4-6-5
    return random.choice((number, number, _grouped(number, sizes, " "), _grouped(number, sizes, "-")))


def _ssn(random: Random, faker: Faker) -> str:
    digits = "".join(filter(str.isdecimal, faker["en_US"].ssn()))
    spaced = _grouped(digits, (3, 2, 4), " ")
    return random.choice((_grouped(digits, (3, 2, 4), "-"), f"SSN {spaced}", f"SSN {digits}"))


def _iban(random: Random, faker: Faker) -> str:
    iban = faker[random.choice(("de_DE", "fr_FR", "en_GB", "pl_PL"))].iban()
    return random.choice((iban, " ".join(iban[at : at + 4] for at in range(0, len(iban), 4)), iban.lower()))


def _email(random: Random, faker: Faker) -> str:
    address = faker[random.choice(_LOCALES)].email()
    return random.choice((address, address.upper(), f"<{address}>", f"mailto:{address}"))


def _phone(random: Random, _: Faker) -> str:
    region = random.choice(("US", "DE", "FR", "GB", "PL", "JP", "BR", "IN", "AU", "ES"))
    example = phonenumbers.example_number_for_type(region, random.choice((0, 1)))
    if example is None:
        raise ValueError(region)
    text = str(example.national_number)
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code, national_number=int(text[:-4] + f"{random.randrange(10_000):04}")
    )
    form = random.choice((phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
    return str(phonenumbers.format_number(number, form))


def _ean(random: Random, _: Faker) -> str:
    body = random.choice(("40", "50", "76", "84", "97")) + "".join(random.choices("0123456789", k=10))
    return body + ean.calc_check_digit(body)


def _digits(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789", k=count))


SENSITIVE: Mapping[str, Draw] = {
    "card numbers": _card,
    "US SSNs": _ssn,
    "IBANs": _iban,
    "email addresses": _email,
    "international phone numbers": _phone,
}
# What the guard can't tell from harmless text, or does not try to: stated, so that nobody relies on it.
BLIND_SPOTS: Mapping[str, Draw] = {
    "national phone numbers without a word such as tel (030 1234567)": lambda random, _: (
        f"0{random.randint(20, 99)} {_digits(random, 7)}"
    ),
    "SSNs with spaces and no word such as SSN (219 09 9999)": lambda _, faker: (
        faker["en_US"].ssn().replace("-", " ")
    ),
    "SSNs as nine bare digits": lambda _, faker: "".join(filter(str.isdecimal, faker["en_US"].ssn())),
    "email addresses in words (ann at example dot com)": lambda _, faker: (
        faker["en_US"].email().replace("@", " at ").replace(".", " dot ")
    ),
    "card numbers with letters between their digits": lambda random, faker: "x".join(
        _card(random, faker).replace(" ", "").replace("-", "")
    ),
    "names of other people": lambda _, faker: faker["en_US"].name(),
}
HARMLESS: Mapping[str, Draw] = {
    "SKUs": lambda random, _: f"{random.choice(('SKU', 'ART', 'P'))}-{_digits(random, random.randint(3, 8))}{random.choice(('', '-XL', '/B'))}",
    "order numbers": lambda random, _: random.choice(("SO-", "#", "100-", "2026-", "")) + _digits(random, random.randint(4, 10)),
    "EANs": _ean,
    "tracking numbers": lambda random, _: random.choice(
        (f"1Z{_digits(random, 16)}", _digits(random, 12), _digits(random, 20), _digits(random, 22), f"JD{_digits(random, 18)}", f"RR{_digits(random, 9)}DE")
    ),
    "amounts": lambda random, _: random.choice(("{:.2f}", "{:,.2f}", "EUR {:.2f}", "{:.0f}", "-{:.2f}")).format(random.uniform(0, 10**6)),
    "ISO timestamps": lambda _, faker: faker["en_US"].date_time().isoformat() + "Z",
    "UUIDs": lambda _, faker: str(faker["en_US"].uuid4()),
    "product names": lambda random, faker: f"{faker['en_US'].word().title()} {faker['en_US'].word()} {random.randint(1, 2000)} {random.choice(('ml', 'cm', 'W', 'pcs'))}",
    "delivery notes": lambda random, faker: faker[random.choice(("en_US", "de_DE", "fr_FR"))].sentence(nb_words=8),
    "cities": lambda random, faker: faker[random.choice(_LOCALES)].city(),
}  # fmt: skip


def texts(draw: Draw) -> list[str]:
    """Returns the texts of one class."""
    random = Random(SEED)  # noqa: S311 -- a corpus, the same every time
    faker = Faker(list(_LOCALES))
    faker.seed_instance(SEED)
    return [draw(random, faker) for _ in range(SAMPLES)]


def misses(classes: Mapping[str, Draw]) -> list[Rate]:
    """Returns how many sensitive values of each class the guard did not find, alone or in a sentence."""
    rates = []
    for kind, draw in classes.items():
        written = [_SENTENCES[at % len(_SENTENCES)].format(value) for at, value in enumerate(texts(draw))]
        rates.append(Rate(kind, len(written), sum(find_leak(text, _NOBODY) is None for text in written)))
    return rates


def false_positives() -> list[Rate]:
    """Returns how often the guard found something in each class of harmless text."""
    return [
        Rate(kind, SAMPLES, sum(find_leak(text, _NOBODY) is not None for text in texts(draw)))
        for kind, draw in HARMLESS.items()
    ]


def table(rates: list[Rate], wrong: str) -> str:
    """Returns the rates as they stand in the docs."""
    rows = [f"| {rate.kind} | {rate.samples:,} | {rate.wrong / rate.samples:.2%} |" for rate in rates]
    return "\n".join([f"| class | texts | {wrong} |", "| --- | --- | --- |", *rows])


if __name__ == "__main__":
    print(table(misses(SENSITIVE), "missed"), end="\n\n")
    print(table(misses(BLIND_SPOTS), "missed"), end="\n\n")
    print(table(false_positives(), "found something"))
