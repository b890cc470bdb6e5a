"""The words that make digits a card number, a phone number, a version or another number; the characters that are plain ones.

All lists are written out, so that a word that is dropped from the product's is missed here.
"""

from string import ascii_letters

from tests.support.members import for_all
from tests.support.spellings import NOBODY, card
from tokenizer.guard import Finding, Reading, find_leak
from tokenizer.guard.text import plain_text

IDENTIFIER = Reading(identifier=True)
UNCOMMON = card("60", 16)  # RuPay: such a number is as likely an order's
OF_CARDS = """
    card cards pan visa mastercard maestro amex rupay credit debit karte kreditkarte carte tarjeta carta cartao kort cc
"""
OF_OTHER_NUMBERS = """
    order orders tracking track parcel shipment invoice receipt imei isbn ean gtin upc sku bestellung bestellnummer
    auftrag sendung sendungsnummer rechnung commande suivi colis facture pedido factura envio ordine spedizione fattura
    zamowienie
"""
OF_VERSIONS = "version release firmware build ver rev fw v"
OF_PHONES = """
    telephone telefone telefono telefon telef tel tlf tlfn fon phone rufnummer telefonnummer telefonnr handynummer
    whatsapp fax movil celular gsm msisdn телефон тел τηλ τηλεφωνο 電話 电话 전화 هاتف טלפון โทร
"""
OF_CALLS = """
    mobile mobil mob cell cel call calling calls ring sms text handy anrufen ruf rufen appelez appeler llamar llame
    contact contacto kontakt ligar signal viber telegram
"""
BEHIND_OF_PHONES = "number no nr num is me us at to on"
OF_SSNS = ("ssn", "ssns", "social", "s.s.n", "ss#", "ss no", "ssno")
ODD = {
    "\N{MINUS SIGN}": "-",
    "\N{IDEOGRAPHIC FULL STOP}": ".",
    "\N{IDEOGRAPHIC NUMBER ZERO}": "0",
    "\N{HANGUL FILLER}": "",
    "\N{HANGUL CHOSEONG FILLER}": "",
    "\N{HANGUL JUNGSEONG FILLER}": "",
    "\N{BRAILLE PATTERN BLANK}": "",
}
# One character of each of Unicode's categories that are no letters.
OF_CATEGORIES = {
    "Mn": ("\N{COMBINING ACUTE ACCENT}", ""),
    "Me": ("\N{COMBINING ENCLOSING CIRCLE}", ""),
    "Cf": ("\N{SOFT HYPHEN}", ""),
    "Nd": ("\N{ARABIC-INDIC DIGIT SEVEN}", "7"),
    "No": ("\N{DINGBAT NEGATIVE CIRCLED DIGIT SEVEN}", "7"),
    "Pd": ("\N{EN DASH}", "-"),
    "Po": ("\N{MIDDLE DOT}", " "),
    "Zs": ("\N{OGHAM SPACE MARK}", " "),
    "Sm": ("\N{DIVISION SIGN}", " "),
    "Sc": ("\N{EURO SIGN}", " "),
    "Sk": ("\N{MODIFIER LETTER UP TACK}", " "),
    "Cc": ("\x85", " "),
}


@for_all("word", OF_CARDS.split())
def test_a_word_for_cards_makes_a_number_of_an_uncommon_network_a_card_in_an_identifier(word: str) -> None:
    for said in (word, word.upper(), f"my_{word}"):
        assert find_leak(f"{said} {UNCOMMON}", NOBODY, IDENTIFIER) is Finding.CARD_NUMBER
    for letter in ascii_letters:
        for said in (f"{letter}{word}", f"{word}{letter}"):
            wanted = Finding.CARD_NUMBER if said.lower() in OF_CARDS.split() else None
            assert find_leak(f"{said} {UNCOMMON}", NOBODY, IDENTIFIER) is wanted


