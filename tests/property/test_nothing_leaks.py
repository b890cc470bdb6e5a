"""Of all that producers can send, nothing sensitive comes out, and everything that was tokenized comes back.

What is sensitive is told here by the generated JSON Schemas and by names that no schema has; which spellings count
is told by the guard's own folding, since its promise is made in those terms.
"""

import copy
import os
import re
import unicodedata
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import strategies as st

from handlers.batch_outcomes import log_batch
from handlers.runtime import logger
from schemas.base import Envelope
from schemas.kinds import NormalForm
from tests.support.fakes.world import World, ample_budget
from tests.support.property.events import (
    CANARY,
    COARSE,
    DROPPING,
    KEEPING,
    Json,
    Path,
    Raw,
    raw_events,
    set_at,
    value_at,
)
from tests.support.property.tried import EXAMPLES, FIXED_EXAMPLES, FIXED_SEED, tried
from tests.support.property.tried import run as run_examples
from tests.support.samples import stream_record
from tokenizer import json_text
from tokenizer.guard.authentication_data import strip_authentication_data
from tokenizer.guard.placeholders import is_placeholder
from tokenizer.guard.text import folded, plain_text
from tokenizer.pipeline.countries import countries_of
from tokenizer.pipeline.normalize import normal_form
from tokenizer.records import Outcome
from tokenizer.vault.tokens import is_token

RECORDS = 3
NUMBER = 4111111111111111  # where a string is declared
_EVERYDAY = "everyday"
_FACTS = re.compile(r"_(last4|brand|bin|domain|year)$")
batches = st.lists(raw_events(), min_size=RECORDS, max_size=RECORDS)


def form(value: object) -> str:
    return folded(plain_text(str(value)))


