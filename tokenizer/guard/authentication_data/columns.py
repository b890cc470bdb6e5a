"""Removes from tables in JSON the columns whose head means authentication data: a list of heads, and beside it a list of rows.

The heads are the first of the rows, or another list in the same object. Rows are as long as the heads are.
"""

from collections.abc import Callable, Iterable
from typing import Any

from tokenizer.guard.authentication_data.prose import MARK

_FEWEST_COLUMNS = 2


def heads_of(lists: Iterable[Any], is_removed: Callable[[str], bool]) -> dict[int, frozenset[int]]:
    """Returns the columns of authentication data by the number of columns.

    Args:
        lists: values that may be lists of heads.
        is_removed: tells whether a head means authentication data.
    """
    found: dict[int, frozenset[int]] = {}
    for heads in lists:
        if (
            isinstance(heads, list)
            and len(heads) >= _FEWEST_COLUMNS
            and all(isinstance(each, str) for each in heads)
        ):
            columns = frozenset(at for at, head in enumerate(heads) if is_removed(head))
            if columns:
                found[len(heads)] = found.get(len(heads), frozenset()) | columns
    return found


def without_columns(rows: Any, columns: dict[int, frozenset[int]]) -> tuple[Any, int]:
    """Returns a list of rows with a mark in the cells of those columns, and how many held a digit; the same object if none."""
    if not columns or not isinstance(rows, list):
        return rows, 0
    kept: list[Any] = []
    removed = 0
    for row in rows:
        gone = columns.get(len(row), frozenset()) if isinstance(row, list) else frozenset()
        cells = {at for at in gone if _holds_digit(row[at])}
        kept.append([MARK if at in cells else cell for at, cell in enumerate(row)] if cells else row)
        removed += len(cells)
    return (kept, removed) if removed else (rows, 0)


def _holds_digit(cell: Any) -> bool:
    return not isinstance(cell, dict | list | bool) and any(map(str.isdecimal, str(cell)))
