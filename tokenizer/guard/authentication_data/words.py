"""Lists the words that announce a card verification code or a PIN, and those that stand around them."""

from tokenizer.guard.text import plain_text

# Those that may have a figure behind them, such as `CVV2`.
WITH_FIGURE = (r"c[\W_]{0,2}v[\W_]{0,2}[vcnd]", r"c[\W_]{0,2}a[\W_]{0,2}v", r"ccv")
CODE_LABELS = (
    r"c[\W_]{0,2}v[\W_]{0,2}2",
    r"cvx",
    r"kartenpruf(?:nummer|ziffer)",
    r"cryptogramme(?:[\W_]visuel)?",
)
PHRASE = r"card[\W_]*(?:security|verification|validation|check)[\W_]*(?:code|value|number|digits?|data|no)?"
# In English, German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Japanese, Chinese, Norwegian, Danish,
# Swedish, Finnish, Czech, Slovak, Hungarian, Romanian, Turkish, Indonesian, Vietnamese, Greek, Korean, Hebrew, Arabic and
# Hindi.
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
CONJUNCTIONS = ("and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "i", "lub")
# Words behind which digits are no code, although a label stands before.
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


_OF_A_CARD = ("Kartenprüfnummer", "Kartenprüfziffer", "cryptogramme", "cryptogramme visuel")


def labels_as_keys() -> set[str]:
    """Returns the labels as keys have them: with their accents, without, and with `ue` for the German umlaut."""
    return _forms((*SOFT_LABELS, *_OF_A_CARD))


def labels_of_a_card() -> set[str]:
    """Returns those that name a card's code wherever they stand, in the same forms."""
    return _forms(_OF_A_CARD)


def _forms(labels: tuple[str, ...]) -> set[str]:
    return {form for label in labels for form in (label, plain_text(label), label.replace("ü", "ue"))}


# Parts of the labels, for which a text is searched first.
PARTS_OF_CODES = ("v", "cryptogramme", "kartenpruf", "card")
PARTS_OF_PINS = ("pin", "geheimzahl")
PARTS_OF_SOFT = tuple(
    plain_text(part).lower()
    for part in (
        "cod", "csc", "cid", "number", "nummer", "value", "ziffer", "digits", "kod", "код", "コード", "安全",
        "验证", "校验", "turva", "mã bảo mật", "ασφαλ", "코드", "אבטחה", "الأمان", "सुरक्षा"
    )
)  # fmt: skip
FOREIGN = tuple(
    written.encode()
    for word in (
        "безопасности", "セキュリティ", "安全", "验证码", "校验码", "kód", "säkerhet", "güvenlik", "bảo mật",
        "ασφαλείας", "ασφαλειας", "보안", "אבטחה", "الأمان", "सुरक्षा"
    )
    for written in dict.fromkeys((word, word.capitalize(), word.upper()))
)  # fmt: skip
