"""Tests how much a request may hold: each limit itself is accepted, one more is refused, and so is too little."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from handlers import reveal
from handlers.rest.models import FindRequest, RevealRequest, TokensRequest, ValueErasureRequest
from tests.support.fakes.honeytoken_parts import SEED, Parts
from tests.support.handlers import PERSON, Api
from tokenizer.errors import InvalidRequest
from tokenizer.messages.base import parse_message
from tokenizer.messages.replay import REPLAY, ReplayLetters

MOST_BYTES = 262_144
REVEAL: dict[str, Any] = {"tokens": ["t"], "purpose": "charge"}
VALUES: dict[str, Any] = {"values": [{"kind": "name", "value": "v"}]}
TEXTS: dict[str, tuple[type[BaseModel], dict[str, Any], int, int]] = {
    "purpose": (RevealRequest, REVEAL, 1, 100),
    "customer_id": (TokensRequest, VALUES, 1, 256),
    "email": (FindRequest, {"purpose": "p"}, 1, 320),
    "value": (ValueErasureRequest, {"kind": "email"}, 1, 320),
}


class Answering:
    """Answers each token with a value of some length."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def answer(self, _caller: Any, request: Any, _budget: Any) -> dict[str, dict[str, Any]]:
        return {
            token: {"status": "ok", "value": "v" * (self.characters // len(request.tokens) - 2)}
            for token in request.tokens
        }


class Context:
    aws_request_id = "r"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:orders-reveal:direct"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def taken(model: type[BaseModel], body: dict[str, Any]) -> bool:
    try:
        model.model_validate(body)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (99, True), (100, True), (101, False)])
def test_a_hundred_tokens_are_revealed(monkeypatch: pytest.MonkeyPatch, count: int, fits: bool) -> None:
    monkeypatch.setattr(reveal, "_reveals", lambda: Answering(1_000))
    tokens = [f"t{at}" for at in range(count)]
    answer = reveal.handler({"tokens": tokens, "purpose": "charge"}, Context())  # type: ignore[arg-type]  # all that is asked of it
    assert ("tokens" in answer) is fits
    assert taken(RevealRequest, REVEAL | {"tokens": tokens}) is fits


@pytest.mark.parametrize(("characters", "fits"), [(1_399_999, True), (1_400_000, True), (1_400_001, False)])
def test_values_fill_an_answer(monkeypatch: pytest.MonkeyPatch, characters: int, fits: bool) -> None:
    monkeypatch.setattr(reveal, "_reveals", lambda: Answering(characters))
    answer = reveal.handler(REVEAL, Context())  # type: ignore[arg-type]  # all that is asked of it
    assert ("tokens" in answer) is fits
    assert fits or answer["error"]["code"] == "too_large"


@pytest.mark.parametrize(("length", "fits"), [(64, True), (65, False)])
def test_a_token_has_a_length(length: int, fits: bool) -> None:
    assert taken(RevealRequest, REVEAL | {"tokens": ["t" * length]}) is fits


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_texts_of_a_request_have_a_length(name: str, off: int) -> None:
    model, body, least, most = TEXTS[name]
    assert taken(model, body | {name: "x" * (least + off)}) is (off >= 0)
    assert taken(model, body | {name: "x" * (most + off)}) is (off <= 0)


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (100, True), (101, False)])
def test_a_hundred_values_are_tokenized(count: int, fits: bool) -> None:
    assert taken(TokensRequest, {"values": VALUES["values"] * count}) is fits


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (4_096, True), (4_097, False)])
def test_a_value_has_a_length(length: int, fits: bool) -> None:
    assert taken(TokensRequest, {"values": [{"kind": "name", "value": "v" * length}]}) is fits


@pytest.mark.parametrize("letter", ["x", "\u00e9", "\U0001f600"])
@pytest.mark.parametrize(("off", "fits"), [(-1, True), (0, True), (1, False)])
def test_a_body_is_measured_in_bytes(call: Api, letter: str, off: int, fits: bool) -> None:
    each = len(letter.encode())
    body = " " * ((MOST_BYTES + off) % each) + letter * ((MOST_BYTES + off) // each)
    assert len(body.encode()) == MOST_BYTES + off
    answer = call("POST", "/tokens/reveal", body, PERSON)
    assert answer.body["error"]["code"] == ("malformed_json" if fits else "too_large")


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({"count": 0}, False),
        ({"count": 1}, True),
        ({"count": 25}, True),
        ({"count": 26}, False),
        ({"note": ""}, False),
        ({"note": "x" * 200}, True),
        ({"note": "x" * 201}, False),
    ],
)
def test_honey_tokens_are_seeded_by_25(change: dict[str, Any], fits: bool) -> None:
    request = SEED | change | {"operator": "ann"}
    if fits:
        assert len(Parts().desk.serve(request)["tokens"]) == request["count"]
    else:
        with pytest.raises(InvalidRequest):
            Parts().desk.serve(request)


@pytest.mark.parametrize(("count", "fits"), [(0, False), (1, True), (100, True), (101, False)])
def test_letters_are_replayed_by_a_hundred(count: int, fits: bool) -> None:
    request = {"action": "replay", "letters": ["l"] * count}
    if fits:
        found = parse_message(REPLAY, request)
        assert isinstance(found, ReplayLetters)
        assert found.letters == ("l",) * count
    else:
        with pytest.raises(InvalidRequest, match=r"^replay\.letters: "):
            parse_message(REPLAY, request)
