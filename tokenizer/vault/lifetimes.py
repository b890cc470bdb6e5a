"""Decides how long the vault keeps values, by category.

A lifetime is enforced twice: the record carries a signed end that readers check to the second, and DynamoDB's TTL
deletes the item within days. DynamoDB deletes whole items, so each raw record gets a separate vault record for every
category that has its own lifetime.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from tokenizer.errors import Configuration
from tokenizer.vault.categories import CATEGORIES, category

_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Holds lifetimes in days from the arrival of the raw record; 0 means for ever.

    Consistent values have no lifetime, because later records point at them. They stay until they are erased.

    Args:
        default: days for every category that has no lifetime of its own.
        by_category: days by category of value.
    """

    default: int = 0
    by_category: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, default: int, text: str) -> Self:
        """Parses lifetimes from a setting such as `card_number=400 card_expiry=400`.

        Raises:
            Configuration: a category is unknown, or its days are not a whole number.
        """
        days: dict[str, int] = {}
        for part in text.split():
            name, _, number = part.partition("=")
            if name not in CATEGORIES or not number.isascii() or not number.isdecimal():
                known = ", ".join(CATEGORIES)
                raise Configuration(
                    f"VAULT_LIFETIMES takes CATEGORY=DAYS, separated by spaces; categories are {known}"
                )
            days[name] = int(number)
        return cls(default, days)

    @property
    def sorted_days(self) -> tuple[tuple[str, int], ...]:
        """Returns the lifetimes of categories in days, sorted by category."""
        return tuple(sorted(self.by_category.items()))

    def days(self, path: str) -> int:
        """Returns the lifetime in days of a field's value; `path` is a JSON Pointer."""
        return self.by_category.get(category(path), self.default) if self.by_category else self.default

    @staticmethod
    def end(days: int, arrived: int) -> int:
        """Returns a value's end in seconds since 1970, or 0 for never. `arrived` is in milliseconds since 1970."""
        return arrived // 1000 + days * _SECONDS_PER_DAY if days else 0
