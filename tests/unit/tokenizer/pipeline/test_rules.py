"""Tests the name of the rules: whatever decides an event's bytes is in it, and it is in everything that is written."""

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import create_model

from schemas.base import Envelope, EventModel
from schemas.kinds import (
    ConsistentToken,
    FieldKind,
    FormatPreservingToken,
    Identifier,
    NormalForm,
    Public,
    Subject,
    Token,
)
from schemas.registry import EventName
from tests.support import golden
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.identity import Identity
from tokenizer.pipeline import rules as rules_module
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.catalog import catalog as shipped
from tokenizer.pipeline.rules import DECIDING, deciding_files, rules_of
from tokenizer.reveal.lookup import Status
from tokenizer.vault.lifetimes import Lifetimes
from tokenizer.vault.tokens import is_token

# Modules that reading, cleaning and sanitizing import and that decide no byte of an event, with the reason.
NOT_DECIDING = {
    "tokenizer.errors": "names what went wrong",
    "tokenizer.formats": "the version in which vault records are written counts, by its number",
    "tokenizer.identity": "is the input, and its form is the token key's message",
    "tokenizer.pipeline.aggregates": "divides a record before it has an identity, and each part is an input of its own",
    "tokenizer.pipeline.bounds": "turns a record that holds too much into a letter",
    "tokenizer.pipeline.catalog": "compiles the schema, whose digest counts",
    "tokenizer.pipeline.in_flight": "carries what other stages decide",
    "tokenizer.pipeline.json_lines": "divides a record before it has an identity",
    "tokenizer.pipeline.kpl": "reads the library's format of aggregates",
    "tokenizer.pipeline.rules": "makes the name",
    "tokenizer.pipeline.schema_rules": "refuses schemas",
    "tokenizer.records": "has the types that stages hand on; the golden corpus holds the form of a time",
}


def _imported(module: str) -> Iterator[str]:
    """Yields the modules of the tokenizer that a module imports, wherever in its text."""
    path = Path(*module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tokenizer"):
            whole = [f"{node.module}.{each.name}" for each in node.names]
            yield from (each for each in whole if Path(*each.split(".")).with_suffix(".py").is_file())
            yield node.module


def _closure(module: str) -> set[str]:
    found, todo = set(), [module]
    while todo:
        each = todo.pop()
        if each not in found and each != "tokenizer":
            found.add(each)
            todo += _imported(each)
    return found


def test_every_module_on_a_records_way_to_its_event_decides_or_has_a_reason_not_to() -> None:
    stages = ("record_reader", "cleaning", "sanitize")
    needed = {each for stage in stages for each in _closure(f"tokenizer.pipeline.{stage}")}
    decides = {each for each in needed if each.startswith("tokenizer.guard.")} | set(DECIDING)
    assert needed - decides == set(NOT_DECIDING)
    assert set(DECIDING) - needed == {"schemas.foreign", "schemas.wrappers"}  # outside the tokenizer


def test_every_file_of_the_guard_counts() -> None:
    files = {
        path.relative_to(Path.cwd())
        for path in deciding_files()
        if path.is_relative_to(Path.cwd() / "tokenizer")
    }
    assert set(Path("tokenizer/guard").rglob("*.py")) <= files


def test_the_version_of_each_library_that_decides_counts() -> None:
    """Those with tables of their own that grow: of phone numbers, of other numbers, of zones of time."""
    others = [path for path in deciding_files() if "site-packages" in path.parts]
    assert [path.parent.name for path in others] == ["phonenumbers", "stdnum", "tzdata"]
    for path in others:
        assert "__version__" in path.read_text(encoding="utf-8")


@pytest.fixture
def no_cache() -> Iterator[None]:
    """Computes names anew, and again after the test."""
    for cached in (rules_module._code, rules_of):
        cached.cache_clear()
    yield
    for cached in (rules_module._code, rules_of):
        cached.cache_clear()


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("at", range(len(list(deciding_files()))))
def test_an_edit_of_any_deciding_file_changes_the_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: int
) -> None:
    before = rules_of("schema", 0, (), 1)
    files = list(deciding_files())
    edited = tmp_path / "edited.py"
    edited.write_bytes(files[at].read_bytes() + b"#\n")
    files[at] = edited
    monkeypatch.setattr(rules_module, "deciding_files", lambda: files)
    rules_module._code.cache_clear()
    rules_of.cache_clear()
    assert rules_of("schema", 0, (), 1) != before


def _catalog(kind: FieldKind, note: FieldKind | None = None, national_ids: tuple[str, ...] = ()) -> Catalog:
    fields: dict[str, Any] = {"value": (Annotated[str | None, kind], None)}
    if note is not None:
        fields["note"] = (Annotated[str | None, note], None)
    data = create_model("Data", __base__=EventModel, **fields)
    envelope: Any = create_model(
        "Made",
        __base__=Envelope,
        event_type=(Annotated[Literal["order.placed"], Public()], ...),
        schema_version=(Annotated[Literal[1], Public()], ...),
        order=(data, ...),
    )
    envelope.guard_national_ids = national_ids
    return Catalog({EventName("order.placed", 1): envelope})


