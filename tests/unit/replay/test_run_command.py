"""Each command of `replay` sends what it should, tells what it did, and exits as programs expect."""

import json
from typing import Any

import pytest

from replay.commands import run as run_command
from tests.support.fakes.replay_stack import LETTERS, RAW, FakeStack, letter
from tests.support.members import for_all
from tests.support.replay_commands import refusal, replay

ID = letter(1)["MessageId"]


def published(request: Any) -> dict[str, Any]:
    return {"results": [{"id": each, "status": "published"} for each in request["ids"]]}


def failed(request: Any) -> dict[str, Any]:
    return {"results": [{"id": each, "status": "failed", "code": "c"} for each in request["ids"]]}


@for_all(
    ("words", "audited"),
    [
        (["--code", "invalid_field", "--code", "unknown"], {"codes": ["invalid_field", "unknown"]}),
        (["--source", "queue"], {"sources": ["queue"]}),
        (["--since", "2026-11-01"], {"since": "2026-11-01T00:00:00+00:00"}),
        (["--until", "2026-12-01"], {"until": "2026-12-01T00:00:00+00:00"}),
        (["--event-type", "order.placed"], {"event_types": ["order.placed"]}),
        (["--id", ID[:8], "--id", ID], {"ids": [ID[:8], ID]}),
        (["--limit", "3"], {"limit": 3}),
    ],
)
def test_each_option_of_a_filter_reaches_its_place_in_the_audit_trail(
    words: list[str], audited: dict[str, Any]
) -> None:
    stack = FakeStack([letter(1)], {"replay": published})
    assert replay(stack, "run", "--no-unprocessed", "--apply", *words).exit_code == 0
    empty: dict[str, Any] = {
        "codes": [],
        "sources": [],
        "since": None,
        "until": None,
        "event_types": [],
        "ids": [],
    }
    (request,) = stack.wanted("replay")
    assert request["filter"] == {**empty, "limit": None, **audited}
    assert request["operator"] == "ann"


@for_all(
    ("words", "told"),
    [
        (["--code", "invalid_fild"], "no such code: invalid_fild; --code takes invalid_field, "),
        (["--source", "qeue"], "no such source: qeue; --source takes queue, stream, unknown"),
        (
            ["--event-type", "order.place"],
            "no such event type: order.place; --event-type takes order.placed, ",
        ),
        (["--since", "noon"], "noon is no time"),
    ],
)
def test_a_filter_of_something_unknown_is_refused_and_the_hint_begins_with_what_was_meant(
    words: list[str], told: str
) -> None:
    for command in ["run", "--apply"], ["list"]:
        if command != ["list"] or "--event-type" not in words:
            said = refusal(FakeStack([letter(1)]), *command, *words)
            assert said.startswith(told), said
            assert len(set(said.split(", "))) == len(said.split(", "))


@for_all(
    ("words", "most"),
    [(["list"], 180), (["--hold", "7", "list"], 7)],
)
def test_letters_are_held_for_as_long_as_was_chosen(words: list[str], most: int) -> None:
    stack = FakeStack([letter(1)])
    replay(stack, *words)
    assert set(stack.holds) == {most}


def test_the_options_before_a_command_are_taken_as_they_are_called() -> None:
    stack = FakeStack()
    replay(stack, "--stack", "s", "--profile", "p", "--region", "r", "--role-arn", "a", "list")
    assert stack.chosen == ("s", "p", "r", "a")


