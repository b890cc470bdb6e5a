"""Idempotency keys on DynamoDB and KMS in memory (moto)."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.aws_account import REGION, make_table
from tokenizer.aws.api import idempotency
from tokenizer.aws.api.fingerprints import Asked, Fingerprints
from tokenizer.aws.api.idempotency import IN_USE, LEASE_SECONDS, REUSED, IdempotencyKeys, Turn
from tokenizer.errors import Refused, Unavailable

BODY = b'{"number":"4111111111111111"}'


@dataclass
class Work:
    """Counts its turns and answers with them."""

    turns: list[Turn]

    def __call__(self, turn: Turn) -> dict[str, Any]:
        self.turns.append(turn)
        return {"turn": len(self.turns)}


@dataclass
class Requests:
    keys: IdempotencyKeys
    dynamodb: Any
    now: int = 1_764_000_000_000

    def items(self) -> list[dict[str, Any]]:
        return list(self.dynamodb.scan(TableName="idempotency")["Items"])


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[Requests]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        kms, dynamodb = boto3.client("kms", region_name=REGION), boto3.client("dynamodb", region_name=REGION)
        key = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"]
        made = Requests(
            IdempotencyKeys(dynamodb, make_table(dynamodb, "idempotency"), Fingerprints(kms, key)), dynamodb
        )
        monkeypatch.setattr(idempotency, "_now", lambda: made.now)
        yield made


def asked(**changes: Any) -> Asked:
    return Asked(**({"operation": "tokens", "caller": "ann", "key": "one", "body": BODY} | changes))


@pytest.fixture
def work() -> Work:
    return Work([])


def test_a_repeat_gets_the_first_answer_and_does_nothing(requests: Requests, work: Work) -> None:
    assert [requests.keys.once(asked(), work) for _ in range(3)] == [{"turn": 1}] * 3
    assert len(work.turns) == 1


def test_without_a_key_each_request_is_done_as_a_record_of_its_own(requests: Requests, work: Work) -> None:
    for _ in range(2):
        requests.keys.once(asked(key=None), work)
    assert len({turn.record_id for turn in work.turns}) == 2
    assert requests.items() == []


@pytest.mark.parametrize(
    "other", [{"body": b'{"number":"5555555555554444"}'}, {"operation": "order"}], ids=["body", "operation"]
)
def test_a_key_stands_for_one_request(requests: Requests, work: Work, other: dict[str, Any]) -> None:
    requests.keys.once(asked(), work)
    with pytest.raises(Refused) as caught:
        requests.keys.once(asked(**other), work)
    assert caught.value.code == REUSED
    assert len(work.turns) == 1


def test_the_same_key_of_another_caller_is_another_key(requests: Requests, work: Work) -> None:
    requests.keys.once(asked(), work)
    assert requests.keys.once(asked(caller="bob", body=b"{}"), work) == {"turn": 2}


def test_callers_and_keys_that_run_together_are_told_apart(requests: Requests, work: Work) -> None:
    requests.keys.once(asked(caller="ann", key="1one"), work)
    assert requests.keys.once(asked(caller="ann1", key="one", body=b"{}"), work) == {"turn": 2}


def test_while_the_first_request_works_a_repeat_is_told_so(requests: Requests, work: Work) -> None:
    codes = []

    def first(turn: Turn) -> dict[str, Any]:
        with pytest.raises(Refused) as caught:
            requests.keys.once(asked(), work)
        codes.append(caught.value.code)
        return {"turn": "first"}

    assert requests.keys.once(asked(), first) == {"turn": "first"}
    assert (codes, work.turns) == ([IN_USE], [])


def test_work_that_failed_is_done_by_the_next_repeat_as_the_same_record(
    requests: Requests, work: Work
) -> None:
    seen = []

    def fail(turn: Turn) -> dict[str, Any]:
        seen.append(turn)
        raise Unavailable("down")

    for _ in range(2):
        requests.now += 1
        with pytest.raises(Unavailable):
            requests.keys.once(asked(), fail)
    requests.keys.once(asked(), work)
    assert seen == [work.turns[0]] * 2


def test_work_that_died_is_taken_over_once_its_lease_is_over(requests: Requests, work: Work) -> None:
    first = requests.keys._claim("id", b"fingerprint")
    with pytest.raises(Refused):
        requests.keys._claim("id", b"fingerprint")
    requests.now += LEASE_SECONDS * 1000
    assert requests.keys._claim("id", b"fingerprint") == first
    with pytest.raises(Refused):
        requests.keys._claim("id", b"fingerprint")


def test_a_key_is_forgotten_after_a_day_even_if_the_table_still_has_it(
    requests: Requests, work: Work
) -> None:
    requests.keys.once(asked(), work)
    requests.now += 86_401_000
    assert requests.keys.once(asked(body=b"{}"), work) == {"turn": 2}


@pytest.mark.parametrize(
    ("notes", "kept"),
    [
        ("n" * 379_988, True),
        ("n" * 379_989, False),
        ("\u00fc" * 189_994, True),
        ("\u00fc" * 189_995, False),
        ("n" * 400_000, False),
    ],
    ids=[
        "at the limit",
        "one byte above",
        "at it in two bytes each",
        "above it in two bytes each",
        "far above",
    ],
)
def test_an_answer_too_large_to_keep_is_made_again_as_the_same_record(
    requests: Requests, notes: str, kept: bool
) -> None:
    turns = []

    def large(turn: Turn) -> dict[str, Any]:
        turns.append(turn)
        return {"notes": notes}  # 12 bytes beside the notes

    assert requests.keys.once(asked(), large) == requests.keys.once(asked(), large)
    assert turns == turns[:1] * (1 if kept else 2)


def test_neither_the_value_nor_anything_computed_from_it_alone_is_kept(
    requests: Requests, work: Work
) -> None:
    requests.keys.once(asked(), work)
    requests.keys.once(asked(key="two"), work)
    requests.keys.once(asked(caller="bob"), work)
    items = requests.items()
    assert "41111111" not in json.dumps(items, default=str)
    # Three requests with one body: their identities and fingerprints have nothing in common.
    assert len({item["record_id"]["S"] for item in items}) == 3
    assert len({bytes(item["fingerprint"]["B"]) for item in items}) == 3
    guesses = [hashlib.sha256(BODY).digest(), hmac.digest(b"ann", BODY, "sha256")]
    assert not any(guess == bytes(item["fingerprint"]["B"]) for guess in guesses for item in items)


def test_identities_of_tokens_are_drawn_and_not_computed(requests: Requests, work: Work) -> None:
    requests.keys.once(asked(), work)
    requests.dynamodb.delete_item(TableName="idempotency", Key={"id": requests.items()[0]["id"]})
    requests.keys.once(asked(), work)
    assert work.turns[0].record_id != work.turns[1].record_id


def test_a_request_is_answered_though_its_answer_could_not_be_kept(requests: Requests, work: Work) -> None:
    def without_a_table(turn: Turn) -> dict[str, Any]:
        requests.dynamodb.delete_table(TableName="idempotency")
        return work(turn)

    assert requests.keys.once(asked(), without_a_table) == {"turn": 1}


def test_the_body_shows_in_no_repr() -> None:
    assert "4111" not in repr(asked())
