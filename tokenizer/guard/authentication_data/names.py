"""Lists the names under which card verification codes, PINs and track data come.

Names are written with underscores between their words; case and separators don't count. Each name of a gateway has its
source beside it: the product, and the field in its public documentation or SDK.
"""

# Every name in the contract, and the names that card networks use for the same things.
CODES = (
    "cvv",
    "cvv2",
    "cvc",
    "cvc2",
    "cvn",
    "cvn2",
    "cav",
    "cav2",
    "cvd",
    "cvd2",
    "cv2",
    "cvx",
    "ccv",
    "ccv2",
)
_TRACKS = """
    track1 track2 track3 track_data track1_data track2_data track3_data magstripe magstripe_data magnetic_stripe
    magnetic_stripe_data swipe_data
"""
TRACKS = tuple(_TRACKS.split())
_PHRASES = """
    card_security_code card_verification_value card_verification_code pin_block security_code
    card_verification_number card_validation_code card_validation_value card_security_value pin_data
"""
PHRASES = tuple(_PHRASES.split())
# Codes that are no part of any other word: they count behind every prefix (`user_cvv`, `xcvv`).
UNMISTAKABLE = ("cvv", "cvv2", "cvc", "cvc2", "cvn2", "cav2")
# These words have other meanings too. Behind other words they count if those end with a card: `elavon-card-cid`.
WORDS = ("pin", "cid", "csc")
# Plugins put their own names before these: `authorize_net-card-cvn`.
BEHIND_ANYTHING = (*UNMISTAKABLE, *(f"card_{name}" for name in (*CODES, *WORDS)))

# What payment gateways and shop systems call the same things, where none of the rules above covers it.
GATEWAYS: tuple[tuple[str, str], ...] = (
    ("card_code", "Authorize.Net API, creditCardType.cardCode"),
    ("x_card_code", "Authorize.Net AIM, x_card_code"),
    ("cv_number", "CyberSource SOAP, card.cvNumber"),
    ("card_cv_number", "CyberSource Simple Order, card_cvNumber"),
    ("card_validation_num", "Worldpay US (Vantiv, Litle) XML, card.cardValidationNum"),
    ("card_sec_val", "Chase Orbital XML, CardSecVal"),
    ("ssl_cvv2cvc2", "Elavon Converge, ssl_cvv2cvc2"),
    ("ssl_track_data", "Elavon Converge, ssl_track_data"),
    ("trn_card_cvd", "Bambora (Beanstream) form post, trnCardCvd"),
    ("cc_verification_str2", "First Data Payeezy GGe4, cc_verification_str2"),
    ("card_csc_value", "Worldline SIPS (Mercanet, Sogenactif), cardCSCValue"),
    ("card_cvx", "MangoPay card registration, cardCvx"),
    ("vads_cvv", "Lyra PayZen form, vads_cvv"),
    ("ds_merchant_cvv2", "Redsys, DS_MERCHANT_CVV2"),
    ("eway_card_cvn", "eWAY Rapid, EWAY_CARDCVN"),
    ("cc_cvc", "Computop Paygate, CCCVC"),
    ("ccvv", "PayU India, ccvv"),
    ("encrypted_security_code", "Adyen API, paymentMethod.encryptedSecurityCode"),
    ("encrypted_card_security_code", "Adyen client-side encryption, encryptedSecurityCode of a card"),
    ("encrypted_cvv", "BlueSnap hosted fields, encryptedCvv"),
    ("verification_value", "Spreedly and Shopify, credit_card.verification_value"),
    ("credit_card_verification_number", "Litle and Zuora clients, creditCardVerificationNumber"),
    ("cc_cid", "Magento (Adobe Commerce), payment.cc_cid"),
    ("cc_csc", "HTML autofill detail token cc-csc"),
    ("card_csc", "WooCommerce gateways, <gateway>-card-csc"),
    ("card_cid", "American Express, Card Identification Number (CID)"),
    ("encrypted_csc", "PayTrace JSON API, encrypted_csc"),
    ("card_pin", "Paystack and other debit flows, card.pin"),
    ("encrypted_pin", "Fiserv Commerce Hub, encryptionData of a PIN"),
    ("encrypted_pin_block", "ISO 8583 field 52 in JSON gateways, encryptedPinBlock"),
    ("track_1", "NMI Direct Post, track_1"),
    ("track_2", "NMI Direct Post, track_2"),
    ("track_3", "NMI Direct Post, track_3"),
    ("magnesafe_track_1", "NMI Direct Post, magnesafe_track_1"),
    ("magnesafe_track_2", "NMI Direct Post, magnesafe_track_2"),
    ("magnesafe_track_3", "NMI Direct Post, magnesafe_track_3"),
    ("encrypted_track_data", "Square and MagTek readers, encryptedTrackData"),
    ("encrypted_track_1", "ID TECH readers, encryptedTrack1"),
    ("encrypted_track_2", "ID TECH readers, encryptedTrack2"),
    ("track_2_equivalent_data", "EMV Book 3, tag 57"),
    ("track_1_discretionary_data", "EMV Book 3, tag 9F1F"),
    ("track_2_discretionary_data", "EMV Book 3, tag 9F20"),
    ("emv_tag_57", "EMV Book 3, tag 57, as terminals' SDKs name it"),
)

