"""docs/architecture.md lists the files that one order goes through, in order, and those that only compute values for it.

Both lists are what is really executed. A file is on the way if it is handed the order in one of its forms, or defines one.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.support.faults.aws import Aws, Clock
from tests.support.faults.orders import order
from tests.support.faults.pipeline import Pipeline
from tests.support.source import ROOT
from tokenizer.pipeline.in_flight import InFlight
from tokenizer.pipeline.sanitize import Draft
from tokenizer.records import (
    IndexEntry,
    RawRecord,
    SanitizedRecord,
    SealedRecord,
    Share,
    VaultRecord,
    timestamp,
)

PAGE = Path("docs/architecture.md")
MOST = 12  # files that somebody who follows an order has to open
PRODUCT = ("handlers", "tokenizer")
FORMS = (RawRecord, InFlight, Draft, VaultRecord, SealedRecord, IndexEntry, Share, SanitizedRecord)
# What the page names once, below its lists: what stands around every call to AWS, the wiring, and the guard.
LEFT_OUT = re.compile(r"tokenizer/aws/platform/|tokenizer/aws/compose/|tokenizer/guard/")
# Before it, the wrapper of every handler drops keys that are too old.
FIRST = "handlers/tokenize_stream.py"


@dataclass
class Executed:
    """Our files in the order in which a function of theirs was first called, until the event is on the bus."""

    all: dict[str, None] = field(default_factory=dict)
    handed: set[str] = field(default_factory=set)
    published: bool = False

    @property
    def way(self) -> list[str]:
        """Returns the files that are handed the order, or define a form of it."""
        defining = {Path(inspect.getfile(form)).relative_to(ROOT).as_posix() for form in FORMS}
        return [each for each in self.all if each == FIRST or each in self.handed | defining]

    @property
    def others(self) -> set[str]:
        return self.all.keys() - set(self.way)


def holds_the_order(value: Any, depth: int = 0) -> bool:
    if isinstance(value, dict):
        value = list(value.values())
    if depth < 2 and isinstance(value, (list, tuple)):
        return any(holds_the_order(each, depth + 1) for each in value)
    return isinstance(value, FORMS)


@contextmanager
def executed() -> Iterator[Executed]:
    """Lists what is executed meanwhile."""
    seen = Executed()

    def called(frame: FrameType, event: str, result: object) -> None:
        path = Path(frame.f_code.co_filename)
        if seen.published or event not in {"call", "return"} or not path.is_relative_to(ROOT):
            return
        name, code = path.relative_to(ROOT).as_posix(), frame.f_code
        if name.split("/")[0] not in PRODUCT or LEFT_OUT.match(name) or not (seen.all or name == FIRST):
            return
        seen.all.setdefault(name)
        arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        given = [frame.f_locals.get(each) for each in arguments] if event == "call" else [result]
        if any(map(holds_the_order, given)):
            seen.handed.add(name)
        seen.published = event == "return" and code.co_name == "publish"

    sys.setprofile(called)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def section() -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.partition("\n## The files of an order's way\n")[2].partition("\n## ")[0]


def listed() -> list[str]:
    return re.findall(r"^\d+\. `([\w/]+\.py)`", section(), re.MULTILINE)


def asked() -> list[str]:
    bullets = section().partition("know nothing of the order")[2].partition("\n\nNamed once")[0]
    return re.findall(r"`([\w/]+\.py)`", bullets)


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    """Yields a pipeline that is warm: its function was started and has its keys, by an order of somebody else."""
    made = Pipeline(Aws(Clock(1_763_892_402.0)))  # a moment after the order arrived
    with made.running():
        made.send("stream", order(0, 0))
        made.drain()
        made.aws.missing = (
            lambda _detail: []
        )  # the bus of the test looks into the vault; the real one doesn't
        timestamp.cache_clear()  # other tests may have had the moment of this order written
        yield made


@pytest.fixture
def seen(pipeline: Pipeline) -> Executed:
    pipeline.send("stream", order(1, 1))
    with executed() as found:
        pipeline.stream.step()
    assert pipeline.violations() == []
    assert found.published
    return found


def test_the_page_lists_the_files_of_one_order_in_order(seen: Executed) -> None:
    assert listed() == seen.way
    assert len(listed()) <= MOST


def test_the_page_names_each_file_that_computes_something_for_it(seen: Executed) -> None:
    assert sorted(asked()) == sorted(seen.others)
