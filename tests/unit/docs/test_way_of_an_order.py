"""docs/architecture.md lists the files that one order goes through, in order: the list is what is really executed."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from tests.support.faults.aws import Aws
from tests.support.faults.orders import order
from tests.support.faults.pipeline import Pipeline
from tests.support.source import ROOT
from tokenizer.records import timestamp

PAGE = Path("docs/architecture.md")
PRODUCT = ("handlers", "tokenizer")
# What the page names once, above the list: what stands around every call to AWS, the wiring, and the guard behind its door.
LEFT_OUT = re.compile(r"tokenizer/aws/platform/|tokenizer/aws/compose/|tokenizer/guard/(?!__init__)\w+\.py")
# Before it, the wrapper of every handler drops keys that are too old.
FIRST = "handlers/tokenize_stream.py"


@contextmanager
def executed() -> Iterator[list[str]]:
    """Lists our files in the order in which a function of theirs was first called."""
    files: dict[str, None] = {}

    def called(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(ROOT):
            name = path.relative_to(ROOT).as_posix()
            if files or name == FIRST:
                files.setdefault(name)

    seen: list[str] = []
    sys.setprofile(called)
    try:
        yield seen
    finally:
        sys.setprofile(None)
        seen += [each for each in files if each.split("/")[0] in PRODUCT]


def listed() -> list[str]:
    section = (
        PAGE.read_text(encoding="utf-8")
        .partition("\n## The files of an order's way\n")[2]
        .partition("\n## ")[0]
    )
    return re.findall(r"^\d+\. `([\w/]+\.py)`", section, re.MULTILINE)


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    """Yields a pipeline that is warm: its function was started and has its keys, by an order of somebody else."""
    made = Pipeline(Aws())
    with made.running():
        made.send("stream", order(0, 0))
        made.drain()
        made.aws.missing = (
            lambda _detail: []
        )  # the bus of the test looks into the vault; the real one doesn't
        timestamp.cache_clear()  # other tests may have had the moment of this order written
        yield made


def test_the_page_lists_the_files_of_one_order_in_order(pipeline: Pipeline) -> None:
    pipeline.send("stream", order(1, 1))
    with executed() as files:
        pipeline.stream.step()
    assert pipeline.violations() == []
    assert listed() == [each for each in files if not LEFT_OUT.match(each)]
