"""Sensitive authentication data: card verification codes, PINs and track data.

PCI DSS 3.3 forbids to keep them after authorization, encrypted or not, so they are removed and not tokenized,
before anything is written. They are known by their keys alone: a code that stands in prose has none.
"""

from tokenizer.guard.authentication_data.keys import is_authentication_key, may_hold_authentication_data
from tokenizer.guard.authentication_data.scrub import scrub_text
from tokenizer.guard.authentication_data.strip import JsonValue, strip_authentication_data

__all__ = [
    "JsonValue",
    "is_authentication_key",
    "may_hold_authentication_data",
    "scrub_text",
    "strip_authentication_data",
]
