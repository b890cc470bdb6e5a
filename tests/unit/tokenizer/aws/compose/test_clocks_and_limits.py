"""Use cases are made with times in their units, with limits in their places, and with libraries that log nothing."""

import logging
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.members import for_all
from tokenizer.aws.compose import (
    audit,
    data_keys,
    erase,
    invocation,
    look_up,
    rekey,
    token_keys,
    tokenize,
    vault,
    vault_keys,
)
from tokenizer.aws.platform import clients
from tokenizer.aws.vault import token_keys as stored_keys

NOW, MILLISECONDS = 1_795_428_901.25, 1_795_428_901_250


class Named:
    """Settings each of which is its own name, but for the numbers."""

    data_key_max_items, data_key_max_seconds = 100, 200
    rekey_settle_seconds, event_max_bytes, letter_max_bytes = 7, 256_000, 256_000
    vault_retention_days, vault_lifetimes, refusal_events = 30, "email=5", "true"
    vault_other_key_arns = "other-1 other-2"

    def __getattr__(self, name: str) -> str:
        return name


SETTINGS: Any = Named()
LOUD = ("dynamodb_encryption_sdk", "botocore", "boto3", "urllib3")


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Returns the clients that are made, which are their services' names, and holds the clock."""
    found: list[tuple[str, dict[str, Any]]] = []

    def client(service: str, **options: Any) -> str:
        found.append((service, options))
        return service

    for module in (clients, look_up, tokenize):
        monkeypatch.setattr(module, "client", client)
    keys = (object(), object(), object())
    monkeypatch.setattr(stored_keys, "load", lambda *given: keys if "token_key_arn" in given else None)
    monkeypatch.setattr(
        erase, "load_subject_keys", lambda *given: keys[2] if "token_key_arn" in given else None
    )
    monkeypatch.setattr(time, "time", lambda: NOW)
    return found


@for_all(("milliseconds", "seconds"), [(30_000, 22.0), (8_000, 0.0), (8_125, 0.125), (0, -8.0)])
def test_an_invocation_keeps_eight_seconds_for_its_last_call_and_its_answer(
    milliseconds: int, seconds: float
) -> None:
    budget = invocation.budget(lambda: milliseconds)
    assert budget.remaining() == seconds
    assert budget.sleep is time.sleep


def test_the_time_of_an_invocation_is_in_utc() -> None:
    assert invocation.invocation_time().isoformat() == "2026-11-23T10:15:01.250000+00:00"


def test_each_use_case_that_asks_for_the_time_gets_milliseconds() -> None:
    erasures, moves, keys = (
        look_up.look_up_maker(SETTINGS)(),
        rekey.rekeying(SETTINGS),
        vault_keys.held_keys(SETTINGS),
    )
    assert erasures.now() == MILLISECONDS
    assert moves.now() == MILLISECONDS
    assert erase.eraser(SETTINGS).now() == MILLISECONDS
    assert [each() for each in vars(keys).values() if callable(each)] == [MILLISECONDS]
    assert (moves.settle, moves.target) == (7_000, "vault_key_arn")


def test_token_keys_start_at_the_millisecond_at_which_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(token_keys, "provision", lambda *given, **named: asked.append((given, named)))
    token_keys.provision_token_keys(SETTINGS, {"a": 2})
    given = ("dynamodb", "kms", "token_keys_table", "token_key_arn")
    assert asked == [(given, {"versions": {"a": 2}, "now": MILLISECONDS})]


def test_a_data_key_has_its_limit_of_items_and_its_limit_of_seconds() -> None:
    bounds = data_keys.bounds(SETTINGS)
    assert (bounds.items, bounds.seconds) == (100, 200)
    assert data_keys.vault_context("crypto") == {"purpose": "vault", "table": "crypto"}
    assert data_keys.vault_keys("active", "") == ["active"]
    assert data_keys.vault_keys("active", "other-1 other-2") == ["active", "other-1", "other-2"]


def test_an_audit_line_is_waited_for_eight_seconds_at_most(made: list[tuple[str, dict[str, Any]]]) -> None:
    audit.audit_trail(SETTINGS)
    assert made == [(each, {"attempts": 2, "read_timeout": 3}) for each in ("s3", "dynamodb", "kms")]


MAKERS: dict[str, Callable[[Any], Any]] = {
    "tokenize": tokenize.maker,
    "look_up": look_up.look_up_maker,
    "erase": erase.eraser,
    "rekey": rekey.rekeying,
    "vault": vault.vault_reader,
}


@pytest.mark.parametrize("maker", MAKERS)
def test_whoever_has_values_pass_through_libraries_keeps_those_from_logging(maker: str) -> None:
    before = {name: (logging.getLogger(name).level, logging.getLogger(name).propagate) for name in LOUD}
    try:
        for name in LOUD:
            logging.getLogger(name).setLevel(logging.NOTSET)
            logging.getLogger(name).propagate = True
        MAKERS[maker](SETTINGS)
        for name in LOUD:
            assert not logging.getLogger(name).isEnabledFor(logging.CRITICAL), name
            assert not logging.getLogger(name).propagate, name
    finally:
        for name, (level, propagates) in before.items():
            logging.getLogger(name).setLevel(level)
            logging.getLogger(name).propagate = propagates


def test_what_adapters_repeat_themselves_botocore_does_not_repeat(
    made: list[tuple[str, dict[str, Any]]],
) -> None:
    tokenize.maker(SETTINGS)
    once = {"attempts": 1}
    assert sorted(made, key=str) == sorted(
        [("dynamodb", once), ("events", once), ("sqs", once), ("kms", {}), ("s3", {})], key=str
    )
    made.clear()
    tokenize.unfinished_starts(SETTINGS)
    assert made == [("dynamodb", once)]


def test_the_sources_of_records_keep_them_as_long_as_the_settings_say() -> None:
    kept = SimpleNamespace(
        raw_stream_arn="stream",
        raw_stream_hours=24,
        raw_queue_arn="queue",
        raw_queue_seconds=90,
        api_name="api",
    )
    sources = [each(kept) for each in (tokenize.raw_stream, tokenize.raw_queue, tokenize.api_requests)]  # type: ignore[arg-type]  # all that is asked of the settings
    assert [(each.name, each.retention.total_seconds()) for each in sources] == [
        ("stream", 86_400), ("queue", 90), ("api", 86_400),
    ]  # fmt: skip


def test_the_stages_of_a_batch_have_their_names_in_the_log_and_in_traces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named: list[dict[str, str]] = []

    def timed(part: Any, **stages: str) -> Any:
        named.append(stages)
        return part

    monkeypatch.setattr(tokenize, "timed", timed)
    made = tokenize.maker(SETTINGS)()
    assert made.announces
    assert {stage: call for stages in named for call, stage in stages.items()} == {
        "vault": "put", "index_lookup": "lookup", "index_claims": "claim", "shares": "share", "aliases": "claim",
        "erasures": "until", "bus": "publish", "letters": "send", "batch": "tokenize_batch",
    }  # fmt: skip
