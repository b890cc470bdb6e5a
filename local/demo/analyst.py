"""Reads the lake's files with the analyst's role, and asks them the saved questions."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from gzip import decompress
from pathlib import Path
from typing import Any

from local.demo.raw_answers import Rows
from local.emulator.stack import Stack
from ops.lake.answer import Answer, shown
from ops.lake.database import Database
from ops.lake.files import fetch
from ops.lake.questions import ABOUT_ORDERS, Question

_RECORDS = "SELECT count(DISTINCT detail.metadata.ingest_id) FROM order_placed"
_SHOWN = 6


@dataclass(frozen=True)
class Compared:
    """Holds a question's answer from tokens beside that from raw orders."""

    question: Question
    answer: Answer
    raw: Rows

    @property
    def equal(self) -> bool:
        """Returns True if both have the same rows."""
        return Counter(self.answer.rows) == Counter(self.raw) and bool(self.raw)

    def rows(self) -> list[list[str]]:
        """Returns the first rows, with the last value once more from the raw orders."""
        raw = {row[:-1]: row[-1] for row in self.raw}
        return [
            [*texts, shown(raw.get(row[:-1], "none"))]
            for row, texts in zip(self.answer.rows[:_SHOWN], self.answer.shown(), strict=False)
        ]


@dataclass
class Analyst:
    """Has the lake's files in a folder of its own."""

    stack: Stack
    folder: Path
    _s3: Any = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.credentials = self.stack.assume(self.stack.outputs["AnalystRoleArn"])
        self._s3 = self.stack.client("s3", self.credentials)

    def fetch(self) -> int:
        """Fetches new files; returns how many there are in all."""
        return fetch(self._s3, self.stack.outputs["AnalyticsBucketName"], self.folder)

    def records(self) -> int:
        """Returns how many raw records the lake's orders come from."""
        ((count,),) = Database(self.folder).ask(_RECORDS).rows
        return int(count)

    def compare(self, raw: dict[Question, Rows]) -> list[Compared]:
        """Asks every question about orders."""
        lake = Database(self.folder)
        return [Compared(each, lake.ask(each.sql), raw[each]) for each in ABOUT_ORDERS]

    def content(self) -> bytes:
        """Returns all that the files say."""
        return b"".join(_unzipped(self.folder.rglob("*.gz")))


def _unzipped(files: Iterable[Path]) -> Iterable[bytes]:
    return (decompress(each.read_bytes()) for each in sorted(files))
