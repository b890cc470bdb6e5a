"""The commands about letters, quarantine, the stream and the archive: each tells all and moves what it was told to."""

import json
from typing import Any

import pytest

from tests.support.fakes.replay_stack import LETTERS, RAW, FakeStack, letter
from tests.support.members import for_all
from tests.support.replay_commands import refusal, replay

ID = letter(1)["MessageId"]
RULE = "arn:aws:events:eu-central-1:111122223333:rule/bus/lake"


@for_all(
    ("words", "lines", "more"),
    [
        (["list"], 50, "... and 5 more; --limit N shows more lines"),
        (["list", "--limit", "2"], 2, "... and 53 more; --limit N shows more lines"),
        (["list", "--limit", "60"], 55, ""),
    ],
)
def test_a_list_counts_all_and_shows_some(words: list[str], lines: int, more: str) -> None:
    stack = FakeStack([letter(at) for at in range(55)], held={LETTERS: 1, RAW: 2}, raw=4)
    shown = replay(stack, *words).stdout
    assert shown.count("\tm\n") == lines
    assert "invalid_field\tqueue\t" in shown
    assert "\t55\n" in shown
    assert ("..." in shown) == bool(more)
    assert more in shown
    assert "3 more are held by somebody else" in shown
    assert "4 raw messages are unprocessed; `replay run --apply` takes such, too" in shown


def test_a_list_for_programs_has_every_letter_and_no_body() -> None:
    stack = FakeStack([letter(at) for at in range(55)], held={LETTERS: 1, RAW: 2}, raw=4)
    result = replay(stack, "list", "--json")
    found = json.loads(result.stdout)
    assert (len(found["letters"]), found["total"], found["held"]) == (55, 55, 1)
    assert (found["unprocessed"], found["unprocessed_held"]) == (4, 2)
    assert [each["letters"] for each in found["groups"]] == [55]
    assert 'sealed": ' not in result.stdout


def test_show_opens_no_record_without_reveal() -> None:
    fields = [{"path": "/order/total", "type": "string", "length": 4}, {"path": "/ok", "type": "boolean"}]
    stack = FakeStack([letter(1)], {"show": {"outline": {"bytes": 9, "fields": fields}}})
    shown = replay(stack, "show", ID[:8]).stdout
    assert [each["action"] for each in stack.asked] == ["show"]
    assert "path\ttype\tlength\n/order/total\tstring\t4\n/ok\tboolean\t\n" in shown
    assert f"id\t{ID}\n" in shown
    assert "outline\t" not in shown
    assert stack.roles == ["ReplayOperatorRoleArn"]


def test_a_beginning_of_several_ids_is_refused_with_as_much_of_each_as_tells_them_apart() -> None:
    stack = FakeStack([letter(at) for at in range(11, 14)])
    said = refusal(stack, "show", "0000001")
    assert said == ("3 letters begin with 0000001; `replay show 00000011`, or another of 00000012, 00000013")


def test_of_a_letter_that_is_named_in_full_no_neighbour_stays_held() -> None:
    stack = FakeStack([letter(at) for at in range(12)], {"show": {"outline": {"bytes": 9, "fields": []}}})
    assert f"id\t{ID}\n" in replay(stack, "show", ID).stdout
    assert len(stack.holds) == 1  # no more was read than the first few
    assert stack.taken == []


def test_quarantine_moves_the_letters_that_were_named_and_no_other() -> None:
    stack = FakeStack(
        [letter(at) for at in range(4)], {"quarantine": lambda request: {"ids": request["ids"]}}
    )
    result = replay(stack, "quarantine", "00000001", "00000003", "--reason", "no total")
    assert result.stdout == "2 letters quarantined\n"
    assert [each["MessageId"][:8] for each in stack.letters] == ["00000000", "00000002"]
    for at, request in zip((1, 3), stack.asked, strict=True):
        assert request["letters"] == [letter(at)["Body"]]
        assert (request["ids"], request["reason"]) == ([letter(at)["MessageId"]], "no total")


