"""`order-tokenizer status` shows each part that was read under its own name, and what each fault means to who is on call."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ops.errors import CommandError
from ops.status import cli
from tests.support.members import for_all

QUIET: dict[str, Any] = {
    "alarms": {"OK": ["ALetterAlarm", "BLagAlarm"]},
    "deliveries_last_hour": {
        "Received": 12, "Published": 11, "DeadLettered": 1, "ToRetry": 0, "Retried": 2, "Denied": 0, "Tampered": 0,
        "GuardHits": 4,
    },
    "lag_seconds": {"stream": 61.4, "queue": None},
    "queues": {
        "raw queue": {"waiting": 1, "held": 2},
        "dead letters": {"waiting": 0, "held": 0},
        "unprocessed": {"waiting": 0, "held": 3},
    },
    "letters": [],
    "keys": {"vault key": "Enabled", "letter key": "Disabled"},
    "deployment": {"state": "UPDATE_COMPLETE", "at": "2026-11-23", "vault_key_slot": "b", "rekeying": False},
    "rules": {"order.placed 1": "0123"},
}  # fmt: skip
NOT_READ: dict[str, Any] = dict.fromkeys(QUIET)


def shown(
    monkeypatch: pytest.MonkeyPatch, document: dict[str, Any], *words: str
) -> tuple[Result, list[tuple[Any, ...]]]:
    """Runs the command over parts that are there, or that can't be read where they are None."""
    asked: list[tuple[Any, ...]] = []

    def part(name: str) -> Callable[[], Any]:
        def read() -> Any:
            if document[name] is None:
                raise CommandError(f"reading {name}", f"{name}: hint")
            return document[name]

        return read

    def parts(_stack: object, name: str) -> dict[str, Callable[[], Any]]:
        asked.append((name,))
        return {each: part(each) for each in QUIET}

    monkeypatch.setattr(cli, "find", lambda *given: asked.append(given))
    monkeypatch.setattr(cli, "_parts", parts)
    return CliRunner().invoke(cli.app, list(words)), asked


def rows(result: Result) -> list[list[str]]:
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_every_part_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    result, asked = shown(monkeypatch, QUIET)
    assert (result.exit_code, result.stderr) == (0, "")
    assert asked == [(None, None, None, None, ""), ("orders",)]
    assert rows(result) == [
        ["what", "is"],
        ["alarms", "none of 2"],
        ["deliveries", "12 in the last hour: published 11, dead lettered 1"],
        ["retries", "to retry 0, retried 2, denied 0, tampered 0"],
        ["guard", "guard hits 4"],
        ["lag", "stream 61 s, queue not measured"],
        ["raw queue", "1 waiting, 2 held"],
        ["dead letters", "0 waiting, 0 held"],
        ["unprocessed", "0 waiting, 3 held"],
        ["keys", "vault key Enabled, letter key Disabled"],
        ["deployment", "UPDATE_COMPLETE at 2026-11-23, vault key b"],
        ["rules", "0123 order.placed 1"],
    ]


def test_a_part_that_can_not_be_read_says_so_and_the_others_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ("--stack", "s", "--profile", "p", "--region", "r", "--role-arn", "a")
    result, asked = shown(monkeypatch, NOT_READ, *words)
    assert asked == [("s", "p", "r", "a", ""), ("s",)]
    assert result.exit_code == 1
    assert result.stderr == "error: reading alarms\nhint: alarms: hint\n"
    told = ("alarms", "deliveries", "retries", "guard", "lag", "keys", "deployment")
    assert rows(result) == [["what", "is"], *([each, "not read"] for each in told)]
    result, _ = shown(monkeypatch, QUIET | {"lag_seconds": None}, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "stack": "orders", **QUIET, "lag_seconds": None, "unread": ["reading lag_seconds"],
    }  # fmt: skip


@for_all(
    ("alarms", "said"),
    [
        ({}, "the stack has none"),
        ({"OK": ["A"], "ALARM": ["B", "C"]}, "ALARM: B, C"),
        ({"OK": ["A"], "INSUFFICIENT_DATA": ["B"]}, "none of 1; 1 not measured"),
        ({"INSUFFICIENT_DATA": ["B", "C"]}, "2 not measured"),
        ({"ALARM": ["A"], "INSUFFICIENT_DATA": ["B"]}, "ALARM: A; 1 not measured"),
    ],
)
def test_alarms_that_ring_are_named_and_the_others_counted(alarms: dict[str, list[str]], said: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        result, _ = shown(patched, QUIET | {"alarms": alarms})
    assert rows(result)[1] == ["alarms", said]


def test_letters_stand_below_their_queue_by_code_and_age(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [{"code": "too_large", "age": "under 1h", "letters": 2}]
    result, _ = shown(monkeypatch, QUIET | {"letters": letters})
    assert rows(result)[7:10] == [
        ["dead letters", "0 waiting, 0 held"],
        ["  too_large", "under 1h: 2"],
        ["unprocessed", "0 waiting, 3 held"],
    ]


def test_a_stack_that_is_being_rekeyed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    deployment = QUIET["deployment"] | {"vault_key_slot": None, "rekeying": True}
    result, _ = shown(monkeypatch, QUIET | {"deployment": deployment})
    assert ["deployment", "UPDATE_COMPLETE at 2026-11-23, rekeying"] in rows(result)


def _counts(**changed: int) -> dict[str, Any]:
    return {"deliveries_last_hour": QUIET["deliveries_last_hour"] | changed}


def _queue(name: str, **changed: int) -> dict[str, Any]:
    return {"queues": QUIET["queues"] | {name: QUIET["queues"][name] | changed}}


@for_all(
    ("fault", "hint"),
    [
        (
            {"alarms": {"INSUFFICIENT_DATA": ["A"]}},
            "nothing measures some alarms here, so only the other rows tell of a fault",
        ),
        (
            _counts(ToRetry=1),
            "these are counts of deliveries: a record counts once each time that it is delivered",
        ),
        ({"alarms": {"ALARM": ["A"]}}, "docs/runbook.md has a section for each alarm"),
        (_queue("dead letters", waiting=1), "`replay list` shows the letters by code and age"),
        (_queue("dead letters", held=1), "somebody holds letters: `replay run --apply` waits for them"),
        (_queue("unprocessed", waiting=1), "`replay run --apply` takes unprocessed messages, too"),
        (_counts(Denied=1), "AWS denied something in the last hour: docs/runbook.md#deniedalarm"),
        (_counts(Tampered=1), "a stored record is not what was written: docs/runbook.md#tamperedalarm"),
    ],
)
def test_each_fault_has_its_hint_and_no_other(fault: dict[str, Any], hint: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        result, _ = shown(patched, QUIET | fault)
    assert [row for row in rows(result) if len(row) == 1] == [[hint]]
