"""Holds the building blocks of the kit's models."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NewType

Token = NewType("Token", str)
"""Stands for a sensitive value: compare it, count it, join by it. It is "" if the value was empty."""

_TOKEN = re.compile(r"tok_[0-7][0-9a-hjkmnp-tv-z]{25}", re.ASCII)


def is_token(text: object) -> bool:
    """Returns True for a token's form. Public fields hold a token where the leak guard found something."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Describes an object in an event.

    Args:
        extra: the fields that this version of the kit doesn't know, by their JSON names. Today they are tokens; a newer
            minor version may add others.
    """

    extra: Mapping[str, Any] = field(default_factory=dict)
