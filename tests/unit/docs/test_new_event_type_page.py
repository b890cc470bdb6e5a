"""Tests that the steps of docs/new-event-type.md work as they stand, and that the tests are green after them."""

import ast
import json
import re
import shlex
import sys
from dataclasses import asdict, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from schemas.base import Envelope
from schemas.foreign import Body, Foreign, Unit
from schemas.registry import EventName
from schemas.released import release
from tests.support.commands import commands
from tests.support.further_types import example
from tests.support.source import ROOT
from tests.support.tree import copied, texts, typed
from tests.support.webhooks import MODELS
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.sources import message_data

PAGE = (ROOT / "docs/new-event-type.md").read_text()
BLOCKS = [block.partition("\n") for block in PAGE.split("```")[1::2]]
STEPS = [line for language, _, text in BLOCKS if not language for line in text.splitlines()]
TRIED = [
    line for language, _, text in BLOCKS if language == "sh" for line in text.replace("\\\n", "").splitlines()
]
# A test that looks at all event types has one of these words; others can't notice a new one.
LOOKS_AT_ALL = re.compile(
    r"\b(registry|known|generated|tables|written)\(\)|\bimport .*\bEVENTS\b|\bschemas/samples\"|\bgolden\."
)
NOTHING = "every file is already as the event models have it\n"
MODEL = '''
from typing import Annotated, Literal

from schemas.base import Envelope, PublicText
from schemas.foreign import Foreign
from schemas.kinds import Public


class Sold(Envelope):
    """Describes the raw event."""

    foreign = Foreign(**{arguments})
    event_type: Annotated[Literal["{name}"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    carrier: PublicText | None = None
'''
SAMPLE = {
    "event_id": "e-1",
    "schema_version": 1,
    "occurred_at": "2026-11-23T10:15:00Z",
    "carrier": "bike",
    "route": "north",
}
QUICK = ("tests/unit", "tests/consumer", "tests/security")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("tree"))


# The fields that the table of webhooks reads, as the systems' documentation shows them.
WEBHOOKS: dict[str, tuple[dict[str, str], dict[str, Any], str, str]] = {
    "Shopify": (
        {"X-Shopify-Topic": "topic", "X-Shopify-Webhook-Id": "b54557e4"},
        {"id": 820982911946154508, "updated_at": "2021-12-31T19:00:00-05:00"},
        "b54557e4",
        "2021-12-31T19:00:00-05:00",
    ),
    "WooCommerce": (
        {"X-WC-Webhook-Topic": "topic", "X-WC-Webhook-Delivery-ID": "421"},
        {"id": 727, "date_created_gmt": "2017-03-22T19:28:08"},
        "727",
        "2017-03-22T19:28:08+00:00",
    ),
    "Stripe": (
        {},
        {"id": "evt_1NG8Du2e", "object": "event", "type": "topic", "created": 1686089970},
        "evt_1NG8Du2e",
        "2023-06-06T22:19:30Z",
    ),
}


def webhooks() -> dict[str, Foreign]:
    """Returns where the envelopes of webhooks stand, as the page's table says."""
    rows = re.findall(r"^\| (\w+) \| `(\S+)` \| `(\S+)` \| `(\S+)` \| (\S+) \|$", PAGE, re.MULTILINE)
    return {
        name: Foreign(
            event_id,
            event_type,
            occurred_at,
            types=("topic",),
            zone="UTC" if more == "`UTC`" else None,
            unit=Unit.SECONDS if more == "`Unit.SECONDS`" else None,
        )
        for name, event_id, event_type, occurred_at, more in rows
    }


@pytest.mark.parametrize("name", WEBHOOKS)
def test_the_envelopes_of_well_known_webhooks_stand_where_the_page_says(name: str) -> None:
    assert webhooks().keys() == WEBHOOKS.keys()
    foreign = webhooks()[name]
    attributes, body, event_id, occurred_at = WEBHOOKS[name]
    found = Body(body, attributes)
    assert found.has_type(foreign, "order.sold")
    event = found.event(foreign, "order.sold", 1)
    assert (event["event_id"], event["occurred_at"]) == (event_id, occurred_at)
    assert Envelope.model_validate(event).occurred_at == occurred_at


def test_the_webhook_is_the_sample_without_its_envelope() -> None:
    sample, webhook = (
        json.loads((ROOT / f"docs/examples/{name}.json").read_text())
        for name in ("shop.order.1", "shop.webhook")
    )
    assert webhook == {name: value for name, value in sample.items() if name not in Envelope.model_fields}


def test_the_webhook_that_the_producers_page_sends_becomes_an_event() -> None:
    (line,) = [each for each in commands(Path("docs/produce.md")) if "--message-attributes" in each]
    words = shlex.split(line)
    attributes, body = (
        (ROOT / words[words.index(option) + 1].removeprefix("file://")).read_text()
        for option in ("--message-attributes", "--message-body")
    )
    sent = json.loads(attributes)
    known = Catalog(example())
    found = {name: each["StringValue"] for name, each in sent.items()}
    assert found.keys() == known.attributes()
    assert {each["DataType"] for each in sent.values()} == {"String"}
    event, plan = known.read(json.loads(message_data(body, found, known.attributes()), parse_float=Decimal))
    plan.validate(event)
    assert (event["event_type"], event["event_id"]) == ("shop.order", "wh-6b1f7c1e-0001")


