"""The longest and the shortest that a message between functions may hold: each bound is taken, one beyond it is refused."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.support.members import for_all
from tokenizer.errors import InvalidRequest
from tokenizer.messages.base import NO_ARN, parse_message
from tokenizer.messages.erasure import ERASE_VALUE
from tokenizer.messages.replay import REPLAY
from tokenizer.messages.reveal import REVEAL

ARN = "arn:aws:sts::000000000000:assumed-role/"
UUID = "0192f0c8-1111-7abc-8def-000000000001"
REVEALED: dict[str, Any] = {"tokens": ["t"], "purpose": "charge"}
APPROVED: dict[str, Any] = {"action": "approve", "letters": ["l"], "approval": "a"}
STREAM: dict[str, Any] = {"action": "stream", "shard": "s", "position": {"ShardIteratorType": "LATEST"}}
REPLAYED: dict[str, Any] = {"action": "replay", "letters": ["l"]}
RESTORED: dict[str, Any] = {"action": "restore", "ids": [UUID]}
ERASED: dict[str, Any] = {"token": None, "purpose": "p"}
# The form, the rest of the message, the field, what is taken, and what is not.
BOUNDS: list[tuple[TypeAdapter[Any], dict[str, Any], str, list[Any], list[Any]]] = [
    (REVEAL, REVEALED, "tokens", [["t"], ["t"] * 100], [[], ["t"] * 101]),
    (REVEAL, REVEALED, "id_token", [None, "t", "t" * 10_240], ["", "t" * 10_241]),
    (REVEAL, REVEALED, "purpose", ["p", " p "], ["", " ", "\t\n"]),
    (REPLAY, REPLAYED, "letters", [["l"], ["l"] * 100], [[], ["l"] * 101]),
    (REPLAY, REPLAYED, "event_types", [None, [], ["t"] * 100], [["t"] * 101]),
    (REPLAY, REPLAYED, "ids", [None, ["i"], ["i"] * 100], [[], ["i"] * 101]),
    (REPLAY, REPLAYED, "first", [0, 1], [-1]),
    (REPLAY, APPROVED, "letters", [["l"]], [[], ["l", "l"]]),
    (REPLAY, APPROVED, "approval", ["a", "a" * 64], ["", "a" * 65]),
    (REPLAY, STREAM, "last", [None, "0", "9" * 128], ["", "9" * 129, "x1", "1x", "1\n", "-1"]),
    (REPLAY, RESTORED, "ids", [[UUID], [UUID] * 100], [[], [UUID] * 101]),
    (
        *(REPLAY, RESTORED, "ids", [["abcdef09" + UUID[8:]]]),
        [[f"x{UUID}"], [f"{UUID}0"], [UUID.upper()], [UUID[1:]], [UUID.replace("-", "")], [f"{UUID}\n"]],
    ),
    (
        *(ERASE_VALUE, ERASED, "owner", ["", "0" * 32, "f" * 34]),
        ["0" * 31, "0" * 33, "0" * 35, "F" * 32, "g" * 32, f"{'0' * 32}\n"],
    ),
    (
        *(ERASE_VALUE, ERASED, "token", [None, "tok_" + "0" * 26, "tok_7" + "z" * 25]),
        ["tok_" + "0" * 25, "tok_" + "0" * 27, "tok_8" + "0" * 25, "tok_" + "0" * 25 + "u", "x" + "tok_" + "0" * 26],
    ),
]  # fmt: skip
POSITIONS = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP", "TRIM_HORIZON", "LATEST")


@for_all(("form", "rest", "name", "taken", "refused"), BOUNDS)
def test_each_bound_is_taken_and_nothing_beyond_it(
    form: TypeAdapter[Any], rest: dict[str, Any], name: str, taken: list[Any], refused: list[Any]
) -> None:
    for each in taken:
        parse_message(form, rest | {name: each})
    for each in refused:
        with pytest.raises(InvalidRequest):
            parse_message(form, rest | {name: each})


@for_all("begin", POSITIONS)
def test_a_shard_may_be_read_from_each_place_that_kinesis_knows(begin: str) -> None:
    parse_message(REPLAY, STREAM | {"position": {"ShardIteratorType": begin}})


@for_all(
    "name",
    [
        *(ARN + "r", ARN + "r" * (1600 - len("assumed-role/"))),
        *("arn:aws:iam::000000000000:user/ann+b=c,d.e@f_g-h:i", "arn:aws-us-gov:iam::000000000000:root"),
    ],
)
def test_an_operators_arn_is_kept(name: str) -> None:
    assert parse_message(REPLAY, REPLAYED | {"operator": name}).operator == name


@for_all(
    "name",
    [
        *(
            ARN + "r" * (1601 - len("assumed-role/")),
            "arn:aws:iam::000000000000:",
            "arn:aws:s3::000000000000:x",
        ),
        *("arn:aws:iam::00000000000:x", "arn:aws:iam::0000000000000:x", "arn:AWS:iam::000000000000:x"),
        *(f" {ARN}r", f"{ARN}r ", f"{ARN}r\n", f"{ARN}ä", "ann"),
    ],
)
def test_what_is_no_operators_arn_is_withheld(name: str) -> None:
    assert parse_message(REPLAY, REPLAYED | {"operator": name}).operator == NO_ARN
