from typing import Any

import pytest

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.reveals import Revealing
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import CANARIES, order, stream_record
from tokenizer.callers import IAM, Caller
from tokenizer.errors import Unavailable
from tokenizer.reveal import service
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.reveal.service import masked


@pytest.fixture
def world() -> World:
    made = World()
    made.tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    return made


def token(world: World, *path: str) -> str:
    value: Any = world.bus.details()[0]["data"]["order"]
    for step in path:
        value = value[step]
    return str(value)


def test_a_reveal_is_answered_by_policy_and_told_to_the_audit_trail(world: World) -> None:
    audit = FakeAudit()
    number, email = token(world, "payment", "card", "number"), token(world, "customer", "email")
    request = RevealRequest((number, email, "tok_" + "0" * 26), "charge", Action.REVEAL)
    desk = Revealing(world.vault, world.aliases, audit)
    answers = desk.reveals.answer(Caller("ann", ("payments",)), request, ample_budget())
    assert answers[number] == {"status": "ok", "kind": "token", "value": "4111111111111111"}
    assert answers[email] == {"status": "denied"}
    assert answers["tok_" + "0" * 26] == {"status": "unknown"}
    (line,) = audit.lines
    assert (line["operator"], line["purpose"]) == ("ann", "charge")
    assert line["tokens"] == {name: each["status"] for name, each in answers.items()}
    assert "41111111" not in str(line)


def test_a_value_that_is_asked_for_as_if_it_were_a_token_never_reaches_the_audit_trail(world: World) -> None:
    audit = FakeAudit()
    email = token(world, "customer", "email")
    texts = (email, "4111111111111111", "4111111111111111 ", "Ann.Canary@example.com", "tok_" + "0" * 26)
    Revealing(world.vault, world.aliases, audit).reveals.answer(
        Caller("ann", (IAM,)), RevealRequest(texts, "charge", Action.REVEAL), ample_budget()
    )
    (line,) = audit.lines
    assert line["tokens"] == {email: "ok", "tok_" + "0" * 26: "unknown"}
    assert line["not_tokens"] == 3
    Revealing(world.vault, world.aliases, audit).reveals.answer(
        Caller("ann", ("analytics",)), RevealRequest(texts, "charge", Action.REVEAL), ample_budget()
    )
    assert audit.lines[1]["tokens"] == {email: "denied", "tok_" + "0" * 26: "denied"}
    assert not [canary for canary in CANARIES if canary.casefold() in str(audit.lines).casefold()]


def test_a_sentence_given_as_a_purpose_never_reaches_the_audit_trail(world: World) -> None:
    audit = FakeAudit()
    request = RevealRequest(
        (token(world, "customer", "email"),), "because Ann Canaryname asked", Action.REVEAL
    )
    Revealing(world.vault, world.aliases, audit).reveals.answer(
        Caller("ann", ("support",)), request, ample_budget()
    )
    assert [line["purpose"] for line in audit.lines] == ["withheld: no code"]


def test_without_an_audit_line_there_is_no_answer(world: World) -> None:
    audit = FakeAudit()
    audit.down = True
    with pytest.raises(Unavailable):
        Revealing(world.vault, world.aliases, audit).reveals.answer(
            Caller("x", (IAM,)),
            RevealRequest((token(world, "customer", "email"),), "p", Action.REVEAL),
            ample_budget(),
        )


@pytest.mark.parametrize(
    ("value", "of", "shown"),
    [
        ("4111 1111 1111 1111", "card_number", "**** **** **** 1111"),
        ("4111", "card_number", "***"),
        ("ann@example.com", "email", "a***@example.com"),
        ("@", "email", "***"),
        ("Ann Example", "name", "A** *******"),
        ("Ann", "name", "***"),
        ({"a": 1}, "other", "***"),
    ],
)
def test_a_masked_value_can_be_recognized_and_not_used(value: Any, of: str, shown: str) -> None:
    assert masked(value, of) == shown


@pytest.mark.parametrize(
    ("status", "led"),
    [
        ("ok", True),
        ("erased", True),
        ("tampered", True),
        ("unknown", False),
        ("denied", False),
        ("unavailable", False),
    ],
)
def test_a_text_of_no_tokens_shape_is_in_the_trail_if_it_led_somewhere(status: str, led: bool) -> None:
    alias, ours = "123-456-789", "tok_" + "0" * 26
    result = service._results({alias: {"status": status}, ours: {"status": status}}, Action.REVEAL)
    assert result == {"tokens": ({alias: status} if led else {}) | {ours: status}, "not_tokens": int(not led)}
