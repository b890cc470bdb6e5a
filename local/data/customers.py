"""Makes the people behind the generated orders: names, addresses, phones and test cards of several countries."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from textwrap import wrap
from typing import Any

import phonenumbers
from faker import Faker

BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Published by the networks and by payment providers for tests; each passes the Luhn check, none can be charged.
TEST_CARDS = (
    "4111111111111111", "4012888888881881", "4222222222222",  # Visa
    "5555555555554444", "5105105105105100", "2223003122003222",  # Mastercard
    "378282246310005", "371449635398431",  # American Express
    "6011111111111117", "6011000990139424",  # Discover
    "3530111333300000", "3566002020360505",  # JCB
    "30569309025904", "38520000023237",  # Diners Club
    "6200000000000005", "6205500000000000004",  # UnionPay
)  # fmt: skip
_AMEX_CODE, _CODE = 4, 3
_BORN_BETWEEN = (date(1936, 1, 1), date(2008, 12, 31))

# Faker's locale, the country, its currency, and the share of the orders.
_COUNTRIES = (
    ("en_US", "US", "USD", 30), ("en_GB", "GB", "GBP", 14), ("de_DE", "DE", "EUR", 14), ("fr_FR", "FR", "EUR", 10),
    ("ja_JP", "JP", "JPY", 10), ("pt_BR", "BR", "BRL", 9), ("es_MX", "MX", "MXN", 7), ("it_IT", "IT", "EUR", 6),
)  # fmt: skip
_WITH_NATIONAL_ID = ("US", "BR", "IT")


def text_id(random: Random, length: int) -> str:
    """Returns an identifier that starts with a letter and holds no long run of digits."""
    letters = BASE32[10:]
    return "".join(random.choice(BASE32 if at % 2 else letters) for at in range(length))


def happens(random: Random, share: float) -> bool:
    """Draws whether something happens that happens in this share of all cases."""
    return random.random() < share


@dataclass(frozen=True, slots=True)
class Customer:
    """Describes someone who orders; the methods write them down as one order does, with what it leaves out."""

    customer_id: str
    country: str
    currency: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    phone: str = field(repr=False)
    date_of_birth: str = field(repr=False)
    national_id: str | None = field(repr=False)
    card: str = field(repr=False)
    expiry: str = field(repr=False)
    lines: tuple[str, str | None] = field(repr=False)
    place: tuple[str, str, str] = field(repr=False)

    def person(self, random: Random) -> dict[str, Any]:
        """Returns the order's `customer`."""
        email = self.email.title() if happens(random, 0.05) else self.email
        person = {"name": self.name, "email": email, "phone": self.phone, "date_of_birth": self.date_of_birth}
        if self.national_id is not None:
            person["ssn"] = self.national_id
        return {"customer_id": self.customer_id, **gaps(random, person)}

    def payment(self, random: Random) -> dict[str, Any] | None:
        """Returns the order's `payment`; some producers send the security code along, which they should not."""
        if happens(random, 0.1):
            return random.choice((None, {"method": "invoice", "card": None}, {"method": "paypal"}))
        number = " ".join(wrap(self.card, 4)) if happens(random, 0.1) else self.card
        card = {"number": number, **gaps(random, {"expiry": self.expiry, "holder": self.name.upper()})}
        if happens(random, 0.15):
            digits = _AMEX_CODE if self.card.startswith("3") else _CODE
            card[random.choice(("cvv", "CVC", "cvv-2", "cid"))] = "".join(
                random.choices("0123456789", k=digits)
            )
        if happens(random, 0.02):
            card["track2"] = (
                f";{self.card}={self.expiry[3:]}{self.expiry[:2]}201{random.randrange(10**8):08d}?"
            )
        return {"method": "card", "card": card}

    def address(self, random: Random) -> dict[str, Any]:
        """Returns the order's `shipping_address` or `billing_address`."""
        line1, line2 = self.lines
        city, region, postal_code = self.place
        address = {"name": self.name, "line1": line1, "line2": line2, "city": city, "region": region}
        return {**gaps(random, address), "postal_code": postal_code, "country": self.country}


class Customers:
    """Makes new customers."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"customers {seed}")  # noqa: S311 -- sample data
        self._fakers = {locale: Faker(locale) for locale, *_ in _COUNTRIES}
        for number, faker in enumerate(self._fakers.values()):
            faker.seed_instance(f"{seed} {number}")
        self._made = 0

    def new(self) -> Customer:
        """Makes a customer who was not seen before."""
        random = self._random
        locale, country, currency, _ = random.choices(_COUNTRIES, [share for *_, share in _COUNTRIES])[0]
        faker = self._fakers[locale]
        self._made += 1
        user, _, domain = str(faker.safe_email()).partition("@")
        return Customer(
            customer_id=f"C-{text_id(random, 6)}",
            country=country,
            currency=currency,
            name=faker.name(),
            email=f"{user}.{self._made}@{domain}",
            phone=_phone(random, country),
            date_of_birth=faker.date_between_dates(*_BORN_BETWEEN).isoformat(),
            national_id=faker.ssn() if country in _WITH_NATIONAL_ID and happens(random, 0.6) else None,
            card=random.choice(TEST_CARDS),
            expiry=f"{random.randint(1, 12):02d}/{random.randint(27, 33)}",
            lines=_lines(faker, random, country),
            place=(faker.city(), _region(faker, country), faker.postcode()),
        )


def gaps(random: Random, fields: dict[str, Any]) -> dict[str, Any]:
    """Returns the same fields as a careless producer sends them: some missing, some null, some empty."""
    kept = {key: value for key, value in fields.items() if not happens(random, 0.04)}
    return {key: random.choice((None, "")) if happens(random, 0.04) else value for key, value in kept.items()}


def _phone(random: Random, country: str) -> str:
    """Returns a valid mobile number in international form, made out of the numbering plan's own example."""
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        raise ValueError(f"{country} has no numbering plan")
    plain = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    return f"{plain[:-4]}{random.randrange(10**4):04d}"


def _lines(faker: Any, random: Random, country: str) -> tuple[str, str | None]:
    if country == "JP":
        return f"{faker.town()}{faker.chome()}{faker.ban()}{faker.gou()}", random.choice(
            (None, faker.building_name())
        )
    second = f"{random.choice(('Apt.', 'Suite', 'Floor', 'c/o door'))} {random.randint(1, 99)}"
    return str(faker.street_address()), random.choice((None, None, second))


def _region(faker: Any, country: str) -> str:
    if country == "US":
        return str(faker.state_abbr())
    return str(faker.bothify("??").upper() if country == "GB" else faker.administrative_unit())
