"""Reveals, approvals and edits by `replay` say who asks, who approves and why."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.replay_stack import FakeStack, letter
from tests.support.members import for_all
from tests.support.replay_commands import TOKEN, refusal, replay

ID = letter(1)["MessageId"]
PATCH = [{"op": "replace", "path": "/order/total", "value": "1.00"}]


def asked_for(name: str, **more: Any) -> dict[str, Any]:
    """An approval of an edit that somebody asked for."""
    return {
        "approval": name,
        "action": "edit_letter",
        "letter": ID,
        "purpose": "typo",
        "paths": ["/order/total", "/order/note"],
        "proposer": "bob",
        "approver": None,
        "used": False,
        "valid_until": 4_000_000_000,  # 2096-10-02 07:06:40 UTC
        **more,
    }


APPROVALS = [
    asked_for("appr-00001"),
    asked_for("appr-00002", action="reveal_letter", approver="eve"),
    asked_for("appr-00003", used=True),
    asked_for("appr-00004", valid_until=1),
]


@pytest.fixture
def patch(tmp_path: Path) -> str:
    file = tmp_path / "patch.json"
    file.write_text(json.dumps(PATCH))
    return str(file)


@for_all(
    ("words", "alias", "sent"),
    [
        ([], "", {"id_token": "t.o.k"}),
        (["--approval", "appr-00002"], "", {"id_token": "t.o.k", "approval": "appr-00002"}),
        (["--direct"], "direct", {}),
    ],
)
def test_a_reveal_sends_who_asks_and_why(words: list[str], alias: str, sent: dict[str, str]) -> None:
    outline = {"outline": {"bytes": 1, "fields": []}}
    answers: dict[str, Any] = {
        "show": outline,
        "reveal": {"record": "RECORD"},
        "approvals": {"approvals": APPROVALS},
    }
    stack = FakeStack([letter(1)], answers)
    result = replay(stack, "show", ID, "--reveal", "--purpose", "dispute", *words, env={TOKEN: " t.o.k\n"})
    assert result.stdout.endswith("RECORD\n")
    (request,) = stack.wanted("reveal")
    keys = {"action", "operator", "filter"}
    assert {key: value for key, value in request.items() if key not in keys} == {
        "letters": [letter(1)["Body"]],
        "ids": [ID],
        "purpose": "dispute",
        **sent,
    }
    assert stack.aliases[-1] == alias
    assert stack.roles[-1] == ("" if alias else "ReplayOperatorRoleArn")


def test_without_a_purpose_and_with_nobody_to_ask_nothing_is_revealed() -> None:
    stack = FakeStack([letter(1)], {"show": {"outline": {"bytes": 1, "fields": []}}})
    error = replay(stack, "show", ID, "--reveal", env={TOKEN: "t"}).exception
    assert "a purpose is required" in str(error)
    assert not stack.wanted("reveal")


@for_all(
    ("content", "variable", "told"),
    [
        (None, "", "an ID token is required"),
        (None, " \n", "an ID token is required"),
        (b" \n", "t", "an ID token is required"),
        (b"\xc3\xa4", "t", "can't be read as an ID token"),
        ("missing", "t", "can't be read as an ID token"),
    ],
)
def test_without_an_id_token_nothing_is_asked_for(
    content: bytes | str | None, variable: str, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    words = [] if content is None else ["--id-token", str(file)]
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.unlink(missing_ok=True)
    command = ("show", ID, "--reveal", "--ask", "--purpose", "p", *words)
    said = refusal(FakeStack([letter(1)]), *command, env={TOKEN: variable})
    assert told in said
    assert "--id-token FILE, or the variable ORDER_TOKENIZER_ID_TOKEN" in said


def test_the_token_of_a_file_comes_before_the_variable(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(" of.the.file\n")
    stack = FakeStack([letter(1)], {"ask_approval": {"approval": APPROVALS[1]}})
    words = ("--reveal", "--ask", "--purpose", "p", "--id-token", str(file))
    replay(stack, "show", ID, *words, env={TOKEN: "variable"})
    assert [each["id_token"] for each in stack.asked] == ["of.the.file"]


def test_approvals_tell_the_state_of_each() -> None:
    stack = FakeStack(answers={"approvals": {"approvals": APPROVALS}})
    head, *rows = [each.split("\t") for each in replay(stack, "approvals").stdout.splitlines()]
    assert head == ["id", "state", "of", "letter", "purpose", "fields", "asked by"]
    assert [row[:3] for row in rows] == [
        ["appr-00001", "asked until 2096-10-02 07:06 UTC", "edit"],
        ["appr-00002", "approved until 2096-10-02 07:06 UTC", "reveal"],
        ["appr-00003", "used", "edit"],
        ["appr-00004", "ended", "edit"],
    ]
    assert rows[0][3:] == [ID, "typo", "/order/total, /order/note", "bob"]
    assert json.loads(replay(stack, "approvals", "--json").stdout) == {"approvals": APPROVALS}


def test_no_approvals_are_told_as_such() -> None:
    stack = FakeStack(answers={"approvals": {"approvals": []}})
    assert replay(stack, "approvals").stdout == "nobody has asked for an approval\n"


@for_all(
    ("asked", "of", "patched"), [("appr-00001", "an edit", True), ("appr-00002", "the raw record", False)]
)
def test_an_approval_is_shown_first_and_sent_with_apply(
    asked: str, of: str, patched: bool, patch: str
) -> None:
    stack = FakeStack([letter(1)], {"approvals": {"approvals": APPROVALS}, "approve": {"ok": True}})
    words = ["approve", asked, *(["--edit", patch] if patched else [])]
    shown = replay(stack, *words).stdout
    assert f"of\t{of}\n" in shown
    assert "asked by\tbob\n" in shown
    assert "add --apply to approve" in shown
    assert json.loads(replay(stack, *words, "--json").stdout)["dry_run"] is True
    assert not stack.wanted("approve")
    result = replay(stack, *words, "--apply", env={TOKEN: "t"})
    assert result.stdout == f"{asked}: approved\n"
    (request,) = stack.wanted("approve")
    assert request == {
        "action": "approve",
        "operator": "ann",
        "filter": None,
        "letters": [letter(1)["Body"]],
        "ids": [ID],
        "approval": asked,
        "patch": PATCH if patched else None,
        "id_token": "t",
    }
    assert set(stack.roles) == {"ReplayApproverRoleArn"}
    assert set(stack.aliases) == {"approve"}


def test_a_short_id_is_listed_and_stands_for_the_whole_one(patch: str) -> None:
    first, second = asked_for("11111111-of-bob"), asked_for("22222222-of-bob", action="reveal_letter")
    answers: dict[str, Any] = {
        "approvals": {"approvals": [first, second]},
        "approve": {"ok": True},
        "show": {"outline": {"bytes": 1, "fields": []}},
        "reveal": {"record": "RECORD"},
        "edit": {"results": [{"status": "failed"}]},
    }
    stack = FakeStack([letter(1)], answers)
    listed = [line.split("\t")[0] for line in replay(stack, "approvals").stdout.splitlines()]
    assert listed == ["id", "11111111", "22222222"]
    edit = ("run", "--id", ID, "--edit", patch, "--purpose", "typo", "--apply")
    for words in (
        ("approve", "1111", "--edit", patch, "--apply"),
        ("approve", "2222", "--apply"),
        ("show", ID, "--reveal", "--purpose", "dispute", "--approval", "2222"),
        (*edit, "--approval", "1111"),
    ):
        replay(stack, *words, env={TOKEN: "t"})
    sent = [(each["action"], each["approval"]) for each in stack.asked if "approval" in each]
    assert sent == [
        ("approve", "11111111-of-bob"),
        ("approve", "22222222-of-bob"),
        ("reveal", "22222222-of-bob"),
        ("edit", "11111111-of-bob"),
    ]


@for_all(
    ("words", "told"),
    [
        (["approve", "appr-00001", "--apply"], "you approve its patch; `replay approve appr-00001 --edit"),
        (["approve", "appr-", "--apply"], "more than one request for approval begins with appr-"),
        (["approve", "other", "--apply"], "no request for approval begins with other"),
        (["show", ID, "--ask"], "approvals are for edits and reveals"),
        (["run", "--approval", "appr-00001", "--apply"], "approvals are for edits and reveals"),
        (["run", "--edit", "-", "--id", ID, "--ask"], "the editor opens no field that takes an approval"),
        (["run", "--edit", "nowhere.json", "--id", ID], "nowhere.json can't be read as a JSON Patch"),
        (["run", "--edit", "README.md", "--id", ID], "README.md can't be read as a JSON Patch"),
        (["run", "--edit", "-", "--apply"], "an edit is for one letter"),
    ],
)
def test_what_no_approval_or_edit_is_for_is_refused(words: list[str], told: str) -> None:
    stack = FakeStack([letter(1)], {"approvals": {"approvals": APPROVALS}})
    assert told in refusal(stack, *words, env={TOKEN: "t"})


@for_all(
    ("reveal", "sent", "next_"),
    [
        (True, {}, "replay approve appr-00002 --apply"),
        (False, {"patch": PATCH}, "replay approve appr-00001 --edit FILE --apply"),
    ],
)
def test_who_asks_for_an_approval_is_told_the_next_steps(
    reveal: bool, sent: dict[str, Any], next_: str, patch: str
) -> None:
    stack = FakeStack([letter(1)], {"ask_approval": {"approval": APPROVALS[1 if reveal else 0]}})
    words = ["show", ID, "--reveal"] if reveal else ["run", "--id", ID, "--edit", patch]
    result = replay(stack, *words, "--ask", "--purpose", "typo", env={TOKEN: "t"})
    assert result.exit_code == 0
    assert f"`{next_}`" in result.stdout
    assert "asked, until 2096-10-02 07:06 UTC" in result.stdout
    (request,) = stack.asked
    assert request["action"] == "ask_approval"
    own = {"letters": [letter(1)["Body"]], "ids": [ID], "purpose": "typo", "id_token": "t", **sent}
    assert {key: request[key] for key in own} == own


@for_all(
    ("words", "more"),
    [
        ([], {}),
        (["--approval", "appr-00001"], {"approval": "appr-00001", "id_token": "t"}),
        (["--id-token", "TOKEN"], {"id_token": "of.file"}),
    ],
)
def test_an_edit_sends_its_patch_and_deletes_the_letter_that_was_published(
    words: list[str], more: dict[str, str], patch: str, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("of.file")
    given = [str(token) if each == "TOKEN" else each for each in words]
    for status, code, left in ("published", 0, 1), ("failed", 1, 2):
        answers: dict[str, Any] = {
            "approvals": {"approvals": APPROVALS},
            "edit": {"results": [{"status": status}]},
        }
        stack = FakeStack([letter(1), letter(2)], answers)
        edit = ("run", "--id", ID, "--edit", patch, "--purpose", "typo", *given)
        assert "would edit" in replay(stack, *edit).stdout
        assert stack.asked == []
        result = replay(stack, *edit, "--apply", env={TOKEN: "t"})
        assert (result.exit_code, len(stack.letters)) == (code, left)
        assert result.stdout == f"{ID}: {status}\n"
        (request,) = stack.wanted("edit")
        basic = {"letters": [letter(1)["Body"]], "ids": [ID], "purpose": "typo", "patch": PATCH, **more}
        keys = {"action", "operator", "filter"}
        assert {key: value for key, value in request.items() if key not in keys} == basic
