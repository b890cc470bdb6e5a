"""Releases that follow one another: what they differ in, and what each of them writes.

Two releases that stand side by side read the same versions of every format. The later one writes the next version of
those that the tokenizer writes; the earlier one writes letters as the version before did.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product
from unittest import mock

from schemas.events.order_placed_v1 import OrderPlaced
from schemas.registry import EventName
from tokenizer import formats
from tokenizer.aws.pipeline import sealing
from tokenizer.aws.vault import values
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.catalog import catalog as shipped

EARLIER, LATER = 1, 2  # versions of formats
# A letter has had two versions already.
NEXT = (formats.VAULT_VALUES, formats.INDEX_ENTRY, formats.SHARE, formats.ALIAS)


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
        writes: the version of formats that it writes; 0 for the one of today.
    """

    lifetimes: str = ""
    other_schema: bool = False
    writes: int = 0

    @property
    def catalog(self) -> Catalog | None:
        """Returns the catalog of its schemas; None for the one that ships."""
        return _OTHER if self.other_schema else None


RELEASES = tuple(
    Release(*parts)
    for parts in product(("", "name=400", "name=30 other=10"), (False, True), (LATER, EARLIER))
)


@contextmanager
def next_versions_are_read() -> Iterator[None]:
    """Lets every reader know the next version of what the tokenizer writes."""
    before = {each: each.newest for each in NEXT}
    for each in NEXT:
        object.__setattr__(each, "newest", max(LATER, each.newest))
    try:
        yield
    finally:
        for each, newest in before.items():
            object.__setattr__(each, "newest", newest)


@contextmanager
def writing(version: int) -> Iterator[None]:
    """Lets writers write a version of the formats that have a byte for it; with 0, what they write today."""
    with ExitStack() as stack:
        if version:
            stack.enter_context(mock.patch.object(sealing, "_VERSION", version))
            stack.enter_context(mock.patch.object(values, "_FORMAT", bytes([version])))
        yield
