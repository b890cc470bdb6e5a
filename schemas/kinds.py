"""Defines the field kinds, which decide what becomes of a field on its way to consumers.

A kind is an annotation on a field of a raw event model. This module only names the kinds and their parameters.
`tokenizer/pipeline/sanitize.py` decides what each kind does, and `tokenizer/pipeline/schema_rules.py` which
combinations are refused. The generated JSON Schemas show each kind as `x-field-kind`.
"""

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

KIND_KEY = "x-field-kind"
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


class Fact(StrEnum):
    """Lists public facts about sensitive values. A fact stands beside the token as `<field>_<fact>`.

    No schema that ships uses `BIN`, the first six digits of a card number.
    """

    LAST4 = "last4"
    BRAND = "brand"
    BIN = "bin"
    DOMAIN = "domain"
    YEAR = "year"


class NormalForm(StrEnum):
    """Lists the ways to decide which spellings are the same value, for consistent tokens."""

    EXACT = "exact"
    EMAIL = "email"
    PHONE = "phone"


class Rule(StrEnum):
    """Lists the ways to make a value coarser.

    `POSTAL_PREFIX` keeps the first three characters, of four digits two. `YEAR` keeps a date's year. `NETWORK` turns an IPv4 address into
    its /24 and an IPv6 address into its /48, unless
    that would hold a whole IPv4 address (6to4). `AMOUNT_BAND` turns an amount into its band of the series 1, 2, 5, 10, 20,
    50, ...
    """

    POSTAL_PREFIX = "postal_prefix"
    YEAR = "year"
    NETWORK = "network"
    AMOUNT_BAND = "amount_band"


@dataclass(frozen=True, slots=True)
class FieldKind:
    """Is the base of all kinds. A schema with a field that has no kind is refused when it is compiled."""

    @property
    def name(self) -> str:
        """Returns the kind's name in schemas and in the vault."""
        return _WORD.sub("_", type(self).__name__).lower()

    @property
    def identifies(self) -> bool:
        """Returns True if values are compared: records are grouped, joined, looked up or erased by them."""
        return False

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        """Adds the kind to the generated JSON Schema."""
        parameters = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if name != "pattern" or value is not None
        }
        return {**handler(core_schema), KIND_KEY: {"name": self.name, **parameters}}


@dataclass(frozen=True, slots=True)
class Public(FieldKind):
    """Passes the value on as it is, unless the leak guard finds something in it."""


@dataclass(frozen=True, slots=True)
class Identifier(Public):
    """Passes an id or code on like Public; a number in it is not taken for a card number for its check digit alone.

    Args:
        pattern: a regular expression of what such ids look like; in one that matches it as a whole the leak guard looks
            for the record's own values and nothing else. None where a producer's ids have no shape of their own.
    """

    pattern: str | None = None

    @property
    def name(self) -> str:
        """Returns `public`, because consumers see no difference."""
        return "public"

    @property
    def identifies(self) -> bool:
        """Returns True."""
        return True


@dataclass(frozen=True, slots=True)
class Subject(Identifier):
    """Passes the value on like Public, and marks it as the id of the person whom the event is about, for erasure.

    At most one field of an event may have this kind, and none inside a list.
    """


@dataclass(frozen=True, slots=True)
class OrderReference(Identifier):
    """Passes the value on like Public, and marks it as the id of the order that the event is about, for erasure.

    An event without a subject, such as a guest's, belongs to its order. At most one field of an event may have this
    kind, and none inside a list.
    """


@dataclass(frozen=True, slots=True)
class FreeText(FieldKind):
    """Passes prose on unless the guard finds something; the record's names and addresses count here, too."""


@dataclass(frozen=True, slots=True)
class Token(FieldKind):
    """Replaces the value by a token of its own for each occurrence.

    Args:
        facts: the facts that may stand in clear beside the token.
        everyday: True if the value is a word that public fields may hold by chance, such as a name or an address line.
            The leak guard searches for it only in free text then.
    """

    facts: tuple[Fact, ...] = ()
    everyday: bool = False


@dataclass(frozen=True, slots=True)
class ConsistentToken(FieldKind):
    """Replaces the value by a token that is the same for the same value within a scope, so that consumers can join.

    Args:
        scope: the join domain; one value has unrelated tokens in two scopes.
        normal_form: decides which spellings are the same value.
        facts: the facts that may stand in clear beside the token.
    """

    scope: str
    normal_form: NormalForm
    facts: tuple[Fact, ...] = ()

    @property
    def identifies(self) -> bool:
        """Returns True."""
        return True


@dataclass(frozen=True, slots=True)
class OneWayToken(FieldKind):
    """Replaces the value by a token that can't be revealed: the value is stored nowhere, not even in the vault.

    Args:
        scope: the same value has the same token within it; None for a new token at each occurrence.
        normal_form: decides which spellings are the same value.
        facts: the facts that may stand in clear beside the token.
    """

    scope: str | None = None
    normal_form: NormalForm = NormalForm.EXACT
    facts: tuple[Fact, ...] = ()

    @property
    def identifies(self) -> bool:
        """Returns True if the same value has the same token."""
        return self.scope is not None


@dataclass(frozen=True, slots=True)
class FormatPreservingToken(FieldKind):
    """Replaces a number by an alias with as many digits and the same separators, for systems that only take numbers.

    An alias never passes the Luhn check and is no valid SSN or ITIN, so nobody mistakes it for the real number. It is
    drawn at random, not computed from the value. A value that holds anything but digits and separators, or fewer digits
    than declared, gets an ordinary token.

    Args:
        min_digits: the fewest digits that a value has.
        keep_last: how many of its last digits an alias keeps, 0 to 4.
        facts: the facts that may stand in clear beside the alias.
    """

    min_digits: int
    keep_last: int = 0
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Masked(FieldKind):
    """Replaces letters and digits by `*` and keeps separators. The value is stored nowhere.

    A value that is too short to hide more than it shows gets an ordinary token.

    Args:
        keep_first: how many letters and digits are shown at the beginning, 0 to 6.
        keep_last: how many letters and digits are shown at the end, 0 to 4.
    """

    keep_first: int = 0
    keep_last: int = 0


@dataclass(frozen=True, slots=True)
class Generalized(FieldKind):
    """Makes the value coarse until it says little. A value that can't be made coarse safely becomes a token."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class Removed(FieldKind):
    """Leaves the value out of the sanitized event. It is stored nowhere."""


TokenKind = Token | ConsistentToken | OneWayToken | FormatPreservingToken
