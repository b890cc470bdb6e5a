"""Versions of the token keys against DynamoDB and KMS (moto)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tokenizer.aws.platform.expiring_cache import KEPT, ExpiringCache
from tokenizer.aws.vault import token_keys
from tokenizer.aws.vault.token_keys import LEAD, SUBJECT_KEY, TOKEN_KEY
from tokenizer.errors import Configuration, Unavailable, VaultIntegrity
from tokenizer.vault.tokens import TokenKey, Versions

NOW = 1_795_600_000_000  # after the arrival of the samples
_INVOCATION = 60  # seconds; TokenizeStreamFunction's Timeout


def provision(aws: Aws, versions: Mapping[str, int], now: int = NOW) -> None:
    settings = aws.settings
    token_keys.provision(
        aws.client("dynamodb"),
        aws.client("kms"),
        settings.token_keys_table,
        settings.token_key_arn,
        versions=versions,
        now=now,
    )


def load(aws: Aws) -> Versions[TokenKey]:
    settings = aws.settings
    return token_keys.load(
        aws.client("dynamodb"), aws.client("kms"), settings.token_keys_table, settings.token_key_arn
    )[0]


def test_a_new_version_stands_beside_the_old_one_and_begins_later(aws: Aws) -> None:
    (old,) = load(aws).keys
    provision(aws, {TOKEN_KEY: 2})
    first, second = load(aws).keys
    assert first == old
    assert (second[0], second[1] != old[1]) == (NOW + LEAD, True)
    provision(aws, {TOKEN_KEY: 2}, NOW + 1)  # a deployment that is repeated, and one that is taken back
    provision(aws, {})
    assert load(aws).keys == (first, second)


def test_a_record_that_comes_again_after_a_rotation_gives_the_same_bytes_and_a_later_one_joins(
    aws: Aws,
) -> None:
    def shown(sequence: int, **changes: Any) -> Any:
        (outcome,) = aws.tokenizer().tokenize_batch(
            [stream_record(order(), sequence, **changes)], ample_budget()
        )
        assert outcome.published
        (event,) = aws.events()
        return event["detail"]

    first = shown(1)
    provision(aws, {TOKEN_KEY: 2, SUBJECT_KEY: 2})
    assert shown(1) == first
    later = shown(2, arrived_at=datetime.fromtimestamp((NOW + LEAD) / 1000, UTC))
    both = [each["data"]["order"]["customer"] for each in (first, later)]
    assert both[0]["email"] == both[1]["email"]
    assert both[0]["name"][:20] != both[1]["name"][:20]
    owners = {item["owner"]["S"].partition(".")[0] for item in aws.stored("vault") if "owner" in item}
    assert len(owners) == 2


@pytest.mark.parametrize("begins", ["0", "1795600000001"])
def test_a_version_whose_beginning_was_edited_opens_no_more(aws: Aws, begins: str) -> None:
    provision(aws, {TOKEN_KEY: 2})
    (item,) = (each for each in aws.stored("token-keys") if each["id"]["S"] == "token-key/2")
    aws.client("dynamodb").put_item(TableName="token-keys", Item=item | {"begins": {"N": begins}})
    with pytest.raises(VaultIntegrity):
        load(aws)


def test_a_version_that_is_missing_stops_the_function(aws: Aws) -> None:
    provision(aws, {TOKEN_KEY: 3})
    aws.client("dynamodb").delete_item(TableName="token-keys", Key={"id": {"S": "token-key/2"}})
    with pytest.raises(Configuration, match="missing"):
        load(aws)


class Made:
    """Counts how often it was made, and fails when told to."""

    def __init__(self) -> None:
        self.count = 0
        self.down = False
        self.now = 1000.0

    def __call__(self) -> int:
        if self.down:
            raise Unavailable("KMS")
        self.count += 1
        return self.count


def test_opened_keys_are_used_for_minutes_and_then_opened_anew() -> None:
    made = Made()
    kept = ExpiringCache(made, KEPT, lambda: made.now)
    assert [kept.current(), kept.current()] == [1, 1]
    made.now += KEPT - 1
    assert kept.current() == 1
    made.now += 1
    assert kept.current() == 2
    made.now -= 10  # the clock was set back: how old they are is not known
    assert kept.current() == 3


def test_keys_whose_time_is_over_are_not_used_though_no_others_can_be_opened() -> None:
    made = Made()
    kept = ExpiringCache(made, KEPT, lambda: made.now)
    kept.current()
    made.down = True
    made.now += KEPT
    for _ in range(2):
        with pytest.raises(Unavailable):
            kept.current()
    assert kept._made is None
    made.down = False
    assert kept.current() == 2


def test_a_version_begins_when_every_function_has_long_known_it() -> None:
    assert LEAD / 1000 > 5 * (KEPT + _INVOCATION)
