"""One record or request that meets other rules on its way, with an erasure between its deliveries or without (moto)."""

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.aws_account import Aws, make_table
from tests.support.fakes.customers import Customers
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tests.support.watched_calls import watch
from tokenizer import json_text
from tokenizer.aws.api.fingerprints import Asked, Fingerprints
from tokenizer.aws.api.idempotency import IdempotencyKeys, Turn
from tokenizer.aws.compose import tokenize
from tokenizer.aws.compose.vault import unerased_vault
from tokenizer.errors import Unavailable
from tokenizer.messages.tokenize import ApiRecord
from tokenizer.pipeline.sources import api_record
from tokenizer.reveal.lookup import reveal
from tokenizer.vault.tokens import is_token

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = ("", "name=400 email=400")  # lifetimes by category


class Deliveries:
    """Delivers orders under rules, and lets something happen at any of the calls to AWS."""

    def __init__(self, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = aws
        self.hook: Callable[[str, str], None] = lambda _when, _name: None
        watch(monkeypatch, tokenize, self)

    def deliver(self, number: int, lifetimes: str, at: int = -1, happens: Any = None) -> list[str]:
        """Delivers an order. Something happens at the call of a number; returns all its calls."""
        calls: list[str] = []
        numbers = count()

        def called(when: str, name: str) -> None:
            calls.append(f"{when} {name}")
            if next(numbers) == at:
                happens()

        who = {"customer_id": f"C-{number}", "name": "Ann", "email": f"{number}@example.com"}
        record = stream_record(order(order_id=f"SO-{number}", customer=who), number)
        outer, self.hook = self.hook, called
        tokenizer = tokenize.tokenizer(replace(self.aws.settings, vault_lifetimes=lifetimes))
        (outcome,) = tokenizer.tokenize_batch([record], ample_budget())
        self.hook = outer
        assert outcome.published, outcome
        return calls

    def published(self, number: int) -> list[dict[str, Any]]:
        """Returns the details of an order's events."""
        details = [each["detail"] for each in self.aws.events()]
        return [each for each in details if each["data"].get("order", {}).get("order_id") == f"SO-{number}"]


def tokens(detail: dict[str, Any]) -> list[str]:
    return [each for each in detail["data"]["order"]["customer"].values() if is_token(str(each))]


def test_whenever_the_second_delivery_and_the_erasure_come_every_token_answers_erased(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers, deliveries = Customers(aws, monkeypatch), Deliveries(aws, monkeypatch)
    first, second = RULES
    outer, inner = (len(deliveries.deliver(1_000 + at, rules)) for at, rules in enumerate((first, second)))
    assert min(outer, inner) > 4
    for number, at in enumerate(range(outer), 1):
        erasures: list[Any] = []

        def erase(number: int = number, erasures: list[Any] = erasures) -> None:
            erasures.append(customers.erase(f"C-{number}", f"era_{number}"))

        def meanwhile(
            number: int = number, at: int = at, erase: Any = erase, erasures: Any = erasures
        ) -> None:
            # At each of its calls in one of the rounds; it has fewer of them if the first has claimed the values.
            deliveries.deliver(number, second, at * 7 % inner, erase)
            if not erasures:
                erase()

        deliveries.deliver(number, first, at, meanwhile)
        published = deliveries.published(number)
        assert len({each["metadata"]["rules"] for each in published}) == 2
        assert len({each["metadata"]["ingest_id"] for each in published}) == 1
        for rules in RULES:
            deliveries.deliver(number, rules)
        shown = [token for each in deliveries.published(number) for token in tokens(each)]
        assert customers.statuses(shown) == {"erased"}, at


def test_a_repeated_request_gets_the_answer_that_was_kept_and_where_none_was_works_under_the_rules_of_now(
    aws: Aws,
) -> None:
    kms, dynamodb = aws.client("kms"), aws.client("dynamodb")
    key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
    keys = IdempotencyKeys(dynamodb, make_table(dynamodb, "idempotency"), Fingerprints(kms, key))
    body = json_text.dump_text(order(order_id="SO-1"))
    first, second = RULES

    def repeated(name: str, lifetimes: str, *, answered: bool = True) -> Any:
        """Sends the order as a client that repeats it with one key; returns the rules and the name's token."""

        def work(turn: Turn) -> dict[str, Any]:
            record = api_record(
                ApiRecord(origin="api", record_id=turn.record_id, arrived=turn.arrived, body=body)
            )
            tokenizer = tokenize.tokenizer(replace(aws.settings, vault_lifetimes=lifetimes))
            (outcome,) = tokenizer.tokenize_batch([record], ample_budget())
            assert outcome.published
            if not answered:
                raise Unavailable("the answer was lost")
            detail = aws.events()[-1]["detail"]
            return {"rules": detail["metadata"]["rules"], "name": detail["data"]["order"]["customer"]["name"]}

        return keys.once(Asked("order", "ann", name, body.encode()), work)

    kept = repeated("kept", first)
    assert repeated("kept", second) == kept
    with pytest.raises(Unavailable):
        repeated("lost", first, answered=False)
    lost = aws.events()[-1]["detail"]
    now = repeated("lost", second)
    assert repeated("lost", first) == now
    assert now["rules"] != lost["metadata"]["rules"] == kept["rules"]
    name = lost["data"]["order"]["customer"]["name"]
    assert len({kept["name"], name, now["name"]}) == 3
    vault = unerased_vault(aws.reveal_settings())
    answers = reveal([kept["name"], name, now["name"]], vault, aws.aliases(), ample_budget())
    assert {str(each.status) for each in answers.values()} == {"ok"}
