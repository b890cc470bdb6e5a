"""Codes in the middle of what people write: words of any language, several card numbers in a row, tables that were pasted."""

import json
from itertools import permutations

import pytest

from tests.support.members import for_all
from tokenizer.guard.authentication_data import may_hold_authentication_data, strip_authentication_data
from tokenizer.guard.authentication_data.prose import MARK, scrub_prose

# Written out, since a word that is dropped from the product's lists has to be missed here.
CODE_LABELS = (
    "cvv", "cvc", "cvn", "cvd", "cav", "cav2", "c.a.v.", "c.a.v. 2", "cvv2", "c.v.v. 2", "cv2", "c-v-2", "ccv", "ccv2",
    "cvx", "Kartenprüfnummer", "Kartenprüfziffer", "cryptogramme", "cryptogramme visuel",
    "card security code", "card-verification value", "card validation number", "card check digit", "card check digits",
    "card verification data", "card security no", "card security", "card verification", "card validation", "card check"
)  # fmt: skip
SOFT_LABELS = (
    "security code", "sec code", "security number", "verification code", "verification value", "csc",
    "cid", "3 digit code", "three digit code", "4 digit code", "digits on the back", "code on the back",
    "number on the back", "Sicherheitscode", "Sicherheitsnummer", "Prüfziffer", "Prüfnummer",
    "code de sécurité", "code de vérification", "código de seguridad", "código de verificación",
    "código de segurança", "código de verificação", "codice di sicurezza", "beveiligingscode",
    "kod bezpieczeństwa", "код безопасности", "セキュリティコード", "安全码", "安全碼", "验证码", "校验码", "sikkerhetskode",
    "sikkerhedskode", "säkerhetskod", "turvakoodi", "turvaluku", "bezpečnostní kód", "bezpečnostný kód",
    "biztonsági kód", "cod de securitate", "güvenlik kodu", "kode keamanan", "mã bảo mật",
    "κωδικός ασφαλείας", "보안코드", "보안 코드", "קוד אבטחה", "رمز الأمان", "सुरक्षा कोड"
)  # fmt: skip
PLACES = (
    "door", "gate", "entry", "entrance", "building", "lobby", "locker", "garage", "alarm", "wifi",
    "wi-fi", "buzzer", "intercom", "safe", "keybox", "key box", "lockbox", "parcel", "package",
    "pickup", "collection", "elevator", "lift", "Tor", "Tür", "Haustür", "Eingang", "Paket", "Abholung",
    "Packstation", "porte", "portail", "digicode", "colis", "puerta", "portón", "portone", "cancello",
    "porta", "poort", "deur", "address", "postal", "zip", "pickup code"
)  # fmt: skip
JOINTS = (
    "is", "are", "was", "as", "code", "codes", "number", "no", "nr", "num", "nummer", "value", "of",
    "on", "the", "my", "for", "card", "back", "side", "ist", "lautet", "es", "est", "e", "und", "and",
    "le", "la", "el", "der", "die", "das", "auf", "in", "de", "du", "your", "our", "his", "her", "new",
    "visa", "mastercard", "amex", "digits", "3 digits", "4 digits", "3 digit", "4 digit", "er", "är",
    "jest", "je", "to", "это", "は", "是", "为", "為", "는", "은"
)  # fmt: skip
OTHER_NUMBERS = (
    "order", "orders", "invoice", "item", "sku", "qty", "ref", "reference", "tracking", "ticket",
    "case", "page", "ext", "room", "house", "apt", "apartment", "flat", "unit", "floor", "street",
    "road", "box", "suite", "team", "desk", "match", "matched", "matches", "mismatch", "checked",
    "verified", "valid", "invalid", "accepted", "rejected", "correct", "failed", "fails", "passed",
    "declined", "ok", "okay", "wrong", "missing", "required", "after", "before", "since", "score",
    "error", "status", "response", "result", "http", "line", "step", "version", "year", "total",
    "amount", "Bestellung", "Auftrag", "Rechnung", "Zimmer", "Haus", "Stock", "Fehler", "Jahr",
    "commande", "facture", "chambre", "pedido", "factura", "habitación", "piso", "ordine", "fattura",
    "stanza", "zamówienie", "заказ", "комната"
)  # fmt: skip
UNITS = (
    "ml", "cl", "l", "mg", "g", "kg", "mm", "cm", "m", "km", "ms", "s", "sec", "min", "h", "pcs",
    "pieces", "items", "times", "days", "eur", "usd", "gbp", "chf", "st", "street", "road", "stk", "x"
)  # fmt: skip
NUMBERS = ("4012 8888 8888 1881", "5105105105105100", "3782 822463 10005", "5105-1051-0510-5100")


def removed(text: str) -> str:
    """Returns the text without its codes, as it is removed from an order's note."""
    raw = json.dumps({"notes": text}, ensure_ascii=False).encode()
    stripped, _ = strip_authentication_data({"notes": text})
    assert isinstance(stripped, dict)
    assert stripped["notes"] == text or may_hold_authentication_data(raw), "the walk would be left out"
    return str(stripped["notes"])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "CVV er {}",
            "cvv-koden {}",
            "CVV numarasi {}",
            "CVV koodi {}",
            "el cvv de la tarjeta es {}",
            "le cvv c'est {}",
        ),
        *(
            "CVV код карты {}",
            "CVV 番号 {}",
            "CVVは{}です",
            "CVV号码{}",
            "CVC: nine {}",
            "CVV của thẻ {}",
            "CVV kartu {}",
        ),
        *(
            "my cvv's {}",
            "cvv would be {}",
            "CVV you asked for: {}",
            "the CVV for that card: {}",
            "CVV (3 digits): {}",
        ),
        *("cvv nine-three-seven {}", "CVV (reverso): {}", "CVV carte: {}"),
    ],
)
def test_a_few_words_of_any_language_may_stand_between(text: str) -> None:
    assert removed(text.format("937")) == text.format(MARK)