def test_for_programs_every_letter_that_was_quarantined_is_named() -> None:
    stack = FakeStack(
        [letter(at) for at in range(4)], {"quarantine": lambda request: {"ids": request["ids"]}}
    )
    result = replay(stack, "quarantine", "00000001", "00000003", "--reason", "no total", "--json")
    assert json.loads(result.stdout) == {"quarantined": [letter(at)["MessageId"] for at in (1, 3)]}


def test_a_letter_that_was_not_kept_in_quarantine_stays_on_the_queue() -> None:
    def keep(request: dict[str, Any]) -> dict[str, Any]:
        if request["ids"] == [letter(3)["MessageId"]]:
            return {"error": {"code": "unavailable", "message": "down"}}
        return {"ids": request["ids"]}

    stack = FakeStack([letter(at) for at in range(4)], {"quarantine": keep})
    error = replay(stack, "quarantine", "00000001", "00000003", "--reason", "no total").exception
    assert "down" in str(error)
    assert [each["MessageId"][:8] for each in stack.letters] == ["00000000", "00000002", "00000003"]


@for_all(
    ("words", "told"),
    [
        (["quarantine", "00000001", "other", "--reason", "r"], "no such letter: other"),
        (["quarantine", "--reason", "r", "-1-"], "no such letter: -1-"),
        (["restore", "q-1", "q-9"], "no such letter in quarantine: q-9"),
        (["run", "--apply", "--id", "other"], "no such letter: other"),
        (["run", "--id", "other"], "no such letter: other"),
    ],
)
def test_where_one_letter_is_not_there_none_is_moved(words: list[str], told: str) -> None:
    if words[-1] == "-1-":
        words = [*words[:-1], "--", words[-1]]
    stack = FakeStack([letter(1)], {"quarantined": {"ids": ["q-1"], "letters": []}})
    assert told in refusal(stack, *words)


def test_restore_lists_what_is_there_and_changes_nothing() -> None:
    known = [
        {
            "id": "q-000000001",
            "code": "invalid_field",
            "reason": "no total",
            "kept_at": "2020-01-01T00:00:00Z",
        }
    ]
    kept = {"ids": ["q-000000001", "q-000000002"], "letters": known}
    stack = FakeStack(answers={"quarantined": kept})
    head, first, second = replay(stack, "restore").stdout.splitlines()
    assert head.split("\t") == ["id", "age", "code", "reason"]
    assert first.startswith("q-000000001\t")
    assert first.endswith("d\tinvalid_field\tno total")
    assert second == "q-000000002\t\t\tnot noted"
    document = json.loads(replay(stack, "restore", "--json").stdout)
    assert document == {"quarantined": kept["ids"], "letters": known}
    assert {each["action"] for each in stack.asked} == {"quarantined"}
    empty = FakeStack(answers={"quarantined": {"ids": []}})
    assert replay(empty, "restore").stdout == "nothing is quarantined\n"


def test_restore_brings_back_the_letters_that_were_named() -> None:
    stack = FakeStack(answers={"quarantined": {"ids": ["q-1", "q-2"]}, "restore": {"ids": ["new"]}})
    assert replay(stack, "restore", "q-2").stdout == "1 letter restored; its new id:\nnew\n"
    assert [each["ids"] for each in stack.wanted("restore")] == [["q-2"]]


def part(request: Any) -> dict[str, Any]:
    return {"read": 5, "published": 4, "failures": int(request["shard"] == "s-2"), "failed": [], "next": None}


@for_all(
    ("words", "code", "shards"),
    [
        (["--apply"], 1, ["s-1", "s-2"]),
        (["--apply", "--shard", "s-1"], 0, ["s-1"]),
        (["--apply", "--shard", "s-1", "--shard", "s-2"], 1, ["s-1", "s-2"]),
        ([], 0, []),
    ],
)
def test_a_piece_of_the_stream_is_replayed_only_with_apply(
    words: list[str], code: int, shards: list[str]
) -> None:
    stack = FakeStack(answers={"shards": {"shards": ["s-1", "s-2"]}, "stream": part})
    result = replay(stack, "stream", *words)
    assert (result.exit_code, [each["shard"] for each in stack.wanted("stream")]) == (code, shards)
    head, *rows = result.stdout.splitlines()
    assert head == "shard\tread\tpublished\tfailed"
    numbers = {"s-1": "s-1\t5\t4\t0", "s-2": "s-2\t5\t4\t1"}
    dry = ["s-1\t0\t0\t0", "s-2\t0\t0\t0", "a dry run: add --apply to act"]
    assert rows == ([numbers[each] for each in shards] if shards else dry)
    assert json.loads(replay(stack, "stream", *words, "--json").stdout)["dry_run"] is not bool(shards)


