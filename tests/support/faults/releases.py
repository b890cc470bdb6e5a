"""Releases that follow one another: what they differ in, and what each of them writes.

Two releases that stand side by side read the same versions of every format that the tokenizer writes. One writes the
versions of today, one the versions before, and one the next.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from itertools import product
from unittest import mock

from schemas.events.order_placed_v1 import OrderPlaced
from schemas.registry import EventName
from tokenizer import formats
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.catalog import catalog as shipped
from tokenizer.vault import tokens

WRITTEN = (formats.VAULT_RECORD, formats.VAULT_VALUES, formats.INDEX_ENTRY, formats.SHARE, formats.LETTER)


class Writes(Enum):
    """The versions of the formats in `WRITTEN` that a release writes."""

    BEFORE = tuple(max(1, each.written - 1) for each in WRITTEN)
    TODAY = tuple(each.written for each in WRITTEN)
    NEXT = tuple(each.newest + 1 for each in WRITTEN)


NEXT_ENTRY = Writes.NEXT.value[WRITTEN.index(formats.INDEX_ENTRY)]


class _OtherOrder(OrderPlaced):
    """The same order, in whose public strings the guard looks for the identity numbers of another country as well."""

    guard_national_ids = (*OrderPlaced.guard_national_ids, "BR")


_OTHER = Catalog(
    {plan.name: plan.model for plan in shipped().plans() if plan.name != EventName("order.placed", 1)}
    | {EventName("order.placed", 1): _OtherOrder}
)


@dataclass(frozen=True)
class Release:
    """Holds the settings and schemas that a function runs by.

    Args:
        lifetimes: the setting for lifetimes of categories; a part of the rules.
        other_schema: True if it has another schema of orders; a part of the rules.
        writes: the versions of formats that it writes.
    """

    lifetimes: str = ""
    other_schema: bool = False
    writes: Writes = Writes.TODAY

    @property
    def catalog(self) -> Catalog | None:
        """Returns the catalog of its schemas; None for the one that ships."""
        return _OTHER if self.other_schema else None


RELEASES = tuple(
    Release(*parts) for parts in product(("", "name=400", "name=30 other=10"), (False, True), Writes)
)


@contextmanager
def next_versions_are_read() -> Iterator[None]:
    """Lets every reader know the next version of what the tokenizer writes."""
    seals = {NEXT_ENTRY: b"entry/next:"}
    with _changed("newest", Writes.NEXT), mock.patch.dict(tokens._SEALED_ENTRY, seals):
        yield


@contextmanager
def writing(writes: Writes) -> Iterator[None]:
    """Lets writers write the versions of a release."""
    with _changed("written", writes):
        yield


@contextmanager
def _changed(name: str, versions: Writes) -> Iterator[None]:
    before = [getattr(each, name) for each in WRITTEN]
    _set(name, versions.value)
    try:
        yield
    finally:
        _set(name, before)


def _set(name: str, versions: Sequence[int]) -> None:
    for each, version in zip(WRITTEN, versions, strict=True):
        object.__setattr__(each, name, version)
