"""Which objects are a card, a payment or an address, and which of their fields hold no code.

All lists are written out, so that a name that is dropped from the product's is missed here.
"""

import json
from typing import Any

from tests.support.members import for_all
from tokenizer import json_text
from tokenizer.guard.authentication_data import MARK, may_hold_authentication_data, strip_authentication_data

CODE = "937"
CARDS = """
    card credit_card debit_card payment_card card_data card_info card_details bank_card credit_card_data
    credit_card_info credit_card_details cc cc_info cc_data cc_details card_on_file new_card stored_card source_card
    basic_card card_payment cards credit_cards
"""
CARD_NUMBERS = """
    card_number cardnumber pan primary_account_number cc_number card_no card_num credit_card credit_card_number
    debit_card_number payment_card_number ssl_card_number x_card_num cc_num trn_card_number account_number
"""
OF_CARDS = """
    number card_number pan account_number card_no primary_account_number cc_number card_num last4 last_4 last_four
    last_digits last_four_digits first6 first_6 first_six bin iin expiry exp exp_date expiry_date expiration
    expiration_date expire expires valid_to exp_month exp_year expiry_month expiry_year expiration_month
    expiration_year month year mm yy yyyy valid_thru valid_until valid_from start_date start_month start_year issue
    issue_number issue_date network brand scheme type card_type issuer issuer_id bank bank_code wallet wallet_type
    funding product product_code category level country country_code currency currency_code zip zip_code postal_code
    postcode house_number id token card_id card_token token_id fingerprint reference installments amount eci
    merchant_id mcc status result response_code avs_result_code cvv_result_code count created updated version length
    sequence sequence_number program tier
"""
ENDINGS_OF_CARDS = """
    last4 last_four last_digits last4_digits last_four_digits brand network issuer wallet month year expiry date bin iin
    type country zip currency status result result_code response_code
"""
EXPIRIES = """
    expiry exp exp_date expiry_date expiration expiration_date expire expires exp_month exp_year expiry_month
    expiry_year expiration_month expiration_year valid_to valid_thru valid_until valid_from
"""
HOLDERS = "holder holder_name card_holder card_holder_name cardholder cardholder_name name name_on_card owner"
PAYMENTS = """
    payment payments payment_method payment_methods payment_details payment_data payment_info payment_source
    payment_instrument payment_information payment_method_details payment_option payment_method_data funding_source
    tender tenders charge charges billing_info wallet transaction transactions authorization additional_data
    payment_request instrument refund refunds payout payouts bank_account
"""
IN_PAYMENTS = """
    verification verification_code verification_number security_number security_value validation_code
    validation_value secret_code back_code check_digits three_digits sec_code cryptogram_code
"""
OF_A_CARD = [
    *(f"card_{name}" for name in IN_PAYMENTS.split()),
    "card_check",
    "card_security",
    "card_validation",
    "csc",
]
ADDRESSES = """
    address addresses addr shipping ship_to bill_to deliver_to delivery destination location place recipient
    consignee pickup shipping_to shipping_info billing_details
"""
OF_ADDRESSES = """
    street street1 street2 line1 line2 line3 address address1 address2 address_line1 address_line2 address_line_1
    address_line_2 street_address city town village district state province region county country country_code
    postal_code postcode zip zip_code landmark locality house_number area taluk post_office
"""
NO_CODES = """
    id ids position pos sort order index idx rank row column line step level priority price amount quantity qty count
    total subtotal tax discount cost fee rate weight grams size width height depth length min max minimum maximum
    version revision type kind status state year month day date time timestamp created updated currency country locale
    language zip postcode sku barcode stock brand network last4 last_four bin iin expiry exp required pattern
    placeholder group section page score ttl timeout
"""
ENDINGS_OF_NO_CODES = """
    id ids position order index rank row column price amount quantity qty count total tax discount cost fee rate weight
    size width height length version type status year month day date time timestamp created_at updated_at currency
    country zip postcode sku barcode brand network last4 last_four expiry
"""


def left(record: Any) -> Any:
    """Returns a record as it is kept: the same object if nothing of it was removed."""
    kept, removed = strip_authentication_data(record)
    if removed:
        assert may_hold_authentication_data(json.dumps(record).encode()), "the walk would be left out"
    return kept