def of_all_types() -> list[str]:
    """Returns the tests that look at every event type, but for these here."""
    found = [path for folder in QUICK for path in sorted((ROOT / folder).rglob("test_*.py"))]
    return [
        each
        for path in found
        if LOOKS_AT_ALL.search(path.read_text()) and path != Path(__file__)
        for each in _chosen(path)
    ]


def _chosen(path: Path) -> list[str]:
    """Returns a module; of one that works in copies with a further event type, the tests that look at all themselves."""
    text, name = path.read_text(), str(path.relative_to(ROOT))
    if "copied(" not in text:
        return [name]
    tests = [each for each in ast.parse(text).body if getattr(each, "name", "").startswith("test_")]
    return [
        f"{name}::{each.name}"
        for each in tests
        if isinstance(each, ast.FunctionDef) and LOOKS_AT_ALL.search(ast.get_source_segment(text, each) or "")
    ]


def test_the_page_has_all_steps() -> None:
    assert [line.split()[0] for line in STEPS] == ["cp", "cp", "make", "make", "make"]
    assert STEPS[2:] == ["make schemas", "make test", "make release EVENT=shop.order.1"]


def test_the_tests_that_look_at_all_types_are_found() -> None:
    assert {
        "tests/unit/schemas/test_schemas.py",
        "tests/unit/schemas/test_published.py",
        "tests/unit/docs/test_reference.py",
        "tests/unit/ops/lake/test_columns.py",
        "tests/consumer/test_captured.py",
        "tests/consumer/test_testing.py",
        "tests/unit/tools/schemas/test_drafts.py::test_a_draft_is_marked_in_the_reference",
    } <= set(of_all_types())


@pytest.mark.slow
@pytest.mark.big
def test_the_steps_work_as_they_stand_and_every_test_is_green_after_them(tree: Path) -> None:
    before = texts(tree)
    for step in STEPS:
        command = shlex.split(step)
        if command == ["make", "test"]:
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-x",
                "--no-header",
                "--tb=short",
                *of_all_types(),
            ]
        elif command[0] == "make":
            command[1:1] = [
                "--old-file",
                ".venv/.ready",
            ]  # the environment is whole, since this test runs in it
        done = typed(tree, *command)
        assert done.returncode == 0, f"{step}\n{done.stdout[-4000:]}{done.stderr}"
    for line in TRIED:
        done = typed(tree, *shlex.split(line))
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        assert done.stdout.endswith(("1 event, 0 invalid\n", "1 event would make 0 dead letters\n"))
    after = texts(tree)
    again = typed(tree, "make", "--old-file", ".venv/.ready", "schemas")
    assert (again.returncode, again.stdout) == (0, NOTHING), again.stderr
    assert texts(tree) == after
    changed = {path for path in after if after[path] != before.get(path)}
    assert before.keys() <= after.keys()
    assert {str(path.parent) for path in changed} == {
        "consumer/order_events/events",
        "consumer/order_events/schemas",
        "docs",
        "schemas",
        "schemas/events",
        "schemas/json",
        "schemas/json/raw",
        "schemas/json/sanitized",
        "schemas/samples",
        "stacks",
    }
    assert '"shop.order.1"' in (tree / "schemas/json/released.json").read_text()


def of_all_foreign_forms() -> dict[str, Foreign]:
    """Returns the envelopes of the page's webhooks and those of the tests' event types, which fill every argument."""
    mine = {name.event_type: model.foreign for name, model in MODELS.items() if model.foreign is not None}
    found = {**{name.lower(): foreign for name, foreign in webhooks().items()}, **mine}
    filled = {name for foreign in found.values() for name, value in asdict(foreign).items() if value}
    assert filled == {each.name for each in fields(Foreign)}
    return found


@pytest.mark.slow
def test_a_released_type_of_any_foreign_form_is_written_again_as_it_is(tmp_path: Path) -> None:
    tree, forms = copied(tmp_path), of_all_foreign_forms()
    for number, (name, foreign) in enumerate(forms.items()):
        # Two types of one place and topic can't be told apart, so each has topics of its own.
        arguments = asdict(foreign) | {"types": (f"sold.{number}", f"changed.{number}")}
        arguments["unit"] = foreign.unit and str(foreign.unit)
        stem = name.replace(".", "_")
        (tree / f"schemas/events/{stem}_v1.py").write_text(MODEL.format(name=name, arguments=arguments))
        (tree / f"schemas/samples/{name}.1.json").write_text(json.dumps(SAMPLE | {"event_type": name}))
    first = typed(tree, sys.executable, "-m", "tools.schemas")
    assert (first.returncode, first.stderr) == (0, "")
    assert "wrote schemas/json/raw/woocommerce.1.json" in first.stdout
    release(tree / "schemas/json", [EventName(name, 1) for name in forms])
    assert typed(tree, sys.executable, "-m", "tools.schemas").returncode == 0  # the reference marks drafts
    before = texts(tree)
    again = typed(tree, sys.executable, "-m", "tools.schemas")
    assert (again.returncode, again.stdout, again.stderr) == (0, NOTHING, "")
    assert texts(tree) == before
