"""Two requests under one idempotency key at once, and its times at their edges, on DynamoDB in memory (moto)."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.aws_account import REGION, make_table
from tokenizer.aws.api import idempotency
from tokenizer.aws.api.idempotency import IN_USE, LEASE_SECONDS, IdempotencyKeys, Turn
from tokenizer.aws.compose.invocation import API_CALL_SECONDS
from tokenizer.errors import Refused

START = 1_764_000_000_000  # milliseconds since 1970, a full second
LEASE, DAY = LEASE_SECONDS * 1000, 86_400_000
THEIRS, OURS = {"told": "theirs"}, {"told": "ours"}


class Racing:
    """DynamoDB, in which another function does something just before our next call of a name."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self._before: dict[str, Callable[[], Any]] = {}

    def before(self, name: str, other: Callable[[], Any]) -> None:
        self._before[name] = other

    def __getattr__(self, name: str) -> Any:
        def call(**asked: Any) -> Any:
            if name in self._before:
                self._before.pop(name)()
            return getattr(self._dynamodb, name)(**asked)

        return call


class Requests:
    """Idempotency keys in a table, and a clock; `claim` asks once for the same request."""

    def __init__(self, dynamodb: Any) -> None:
        fingerprints: Any = None  # each claim below brings its own
        self.dynamodb = Racing(dynamodb)
        racing: Any = self.dynamodb
        self.keys = IdempotencyKeys(racing, make_table(dynamodb, "idempotency"), fingerprints)
        self.now = START

    def claim(self) -> Turn | dict[str, Any]:
        return self.keys._claim("id", b"fingerprint")

    def refused(self) -> str:
        with pytest.raises(Refused) as caught:
            self.claim()
        return caught.value.code


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[Requests]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        made = Requests(boto3.client("dynamodb", region_name=REGION))
        monkeypatch.setattr(idempotency, "_now", lambda: made.now)
        yield made


def test_of_two_repeats_that_take_over_at_once_one_works(requests: Requests) -> None:
    first = requests.claim()  # and dies
    requests.now += LEASE
    taken: list[Any] = []
    requests.dynamodb.before("update_item", lambda: taken.append(requests.claim()))
    assert requests.refused() == IN_USE
    assert taken == [first]


def test_of_two_that_claim_at_once_one_works(requests: Requests) -> None:
    taken: list[Any] = []
    requests.dynamodb.before("put_item", lambda: taken.append(requests.claim()))
    assert requests.refused() == IN_USE
    assert isinstance(taken[0], Turn)


def test_a_request_that_was_only_slow_is_not_worked_on_again(requests: Requests) -> None:
    """Its lease was over when a repeat looked, and its answer came just before that took over."""
    requests.claim()
    requests.now += LEASE
    requests.dynamodb.before("update_item", lambda: requests.keys._finish("id", Turn.fresh(), THEIRS))
    assert requests.refused() == IN_USE
    assert requests.claim() == THEIRS


def test_the_first_answer_stays_whoever_answers_after_it(requests: Requests) -> None:
    requests.claim()
    requests.now += LEASE
    requests.claim()
    requests.keys._finish("id", Turn.fresh(), THEIRS)
    requests.keys._finish("id", Turn.fresh(), OURS)
    assert requests.claim() == THEIRS


@pytest.mark.parametrize(("later", "over"), [(LEASE - 1, False), (LEASE, True), (LEASE + 1, True)])
def test_a_lease_ends_at_its_end(requests: Requests, later: int, over: bool) -> None:
    first = requests.claim()
    requests.now += later
    if over:
        assert requests.claim() == first
    else:
        assert requests.refused() == IN_USE


def test_a_lease_that_was_taken_over_lasts_as_long_again(requests: Requests) -> None:
    first = requests.claim()
    requests.now += LEASE
    requests.claim()
    requests.now += LEASE - 1
    assert requests.refused() == IN_USE
    requests.now += 1
    assert requests.claim() == first


def test_a_request_that_outlived_its_lease_does_not_end_that_of_who_took_over(requests: Requests) -> None:
    slow = requests.claim()
    assert isinstance(slow, Turn)
    requests.now += LEASE
    requests.claim()
    requests.keys._release("id", slow)
    assert requests.refused() == IN_USE


def test_a_request_that_fails_gives_its_turn_back(requests: Requests) -> None:
    first = requests.claim()
    assert isinstance(first, Turn)
    requests.keys._release("id", first)
    assert requests.claim() == first


@pytest.mark.parametrize(("later", "forgotten"), [(DAY - 1, False), (DAY, False), (DAY + 1000, True)])
def test_a_key_is_remembered_for_a_day_to_the_second(requests: Requests, later: int, forgotten: bool) -> None:
    requests.claim()
    requests.keys._finish("id", Turn.fresh(), THEIRS)
    requests.now += later
    again = requests.claim()
    assert isinstance(again, Turn) if forgotten else again == THEIRS


def test_a_lease_is_longer_than_the_api_waits_for_a_function() -> None:
    assert LEASE_SECONDS > API_CALL_SECONDS
