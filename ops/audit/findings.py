"""What can be wrong with a trail."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a chain breaks."""

    EDITED = "edited"  # the content is not what its own hash says
    FORGED = "forged"  # written without the chain's key, or by no writer at all
    MISPLACED = "misplaced"  # a line of another place: swapped or copied
    GAP = "gap"  # lines are missing before one that is there
    MISSING_END = "missing end"  # the head names a line beyond the last that is there
    MISSING_CHAIN = "missing chain"  # the head names a chain of which no line is there
    HEAD = "head differs"  # the head names another line than the one that stands there, or lags behind
    VERSIONS = "several versions"  # somebody wrote over a line; the first version is still there
    HIDDEN = "hidden"  # a delete marker lies over a line
    UNLOCKED = "unlocked"  # no lock in compliance mode keeps the line


@dataclass(frozen=True, slots=True)
class Finding:
    """Where a trail breaks.

    Args:
        day: of the chain.
        chain: its id, or an object's key where that is no line's.
        sequence: of the line, None where the chain as a whole is meant.
        kind: how.
        what: a sentence for a person.
    """

    day: str
    chain: str
    sequence: int | None
    kind: Kind
    what: str
