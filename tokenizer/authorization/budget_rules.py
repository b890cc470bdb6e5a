"""Reads and checks policies/budgets.toml, which says how much a caller may be shown."""

import tomllib
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tokenizer.errors import Configuration
from tokenizer.vault.categories import CATEGORIES

Count = Annotated[int, Field(ge=0, strict=True)]
Names = Annotated[frozenset[str], Field(min_length=1)] | None

OTHER = "other"


class Window(StrEnum):
    """Lists the periods that budgets count in, by the UTC clock.

    Around the end of a window a caller has the room of two.
    """

    HOUR = "hour"
    DAY = "day"

    @property
    def seconds(self) -> int:
        """Returns the length in seconds."""
        return 3_600 if self is Window.HOUR else 86_400

    def of(self, moment: datetime) -> str:
        """Returns the name of the window that holds a moment, such as `2026-11-24T13` or `2026-11-24`."""
        return moment.strftime("%Y-%m-%dT%H" if self is Window.HOUR else "%Y-%m-%d")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Steps(_Model):
    """Limits the values that are shown: `full` in full, further ones masked up to `shown` in all, then none."""

    full: Count
    shown: Count

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.full > self.shown:
            raise ValueError("full: no more than shown")
        return self


class Row(_Model):
    """Holds the limits for some callers, purposes and categories; None in a field means all."""

    groups: Names = None
    purposes: Names = None
    categories: Names = None
    hour: Steps
    day: Steps

    def fits(self, groups: Collection[str], purpose: str, category: str) -> bool:
        """Returns True if the row is about such a reveal."""
        return (
            (self.groups is None or not self.groups.isdisjoint(groups))
            and (self.purposes is None or purpose in self.purposes)
            and (self.categories is None or category in self.categories)
        )


class Limit(_Model):
    """Limits a count in each window."""

    hour: Count
    day: Count

    def of(self, window: Window) -> int:
        """Returns the limit in a window."""
        return self.hour if window is Window.HOUR else self.day


class BudgetRules(_Model):
    """Holds the whole file.

    Args:
        purposes: the purposes that are counted by name.
        reveals: the rows that limit reveals.
        misses: limits the tokens that lead nowhere or are refused.
        declines: limits the charges that are declined.
        look_ups: limits the different values whose consistent token is looked up.
        edits: limits the attempts to edit a letter's record.
    """

    purposes: frozenset[str]
    reveals: Annotated[tuple[Row, ...], Field(min_length=1)]
    misses: Limit
    declines: Limit
    look_ups: Limit
    edits: Limit

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for row in self.reveals:
            if unknown := (row.categories or frozenset()) - set(CATEGORIES):
                raise ValueError(f"no category: {', '.join(sorted(unknown))}")
            if unknown := (row.purposes or frozenset()) - self.purposes:
                raise ValueError(f"not among the purposes: {', '.join(sorted(unknown))}")
        last = self.reveals[-1]
        if last.groups or last.purposes or last.categories:
            raise ValueError("the last row must fit everybody")
        return self

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parses the rules.

        Raises:
            Configuration: the text is not TOML or not of this form; the message names what is wrong.
        """
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise Configuration(f"budgets: {error}") from None
        except ValidationError as error:
            faults = [
                f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
                for each in error.errors(include_input=False)
            ]
            raise Configuration(f"budgets: {'; '.join(faults)}") from None

    def purpose(self, purpose: str) -> str:
        """Returns the name under which a purpose is counted.

        Unknown purposes share one counter, so inventing some is no use.
        """
        return purpose if purpose in self.purposes else OTHER

    def steps(self, window: Window, groups: Collection[str], purpose: str, category: str) -> Steps:
        """Returns the limits of the first row that fits."""
        row = next(each for each in self.reveals if each.fits(groups, self.purpose(purpose), category))
        return row.hour if window is Window.HOUR else row.day
