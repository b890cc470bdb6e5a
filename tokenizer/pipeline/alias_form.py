"""Defines the shape of a format-preserving alias."""

import re

from schemas.sanitized import ALIAS_PATTERN
from tokenizer.vault.tokens import LENGTH

_NUMBER = re.compile(ALIAS_PATTERN, re.ASCII)


def may_be_alias(text: str) -> bool:
    """Returns True if a string has the shape of an alias."""
    return len(text) <= LENGTH and _NUMBER.fullmatch(text) is not None
