"""Tests that every refusal looks the same: one answer, after the same calls, counted at botocore's hooks."""

import io
import json
from collections.abc import Callable
from random import SystemRandom
from typing import Any

import pytest

from handlers.batch_outcomes import tokenize_answer
from tests.support.aws_account import Aws, make_table
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.reveals import NOON
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.compose import tokenize
from tokenizer.aws.compose.reveal import reveal_service
from tokenizer.aws.honeytokens.keeper import HoneyKeeper
from tokenizer.aws.honeytokens.service import HoneytokenService
from tokenizer.aws.platform import clients
from tokenizer.callers import Caller
from tokenizer.messages.tokenize import tokenize_message
from tokenizer.pipeline.catalog import values_catalog
from tokenizer.pipeline.sources import api_record
from tokenizer.records import VaultField, VaultRecord
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.vault.tokens import Pointer

PAYMENTS, ANALYTICS = Caller("p", ("payments",)), Caller("a", ("analytics",))

# Its shape is right and nobody made it; made by a stack with other keys; made here, of a record whose time is over, or that is erased.
FORGED, FOREIGN = "tok_" + "7" * 26, Pointer(b"other-stack-", b"tag9").token
EXPIRED, ERASED = (Pointer(name, b"tag0").token for name in (b"expired-----", b"erased------"))


class Account:
    """Reveals on an account that has one order, and every call they make, in order."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        dynamodb = aws.client("dynamodb")
        for name in ("honey-tokens", "reveal-budgets"):
            make_table(dynamodb, name)
        aws.client("s3").create_bucket(Bucket="audit", ObjectLockEnabledForBucket=True)
        dynamodb.create_table(
            TableName="audit-heads",
            KeySchema=[
                {"AttributeName": "day", "KeyType": "HASH"},
                {"AttributeName": "chain", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "day", "AttributeType": "S"},
                {"AttributeName": "chain", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        self.tokenizer = aws.tokenizer()
        self.tokenizer.tokenize_batch([stream_record(order())], ample_budget())
        fields = {b"tag0": VaultField("/order/payment/card/number", "token", "x")}
        records = [VaultRecord(b"expired-----", fields, 1), VaultRecord(b"erased------", fields).tombstone(1)]
        vault = self.tokenizer.vault_stage.vault
        assert vault.put([vault.seal(each) for each in records], ample_budget()) == [None, None]
        (event,) = aws.events()
        shown = event["detail"]["data"]["order"]
        self.card, self.email = shown["payment"]["card"]["number"], shown["customer"]["email"]
        self.calls: list[str] = []
        monkeypatch.setattr(clients, "client", self._watched(clients.client))
        self.reveals = reveal_service(aws.reveal_settings())
        self.ask(PAYMENTS, "charge", self.card)  # the audit trail's chain, the data key

    def _watched(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def watched(service: str, **options: Any) -> Any:
            made = make(service, **options)
            made.meta.events.register(
                "before-call", lambda model, **_: self.calls.append(f"{service}.{model.name}")
            )
            return made

        return watched

    def ask(
        self, caller: Caller, purpose: str, *tokens: str, action: Action = Action.REVEAL
    ) -> tuple[list[Any], list[str]]:
        """Asks; returns the answers and the calls that were made."""
        self.calls.clear()
        answers = self.reveals.answer(caller, RevealRequest(tokens, purpose, action), ample_budget())
        return [answers[token] for token in tokens], list(self.calls)


@pytest.fixture
def account(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Account:
    return Account(aws, monkeypatch)


REFUSED = [
    "dynamodb.BatchGetItem",  # honey tokens
    *["dynamodb.UpdateItem"] * 2,  # budgets
    *["s3.PutObject", "dynamodb.PutItem"],  # the audit line and the chain's end
]


@pytest.mark.parametrize(
    ("caller", "purpose", "action"),
    [
        (ANALYTICS, "charge", Action.REVEAL),
        (ANALYTICS, "charge", Action.MASKED),
        (PAYMENTS, "curiosity", Action.REVEAL),
        (PAYMENTS, "refund", Action.REVEAL),
    ],
)
def test_who_may_reveal_nothing_can_not_tell_tokens_apart(
    account: Account, caller: Caller, purpose: str, action: Action
) -> None:
    for token in (account.card, account.email, FORGED, FOREIGN, EXPIRED, ERASED):
        answers, calls = account.ask(caller, purpose, token, action=action)
        assert (answers, calls) == ([{"status": "denied"}], REFUSED)


def test_who_may_reveal_something_can_not_tell_apart_why_there_is_nothing_behind_a_token(
    account: Account,
) -> None:
    told = [account.ask(PAYMENTS, "charge", token) for token in (FORGED, FOREIGN, EXPIRED)]
    honey, *rest = REFUSED
    assert told == [([{"status": "unknown"}], [honey, "dynamodb.BatchGetItem", *rest])] * 3


class InProcess:
    """The tokenizing function, invoked."""

    def __init__(self, aws: Aws) -> None:
        self._tokenizer = tokenize.tokenizer(aws.settings, values_catalog())

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 -- boto3's
        asked = tokenize_message(json.loads(Payload))
        assert asked.record is not None
        outcomes = self._tokenizer.tokenize_batch([api_record(asked.record)], ample_budget(), asked.mode)
        return {"Payload": io.BytesIO(json.dumps(tokenize_answer(outcomes, asked.mode)).encode())}


def test_a_honey_token_takes_the_calls_that_an_orders_token_takes(account: Account, aws: Aws) -> None:
    functions: Any = InProcess(aws)
    keeper = HoneyKeeper(aws.client("dynamodb"), "honey-tokens")
    desk = HoneytokenService(
        SynchronousTokenizer(functions, "tokenize", "api:x"),
        keeper,
        FakeAudit(),
        SystemRandom(),
        lambda: NOON,
    )
    seed = {"action": "seed", "operator": "ann", "kind": "card_number", "count": 1, "note": "here"}
    (honey,) = desk.serve(seed)["tokens"]
    # Whoever is first to need a data key waits for it; that can be an order's token as well.
    account.ask(PAYMENTS, "charge", honey["token"])
    for caller in (PAYMENTS, ANALYTICS):
        plain, plain_calls = account.ask(caller, "charge", account.card)
        sweet, sweet_calls = account.ask(caller, "charge", honey["token"])
        assert (sweet_calls, sweet[0].keys()) == (plain_calls, plain[0].keys())
    assert account.ask(PAYMENTS, "charge", honey["token"])[0][0]["value"].startswith("400000")


def test_a_hundred_tokens_cost_the_calls_of_one(account: Account) -> None:
    many = [account.card, account.email, *(Pointer(at.to_bytes(12), b"tag0").token for at in range(98))]
    _, calls = account.ask(PAYMENTS, "charge", *many)
    assert calls == account.ask(PAYMENTS, "charge", account.card)[1]