@for_all("word", [*OTHER_NUMBERS, *PLACES])
def test_a_word_for_another_number_keeps_it(word: str) -> None:
    text = f"cvv said the {word} 937"
    assert removed(text) == text


@for_all("unit", UNITS)
def test_a_quantity_is_no_code(unit: str) -> None:
    text = f"cvv said again take 250 {unit}"
    assert removed(text) == text


@pytest.mark.parametrize(
    "text", ["cvv ok. Flat 404", "cvv seen, ring 404", "cvv seen\nring 404", "a cvv b c d e f g h 404"]
)
def test_the_words_are_of_one_short_sentence(text: str) -> None:
    assert removed(text) == text


@for_all("label", CODE_LABELS)
def test_a_label_of_a_cards_code_is_found_wherever_it_stands(label: str) -> None:
    for text in (f"{label}: {{}}", f"{label.upper()} no {{}}", f"the door's {label} is {{}}"):
        assert removed(text.format("937")) == text.format(MARK)


@for_all("word", ["can", "CAD", "cac", "cad", "cave", "cv", "cvs", "caf"])
def test_a_word_that_only_begins_like_a_label_keeps_the_digits_behind_it(word: str) -> None:
    """Also where the same note has a code."""
    text = f"very nice, {word} 250 {{}}"
    assert removed(text.format("")) == text.format("")
    assert removed(text.format("cvv: 937")) == text.format(f"cvv: {MARK}")


@for_all("joint", JOINTS)
def test_a_word_that_joins_a_label_to_its_digits_may_stand_between(joint: str) -> None:
    for text in (f"security code {joint} {{}}", f"card pin {joint.upper()}: {{}}"):
        assert removed(text.format("9371" if "pin" in text else "937")) == text.format(MARK)
    assert removed("security code said 937") == "security code said 937"


@for_all("place", PLACES)
def test_a_code_of_a_place_is_no_cards(place: str) -> None:
    for named in (place, place.upper(), f"{place}s", f"{place}n", f"{place}en"):
        text = f"{named}: security code 937, PIN 9371"
        assert removed(text) == text
    assert removed("thing: security code 937, PIN 9371") == f"thing: security code {MARK}, PIN {MARK}"


@for_all("label", SOFT_LABELS)
@for_all("spelled", [str, str.lower, str.upper, str.capitalize])
def test_a_label_of_every_language_is_found_in_every_case(label: str, spelled: object) -> None:
    assert callable(spelled)
    assert "937" not in removed(f"{spelled(label)}: 937")
    assert "937" not in removed(f"card {spelled(label)} 937")


@pytest.mark.parametrize(("first", "second"), [*permutations(NUMBERS, 2)])
@pytest.mark.parametrize("between", [" ", ", ", "\n", " / ", "; "])
def test_a_part_of_a_card_number_is_no_code_of_the_one_beside_it(
    first: str, second: str, between: str
) -> None:
    """Without a part neither number would be found any more, and most of their digits would be shown."""
    text = f"{first}{between}{second}"
    assert scrub_prose(text) == (text, 0)
    assert scrub_prose(f"{text} 937") == (f"{text} {MARK}", 1)
    assert scrub_prose(f"{first} 937 {second}") == (f"{first} {MARK} {second}", 1)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "text", ["cvv {}", "cvv{}", "cvv: {}", "my cvv and number {}", "{} is the cvv", "cvv,name\n{},Ann"]
)
def test_a_part_of_a_card_number_is_no_code_of_a_label_either(number: str, text: str) -> None:
    assert number in removed(text.format(number))


@pytest.mark.parametrize(
    ("table", "left"),
    [
        ("cvv;name;number\n937;Ann;4111111111111111", "cvv;name;number\n***;Ann;4111111111111111"),
        ("name,cvv,city\nAnn,937,Rome\nBob,9371,Bonn", "name,cvv,city\nAnn,***,Rome\nBob,***,Bonn"),
        ('"name","cvc"\n"Ann","937"\n', '"name","cvc"\n"Ann","***"\n'),
        ("CVV2\tname\n937\tAnn\n\n9371\tBob", "CVV2\tname\n***\tAnn\n\n***\tBob"),
        ("| cvv | name |\n|---|---|\n| 937 | Ann |", "| cvv | name |\n|---|---|\n| *** | Ann |"),
        ("pin,card\n4711,4111111111111111", "pin,card\n***,4111111111111111"),
        ("city,pin\nPune,4110", "city,pin\nPune,4110"),
        ("name,cvv\nAnn,n/a\n937 pieces", "name,cvv\nAnn,n/a\n937 pieces"),
        ("name,size\nAnn,937", "name,size\nAnn,937"),
    ],
)  # fmt: skip
def test_cells_below_the_head_of_a_column_of_codes_are_removed(table: str, left: str) -> None:
    assert removed(table) == left
    assert removed(left) == left
