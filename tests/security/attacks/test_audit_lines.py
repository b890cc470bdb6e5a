"""The attacker may call the replay or the honey function: they hold its operator's role, and write what they like.

They want a value kept where nobody can delete it for ten years, to read it later or to harm whoever it is about.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import TypeAdapter

from replay.filters import Filter
from schemas.dead_letter import DeadLetter
from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.replay_function import body
from tests.support.members import for_all
from tests.support.samples import OF_QUEUE as QUEUE
from tests.support.samples import order
from tokenizer.audit.lines import clean, clean_operator
from tokenizer.aws.replay.audit_facts import kept_filter, kept_ids
from tokenizer.aws.replay.letters import Opened
from tokenizer.callers import Caller
from tokenizer.errors import Refused
from tokenizer.messages.base import NO_ARN, Message, parse_message
from tokenizer.messages.honeytokens import HONEY
from tokenizer.messages.rekey import REKEY
from tokenizer.messages.replay import REPLAY
from tokenizer.replay.messages import letter_id

VALUES = {
    "a card number": "4111111111111111",
    "a card number with spaces": "4111 1111 1111 1111",
    "an email": "ann.canary@example.com",
    "an ssn": "219-09-9999",
    "an iban": "DE89370400440532013000",
    "a phone": "+12025550123",
    "percent-encoded": "ann%2Ecanary%40example.com",
}
PLACES: dict[str, Any] = {
    "ids": lambda value: {"ids": [value]},
    "the filter": lambda value: {"filter": {"codes": [value]}},
    "a name of the filter": lambda value: {"filter": {value: 1}},
    "deep in the filter": lambda value: {"filter": {"a": [{"b": {"c": [value]}}]}},
    "the paths of a patch": lambda value: {"paths": [f"/order/{value}"]},
    "a shard": lambda value: {"shard": value},
    "a result": lambda value: {"results": [{"status": value}]},
    "after ten thousand characters of the same": lambda value: {"reason": "x " * 150 + value},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
def test_no_place_of_a_line_keeps_a_value_and_what_is_withheld_is_said(place: Any, value: str) -> None:
    kept = json.dumps(clean(place(value)))
    assert value not in kept
    assert "withheld: " in kept


@pytest.mark.parametrize("value", VALUES.values(), ids=list(VALUES))
def test_the_operator_is_named_without_a_value(value: str) -> None:
    role = "arn:aws:sts::123456789012:assumed-role/orders-ReplayOperatorRole-1A2B3C"
    kept = clean_operator(f"{role}/{value}")
    assert kept.startswith(f"{role}/withheld: ")
    assert value not in kept
    assert clean_operator(value).startswith("withheld: ")


@for_all("length", range(2_020, 2_049))
def test_a_value_across_the_end_of_a_long_operator_is_withheld(length: int) -> None:
    parts = "a" * (length % 2) + "a/" * (length // 2)
    kept = clean_operator(f"{parts}4111111111111111")
    assert kept.startswith(parts)
    assert "4" not in kept


def test_a_number_is_a_value_as_well() -> None:
    assert clean({"filter": {"limit": 4111111111111111}}) == {"filter": {"limit": "withheld: card_number"}}


def test_two_names_that_are_withheld_stay_two() -> None:
    kept = clean({"filter": {"a@example.com": 1, "b@example.com": 2}})
    assert kept == {"filter": {"withheld: email (0)": 1, "withheld: email (1)": 2}}


@pytest.mark.parametrize(
    "text",
    [
        # pragma: allowlist nextline secret
        "tok_0123456789abcdefghjkmnpqrs",
        "0192f0c8-1111-7abc-8def-000000000001",
        "49645115243490985138998949128417182917385129817240911874",
        "arn:aws:kms:us-east-1:411111111111:key/6f1c1d2e-0000-4000-8000-000000000001",
        # pragma: allowlist nextline secret
        "d41d8cd98f00b204e9800998ecf8427e",
        "2026-11-23T10:15:01.250000+00:00",
        "shardId-000000000003",
        "invalid_field",
    ],
)
def test_what_names_things_is_kept(text: str) -> None:
    assert clean({"ids": [text]}) == {"ids": [text]}


FREE = (
    "ann",
    "Ann Canaryname",
    "meet her at noon",
    "x" * 60,
    "C-77",
    "arn:aws:s3:::ann",
    "arn:aws:iam::1:user/ann",
)
REQUESTS: dict[str, tuple[TypeAdapter[Any], dict[str, Any]]] = {
    "replay": (REPLAY, {"action": "shards"}),
    "honey tokens": (HONEY, {"action": "list"}),
    "a move between keys": (REKEY, {"action": "status"}),
}


@pytest.mark.parametrize("name", FREE)
@pytest.mark.parametrize("request_", REQUESTS.values(), ids=list(REQUESTS))
def test_an_operator_is_an_arn_or_nobody(request_: Any, name: str) -> None:
    form, message = request_
    assert parse_message(form, {**message, "operator": name}).operator == NO_ARN
    arn = "arn:aws:sts::123456789012:assumed-role/orders-ReplayOperatorRole-1A2B3C/ann.o@x"
    assert parse_message(form, {**message, "operator": arn}).operator == arn


def test_every_message_that_has_an_operator_has_one_of_that_kind() -> None:
    found = {each for each in _messages(Message) if "operator" in each.model_fields}
    assert len(found) > 10
    for each in found:
        metadata = [*each.model_fields["operator"].metadata, each.model_fields["operator"].annotation]
        assert "_known_as" in str(metadata), each


def _messages(base: type[Message]) -> set[type[Message]]:
    return {base} | {lower for each in base.__subclasses__() for lower in _messages(each)}


@pytest.mark.parametrize("text", [*FREE, *VALUES.values()])
@pytest.mark.parametrize("name", ["codes", "sources", "event_types", "ids", "since", "until", "limit", "who"])
def test_a_filter_has_what_is_known_and_no_free_text(name: str, text: str) -> None:
    for given in (text, [text], [[text]], {text: text}):
        assert text not in json.dumps(kept_filter({name: given}))
    assert text not in json.dumps(kept_filter({text: given}))
    assert text not in json.dumps(kept_ids([text]))


def test_a_filter_of_the_command_is_kept_as_it_is() -> None:
    filters = Filter(
        codes=("invalid_field", "unknown"),
        sources=("stream",),
        since=datetime(2026, 11, 23, tzinfo=UTC),
        event_types=("order.placed",),
        ids=("0192f0c8",),
        limit=5,
    ).to_dict()
    assert kept_filter(filters) == filters
    assert kept_ids(["0192f0c8-1111-7abc-8def-000000000001"]) == ["0192f0c8-1111-7abc-8def-000000000001"]


_OPENED = Opened(QUEUE, json.dumps(order()).encode())


@dataclass
class _Letters:
    opened: Opened = _OPENED

    def open(self, _: str) -> Opened:
        return self.opened

    def entries(self, bodies: Any, _: Any) -> Any:
        return {}, {at: {"status": "refused"} for at, _ in enumerate(bodies)}


class _Published:
    def tokenize(self, entries: Any, *_: Any) -> list[dict[str, str]]:
        return [{"status": "published"} for _ in entries]


EDIT = [{"op": "replace", "path": "/order/total", "value": "1.00"}]
ABOUT_A_LETTER: dict[str, dict[str, Any]] = {
    "replay": {},
    "open": {"purpose": "p", "paths": ["/order/total"]},
    "edit": {"purpose": "p", "patch": EDIT},
    "ask_approval": {"purpose": "p", "patch": EDIT, "ids": ["0f"], "id_token": "t"},
    "quarantine": {"reason": "r"},
    "reveal": {"purpose": "repair", "id_token": "t"},
}


@pytest.mark.parametrize("action", ABOUT_A_LETTER)
def test_each_line_says_which_letter_it_is_about_whatever_id_was_told(action: str) -> None:
    lines = []
    for source in (QUEUE, QUEUE.model_copy(update={"message_id": "m-2"})):
        letter = DeadLetter.model_validate_json(body(1)).model_copy(update={"source": source})
        opened = Opened(source, json.dumps(order()).encode())
        letters, others = _Letters(opened), SimpleNamespace(keep=lambda *_: None)
        replaying = Replaying(letters, _Published(), FakeAudit(), others=others)
        told: dict[str, Any] = {"ids": ["0f"], "letters": [letter.model_dump_json(exclude_none=True)]}
        with suppress(Refused):
            replaying.ask(action, Caller("ann", ("operators",)), **(told | ABOUT_A_LETTER[action]))
        assert replaying.audit.lines
        for line in replaying.audit.lines:
            assert line["letters"] == [letter_id(source)]
            assert clean(line)["letters"] == [letter_id(source)]
        lines.append(replaying.audit.lines[0]["letters"])
    assert lines[0] != lines[1]


def test_a_line_names_who_signed_in_and_the_role_beside() -> None:
    replaying = Replaying(_Letters(), _Published(), FakeAudit())
    arn = "arn:aws:sts::123456789012:assumed-role/r/ann"
    asked: dict[str, Any] = {"letters": ["l"], "purpose": "p", "patch": EDIT, "operator": arn}
    replaying.ask("edit", Caller("ann", ("operators",)), id_token="t", **asked)
    assert {(each["operator"], each["role"]) for each in replaying.audit.lines} == {("ann", arn)}
    replaying.audit.lines.clear()
    replaying.ask("edit", **asked)
    assert {(each["operator"], each.get("role")) for each in replaying.audit.lines} == {(arn, None)}
