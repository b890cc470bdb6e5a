"""Field kinds: what becomes of a field on its way to consumers.

A kind is an annotation on a field of a raw event model. This module only names the kinds and their
parameters; what each of them does is decided in `tokenizer/pipeline/sanitize.py`, and which combinations are refused in
`tokenizer/pipeline/schema_rules.py`. Each kind shows in the generated JSON Schemas as `x-field-kind`.
"""

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

KIND_KEY = "x-field-kind"
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Fact(StrEnum):
    """A public fact derived from a sensitive value; it stands beside the token as `<field>_<fact>`.

    `BIN`, the first six digits of a card number, is in no schema that ships.
    """

    LAST4 = "last4"
    BRAND = "brand"
    BIN = "bin"
    DOMAIN = "domain"
    YEAR = "year"


class NormalForm(StrEnum):
    """What counts as the same value for a consistent token."""

    EXACT = "exact"
    EMAIL = "email"
    PHONE = "phone"


class Rule(StrEnum):
    """How a generalized value is coarsened.

    `POSTAL_PREFIX`: the first three characters. `YEAR`: a date's year. `NETWORK`: an IPv4 address to its /24, an
    IPv6 address to its /48. `AMOUNT_BAND`: an amount to its band of the row 1, 2, 5, 10, 20, 50, ...
    """

    POSTAL_PREFIX = "postal_prefix"
    YEAR = "year"
    NETWORK = "network"
    AMOUNT_BAND = "amount_band"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """What every kind is; a field without one is refused when its schema is compiled."""

    @property
    def name(self) -> str:
        """The kind's name in schemas and in the vault."""
        return _WORD.sub("_", type(self).__name__).lower()

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Show the kind in the generated JSON Schema."""
        parameters = {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()
        }
        return {**handler(core_schema), KIND_KEY: {"name": self.name, **parameters}}


@dataclass(frozen=True, slots=True)
class Public(FieldKind):
    """Passed on as it is, once the leak guard found nothing in it."""


@dataclass(frozen=True, slots=True)
class Subject(Public):
    """Public, and it names the person whom the event is about: what they may have erased.

    At most one field of an event has this kind, and none inside a list.
    """

    @property
    def name(self) -> str:
        """To consumers it is public like any other."""
        return "public"


@dataclass(frozen=True, slots=True)
class FreeText(FieldKind):
    """Public prose: the guard also looks for names, address lines and unnamed values of the same record in it."""


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
class OneWayToken(FieldKind):
    """A token with no way back: the value is kept nowhere, not even in the vault.

    Args:
        scope: within it the same value has the same token; None for a token of its own for each occurrence.
        normal_form: what counts as the same value.
        facts: what may stand in clear beside the token.
    """

    scope: str | None = None
    normal_form: NormalForm = NormalForm.EXACT
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class FormatPreservingToken(FieldKind):
    """An alias for systems that only take numbers: as many digits, the same separators in the same places.

    An alias never passes the Luhn check and is no valid SSN or ITIN, so nobody mistakes it for the real thing. It is
    drawn at random, not computed from the value. A value with anything but digits and separators in it, or with
    fewer digits than declared, gets an ordinary token.

    Args:
        min_digits: the fewest digits a value has.
        keep_last: how many of its last digits an alias keeps, 0 to 4.
        facts: what may stand in clear beside the alias.
    """

    min_digits: int
    keep_last: int = 0
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Masked(FieldKind):
    """Letters and digits turned into `*`, separators left; the value is kept nowhere.

    A value too short to hide more than it shows gets an ordinary token.

    Args:
        keep_first: letters and digits shown at the beginning, 0 to 6.
        keep_last: letters and digits shown at the end, 0 to 4.
    """

    keep_first: int = 0
    keep_last: int = 0


@dataclass(frozen=True, slots=True)
class Generalized(FieldKind):
    """Coarsened until it says little; a value that can't be coarsened safely becomes a token."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class Removed(FieldKind):
    """Left out of the sanitized event and kept nowhere."""


TokenKind = Token | ConsistentToken | OneWayToken | FormatPreservingToken