def strings(value: Json) -> Iterator[str]:
    """Yields every string and number of a JSON value, keys included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def leaves(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path, value


def unnamed_values(raw: Raw) -> Iterator[Json]:
    """Yields the values of fields that no schema names."""
    named = {path[: at + 1] for path in raw.kinds for at in range(len(path))}

    def walk(value: Json, path: Path) -> Iterator[Json]:
        if path and path not in named and not isinstance(path[-1], int):
            yield value
        elif isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, (*path, key))
        elif isinstance(value, list):
            for at, inner in enumerate(value):
                yield from walk(inner, (*path, at))

    return (value for value in walk(raw.event, ()) if isinstance(value, (dict, list, str)))


def secrets(raw: Raw, *, everyday: bool) -> set[str]:
    """Returns the folded sensitive values of four characters or more."""
    values = [
        value
        for path, value in raw.of_kind(KEEPING | DROPPING)
        if everyday or not raw.kinds[path].get(_EVERYDAY)
    ]
    if everyday:
        values += [value for _, value in raw.of_kind(COARSE)]
        values += [text for value in unnamed_values(raw) for text in strings(value)]
    texts = {plain_text(str(value)) for value in values if value is not None}
    return {form(text) for text in texts if _length(form(text)) >= 4 and not is_placeholder(text, form(text))}


def _length(text: str) -> int:
    """Characters as a reader counts them: folding takes Hangul apart."""
    return len(unicodedata.normalize("NFC", text))


def held(text: str, values: set[str]) -> set[str]:
    """Returns the values in a text; short numbers and words count where they stand alone, as docs/guard.md says."""
    plain = plain_text(text)
    shown, alone = form(text), re.sub(r"[\s/_-]", "", plain)
    return {
        value
        for value in values
        if value in shown and (not _is_short(value) or _stands_alone(value, alone, plain))
    }


def _is_short(value: str) -> bool:
    return (value.isdecimal() and len(value) < 7) or (value.isascii() and value.isalpha() and len(value) < 8)


def _stands_alone(value: str, alone: str, plain: str) -> bool:
    if value.isdecimal():
        return value == alone
    spelled = r"[\x00-/:-@\[-`{-\x7f]*".join(value)
    return re.search(rf"(?<![^\W\d_]){spelled}(?![^\W\d_])", plain.casefold()) is not None


def run(world: World, raws: list[Raw]) -> list[Outcome]:
    records = [stream_record(json_text.dump(raw.event), at) for at, raw in enumerate(raws)]
    outcomes = world.tokenizer.tokenize_batch(records, ample_budget())
    assert all(outcome.failure is None for outcome in outcomes)
    assert all(outcome.published for outcome in outcomes), [str(outcome.letter) for outcome in outcomes]
    return outcomes


@tried(batches)
def test_no_sensitive_value_is_in_what_consumers_see(raws: list[Raw]) -> None:
    world = World()
    run(world, raws)
    for raw, detail in zip(raws, world.bus.details(), strict=True):
        structured, everything = secrets(raw, everyday=False), secrets(raw, everyday=True)
        seen = {**detail["data"], **{name: detail["metadata"][name] for name in ("event_id", "occurred_at")}}
        for path, value in leaves(seen):
            kind = raw.kinds.get(path, {}).get("name")
            if value is None or isinstance(value, bool) or is_token(str(value)):
                continue
            if kind is None:
                assert _FACTS.search(str(path[-1])), path
            elif kind in {"public", "free_text"}:
                assert not held(str(value), everything if kind == "free_text" else structured), path
            elif value != "":
                assert value != value_at(raw.event, path), path


@tried(batches)
def test_the_raw_event_can_be_put_together_again(raws: list[Raw]) -> None:
    # A world each: a consistent value that was seen before comes back as it was spelled first (the next test).
    for raw in raws:
        world = World()
        run(world, [raw])
        (detail,) = world.bus.details()
        stripped: Any = strip_authentication_data(copy.deepcopy(raw.event))[0]
        expected = {key: value for key, value in stripped.items() if key not in Envelope.model_fields}
        shown = _restored(world, detail["data"])
        assert json_text.dump(_comparable(expected, raw)) == json_text.dump(_comparable(shown, raw, expected))
        for name in ("event_id", "occurred_at"):
            assert _restored(world, detail["metadata"][name]) == raw.event[name]


@tried(batches)
def test_a_value_that_was_seen_before_comes_back_as_it_was_spelled_first(raws: list[Raw]) -> None:
    world = World()
    run(world, raws)
    first: dict[tuple[NormalForm, str], str] = {}
    for raw, detail in zip(raws, world.bus.details(), strict=True):
        countries = partial(countries_of, raw.event)
        for path, value in raw.of_kind(frozenset({"consistent_token"})):
            if value:
                like = NormalForm(raw.kinds[path]["normal_form"])
                spelled = first.setdefault((like, normal_form(like, value, countries)), value)
                assert _restored(world, value_at(detail["data"], path)) == spelled


@tried(raw_events(), st.booleans())
def test_authentication_data_is_neither_shown_nor_kept(raw: Raw, broken: bool) -> None:
    world = World()
    data = json_text.dump(raw.event) + (b"}" if broken else b"")
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(data)], ample_budget())
    assert outcome.published is not broken
    kept = [field.value for record in world.vault.stored.values() for field in record.fields.values()]
    written = [*(each.detail for each in world.bus.events), *(each.data for each in world.letters.sent)]
    assert CANARY not in json_text.dump_text(kept)
    assert len(written) == 1
    assert CANARY.encode() not in written[0]


@tried(
    raw_events(),
    st.sampled_from(
        ["truncated", "wrong type", "missing", "surrogate", "type", "version", "list", "twice", "number"]
    ),
)
def test_what_is_said_of_a_bad_record_repeats_nothing_of_it(raw: Raw, fault: str) -> None:
    world = World()
    record = stream_record(_broken(raw, fault))
    (outcome,) = world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.letter is not None
    (letter,) = world.letters.sent
    said = [letter.message, str(outcome.letter), repr(outcome), repr(letter), repr(record)]
    where = form(repr(stream_record(b"")))  # a number may stand in the position of the record by chance
    values = {each for each in secrets(raw, everyday=True) if len(each) >= 8 and each not in where}
    assert not [text for text in said if held(text, values | {str(NUMBER)})]
    assert world.bus.events == []
    assert world.vault.stored == {}


def test_logs_and_metrics_repeat_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    said: set[str] = set()
    hidden: set[str] = set()

    def collect(raw: Raw) -> None:
        logger.handlers[0].setStream(_Collector(said))  # type: ignore[attr-defined]
        log_batch(run(World(), [raw]))
        hidden.update(each for each in secrets(raw, everyday=True) if len(each) >= 8)

    run_examples(collect, raw_events(), number=int(os.environ["PROPERTY_SEED"]), examples=EXAMPLES)
    run_examples(collect, raw_events(), number=FIXED_SEED, examples=FIXED_EXAMPLES)
    said.add(capsys.readouterr().out)
    text = "".join(sorted(said))
    assert "GuardHits" in text
    assert '"published"' in text
    shown = form(text)
    assert not [value for value in hidden if value in shown]


class _Collector:
    def __init__(self, into: set[str]) -> None:
        self._into = into

    def write(self, text: str) -> None:
        self._into.add(text)

    def flush(self) -> None:
        """Nothing is buffered."""


def _restored(world: World, value: Json) -> Json:
    """Returns what a consumer sees, with the original value in place of every token that leads to one."""
    if isinstance(value, dict):
        return {_restored(world, key): _restored(world, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_restored(world, inner) for inner in value]
    if isinstance(value, str) and value:
        found = world.reveal(value)[value].found
        return found.value if found else value
    return value


def _comparable(value: Json, raw: Raw, expected: Json = None, path: Path = ()) -> Json:
    """Without what can't come back: removed, masked, generalized and one-way values, and facts that were added."""
    kind = raw.kinds.get(path, {})
    if kind.get("name") in DROPPING | COARSE and value not in {None, ""}:
        return "not to be compared"
    if isinstance(value, dict):
        return {
            key: _comparable(
                inner,
                raw,
                expected[key] if isinstance(expected, dict) and key in expected else None,
                (*path, key),
            )
            for key, inner in value.items()
            if raw.kinds.get((*path, key), {}).get("name") != "removed"
            and (expected is None or not isinstance(expected, dict) or key in expected)
        }
    if isinstance(value, list):
        return [
            _comparable(inner, raw, expected[at] if isinstance(expected, list) else None, (*path, at))
            for at, inner in enumerate(value)
        ]
    return value


def _broken(raw: Raw, fault: str) -> bytes:
    event = copy.deepcopy(raw.event)
    text = json_text.dump(event)
    match fault:
        case "truncated":
            return text[:-1]
        case "surrogate":
            return text[:-1] + b',"x":"\\ud83d"}'
        case "list":
            return b"[" + text + b"]"
        case "twice":
            return text[:-1] + b',"event_id":"again"}'
        case "type":
            event["event_type"] = "order.vanished"
        case "version":
            event["schema_version"] = 99
        case "missing":
            event.pop("event_id")
        case "number":
            strings_there = [path for path, value in raw.of_kind(KEEPING) if isinstance(value, str)]
            set_at(event, (strings_there or [("event_id",)])[0], NUMBER)
        case _:
            event["occurred_at"] = {"not": "a time"}
    return json_text.dump(event)
