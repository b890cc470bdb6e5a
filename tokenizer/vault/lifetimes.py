"""How long the vault keeps values, by what they are.

A lifetime ends twice: signed in the record, which reading checks to the second, and by DynamoDB's TTL, which deletes within days.
A category with a lifetime of its own gets a vault record of its own in each raw record, since DynamoDB deletes whole items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from tokenizer.errors import Configuration
from tokenizer.vault.categories import CATEGORIES, category

_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Days from the arrival of the raw record; 0 for ever.

    Consistent values have none: later records point at them. They stay until they are erased.

    Args:
        default: of every category that is not named.
        by_category: days by category of value.
    """

    default: int = 0
    by_category: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, default: int, text: str) -> Self:
        """Lifetimes as a setting tells them: `card_number=400 card_expiry=400`.

        Raises:
            Configuration: a category that is none, or days that are no whole number.
        """
        days: dict[str, int] = {}
        for part in text.split():
            name, _, number = part.partition("=")
            if name not in CATEGORIES or not number.isascii() or not number.isdecimal():
                known = ", ".join(CATEGORIES)
                raise Configuration(
                    f"VAULT_LIFETIMES takes CATEGORY=DAYS, apart by spaces; categories are {known}"
                )
            days[name] = int(number)
        return cls(default, days)

    def days(self, path: str) -> int:
        """Of the value of a field, given by its JSON Pointer."""
        return self.by_category.get(category(path), self.default) if self.by_category else self.default

    @staticmethod
    def end(days: int, arrived: int) -> int:
        """When a value's time is over, in seconds since 1970; 0 for never. `arrived` is in milliseconds."""
        return arrived // 1000 + days * _SECONDS_PER_DAY if days else 0