@for_all(
    ("letters", "raw", "held", "told"),
    [
        (1, 0, {}, "would replay 1 letter; a dry run: add --apply to act"),
        (2, 3, {}, "would replay 2 letters and 3 unprocessed messages; a dry run: add --apply to act"),
        (0, 0, {}, "would replay 0 letters; a dry run: add --apply to act"),
        (1, 0, {LETTERS: 1, RAW: 2}, "3 more are held by somebody else"),
    ],
)
def test_a_dry_run_tells_what_it_would_do_and_sends_nothing(
    letters: int, raw: int, held: dict[str, int], told: str
) -> None:
    stack = FakeStack([letter(at) for at in range(letters)], held=held, raw=raw)
    result = replay(stack, "run")
    assert told in result.stdout
    assert (result.exit_code, stack.asked, stack.deleted) == (0, [], [])
    document = json.loads(replay(stack, "run", "--json").stdout)
    assert document == {
        "dry_run": True,
        "would_replay": letters,
        "ids": [letter(at)["MessageId"] for at in range(letters)],
        "held": held.get(LETTERS, 0),
        "unprocessed": raw,
        "unprocessed_held": held.get(RAW, 0),
    }
    assert (stack.asked, stack.deleted) == ([], [])


@for_all(
    ("words", "raw"),
    [
        ([], 1),
        (["--source", "queue"], 1),
        (["--event-type", "order.placed"], 1),
        (["--source", "stream"], 0),
        (["--code", "invalid_field"], 0),
        (["--id", ID], 0),
        (["--limit", "1"], 0),
        (["--since", "2026-01-01"], 0),
        (["--no-unprocessed"], 0),
    ],
)
def test_raw_messages_are_replayed_only_by_a_run_that_selects_them(words: list[str], raw: int) -> None:
    stack = FakeStack([letter(1)], raw=1)
    assert json.loads(replay(stack, "run", "--json", *words).stdout)["unprocessed"] == raw


@for_all(
    ("answer", "code", "left"),
    [(published, 0, 0), (failed, 1, 1), ({"error": {"code": "unavailable", "message": "m"}}, 1, 1)],
)
def test_a_run_ends_in_success_only_if_every_letter_was_replayed(answer: Any, code: int, left: int) -> None:
    stack = FakeStack([letter(1)], {"replay": answer})
    result = replay(stack, "run", "--apply")
    assert (result.exit_code, len(stack.letters)) == (code, left)


def test_an_outage_while_raw_messages_are_replayed_stops_the_run() -> None:
    answers: Any = {"unprocessed": {"error": {"code": "unavailable", "message": "no answer"}}}
    result = replay(FakeStack(answers=answers, raw=1), "run", "--apply", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["stopped"] == "unprocessed messages: no answer"


@for_all(("words", "held", "code"), [([], 2, 1), (["--no-unprocessed"], 0, 0), (["--limit", "1"], 0, 0)])
def test_a_run_tells_of_raw_messages_that_somebody_holds_if_it_would_take_them(
    words: list[str], held: int, code: int
) -> None:
    answers: Any = {"replay": published, "unprocessed": {"results": []}}
    stack = FakeStack([letter(1)], answers, held={RAW: 2})
    result = replay(stack, "run", "--apply", "--json", *words)
    assert (json.loads(result.stdout)["held"], result.exit_code) == (held, code)


def test_a_run_tells_of_its_letters_and_of_every_request_for_raw_messages() -> None:
    requests = iter(
        [
            [{"id": "raw-1", "status": "failed"}, {"id": "raw-2", "status": "published"}],
            [{"id": "raw-3", "status": "published"}],
            [],
        ]
    )
    answers: Any = {"replay": published, "unprocessed": lambda _: {"results": next(requests)}}
    result = replay(FakeStack([letter(1)], answers, raw=3), "run", "--apply", "--json")
    told = json.loads(result.stdout)
    assert (told["statuses"], result.exit_code) == ({"published": 3, "failed": 1}, 1)
    assert [each["id"] for each in told["results"]] == [ID, "raw-1", "raw-2", "raw-3"]


def test_held_letters_and_held_raw_messages_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_command, "_run_held", lambda *_: 1)  # which would wait for it
    answers: Any = {"replay": published, "unprocessed": {"results": []}}
    result = replay(FakeStack([letter(1)], answers, held={RAW: 2}), "run", "--apply", "--json")
    assert json.loads(result.stdout)["held"] == 3