# These names mean something else in an address (a PIN is an Indian postal code, a security code opens a gate) and in
# name and value pairs that are not about a payment.
LOOKALIKES = frozenset(
    {*WORDS, "security_code", "verification_value", "cav", "ccv", "cv2", "cvd", "cvx", "swipe_data"}
)

# In a payment these names mean a code if their value looks like one.
_IN_PAYMENTS = """
    verification verification_code verification_number security_number security_value validation_code
    validation_value secret_code back_code check_digits three_digits sec_code cryptogram_code
"""
IN_PAYMENTS = tuple(_IN_PAYMENTS.split())
# The same for a key that names the card itself, behind anything and wherever it stands: `wc-card-verification`. `csc`
# behind a plugin's name (`wc-first-data-csc`) is mostly a code, too.
OF_A_CARD = (
    *(f"card_{name}" for name in IN_PAYMENTS),
    "card_check",
    "card_security",
    "card_validation",
    "csc",
)
# Keys of a card that hold a name, which has no digits at its ends.
_HOLDERS = "holder holder_name card_holder card_holder_name name name_on_card owner"
HOLDERS = tuple(_HOLDERS.split())
# Flags such as `has_cvv` hold no code.
FLAGS = ("has", "is", "requires", "require", "required", "check", "verify", "skip", "with", "without")

# Fields of a card that may hold three or four digits, sixteen hexadecimal digits, or a number with the form of a track,
# and that are none of these. Anything else of that shape is removed from a card.
_OF_CARDS = """
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
OF_CARDS = tuple(_OF_CARDS.split())
# The same at the end of a longer name, such as `number_last4`.
_ENDINGS_OF_CARDS = """
    last4 last_four last_digits last4_digits last_four_digits brand network issuer wallet month year expiry date bin iin
    type country zip currency status
    result result_code response_code
"""
ENDINGS_OF_CARDS = tuple(_ENDINGS_OF_CARDS.split())
# Keys of card numbers, wherever they stand; `number` alone counts in a card.
_CARD_NUMBERS = """
    card_number cardnumber pan primary_account_number cc_number card_no card_num credit_card credit_card_number
    debit_card_number payment_card_number ssl_card_number x_card_num cc_num trn_card_number account_number
"""
CARD_NUMBERS = tuple(_CARD_NUMBERS.split())
NUMBER_IN_CARDS = ("number", *CARD_NUMBERS)

# Objects that are a card, and objects that are about a payment.
_CARDS = """
    card credit_card debit_card payment_card card_data card_info card_details bank_card credit_card_data
    credit_card_info credit_card_details cc cc_info cc_data cc_details card_on_file new_card stored_card source_card
    basic_card card_payment cards credit_cards
"""
CARDS = tuple(_CARDS.split())
_PAYMENTS = """
    payment payments payment_method payment_methods payment_details payment_data payment_info payment_source
    payment_instrument payment_information payment_method_details payment_option payment_method_data funding_source
    tender tenders charge charges billing_info wallet transaction transactions authorization additional_data
    payment_request instrument refund refunds payout payouts bank_account
"""
PAYMENTS = tuple(_PAYMENTS.split())

# Objects that are an address: by the end of their own name, or by two of these fields.
_ADDRESSES = """
    address addresses addr shipping ship_to bill_to deliver_to delivery destination location place recipient
    consignee pickup shipping_to shipping_info billing_details
"""
ADDRESSES = tuple(_ADDRESSES.split())
_OF_ADDRESSES = """
    street street1 street2 line1 line2 line3 address address1 address2 address_line1 address_line2 address_line_1
    address_line_2 street_address city town village district state province region county country country_code
    postal_code postcode zip zip_code landmark locality house_number area taluk post_office
"""
OF_ADDRESSES = tuple(_OF_ADDRESSES.split())

# Keys that hold no code beside a label such as "CVV", although they may hold three or four digits.
_NO_CODES = """
    id ids position pos sort order index idx rank row column line step level priority price amount quantity qty count
    total subtotal tax discount cost fee rate weight grams size width height depth length min max minimum maximum
    version revision type kind status state year month day date time timestamp created updated currency country locale
    language zip postcode sku barcode stock brand network last4 last_four bin iin expiry exp required pattern
    placeholder group section page score ttl timeout
"""
NO_CODES = tuple(_NO_CODES.split())
# The same at the end of a longer name: `orderId`, `sort_order`, `created_at`.
_ENDINGS_OF_NO_CODES = """
    id ids position order index rank row column price amount quantity qty count total tax discount cost fee rate weight
    size width height length version type status year month day date time timestamp created_at updated_at currency
    country zip postcode sku barcode brand network last4 last_four expiry
"""
ENDINGS_OF_NO_CODES = tuple(_ENDINGS_OF_NO_CODES.split())
