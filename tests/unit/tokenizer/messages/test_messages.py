"""Messages between functions: what has another form is refused, and no refusal repeats anything of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import TypeAdapter

from tokenizer.errors import InvalidRequest
from tokenizer.messages.base import parse_message
from tokenizer.messages.erasure import ERASE, ERASE_ORDER, ERASE_VALUE, ERASED
from tokenizer.messages.honeytokens import HONEY
from tokenizer.messages.mode import Mode
from tokenizer.messages.payments import PAID, PAY
from tokenizer.messages.rekey import REKEY
from tokenizer.messages.replay import REPLAY
from tokenizer.messages.reveal import REVEAL, REVEAL_ANSWER
from tokenizer.messages.tokenize import TOKENIZE_ANSWER, tokenize_message

CANARY = "canary-4111111111111111"
LETTER = {"letters": ["l"], "operator": "ann", "filter": {"codes": ["x"]}, "ids": ["i"]}
CERTIFICATE = {
    "erasure_id": "era_1",
    "customer_id": "C-1",
    "status": "erased",
    "requested_by": "ann",
    "purpose": "p",
    "requested_at": "t",
    "erased_until": "t",
    "records": 1,
    "kept_for_others": 0,
    "unproven": 0,
    "pending": 0,
    "complete": True,
}
PAYMENT = {
    "payment_id": "pay_1",
    "order_id": "SO-1",
    "amount": "1",
    "currency": "USD",
    "number_last4": "1111",
    "status": "charged",
    "reference": "r",
}
WAITED_FOR = {
    "mode": "waited_for",
    "record": {"origin": "api:x", "record_id": "00", "arrived": 1_795_600_000_000, "body": "{}"},
}
POSITION = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 1_795_600_000}

GOOD: list[tuple[TypeAdapter[Any] | None, dict[str, Any]]] = [
    (REVEAL, {"tokens": ["t", "u"], "purpose": "charge", "masked": True, "id_token": "eyJ.e30.c2ln"}),
    (REVEAL, {"tokens": ["t"], "purpose": "charge"}),
    (REVEAL_ANSWER, {"tokens": {"t": {"status": "ok", "kind": "token", "value": '"v"', "masked": True}}}),
    (PAY, {"order_id": "SO-1", "key": "k", "id_token": "eyJ.e30.c2ln"}),
    (PAID, {"payment": PAYMENT}),
    (ERASE, {"customer_id": "C-1", "purpose": "p", "id_token": "eyJ.e30.c2ln"}),
    (ERASE_ORDER, {"order_id": "SO-1", "of_customer": True, "purpose": "p", "id_token": "eyJ.e30.c2ln"}),
    (
        ERASE_VALUE,
        {"token": "tok_" + "0" * 26, "owner": "a" * 32, "purpose": "p", "id_token": "eyJ.e30.c2ln"},
    ),
    (ERASED, {"certificate": CERTIFICATE}),
    (HONEY, {"action": "seed", "operator": "ann", "kind": "email", "count": 1, "note": "n"}),
    (HONEY, {"action": "list", "operator": "ann"}),
    (REKEY, {"action": "begin", "operator": "ann", "segments": 4}),
    (REKEY, {"action": "work", "operator": "ann", "segment": 0}),
    (REKEY, {"action": "conclude", "operator": "ann"}),
    (REKEY, {"action": "status", "operator": "ann"}),
    (REPLAY, {"action": "replay", **LETTER, "event_types": ["order.placed"]}),
    (REPLAY, {"action": "show", **LETTER}),
    (REPLAY, {"action": "reveal", **LETTER, "purpose": "p"}),
    (REPLAY, {"action": "edit", **LETTER, "purpose": "p", "patch": [{"op": "remove", "path": "/a"}]}),
    (REPLAY, {"action": "edit", **LETTER, "purpose": "p", "patch": [], "approval": "a", "id_token": "e.e.e"}),
    (REPLAY, {"action": "reveal", **LETTER, "purpose": "p", "approval": "a", "id_token": "e.e.e"}),
    (REPLAY, {"action": "open", **LETTER, "purpose": "p", "paths": ["/a"]}),
    (REPLAY, {"action": "ask_approval", **LETTER, "purpose": "p", "patch": [], "id_token": "e.e.e"}),
    (REPLAY, {"action": "ask_approval", **LETTER, "purpose": "p", "id_token": "e.e.e"}),
    (REPLAY, {"action": "approve", **LETTER, "approval": "a", "patch": [], "id_token": "e.e.e"}),
    (REPLAY, {"action": "approvals", "operator": "ann"}),
    (REPLAY, {"action": "stream", "shard": "s", "position": POSITION, "until": 1.5, "last": "49"}),
    (REPLAY, {"action": "shards", "operator": "ann"}),
    (REPLAY, {"action": "unprocessed"}),
    (REPLAY, {"action": "quarantine", **LETTER, "reason": "r"}),
    (REPLAY, {"action": "quarantined"}),
    (REPLAY, {"action": "restore", "ids": ["0192f0c8-1111-7abc-8def-000000000001"]}),
    (TOKENIZE_ANSWER, {"outcomes": [{"item": "1", "sub": 0, "status": "published", "detail": "{}"}]}),
    (None, WAITED_FOR),
    (None, {"mode": "replayed", "records": [{"eventSource": "aws:sqs"}]}),
]
# A field that holds whatever its sender puts there has no wrong value.
FREE = {"filter", "patch", "value", "records"}


def read(form: TypeAdapter[Any] | None, told: Any) -> Any:
    return tokenize_message(told) if form is None else parse_message(form, told)


def spoiled(told: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """The same with one value of another type, or with one field more, each named by its place."""
    if path and path[-1] in FREE:
        return
    if isinstance(told, dict):
        yield (*path, "*"), {**told, CANARY: CANARY}
    for key, value in list(
        told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    ):
        copies = [*spoiled(value, (*path, key))]
        if key not in FREE:
            copies.append(((*path, key), {"canary": CANARY}))
        for place, changed in copies:
            copy: Any = dict(told) if isinstance(told, dict) else list(told)
            copy[key] = changed
            yield place, copy


SPOILED = [
    pytest.param(form, changed, id=f"{at} {'.'.join(map(str, place))}")
    for at, (form, told) in enumerate(GOOD)
    for place, changed in spoiled(told)
    # By token, so any name will do there; and whoever reads this answer repeats nothing of an error about it.
    if form is not REVEAL_ANSWER or place not in {("tokens",), ("tokens", "*")}
]


@pytest.mark.parametrize(("form", "told"), GOOD)
def test_what_is_sent_is_understood(form: TypeAdapter[Any] | None, told: dict[str, Any]) -> None:
    assert read(form, told)


@pytest.mark.parametrize(("form", "told"), SPOILED)
def test_another_form_is_refused_without_repeating_anything_of_it(
    form: TypeAdapter[Any] | None, told: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(form, told)
    assert refused.value.code == "invalid_request"
    assert "canary" not in str(refused.value)
    assert refused.value.__cause__ is refused.value.__context__ is None


@pytest.mark.parametrize("form", [HONEY, REKEY, REPLAY])
@pytest.mark.parametrize("action", [CANARY, 4111111111111111, None, ["canary"]])
def test_an_unknown_action_is_answered_with_those_that_there_are(form: TypeAdapter[Any], action: Any) -> None:
    with pytest.raises(InvalidRequest, match="action") as refused:
        parse_message(form, {"action": action, "operator": "ann"})
    assert "canary" not in str(refused.value)
    assert "4111" not in str(refused.value)


@pytest.mark.parametrize("told", [None, [], "canary", 4111111111111111])
def test_what_is_no_object_is_refused(told: object) -> None:
    forms: tuple[TypeAdapter[Any], ...] = (REVEAL, PAY, ERASE, ERASE_ORDER, ERASE_VALUE, HONEY, REKEY, REPLAY)
    for form in forms:
        with pytest.raises(InvalidRequest) as refused:
            parse_message(form, told)
        assert "canary" not in str(refused.value)


def test_a_delivery_of_lambdas_names_no_mode() -> None:
    asked = tokenize_message({"Records": [{"eventSource": "aws:sqs"}]})
    assert asked.mode is Mode.DELIVERED
    assert list(asked.records) == [{"eventSource": "aws:sqs"}]


def test_only_what_has_no_letter_yet_gets_one_and_only_who_waits_sees_events() -> None:
    assert {mode for mode in Mode if mode.sends_letters} == {Mode.DELIVERED, Mode.REPLAYED_WITHOUT_LETTER}
    assert {mode for mode in Mode if mode.replays} == {Mode.REPLAYED, Mode.REPLAYED_WITHOUT_LETTER}
    assert {mode for mode in Mode if mode.shows_events} == {Mode.WAITED_FOR, Mode.VALUES}
    assert {mode for mode in Mode if not mode.publishes} == {Mode.VALUES}
