"""How much a caller may be shown, as policies/budgets.toml says it; read and checked once."""

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
    """A stretch of time, by the clock of UTC. Around its end a caller has the room of two."""

    HOUR = "hour"
    DAY = "day"

    @property
    def seconds(self) -> int:
        """How long it is."""
        return 3_600 if self is Window.HOUR else 86_400

    def of(self, moment: datetime) -> str:
        """The window that a moment falls into: `2026-11-24T13` or `2026-11-24`."""
        return moment.strftime("%Y-%m-%dT%H" if self is Window.HOUR else "%Y-%m-%d")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Steps(_Model):
    """Up to `full` values in full, up to `shown` in full or masked, then none."""

    full: Count
    shown: Count

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.full > self.shown:
            raise ValueError("full: no more than shown")
        return self


class Row(_Model):
    """The steps for the callers, purposes and categories that fit."""

    groups: Names = None
    purposes: Names = None
    categories: Names = None
    hour: Steps
    day: Steps

    def fits(self, groups: Collection[str], purpose: str, category: str) -> bool:
        """Whether this row is about such a reveal."""
        return (
            (self.groups is None or not self.groups.isdisjoint(groups))
            and (self.purposes is None or purpose in self.purposes)
            and (self.categories is None or category in self.categories)
        )


class Misses(_Model):
    """How many tokens may lead nowhere or be refused."""

    hour: Count
    day: Count


class BudgetRules(_Model):
    """The whole file."""

    purposes: frozenset[str]
    reveals: Annotated[tuple[Row, ...], Field(min_length=1)]
    misses: Misses

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
        """The limits in a text.

        Raises:
            Configuration: it is no TOML, or not of this form; names what is wrong.
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
        """The name that a purpose is counted under; callers can't have a counter each for what they make up."""
        return purpose if purpose in self.purposes else OTHER

    def steps(self, window: Window, groups: Collection[str], purpose: str, category: str) -> Steps:
        """The steps of the first row that fits."""
        row = next(each for each in self.reveals if each.fits(groups, self.purpose(purpose), category))
        return row.hour if window is Window.HOUR else row.day

    def most_misses(self, window: Window) -> int:
        """How many misses a window has room for."""
        return self.misses.hour if window is Window.HOUR else self.misses.day
