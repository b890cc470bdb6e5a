"""Whoever takes a key over keeps it: a request that outlived its lease ends no lease but its own, however it ends itself."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tokenizer.aws.api import idempotency
from tokenizer.aws.api.fingerprints import Asked, Fingerprints
from tokenizer.aws.api.idempotency import IN_USE, LEASE_SECONDS, Answer, IdempotencyKeys, Turn
from tokenizer.errors import PipelineError, Refused, Unavailable

LEASE = LEASE_SECONDS * 1000
DEADLOCK = 30  # seconds after which a request that waits for another one gives up
ASKED = Asked("order", "ann", "k", b"{}")


class Table:
    """DynamoDB with one item, which understands the conditions and updates of idempotency keys."""

    def __init__(self) -> None:
        self.item: dict[str, Any] = {}

    def put_item(self, *, Item: dict[str, Any], **asked: Any) -> None:  # noqa: N803 -- boto3's
        self._check(**asked)
        self.item = Item

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": self.item}

    def update_item(self, *, UpdateExpression: str, **asked: Any) -> None:  # noqa: N803 -- boto3's
        self._check(**asked)
        name, value = UpdateExpression.removeprefix("SET ").split(" = ", 1)
        values = asked["ExpressionAttributeValues"]
        if value in values:
            self.item[name] = values[value]
        else:
            assert value == f"if_not_exists({name}, :{name})"
            self.item.setdefault(name, values[f":{name}"])

    def _check(self, ConditionExpression: str = "", ExpressionAttributeValues: Any = None, **_: Any) -> None:  # noqa: N803 -- boto3's
        def holds(term: str) -> bool:
            if term.startswith("attribute_not_exists("):
                return term.removeprefix("attribute_not_exists(").removesuffix(")") not in self.item
            name, sign, value = term.split()
            there, given = int(self.item[name]["N"]), int(ExpressionAttributeValues[value]["N"])
            return {"=": there == given, "<": there < given}[sign]

        ways = ConditionExpression.split(" OR ") if ConditionExpression else []
        if ways and not any(all(map(holds, way.split(" AND "))) for way in ways):
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "an operation")


class Macs:
    """A KMS whose MAC is the message."""

    def generate_mac(self, *, Message: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        return {"Mac": Message}


class Requests:
    """Requests under one key, and their clock in milliseconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_764_000_000_000
        table: Any = Table()
        kms: Any = Macs()
        self._keys = IdempotencyKeys(table, "t", Fingerprints(kms, "arn"))

    def ask(self, work: Callable[[Turn], Answer]) -> Answer:
        return self._keys.once(ASKED, work)

    def another(self) -> Answer:
        """Returns what another request is answered now: it would work itself, if it is let."""
        try:
            return self.ask(lambda turn: {"works as": turn.record_id})
        except Refused as why:
            return {"refused": why.code}


def fail(_: Turn) -> Answer:
    raise Unavailable("down")


def answer(turn: Turn) -> Answer:
    return {"answered as": turn.record_id}


def answer_much(_: Turn) -> Answer:
    """Answers more than the table keeps."""
    return {"text": "n" * 400_000}


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Requests:
    made = Requests()
    monkeypatch.setattr(idempotency, "_now", lambda: made.now)
    return made


def taken_over(requests: Requests, slow_one: Callable[[Turn], Answer], then: Callable[[Turn], Answer]) -> Any:
    """Lets a request outlive its lease, and end while another one works that has taken the key over.

    Args:
        requests: under one key.
        slow_one: how it ends.
        then: what the other one does when the slow one has ended.
    """
    begun, over = Event(), Event()

    def slow(turn: Turn) -> Answer:
        begun.set()
        assert over.wait(DEADLOCK)
        return slow_one(turn)

    def ended(turn: Turn) -> Answer:
        over.set()
        error = first.exception(DEADLOCK)
        assert error is None or isinstance(error, PipelineError)
        return then(turn)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(requests.ask, slow)
        assert begun.wait(DEADLOCK)
        requests.now += LEASE
        return requests.ask(ended)


@pytest.mark.parametrize("slow_one", [fail, answer_much])
def test_who_took_over_is_not_disturbed_by_a_slow_request_without_an_answer(
    requests: Requests, slow_one: Callable[[Turn], Answer]
) -> None:
    seen = []

    def then(turn: Turn) -> Answer:
        seen.append(requests.another())
        requests.now += LEASE - 1
        seen.append(requests.another())
        return answer(turn)

    told = taken_over(requests, slow_one, then)
    assert seen == [{"refused": IN_USE}] * 2
    assert told.keys() == {"answered as"}
    assert requests.another() == told


def test_the_answer_of_a_slow_request_stays_the_one_of_its_key(requests: Requests) -> None:
    seen = []

    def then(_: Turn) -> Answer:
        seen.append(requests.another())
        return {"answered": "later"}

    taken_over(requests, answer, then)
    assert seen[0].keys() == {"answered as"}
    assert requests.another() == seen[0]


@pytest.mark.parametrize("ends", [fail, answer_much])
def test_a_request_without_an_answer_ends_its_own_lease_at_once(
    requests: Requests, ends: Callable[[Turn], Answer]
) -> None:
    records = []

    def work(turn: Turn) -> Answer:
        records.append(turn.record_id)
        return ends(turn)

    with suppress(Unavailable):
        requests.ask(work)
    assert requests.another() == {"works as": records[0]}