@for_all("word", OF_OTHER_NUMBERS.split())
@for_all("behind", ["", *(f" {each}" for each in "id no nr number num code numero is".split())])  # noqa: SIM905
def test_a_word_for_other_numbers_makes_one_of_an_uncommon_network_no_card(word: str, behind: str) -> None:
    for said in (f"{word}{behind}", f"{word}{behind}".upper(), f"my {word}{behind}:"):
        assert find_leak(f"{said} {UNCOMMON}", NOBODY) is None
    for between in ("", "_", "__"):
        assert find_leak(f"{word}{behind}{between}{UNCOMMON}", NOBODY) is None
    for letter in "azAZ":
        assert find_leak(f"{letter}{word}{behind} {UNCOMMON}", NOBODY) is Finding.CARD_NUMBER
    assert find_leak(f"{word}{behind.replace(' ', '__')}:{UNCOMMON}", NOBODY) is None


def test_what_stands_between_the_word_and_the_number_is_short() -> None:
    assert find_leak(f"order...id....{UNCOMMON}", NOBODY) is None
    assert find_leak(f"order___id____{UNCOMMON}", NOBODY) is None
    assert find_leak(f"order....id....{UNCOMMON}", NOBODY) is Finding.CARD_NUMBER
    assert find_leak(f"order...id.....{UNCOMMON}", NOBODY) is Finding.CARD_NUMBER


@for_all("word", OF_VERSIONS.split())
def test_a_word_for_versions_makes_four_numbers_no_address(word: str) -> None:
    for said in (f"{word} ", f"{word.upper()}.: ", word):
        assert find_leak(f"{said}10.120.30.40", NOBODY) is None
    assert find_leak(f"{word}.:. 10.120.30.40", NOBODY) is Finding.IP_ADDRESS


@for_all("octet", [*range(100), *range(100, 256, 13), 199, 200, 249, 250, 255])
def test_an_address_has_any_number_of_eight_bits(octet: int) -> None:
    assert find_leak(f"from 203.113.195.{octet}", NOBODY) is Finding.IP_ADDRESS
    assert find_leak(f"from 203.{octet}.195.113", NOBODY) is Finding.IP_ADDRESS


@for_all("number", [256, 260, 299, 300, 999])
def test_an_address_has_no_larger_number(number: int) -> None:
    assert find_leak(f"from 203.113.{number}.195", NOBODY) is None


@for_all("word", OF_PHONES.split())
def test_behind_a_word_for_phones_any_number_is_one(word: str) -> None:
    for said in (f"{word} ", f"{word.upper()}.: ", *(f"{word} {each} " for each in BEHIND_OF_PHONES.split())):
        assert find_leak(f"{said}9876543", NOBODY) is Finding.PHONE
    assert find_leak(f"{word} 01.02.2026", NOBODY) is None


@for_all("word", OF_CALLS.split())
def test_behind_a_word_for_calls_a_number_with_a_zero_is_one(word: str) -> None:
    for said in (word, word.upper(), f"please {word} me on"):
        assert find_leak(f"{said} 09876543", NOBODY) is Finding.PHONE
        assert find_leak(f"{said} 9876543", NOBODY) is None


@for_all("word", OF_SSNS)
def test_a_word_for_them_makes_nine_digits_a_social_security_number(word: str) -> None:
    assert find_leak(f"{word} 219099999", NOBODY) is Finding.SSN
    assert find_leak(f"{word.upper()}: 219 09 9999", NOBODY) is Finding.SSN
    assert find_leak("about 219099999", NOBODY) is None


@for_all(("odd", "plain"), ODD.items())
def test_what_shows_nothing_is_nothing_and_what_looks_like_another_is_that(odd: str, plain: str) -> None:
    assert plain_text(f"a{odd}b") == f"a{plain}b"


@for_all(("category", "member"), OF_CATEGORIES.items())
def test_a_character_of_each_category_becomes_plain(category: str, member: tuple[str, str]) -> None:
    character, plain = member
    assert plain_text(f"a{character}b") == f"a{plain}b", category
