"""Field kinds: what becomes of a field on its way to consumers.

A kind is an annotation on a field of a raw event model. This module only names the kinds and their
parameters; what each of them does is decided in `tokenizer/sanitize.py`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Fact(StrEnum):
    """A public fact derived from a sensitive value; it stands beside the token as `<field>_<fact>`."""

    LAST4 = "last4"
    BRAND = "brand"
    DOMAIN = "domain"
    YEAR = "year"


class NormalForm(StrEnum):
    """What counts as the same value for a consistent token."""

    EMAIL = "email"
    PHONE = "phone"


class Rule(StrEnum):
    """How a generalized value is coarsened."""

    POSTAL_PREFIX = "postal_prefix"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What every kind is; a field without one is refused when its schema is compiled."""


@dataclass(frozen=True, slots=True)
class Public(FieldKind):
    """Passed on as it is, once the leak guard found nothing in it."""


@dataclass(frozen=True, slots=True)
class FreeText(FieldKind):
    """Public prose: the guard also looks for names and address lines of the same record in it."""


@dataclass(frozen=True, slots=True)
class Token(FieldKind):
    """A token of its own for each occurrence.

    Args:
        facts: what may stand in clear beside the token.
        everyday: the value is a word that public fields may hold by chance (a name, an address line),
            so that the leak guard searches for it in free text alone.
    """

    facts: tuple[Fact, ...] = ()
    everyday: bool = False


@dataclass(frozen=True, slots=True)
class ConsistentToken(FieldKind):
    """The same token for the same value within a scope, so that consumers can join.

    Args:
        scope: the join domain; one value has unrelated tokens in two scopes.
        normal_form: what counts as the same value.
        facts: what may stand in clear beside the token.
    """

    scope: str
    normal_form: NormalForm
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Generalized(FieldKind):
    """Coarsened until it says little; a value that can't be coarsened safely becomes a token."""

    rule: Rule
