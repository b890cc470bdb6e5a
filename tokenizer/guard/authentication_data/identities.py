"""Keeps text cleaning away from identities: what records are grouped, joined, looked up, charged and erased by.

`PIN-1001` and `PIN-1002` are two order ids. Cleaned as text, both would be `PIN-***`, and one would take the other's
place. So an identity is kept as it is, or, where it does hold authentication data, is replaced as a whole by a mark with
which no record is accepted. It never becomes another identity.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from tokenizer.guard.authentication_data.prose import MARK, holds_track, scrub_prose
from tokenizer.guard.cards import holds_card_number
from tokenizer.guard.text import plain_text

# Maps each key on the way to identities to what is below it; an identity has an empty mapping there.
Identities: TypeAlias = Mapping[str, "Identities"]
NO_IDENTITIES: Identities = {}
EACH = "*"  # stands for each element of a list

# Ids, codes, email addresses and base64 are one word. Phone numbers are digits and what is written between them: 15 at
# most (ITU-T E.164), too few for a card number and a code.
_WORD = re.compile(r"[\w.@+/#:~-]+={0,2}")
_NUMBER = re.compile(r"[0-9+()./\s-]+")
_MOST_DIGITS = 15
_REMOVED = "0000"  # as many digits as most codes have


def identity_tree(paths: Iterable[tuple[str, ...]]) -> Identities:
    """Returns identities by the keys that lead to each."""
    tree: dict[str, Any] = {}
    for path in paths:
        below = tree
        for key in path:
            below = below.setdefault(key, {})
    return tree


def below(tree: Identities | None, key: str | int) -> Identities | None:
    """Returns what is below a key of an object, or below an index of a list; None if no identity is."""
    if not tree:
        return None
    found = tree.get(str(key))
    return tree.get(EACH) if found is None and isinstance(key, int) else found


def identity_values(value: Any, tree: Identities | None, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yields the JSON Pointer and the value of each identity in parsed JSON."""
    if tree is None:
        return
    if isinstance(value, dict):
        for key in tree.keys() & value.keys():
            yield from identity_values(value[key], tree[key], f"{path}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from identity_values(inner, below(tree, index), f"{path}/{index}")
    elif not tree:
        yield path, value


def is_code(text: str) -> bool:
    """Returns True if an identity is one by its form, whatever labels of codes it holds: it is not read as text.

    A card number or a track makes it authentication data again, if a code is beside it. As in all identifiers, a right
    check digit alone makes no card number.
    """
    plain = plain_text(text)
    if _NUMBER.fullmatch(plain):
        return sum(map(str.isdecimal, plain)) <= _MOST_DIGITS
    return (
        _WORD.fullmatch(plain) is not None
        and not holds_track(plain)
        and not holds_card_number(plain, identifier=True)
    )


def was_removed(text: str) -> bool:
    """Returns True if authentication data was removed from an identity: by us, or before the record came."""
    if text == MARK:
        return True
    return MARK in text and scrub_prose(text.replace(MARK, _REMOVED))[1] > scrub_prose(text)[1]
