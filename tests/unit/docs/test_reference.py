"""docs/reference.md says what template, schemas and Makefile say, and leaves nothing out."""

import copy
from pathlib import Path

import pytest

from local.emulator.template import load
from schemas.dead_letter import ErrorCode
from tools.docs.__main__ import REFERENCE, written
from tools.docs.reference import reference

TEMPLATE = load(Path("template.yaml"))
MAKEFILE = Path("Makefile").read_text()
PAGE = REFERENCE.read_text()


def test_the_page_is_written_from_what_is_there_now() -> None:
    assert written() == PAGE


@pytest.mark.parametrize("name", [*TEMPLATE["Parameters"], *TEMPLATE["Outputs"], *ErrorCode])
def test_each_name_is_on_it(name: str) -> None:
    assert f"| `{name}` |" in PAGE


@pytest.mark.parametrize(
    "row",
    [
        "| `/order/payment/card/number` | token | `number_last4`, `number_brand` |",
        "| `/order/notes` | free_text |  |",
        "| `demo` | the main job on the local stack, start to end |",
    ],
)
def test_it_tells_what_becomes_of_fields_and_what_commands_do(row: str) -> None:
    assert row in PAGE


def test_another_template_would_change_it() -> None:
    changed = copy.deepcopy(TEMPLATE)
    changed["Parameters"]["LogRetentionDays"]["Description"] = "another"
    assert reference(changed, MAKEFILE) != PAGE
