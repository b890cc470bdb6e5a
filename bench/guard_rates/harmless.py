"""Draws what orders are full of and what is nobody's: ids of marketplaces, bar codes, tracking numbers, prose."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from random import Random

from faker import Faker
from stdnum import ean, imei, isbn, issn, luhn

from bench.guard_rates.sample import (
    IDENTIFIER,
    PROSE,
    Sample,
    digits,
    fakers,
    in_sentence,
    lines_of,
)
from tokenizer.guard import ANY_TEXT

_PER_FORM = 120
_BETWEEN = (datetime(1990, 1, 1), datetime(2026, 11, 30))  # noqa: DTZ001 -- Faker wants them so
# pragma: allowlist nextline secret
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _letters(random: Random, count: int) -> str:
    return "".join(random.choices(_LETTERS, k=count))


def _mixed(random: Random, count: int) -> str:
    return "".join(random.choices(_ALPHANUMERIC, k=count))


def _hex(random: Random, count: int) -> str:
    return "".join(random.choices("0123456789abcdef", k=count))


# The forms of order ids, as marketplaces show them to sellers.
ORDER_IDS: Mapping[str, Callable[[Random], str]] = {
    "Amazon": lambda r: f"{r.choice(('114', '113', '112', '302', '408', '701'))}-{digits(r, 7)}-{digits(r, 7)}",
    "eBay": lambda r: f"{digits(r, 2)}-{digits(r, 5)}-{digits(r, 5)}",
    "Etsy": lambda r: f"{r.choice('123')}{digits(r, 9)}",
    "Walmart": lambda r: f"{r.choice(('1', '2', '4', '5'))}{digits(r, 12)}",
    "Walmart, customer's": lambda r: f"2000{digits(r, 11)}",
    "TikTok Shop": lambda r: f"57{digits(r, 16)}",
    "AliExpress": lambda r: f"8{digits(r, 15)}",
    "AliExpress, 2024": lambda r: f"30{digits(r, 14)}",
    "Alibaba": lambda r: f"{r.choice('12')}{digits(r, 17)}",
    "Taobao": lambda r: f"{r.choice('1234')}{digits(r, 18)}",
    "Shopee": lambda r: f"{r.choice(('21', '22', '23', '24'))}{r.randint(1, 12):02}{r.randint(1, 28):02}{_letters(r, 8)}",
    "Lazada": lambda r: f"{r.choice('23456')}{digits(r, 14)}",
    "Mercado Libre": lambda r: f"2000{digits(r, 12)}",
    "Flipkart": lambda r: f"OD{digits(r, 18)}",
    "Rakuten": lambda r: f"{digits(r, 6)}-20{r.randint(18, 26)}{r.randint(1, 12):02}{r.randint(1, 28):02}-{digits(r, 10)}",
    "Temu": lambda r: f"PO-{digits(r, 3)}-{digits(r, 17)}",
    "Shopify": lambda r: f"#{r.randint(1001, 99999)}",
    "Shopify, id": lambda r: f"{r.choice('456')}{digits(r, 12)}",
    "Zalando": lambda r: f"10{digits(r, 12)}",
    "bol.com": lambda r: f"{r.choice('123')}{digits(r, 9)}",
    "Coupang": lambda r: f"{r.choice('12')}{digits(r, 13)}",
    "Newegg": lambda r: digits(r, 9),
    "Target": lambda r: f"10{digits(r, 10)}",
    "Magento": lambda r: f"{r.choice('1234')}{digits(r, 8)}",
    "Otto": lambda r: f"{_hex(r, 8)}-{_hex(r, 4)}-4{_hex(r, 3)}-a{_hex(r, 3)}-{_hex(r, 12)}",
}  # fmt: skip


def _order_ids(random: Random) -> Iterator[Sample]:
    for make in ORDER_IDS.values():
        for _ in range(_PER_FORM):
            order_id = make(random)
            yield Sample(order_id, order_id, IDENTIFIER)


def _order_ids_in_text(random: Random) -> Iterator[Sample]:
    for make in ORDER_IDS.values():
        for _ in range(_PER_FORM // 2):
            order_id = make(random)
            yield Sample(in_sentence(random, f"order {order_id}"), order_id, PROSE, ("US",))


def _bar_codes(random: Random) -> Iterator[Sample]:
    for length in (8, 12, 13, 14):
        for _ in range(_PER_FORM * 4):
            body = digits(random, length - 1)
            code = body + ean.calc_check_digit(body)
            yield Sample(random.choice((code, f"EAN {code}", f"GTIN: {code}")), code, ANY_TEXT)


def _books(random: Random) -> Iterator[Sample]:
    for _ in range(_PER_FORM * 5):
        body = random.choice(("978", "979")) + random.choice("01234567") + digits(random, 8)
        thirteen = body + ean.calc_check_digit(body)
        yield Sample(f"ISBN {isbn.format(thirteen)}", thirteen, ANY_TEXT, ("DE",))
        short = body[3:12]
        total = sum((10 - at) * int(digit) for at, digit in enumerate(short))
        ten = short + "0123456789X"[-total % 11]
        yield Sample(isbn.format(ten), ten, PROSE, ("DE",))
        seven = digits(random, 7)
        serial = seven + issn.calc_check_digit(seven)
        yield Sample(f"ISSN {issn.format(serial)}", serial, PROSE, ("DE",))


def _devices(random: Random) -> Iterator[Sample]:
    for _ in range(_PER_FORM * 8):
        body = random.choice(("35", "86", "01", "99")) + digits(random, 12)
        number = body + luhn.calc_check_digit(body)
        text = random.choice((number, f"IMEI {number}", imei.format(number), f"IMEI: {imei.format(number)}"))
        yield Sample(text, number, ANY_TEXT)


def _ups(random: Random) -> str:
    # pragma: allowlist nextline secret
    return f"1Z{''.join(random.choices('0123456789ABCDEFGHJKLMNPRSTVWXY', k=6))}{digits(random, 10)}"


def _usps(random: Random) -> str:
    body = f"9{random.choice(('4001', '2055', '4055', '2001', '3055'))}{digits(random, 16)}"
    return body + ean.calc_check_digit(body)


def _s10(random: Random) -> str:
    serial = digits(random, 8)
    rest = (
        11
        - sum(int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
        % 11
    )
    check = {10: 0, 11: 5}.get(rest, rest)
    return f"{random.choice('RCEL')}{random.choice(_LETTERS)}{serial}{check}{random.choice(('DE', 'FR', 'CN', 'US'))}"


# The forms of tracking numbers, as carriers describe them; check digits by python-stdnum or the carrier's own rule.
TRACKING: Mapping[str, Callable[[Random], str]] = {
    "UPS": _ups,
    "FedEx Express": lambda r: digits(r, 12),
    "FedEx Ground": lambda r: f"9612{digits(r, 11)}",
    "FedEx SmartPost": lambda r: f"92{digits(r, 18)}",
    "USPS": _usps,
    "USPS, grouped": lambda r: (number := _usps(r)) and " ".join(number[at : at + 4] for at in range(0, 22, 4)),
    "DHL Express": lambda r: digits(r, 10),
    "DHL Paket": lambda r: f"00340{digits(r, 15)}",
    "DHL JJD": lambda r: f"JJD{digits(r, 18)}",
    "post (UPU S10)": _s10,
    "DPD": lambda r: f"0{digits(r, 13)}",
    "GLS": lambda r: digits(r, 11),
    "Royal Mail": lambda r: f"{_letters(r, 2)}{digits(r, 9)}GB",
    "Hermes": lambda r: f"H{digits(r, 19)}",
    "Japan Post": lambda r: "-".join(digits(r, 4) for _ in range(3)),
}  # fmt: skip


def _tracking_numbers(random: Random) -> Iterator[Sample]:
    for make in TRACKING.values():
        for _ in range(_PER_FORM):
            number = make(random)
            reading = random.choice((IDENTIFIER, ANY_TEXT))
            yield Sample(random.choice((number, f"tracking {number}")), number, reading)


# Ids as the samples in the public documentation of webhooks show them.
WEBHOOKS: Mapping[str, Callable[[Random], str]] = {
    "Stripe": lambda r: f"{r.choice(('evt', 'ch', 'pi', 'cus', 'pm', 'in'))}_{r.randint(1, 3)}{_mixed(r, 23)}",
    "Shopify": lambda r: f"gid://shopify/Order/{digits(r, 13)}",
    "PayPal": lambda r: f"WH-{_mixed(r, 17).upper()}-{_mixed(r, 17).upper()}",
    "Square": lambda r: _mixed(r, 22),
    "Adyen": lambda r: _mixed(r, 16).upper(),
    "WooCommerce": lambda r: f"wc_order_{_mixed(r, 13)}",
    "BigCommerce": lambda r: f"store/order/{digits(r, 6)}",
    # pragma: allowlist nextline secret
    "ULID": lambda r: "01" + "".join(r.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=24)),
    "MongoDB": lambda r: _hex(r, 24),
    "hash": lambda r: _hex(r, 64),
    "Unix time": lambda r: str(r.randint(1_500_000_000, 1_900_000_000)),
    "Unix time in ms": lambda r: str(r.randint(1_500_000_000_000, 1_900_000_000_000)),
    "ARN": lambda r: f"arn:aws:sqs:eu-central-1:{digits(r, 12)}:orders",
    "UUID": lambda r: f"{_hex(r, 8)}-{_hex(r, 4)}-7{_hex(r, 3)}-8{_hex(r, 3)}-{_hex(r, 12)}",
}  # fmt: skip


def _webhooks(random: Random) -> Iterator[Sample]:
    for make in WEBHOOKS.values():
        for _ in range(_PER_FORM):
            value = make(random)
            yield Sample(value, value, IDENTIFIER)


def _dates_and_amounts(random: Random) -> Iterator[Sample]:
    for faker in fakers():
        # Without bounds Faker's moments depend on today.
        moments = [faker.date_time_between_dates(*_BETWEEN) for _ in range(4)]
        for value in (
            moments[0].isoformat() + "Z",
            moments[1].date().isoformat(),
            moments[2].strftime("%d.%m.%Y %H:%M"),
            moments[3].strftime("%m/%d/%Y"),
            _price(faker),
            f"{random.uniform(0, 10**6):,.2f} EUR",
            str(random.randint(1, 10**7)),
            f"{random.randint(1, 3000)} x {random.randint(1, 3000)} x {random.randint(1, 3000)} mm",
            f"{random.randint(100, 999)} {random.randint(100, 999)} {random.randint(1000, 9999)}",
        ):
            yield Sample(value, value, PROSE, ("DE",))


def _price(faker: Faker) -> str:
    try:
        return str(faker.pricetag())
    except KeyError:  # one locale has a currency that Faker doesn't know
        return "1.00"


def _names_of_things(random: Random) -> Iterator[Sample]:
    for faker in fakers():
        # Faker draws Italian cities from a set, and so others each time.
        places = () if faker.locales == ["it_IT"] else ("city",)
        makers = [
            getattr(faker, name, None) for name in ("company", *places, "country", "job", "catch_phrase")
        ]
        for value in [make() for make in makers if make is not None]:
            yield Sample(value, value, ANY_TEXT)
        for _ in range(4):
            thing = f"{faker.word().title()} {random.randint(1, 2000)} {random.choice(('ml', 'cm', 'W', 'pcs', 'g'))}"
            yield Sample(thing, thing, ANY_TEXT)


def _sentences(random: Random) -> Iterator[Sample]:
    for faker in fakers():
        for _ in range(12):
            text = faker.text(max_nb_chars=random.randint(40, 200))
            yield Sample(text, text, PROSE, ("DE",))


def _file(name: str) -> Callable[[Random], Iterator[Sample]]:
    return lambda _: (Sample(text, text, PROSE, ("US",)) for text in lines_of(name))


CLASSES: Mapping[str, Callable[[Random], Iterator[Sample]]] = {
    "order ids of marketplaces, in an id": _order_ids,
    "order ids of marketplaces, in a text": _order_ids_in_text,
    "bar codes (EAN, UPC, GTIN)": _bar_codes,
    "ISBNs and ISSNs": _books,
    "IMEIs": _devices,
    "tracking numbers": _tracking_numbers,
    "ids in webhooks": _webhooks,
    "dates, amounts and sizes": _dates_and_amounts,
    "names of companies, places, jobs and things": _names_of_things,
    "made-up sentences in all of Faker's languages": _sentences,
    "fortunes": _file("fortunes.txt"),
    "documentation of SQLite": _file("sqlite.txt"),
}
