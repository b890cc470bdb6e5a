"""Defines what can be wrong with an audit trail."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Lists the ways in which a chain can be broken."""

    EDITED = "edited"  # the content doesn't fit its own hash
    FORGED = "forged"  # written without the chain's key, or by no writer at all
    MISPLACED = "misplaced"  # a line of another place, swapped or copied
    GAP = "gap"  # lines are missing before an existing one
    MISSING_END = "missing end"  # the head names a line after the last existing one
    MISSING_CHAIN = "missing chain"  # the head names a chain that has no lines
    HEAD = "head differs"  # the head names another line than the existing one, or is too old
    VERSIONS = "several versions"  # somebody overwrote a line; the first version still exists
    HIDDEN = "hidden"  # a delete marker covers a line
    NEWER = "newer"  # in a format of a later release, which this one can't check
    UNLOCKED = "unlocked"  # no lock in compliance mode protects the line


@dataclass(frozen=True, slots=True)
class Finding:
    """Describes where a trail is broken.

    Args:
        day: the day of the chain.
        chain: the chain's id, or an object's key if it is not the key of a line.
        sequence: the line's number; None if the whole chain is meant.
        kind: the kind of break.
        what: a sentence for a person.
    """

    day: str
    chain: str
    sequence: int | None
    kind: Kind
    what: str
