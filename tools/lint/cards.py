"""Finds live card numbers in the tree (PCI DSS 6.5.5): only numbers that a brand published for tests may be there."""

import re
from collections.abc import Iterable
from pathlib import Path

from local.data.customers import TEST_CARDS
from tokenizer.cards import brand_of
from tokenizer.guard import Finding, find_leak, own_values
from tools.lint.tree import files

# By the networks and by payment providers; none can be charged.
_LIST = Path(__file__).parents[2] / "bench/guard_rates/data/card_numbers.tsv"
PUBLISHED = frozenset(
    {*TEST_CARDS, *(line.partition("\t")[0] for line in _LIST.read_text(encoding="utf-8").splitlines())}
)
_CANDIDATE = re.compile(r"(?<![0-9A-Za-z.])[0-9](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
_NONE = own_values(())


def in_tree(root: Path) -> list[str]:
    """Returns the card numbers in a tree's files that are not published for tests."""
    return in_files(root, files(root))


def in_files(root: Path, names: Iterable[Path]) -> list[str]:
    """Returns the same for some files, named relative to the tree."""
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: a card number ({brand_of(digits)}) that is not published for tests"
        for name in names
        for text in [(root / name).read_text(encoding="utf-8", errors="replace")]
        for found in _CANDIDATE.finditer(text)
        for digits in [re.sub(r"[ -]", "", found[0])]
        if digits not in PUBLISHED and is_card(digits)
    ]


def is_card(digits: str) -> bool:
    """Returns True if a number has the form of a card's: its issuer, its length, its check digit."""
    return find_leak(digits, _NONE) is Finding.CARD_NUMBER
