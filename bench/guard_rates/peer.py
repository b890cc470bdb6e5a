"""Runs Presidio's pattern recognizers on strings. It runs in an environment of its own, because it brings spaCy along.

It reads a JSON list of [text, countries] from stdin and writes a list of booleans. No language model is loaded, so its
scores are not raised or lowered by words around a finding (its context scoring is off).
"""

import json
import logging
import sys

logging.disable(logging.CRITICAL)  # without the internet, the list of top-level domains that it ships is used

from presidio_analyzer.predefined_recognizers import (  # type: ignore[import-not-found] # noqa: E402
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    PhoneRecognizer,
    UsSsnRecognizer,
)

RECOGNIZERS = {
    "CREDIT_CARD": CreditCardRecognizer(),
    "US_SSN": UsSsnRecognizer(),
    "IBAN_CODE": IbanRecognizer(),
    "EMAIL_ADDRESS": EmailRecognizer(),
    "IP_ADDRESS": IpRecognizer(),
}
_PHONES: dict[tuple[str, ...], PhoneRecognizer] = {}


def holds(text: str, countries: tuple[str, ...]) -> bool:
    """Returns True if any recognizer finds anything, at any score, which is Presidio's default threshold."""
    phones = _PHONES.setdefault(
        countries, PhoneRecognizer(supported_regions=countries) if countries else PhoneRecognizer()
    )
    return any(
        recognizer.analyze(text, [entity], None) for entity, recognizer in RECOGNIZERS.items()
    ) or bool(phones.analyze(text, ["PHONE_NUMBER"], None))


if __name__ == "__main__":
    json.dump([holds(text, tuple(countries)) for text, countries in json.load(sys.stdin)], sys.stdout)