def test_a_piece_of_a_shard_begins_and_ends_where_it_was_told() -> None:
    stack = FakeStack(answers={"shards": {"shards": ["s-1"]}, "stream": part})
    replay(stack, "stream", "--apply", "--shard", "s-1", "--from-sequence", "7", "--to-sequence", "9")
    (request,) = stack.wanted("stream")
    assert request["position"] == {
        "ShardIteratorType": "AT_SEQUENCE_NUMBER",
        "StartingSequenceNumber": "7",
    }
    assert request["last"] == "9"
    piece = {"since": None, "until": None, "shards": ["s-1"], "first": "7", "last": "9"}
    assert request["filter"] == piece


@for_all(
    ("words", "told"),
    [
        (["--from-sequence", "7"], "a sequence number belongs to one shard"),
        (["--to-sequence", "7", "--shard", "a", "--shard", "b"], "a sequence number belongs to one shard"),
        (["--shard", "s-9"], "no such shard: s-9; --shard takes s-1"),
    ],
)
def test_a_piece_of_no_one_shard_is_refused(words: list[str], told: str) -> None:
    stack = FakeStack(answers={"shards": {"shards": ["s-1"]}})
    assert told in refusal(stack, "stream", "--apply", *words)


@for_all(
    ("watch", "state", "archive"),
    [([], "STARTING", None), (["--watch"], "COMPLETED", None), ([], "STARTING", "arn:of:another")],
)
def test_a_replay_of_the_archive_gets_its_times_and_rules(
    watch: list[str], state: str, archive: str | None
) -> None:
    stack = FakeStack()
    words = ["--since", "2026-11-01", "--until", "2026-11-02", "--rule", RULE, *watch]
    words += [] if archive is None else ["--archive-arn", archive]
    told = replay(stack, "archive", "start", *words).stdout
    (request,) = stack.replays
    assert told == f"{request['ReplayName']}: {state}\n"
    assert request["EventStartTime"].isoformat() == "2026-11-01T00:00:00+00:00"
    assert request["EventEndTime"].isoformat() == "2026-11-02T00:00:00+00:00"
    assert request["Destination"]["FilterArns"] == [RULE]
    own = RULE.replace(":rule/bus/lake", ":archive/bus")
    assert request["EventSourceArn"] == (archive or own)


@for_all("until", ["2026-11-01", "2026-10-31"])
def test_an_empty_replay_of_the_archive_is_not_started(until: str) -> None:
    stack = FakeStack()
    said = refusal(stack, "archive", "start", "--since", "2026-11-01", "--until", until, "--rule", RULE)
    assert said.startswith("the replay would be empty")
    assert stack.replays == []


@for_all(
    ("words", "state"),
    [(["status"], "COMPLETED"), (["status", "--watch"], "COMPLETED"), (["cancel"], "CANCELLING")],
)
def test_the_state_of_a_replay_of_the_archive_is_told(words: list[str], state: str) -> None:
    stack = FakeStack()
    assert replay(stack, "archive", *words, "name").stdout == f"name: {state}\n"
    document = json.loads(replay(stack, "archive", *words, "name", "--json").stdout)
    assert (document["name"], document["state"]) == ("name", state)
    assert stack.replays == ([{"cancelled": "name"}] * 2 if words == ["cancel"] else [])


@for_all(("watch", "state", "pauses"), [([], "STARTING", 0), (["--watch"], "FAILED", 3)])
def test_a_replay_of_the_archive_is_waited_for_where_that_is_asked_for(
    watch: list[str], state: str, pauses: int
) -> None:
    slept: list[float] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("replay.archive.time.sleep", slept.append)
        stack = FakeStack(states=["STARTING", "RUNNING", "CANCELLING", "FAILED"])
        assert replay(stack, "archive", "status", "name", *watch).stdout == f"name: {state}\n"
    assert len(slept) == pauses
