"""Each handler asks its service for what the message says, in the time that the invocation has, and logs what came of it."""

import io
import json
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import erase, pay, rekey, replay, reveal, sign_in_keys, token_keys, vault_keys
from tests.support.handlers import Emitted
from tokenizer.aws.replay.invocation import Invocation
from tokenizer.aws.vault.token_keys import SUBJECT_KEY, TOKEN_KEY
from tokenizer.errors import Refused, Unavailable
from tokenizer.payments.cashier import Payment, PaymentStatus
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.time_budget import Budget

ARN = "arn:aws:lambda:us-east-1:000000000000:function:f:approve"
CONTEXT: Any = SimpleNamespace(
    aws_request_id="r", invoked_function_arn=ARN, get_remaining_time_in_millis=lambda: 30_000
)
TOKEN = "tok_" + "0" * 26
OWNER = "0" * 32
WHO_ASKS = "arn:aws:sts::000000000000:assumed-role/operator/ann"


class Service:
    """Answers one thing to every call, and notes them; of a budget it notes the seconds."""

    def __init__(self, given: Any) -> None:
        self.given = given
        self.asked: list[Any] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*passed: Any, **named: Any) -> Any:
            values = [round(each.remaining(), 1) if isinstance(each, Budget) else each for each in passed]
            self.asked.append((name, *values, *named.items()))
            return self.given

        return call


@pytest.fixture(autouse=True)
def callers(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (erase, pay, replay, reveal):
        monkeypatch.setattr(module, "identified_caller", lambda token, context: (token, context))


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(each) for each in log.getvalue().splitlines()]


def of(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: line.get(name) for name in ("level", "message", *names)}


ME = ("t", CONTEXT)
LEFT = 22.0  # seconds: the last call and the answer have the rest

CERTIFICATE = {
    "erasure_id": "era_1", "status": "erased", "requested_by": "ann", "purpose": "because", "requested_at": "1",
    "erased_until": "2", "records": 3, "kept_for_others": 4, "pending": 5, "unproven": 0, "complete": True,
}  # fmt: skip
OF_VALUE = {"token": TOKEN, "lost_by_customers": 6, "lost_by_orders": 7}
WHO = {"purpose": "because", "id_token": "t"}
ERASURES: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[Any, ...]]] = {
    "a customer": (
        {"customer_id": "C-1"}, {"customer_id": "C-1"}, ("erase", ME, "C-1", "because", LEFT),
    ),
    "an order": (
        {"order_id": "SO-1"}, {"order_id": "SO-1"},
        ("erase_order", ME, "SO-1", "because", LEFT, ("of_customer", False)),
    ),
    "an order of a customer": (
        {"order_id": "SO-1", "of_customer": True}, {"order_id": "SO-1"},
        ("erase_order", ME, "SO-1", "because", LEFT, ("of_customer", True)),
    ),
    "a value": (
        {"token": TOKEN, "owner": OWNER}, OF_VALUE, ("erase_value", ME, TOKEN, OWNER, "because", LEFT),
    ),
}  # fmt: skip


@pytest.mark.parametrize("unproven", [0, 2])
@pytest.mark.parametrize("what", ERASURES)
def test_an_erasure_is_of_what_was_named(
    what: str, unproven: int, monkeypatch: pytest.MonkeyPatch, log: io.StringIO, emitted: Emitted
) -> None:
    named, shown, call = ERASURES[what]
    certificate = CERTIFICATE | shown | {"unproven": unproven}
    service = Service(certificate)
    monkeypatch.setattr(erase, "_service", lambda: service)
    assert erase.handler(named | WHO, CONTEXT) == {"certificate": certificate}
    assert service.asked == [call]
    (line,) = lines(log)
    assert of(line, "erasure_id", "records", "complete") == {
        "level": "INFO", "message": "erasure", "erasure_id": "era_1", "records": 3, "complete": True,
    }  # fmt: skip
    assert {name: value for name, (value, *_) in emitted().items()} == ({"Tampered": 2.0} if unproven else {})


def test_a_sweep_answers_counts_and_logs_its_counts(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO, emitted: Emitted
) -> None:
    counts = {"swept": 3, "failed": 2, "unproven": 1}
    service = Service(counts)
    monkeypatch.setattr(erase, "_service", lambda: service)
    assert erase.handler({"sweep": True}, CONTEXT) == counts
    assert service.asked == [("sweep", LEFT)]
    (line,) = lines(log)
    assert of(line, *counts) == {"level": "INFO", "message": "sweep", **counts}
    told = {name: value for name, (value, *_) in emitted().items()}
    assert told == {"Swept": 3.0, "SweepsFailed": 2.0, "Tampered": 1.0}


