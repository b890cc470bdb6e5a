"""Tests what the operator's editor opens, and the patch that an edit makes."""

from pathlib import Path
from typing import Any

import pytest

from ops.errors import CommandError
from replay.commands import edit
from replay.commands.approvals import Approving
from replay.commands.edit import changes, fields_at_fault, run_edited
from replay.filters import Filter
from replay.letters import read
from tests.support.fakes.replay_function import body

BEFORE = {"/order/total": "12,00", "/order/note": None, "/order/items/0/quantity": 1}
MISSING = ["/order/note"]


@pytest.mark.parametrize(
    ("message", "paths"),
    [
        ("/order/total: Value error, not a decimal number", ("/order/total",)),
        (
            "/order/total: Field required; /order/items/0/sku: Input: a; and 3 more",
            ("/order/total", "/order/items/0/sku"),
        ),
        ("the record is no JSON", ()),
        ("/a: x; /a: y", ("/a",)),
    ],
)
def test_the_fields_are_those_that_the_message_names(message: str, paths: tuple[str, ...]) -> None:
    letter = read({"MessageId": "i", "ReceiptHandle": "r", "Body": body(1).replace('"m"', f'"{message}"')})
    assert letter.message == message
    assert fields_at_fault(letter) == paths


def refused(monkeypatch: pytest.MonkeyPatch, code: str, message: str, *, apply: bool) -> CommandError:
    """Returns the error of `--edit -` on the only letter, which has no type that a schema knows."""
    sealed = body(1, code).replace('"m"', f'"{message}"')
    letter = read({"MessageId": "i" * 9, "ReceiptHandle": "r", "Body": sealed})
    monkeypatch.setattr(edit, "open_stack", lambda: None)
    monkeypatch.setattr(edit, "open_queue", lambda _: None)
    monkeypatch.setattr(edit, "the_letter", lambda *_: letter)
    wanted = Filter(ids=(letter.letter_id,))
    with pytest.raises(CommandError, match="no edit changes a record's type") as caught:
        run_edited(wanted, Path("-"), (), "typo", Approving(), apply=apply, as_json=False)
    return caught.value


@pytest.mark.parametrize("apply", [True, False])
@pytest.mark.parametrize(
    "message",
    [
        "/event_type: no schema has this type",
        "/meta/topic: no schema has this type",
        "attribute:X-Shop-Topic: no schema has this type",
    ],
)
def test_a_wrong_type_is_not_opened_and_the_hint_names_the_ways_out(
    message: str, apply: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hint = refused(monkeypatch, "unknown_event_type", message, apply=apply).hint
    assert "docs/new-event-type.md" in hint
    assert "`replay quarantine iiiiiiii --reason WHY`" in hint
    assert "--edit" not in hint


def test_a_letter_without_a_type_asks_for_no_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    message = "/event_type: a string is required, or in a foreign body one at attribute:X-Shop-Topic"
    error = refused(monkeypatch, "invalid_field", message, apply=True)
    assert error.hint == (
        "`replay quarantine iiiiiiii --reason WHY`, and the producer sends it again with its type"
    )


@pytest.mark.parametrize(
    ("after", "patch"),
    [
        (BEFORE, []),
        ({**BEFORE, "/order/total": "12.00"}, [{"op": "replace", "path": "/order/total", "value": "12.00"}]),
        ({**BEFORE, "/order/note": "n"}, [{"op": "add", "path": "/order/note", "value": "n"}]),
        (
            {**BEFORE, "/order/items/0/quantity": True},
            [{"op": "replace", "path": "/order/items/0/quantity", "value": True}],
        ),
        (
            {"/order/total": "12,00", "/order/note": None},
            [{"op": "remove", "path": "/order/items/0/quantity"}],
        ),
        ({key: value for key, value in BEFORE.items() if key != "/order/note"}, []),
    ],
)
def test_an_edit_of_fields_is_a_patch(after: Any, patch: list[Any]) -> None:
    assert changes(BEFORE, after, MISSING) == patch


@pytest.mark.parametrize("after", [[], None, "x", {"/order/other": 1}])
def test_another_form_is_refused(after: Any) -> None:
    with pytest.raises(CommandError):
        changes(BEFORE, after, MISSING)
