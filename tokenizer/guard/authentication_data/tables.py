"""Finds in text the cells of tables below a head that means authentication data: CSV, and what spreadsheets and Markdown paste."""

import re
from collections.abc import Iterator

from tokenizer.guard.authentication_data.keys import is_authentication_key, is_lookalike, normal_key
from tokenizer.guard.authentication_data.labels import Span

_DELIMITERS = ",;|\t"
_LINE = re.compile(r"[^\n]+")
_NO_ROW = re.compile(r"[\s|:+-]*")
_CELL = re.compile(r"[\s\"']*([0-9]{3,4})[\s\"']*")


def table_cells(plain: str, *, payment: bool) -> Iterator[Span]:
    """Yields where the digits are that stand below a column's head such as `cvv`.

    Args:
        plain: plain text; a table has a line for each row, and as many cells in each as its head has.
        payment: True if the text belongs to a payment or holds a card number, where `pin` is a card's.
    """
    delimiter, columns, width = "", frozenset[int](), 0
    for line in _LINE.finditer(plain):
        if _NO_ROW.fullmatch(line[0]):
            continue
        head = _head(line[0], payment=payment)
        if head is not None:
            delimiter, columns, width = head
            continue
        cells = line[0].split(delimiter) if columns else []
        if len(cells) != width:
            columns = frozenset()
            continue
        place = line.start()
        for column, cell in enumerate(cells):
            found = _CELL.fullmatch(cell) if column in columns else None
            if found is not None:
                yield place + found.start(1), place + found.end(1)
            place += len(cell) + 1


def _head(line: str, *, payment: bool) -> tuple[str, frozenset[int], int] | None:
    """Returns the delimiter, the columns of authentication data and the number of columns; None if a line is no such head."""
    for delimiter in _DELIMITERS:
        cells = line.split(delimiter) if delimiter in line else []
        columns = frozenset(at for at, cell in enumerate(cells) if _means_code(cell, payment=payment))
        if columns:
            return delimiter, columns, len(cells)
    return None


def _means_code(cell: str, *, payment: bool) -> bool:
    return is_authentication_key(cell) and (payment or not is_lookalike(normal_key(cell)))