PAYMENT: dict[str, Any] = {
    "payment_id": "pay_1", "order_id": "SO-1", "amount": "1.00", "currency": "USD", "number_last4": "1111",
}  # fmt: skip


@pytest.mark.parametrize("status", PaymentStatus)
def test_a_payment_is_of_the_order_that_was_named(
    status: PaymentStatus, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    service = Service(Payment(**PAYMENT, status=status, reference="ref", reason=None))
    monkeypatch.setattr(pay, "_cashier", lambda: service)
    answer = pay.handler({"order_id": "SO-1", "key": "k-1", "id_token": "t"}, CONTEXT)
    assert service.asked == [("pay", "SO-1", "k-1", ME, LEFT)]
    assert answer == {"payment": PAYMENT | {"status": str(status), "reference": "ref"}}
    (line,) = lines(log)
    assert of(line, "payment_id", "status") == {
        "level": "INFO", "message": "payment", "payment_id": "pay_1", "status": str(status),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "call"),
    [
        ({"action": "begin", "operator": WHO_ASKS, "segments": 8}, ("begin", WHO_ASKS, 8)),
        ({"action": "work", "segment": 3}, ("work", 3, 5.0)),  # a slice of five seconds
        ({"action": "conclude", "operator": WHO_ASKS}, ("conclude", WHO_ASKS)),
        ({"action": "status"}, ("status",)),
    ],
)
def test_an_action_of_a_rekeying_is_the_one_that_was_named(
    asked: dict[str, Any], call: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    service = Service({"moved": 1})
    monkeypatch.setattr(rekey, "_rekeying", lambda: service)
    assert rekey.handler(asked, CONTEXT) == {"moved": 1}
    assert service.asked == [call]
    (line,) = lines(log)
    assert of(line, "action", "answer") == {
        "level": "INFO", "message": "rekey", "action": asked["action"], "answer": {"moved": 1},
    }  # fmt: skip


@pytest.mark.parametrize(("milliseconds", "seconds"), [(30_000, 5.0), (12_000, 4.0), (8_000, 0.0)])
def test_a_slice_of_a_rekeying_ends_before_its_invocation(
    milliseconds: int, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: milliseconds)
    budget = rekey._slice(context)
    assert budget.remaining() == seconds
    now[0] += 4.5
    assert budget.remaining() == min(0.5, seconds)


@pytest.mark.parametrize("action", ["replay", "x" * 30])
def test_a_replay_is_served_with_its_alias_its_caller_and_its_time(
    action: str, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    statuses = ["published", "failed"] if action == "replay" else []  # other actions answer something else
    answer: dict[str, Any] = (
        {"results": [{"status": each} for each in statuses]} if statuses else {"edit": {}}
    )
    service = Service(answer)
    monkeypatch.setattr(replay, "_service", lambda: service)
    asked: dict[str, Any] = {"letters": []} | ({} if action == "replay" else {"action": action})
    assert replay.handler(asked, CONTEXT) is answer
    ((name, event, invoked),) = service.asked
    assert (name, event) == ("serve", asked)
    assert isinstance(invoked, Invocation)
    assert invoked.alias == "approve"
    caller: Any = invoked.caller("t")
    assert caller == ME
    assert round(invoked.budget.remaining(), 1) == LEFT
    (line,) = lines(log)
    assert of(line, "action", "statuses") == {
        "level": "INFO", "message": "replay", "action": action[:20], "statuses": statuses,
    }  # fmt: skip


@pytest.mark.parametrize("masked", [False, True])
def test_a_reveal_is_of_the_tokens_that_were_named(
    masked: bool, monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    found: dict[str, dict[str, Any]] = {
        TOKEN: {"status": "ok", "kind": "token", "value": {"a": "b"}},
        "x": {"status": "unknown"},
    }
    service = Service(found)
    monkeypatch.setattr(reveal, "_reveals", lambda: service)
    asked = {"tokens": [TOKEN, "x"], "purpose": " because ", "id_token": "t"} | (
        {"masked": True} if masked else {}
    )
    answer = reveal.handler(asked, CONTEXT)
    request = RevealRequest((TOKEN, "x"), "because", Action.MASKED if masked else Action.REVEAL)
    assert service.asked == [("answer", ME, request, LEFT)]
    assert answer == {"tokens": found | {TOKEN: found[TOKEN] | {"value": '{"a":"b"}'}}}
    (line,) = lines(log)
    assert of(line, "asked", "statuses") == {
        "level": "INFO", "message": "reveal", "asked": 2, "statuses": ["ok", "unknown"],
    }  # fmt: skip


def asks_whom(module: Any, **named: Any) -> dict[str, Any]:
    answer: dict[str, Any] = module.handler(named | {"id_token": "t"}, CONTEXT)
    return answer


SERVED_BY = {erase: "_service", pay: "_cashier", reveal: "_reveals", replay: "_service"}


@pytest.mark.parametrize(
    ("module", "asked", "message"),
    [
        (
            erase,
            {"customer_id": "C-1", "purpose": "because"},
            "the erasure was not begun; try again",
        ),
        (
            pay,
            {"order_id": "o", "key": "k"},
            "the payment was not made; try again with the same key",
        ),
        (reveal, {"tokens": [TOKEN], "purpose": "because"}, "reveals are not available"),
        (replay, {"letters": []}, "Unavailable: down"),
    ],
)
def test_what_a_caller_is_told_of_a_service_that_is_down_and_of_a_refusal(
    module: Any,
    asked: dict[str, Any],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    log: io.StringIO,
) -> None:
    error: Exception = Unavailable("down")

    def fails() -> None:
        raise error

    monkeypatch.setattr(module, SERVED_BY[module], fails)
    assert asks_whom(module, **asked) == {"error": {"code": "unavailable", "message": message}}
    (line,) = lines(log)
    assert of(line, "error", "reason") == {
        "level": "ERROR", "message": "failed", "error": "Unavailable", "reason": "down",
    }  # fmt: skip
    error = Refused("denied", "not you")
    assert asks_whom(module, **asked) == {"error": {"code": "denied", "message": "not you"}}


ENVIRONMENT = {
    "TOKEN_KEYS_TABLE": "keys", "TOKEN_KEY_ARN": "key", "REKEY_TABLE": "rekey", "USER_POOL_ID": "pool",
    "ISSUER": "https://pool", "CLIENT_ID": "client", "SIGN_IN_BUCKET": "bucket",
}  # fmt: skip


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_each_custom_resource_makes_its_change_and_keeps_its_physical_id(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    service, served = Service(None), []

    def serve(event: Any, context: Any, *, physical_id: str, done: str, change: Any) -> None:
        assert (event["RequestType"], context) == (kind, CONTEXT)
        served.append((physical_id, done))
        change(event["ResourceProperties"])

    for module in (sign_in_keys, token_keys, vault_keys):
        monkeypatch.setattr(module, "serve", serve)
    monkeypatch.setattr(sign_in_keys, "provide_sign_in_keys", service.provide)
    monkeypatch.setattr(token_keys, "provision_token_keys", service.provision)
    monkeypatch.setattr(vault_keys, "held_keys", service.held)
    service.given = service
    properties = {"TokenKeyVersion": "1", "SubjectKeyVersion": "2", "Active": "a", "Held": ["h"]}
    for module in (sign_in_keys, token_keys, vault_keys):
        module.handler({"RequestType": kind, "ResourceProperties": properties}, CONTEXT)
    # A physical id that changed would have CloudFormation delete the resource that it replaces.
    assert served == [
        ("sign-in-keys", "the sign-in keys are there"),
        ("token-keys", "the token keys are there"),
        ("vault-keys", "the stack holds its vault keys"),
    ]
    (provide, pool), (provision, keys, versions), (held, rekeying), change = service.asked
    assert (provide, pool.user_pool_id, pool.client_id) == ("provide", "pool", "client")
    assert (provision, keys.token_keys_table, keys.token_key_arn) == ("provision", "keys", "key")
    assert versions == {TOKEN_KEY: 1, SUBJECT_KEY: 2}
    assert (held, rekeying.rekey_table, change) == ("held", "rekey", ("change", "a", ["h"]))


def test_the_schedule_writes_the_sign_in_keys_without_an_answer(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    written: list[Any] = []
    monkeypatch.setattr(sign_in_keys, "provide_sign_in_keys", written.append)
    monkeypatch.setattr(sign_in_keys, "serve", lambda *_, **__: pytest.fail("nobody waits for an answer"))
    sign_in_keys.handler({"refresh": True}, CONTEXT)
    assert [each.sign_in_bucket for each in written] == ["bucket"]
    (line,) = lines(log)
    assert of(line) == {"level": "INFO", "message": "the sign-in keys were written"}