SCHEMAS: dict[str, Callable[[], Catalog]] = {
    "public": lambda: _catalog(Public()),
    "identifier": lambda: _catalog(Identifier()),
    "identifier with a pattern": lambda: _catalog(Identifier(pattern="SO-[0-9]{1,12}")),
    "token": lambda: _catalog(Token()),
    "everyday token": lambda: _catalog(Token(everyday=True)),
    "consistent": lambda: _catalog(ConsistentToken("a", NormalForm.EXACT)),
    "another scope": lambda: _catalog(ConsistentToken("b", NormalForm.EXACT)),
    "alias": lambda: _catalog(FormatPreservingToken(9)),
    "another alias": lambda: _catalog(FormatPreservingToken(10)),
    "another field": lambda: _catalog(Public(), Public()),
    "a subject": lambda: _catalog(Subject()),
    "national ids": lambda: _catalog(Public(), national_ids=("BR",)),
}


def test_every_difference_of_schema_lifetimes_or_format_is_another_name() -> None:
    lifetimes = [
        Lifetimes(),
        Lifetimes(30),
        Lifetimes.parse(30, "card_number=400"),
        Lifetimes.parse(0, "email=30"),
    ]
    names = set()
    for make in SCHEMAS.values():
        plan = make().plan({"event_type": "order.placed", "schema_version": 1})
        names |= {
            rules_of(plan.digest, each.default, each.sorted_days, version)
            for each in lifetimes
            for version in (1, 2)
        }
    assert len(names) == len(SCHEMAS) * len(lifetimes) * 2


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_same_schema_has_the_same_name(name: str) -> None:
    asked = {"event_type": "order.placed", "schema_version": 1}
    first, second = (SCHEMAS[name]().plan(asked).digest for _ in range(2))
    assert first == second


def _tokenized(world: World, raw: dict[str, Any]) -> dict[str, Any]:
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(raw, 1)], ample_budget())
    assert outcome.published
    return world.bus.details()[-1]


def _tokens(value: Any) -> list[str]:
    match value:
        case dict():
            return [token for each in value.values() for token in _tokens(each)]
        case list():
            return [token for each in value for token in _tokens(each)]
        case str() if value.startswith("tok_"):
            return [value]
    return []


def test_a_delivery_under_other_rules_overwrites_nothing_and_keeps_its_ingest_id() -> None:
    world = World()
    first = _tokenized(world, order())
    stored = dict(world.vault.stored)
    reader = world.tokenizer.reader
    later = replace(reader.sanitizer, lifetimes=Lifetimes(400))
    world.tokenizer = replace(world.tokenizer, reader=replace(reader, sanitizer=later))
    second = _tokenized(world, order())
    assert first["metadata"]["rules"] != second["metadata"]["rules"]
    assert first["metadata"] | {"rules": ""} == second["metadata"] | {"rules": ""}
    assert {key: world.vault.stored[key] for key in stored} == stored
    email = first["data"]["order"]["customer"]["email"]
    phone = first["data"]["order"]["customer"]["phone"]
    assert set(_tokens(first)) & set(_tokens(second)) == {email, phone}
    answers = world.reveal(*_tokens(first), *_tokens(second))
    assert {each.status for each in answers.values()} == {Status.OK}


def test_the_rules_are_in_every_derived_id_and_in_no_other() -> None:
    record = stream_record(order(), 1)
    first, second = (
        World(lifetimes).tokenizer.reader.sanitizer.sanitize(
            record, order(), shipped().plan({"event_type": "order.placed", "schema_version": 1})
        )
        for lifetimes in (Lifetimes(), Lifetimes(400))
    )
    assert first.ingest_id == second.ingest_id
    assert {each.record_id for each in first.records}.isdisjoint({each.record_id for each in second.records})
    for mine, other in zip(first.uses, second.uses, strict=True):
        assert mine.blind_index == other.blind_index
        assert mine.pointer.record_id != other.pointer.record_id
        assert mine.pointer.tag != other.pointer.tag
    tags = [{tag for each in draft.records for tag in each.fields} for draft in (first, second)]
    assert tags[0].isdisjoint(tags[1])


def test_aliases_are_drawn_anew_under_other_rules() -> None:
    event = order()
    event["order"] = {"value": "123456789012"}
    drawn = []
    for days in (0, 400):
        world = World(Lifetimes(days), _catalog(FormatPreservingToken(9)))
        drawn.append(_tokenized(world, event)["data"]["order"]["value"])
    assert drawn[0] != drawn[1]


def test_identities_under_rules_are_apart() -> None:
    here = Identity.of_sqs("queue", "message")
    others = [
        here,
        here.under("a"),
        here.under("b"),
        here.edited("a"),
        here.under("a").edited("b"),
        here.edited("b").under("a"),
    ]
    assert len({each.canonical for each in others}) == len(others)


def test_sanitized_bytes_change_only_with_the_rules() -> None:
    kept = json.loads(golden.FILE.read_text())
    now, rules = golden.made(), golden.rules()
    if any(now.get(name) != detail for name, detail in kept["details"].items()):
        same = all(rules.get(name) == each for name, each in kept["rules"].items())
        pytest.fail(
            "the bytes changed and the rules did not: add what decides them to tokenizer/pipeline/rules.py"
            if same
            else "the rules changed: look at the difference, then run python -m tests.support.golden"
        )


def test_the_golden_corpus_loses_no_type_and_has_no_letter() -> None:
    """A type that was added to a copy of the repository may be missing, so that adding one leaves the tests green."""
    kept = json.loads(golden.FILE.read_text())
    assert set(kept["rules"]) <= set(golden.rules())
    assert {name for name in kept["rules"] if name.startswith(("order.", "customer."))}
    assert not [name for name, detail in kept["details"].items() if detail.startswith("letter")]
    assert is_token(json.loads(kept["details"]["note with a card"])["data"]["order"]["notes"])