def stays(record: Any) -> bool:
    return left(record) is record


@for_all("name", CARDS.split())
def test_in_an_object_that_is_a_card_a_code_goes_from_a_field_that_nobody_knows(name: str) -> None:
    for spelling in (name, name.title().replace("_", "")):
        assert left({"a": {spelling: {"zz": CODE, "tier": CODE}}}) == {"a": {spelling: {"tier": CODE}}}


@for_all("written", ["937", "9371", "937.0", "9371.0", '"937"', '"9371"', '"937.0"', '"9371.0"'])
def test_in_a_card_a_code_goes_however_its_number_is_written(written: str) -> None:
    raw = f'{{"card":{{"number":"4111111111111111","zz":{written}}}}}'.encode()
    assert may_hold_authentication_data(raw)
    card = {"card": {"number": "4111111111111111"}}
    assert strip_authentication_data(json_text.parse(raw)) == (card, 1)


@for_all("name", CARD_NUMBERS.split())
def test_an_object_with_a_card_number_is_a_card(name: str) -> None:
    assert left({"a": {name: "x", "zz": CODE}}) == {"a": {name: "x"}}


@for_all("name", EXPIRIES.split())
def test_an_object_with_a_number_and_an_expiry_is_a_card_whose_expiry_keeps_no_code(name: str) -> None:
    assert left({"a": {"number": "x", name: "12/29", "zz": CODE}}) == {"a": {"number": "x", name: "12/29"}}
    assert left({"card": {name: "12/29 937"}}) == {"card": {name: f"12/29 {MARK}"}}
    assert stays({"a": {name: "12/29", "zz": CODE}})


@for_all("name", HOLDERS.split())
def test_a_holders_name_in_a_card_keeps_no_code(name: str) -> None:
    assert left({"card": {name: "ANN EXAMPLE 937"}}) == {"card": {name: f"ANN EXAMPLE {MARK}"}}


@for_all("name", [*OF_CARDS.split(), *(f"zz_{ending}" for ending in ENDINGS_OF_CARDS.split())])
def test_a_known_field_of_a_card_stays(name: str) -> None:
    assert stays({"card": {name: CODE}})


@for_all("name", PAYMENTS.split())
def test_in_an_object_about_a_payment_a_security_value_is_a_code(name: str) -> None:
    assert left({name: {"zz": CODE, "a": {"security_value": CODE}}}) == {name: {"zz": CODE, "a": {}}}


@for_all("name", IN_PAYMENTS.split())
def test_what_may_name_a_code_does_so_in_a_payment_alone(name: str) -> None:
    assert left({"payment": {name: CODE, "b": 1}}) == {"payment": {"b": 1}}
    assert stays({"payment": {name: "done"}})
    assert stays({"a": {name: CODE}})


@for_all("name", OF_A_CARD)
def test_what_names_a_cards_code_does_so_anywhere_and_behind_anything(name: str) -> None:
    assert left({"a": {f"wc_{name}": CODE, "b": 1}}) == {"a": {"b": 1}}
    assert stays({"a": {f"wc_{name}": "done"}})


@for_all("name", ADDRESSES.split())
def test_in_an_address_a_pin_is_a_postal_code(name: str) -> None:
    for spelling in (name, f"zz_{name}"):
        assert stays({spelling: {"pin": "560001"}})


@for_all("name", OF_ADDRESSES.split())
def test_two_fields_of_an_address_make_one(name: str) -> None:
    other = "street" if name == "city" else "city"
    assert stays({"a": {name: "x", other: "y", "pin": "560001"}})
    assert left({"a": {name: "x", "pin": "560001"}}) == {"a": {name: "x"}}


@for_all("name", [*NO_CODES.split(), *(f"zz_{ending}" for ending in ENDINGS_OF_NO_CODES.split())])
def test_a_key_that_holds_no_code_keeps_its_digits_beside_a_label(name: str) -> None:
    assert stays({"a": [{"label": "CVV", name: CODE}]})
    assert left({"a": [{"label": "CVV", "zz": CODE}]}) == {"a": [{"label": "CVV"}]}
