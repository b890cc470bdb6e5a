"""Removes sensitive authentication data: card verification codes, PINs and track data.

PCI DSS 3.3 forbids to store them after authorization, even encrypted. So they are removed, not tokenized, before
anything is written. They are recognized by their keys, by what is around a key and the shape of its value, and in text
by a label, by a card number beside them, or by the form of a track.
"""

from tokenizer.guard.authentication_data.identities import (
    EACH,
    Identities,
    identity_tree,
    identity_values,
    was_removed,
)
from tokenizer.guard.authentication_data.keys import is_authentication_key, may_hold_authentication_data
from tokenizer.guard.authentication_data.prose import MARK
from tokenizer.guard.authentication_data.scrub import scrub_text
from tokenizer.guard.authentication_data.strip import JsonValue, strip_authentication_data

__all__ = [
    "EACH",
    "MARK",
    "Identities",
    "JsonValue",
    "identity_tree",
    "identity_values",
    "is_authentication_key",
    "may_hold_authentication_data",
    "scrub_text",
    "strip_authentication_data",
    "was_removed",
]
