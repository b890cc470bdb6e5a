"""docs/reference.md says what template, schemas and Makefile say, and leaves nothing out."""

import ast
import copy
from pathlib import Path

import pytest

from local.emulator.template import load
from schemas.dead_letter import ErrorCode
from tools.docs.groups import OTHER, OUTPUTS, PARAMETERS, grouped
from tools.docs.reference import reference
from tools.docs.reference_page import REFERENCE, written

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
        '| `demo` | the main job on the local stack, start to end; MODULES=core, or "core lake"; ORDERS=100 |',
    ],
)
def test_it_tells_what_becomes_of_fields_and_what_commands_do(row: str) -> None:
    assert row in PAGE


def field_types() -> list[str]:
    """Returns the names that the three modules of types assign, by their source: the page finds them by their values."""
    assigned = [
        target.id
        for module in ("base", "fields", "lenient")
        for line in ast.parse(Path(f"schemas/{module}.py").read_text()).body
        if isinstance(line, ast.Assign)
        for target in line.targets
        if isinstance(target, ast.Name)
    ]
    return [name for name in assigned if not name.startswith("_")]


@pytest.mark.parametrize("name", field_types())
def test_each_type_that_a_schema_may_use_is_on_it(name: str) -> None:
    assert PAGE.count(f"| `{name}` | `schemas.") == 1


@pytest.mark.parametrize(
    "row",
    [
        "| `AddressLine` | `schemas.fields` | string, characters up to 4096 | Token (everyday) |",
        "| `Text` | `schemas.base` | string, characters up to 4096 | none; add one |",
        "| `Count` | `schemas.base` | integer, from 0, up to 1000000000 | Public |",
    ],
)
def test_it_tells_what_a_type_takes(row: str) -> None:
    assert row in PAGE


def test_another_template_would_change_it() -> None:
    changed = copy.deepcopy(TEMPLATE)
    changed["Parameters"]["LogRetentionDays"]["Description"] = "another"
    assert reference(changed, MAKEFILE) != PAGE


@pytest.mark.parametrize(("section", "groups"), [("Parameters", PARAMETERS), ("Outputs", OUTPUTS)])
def test_each_name_is_in_one_group_and_no_group_names_what_is_gone(
    section: str, groups: dict[str, tuple[str, ...]]
) -> None:
    names = [name for group in groups.values() for name in group]
    assert len(names) == len(set(names))
    assert set(names) <= TEMPLATE[section].keys()


def test_a_name_without_a_group_comes_last_and_is_not_lost() -> None:
    found = dict(grouped({"New": 1, "ShardCount": 2}, PARAMETERS))
    assert list(found.items()) == [("Capacity", {"ShardCount": 2}), (OTHER, {"New": 1})]
