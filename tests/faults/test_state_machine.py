"""Two thousand steps from a fixed seed and from a random one, and planted bugs that must be found."""

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from handlers import tokenize_queue, tokenize_stream
from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import ample_budget
from tests.support.faults import machine
from tests.support.faults.aws import Kind
from tests.support.faults.releases import Release, Writes
from tokenizer.aws.pipeline import blind_index
from tokenizer.aws.pipeline.bus import EventBridgeBus
from tokenizer.aws.pipeline.dead_letters import SqsDeadLetters
from tokenizer.aws.vault import vault
from tokenizer.errors import BadRecord, NewerFormat
from tokenizer.formats import StoredFormat
from tokenizer.identity import Identity
from tokenizer.pipeline import sanitize
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.in_flight import InFlight, drafts
from tokenizer.pipeline.rules import rules_of
from tokenizer.vault.tokens import TokenKey

STEPS = int(os.environ.get("FAULT_STEPS", "1000"))
MOST_STEPS = 20_000  # most bugs are found within some hundred
FIXED_SEED = 20_261_124
Patch = pytest.MonkeyPatch


def test_nothing_is_lost_from_a_fixed_seed() -> None:
    assert machine.run(FIXED_SEED, STEPS) >= STEPS


def test_nothing_is_lost_from_the_seed_of_this_run() -> None:
    assert machine.run(int(os.environ["FAULT_SEED"]), STEPS) >= STEPS


@pytest.mark.parametrize("first", machine.REFUSED)
@pytest.mark.parametrize("second", machine.REFUSED)
def test_two_refusals_at_once_are_each_blamed_on_their_order(first: str, second: str) -> None:
    """AWS refuses something of two orders that one call may hold."""
    two = machine.FaultMachine()
    two.deployed()
    two.an_order_arrives_that_aws_refuses(name=first, source="stream")
    two.an_order_arrives_that_aws_refuses(name=second, source="stream")
    two.teardown()


def swallow_unprocessed_items(patch: Patch) -> None:
    patch.setattr(vault, "unprocessed", lambda _keys, _doing: {})


def publish_before_the_vault(patch: Patch) -> None:
    read = Tokenizer._read

    def early(self: Tokenizer, records: Any, budget: Any) -> Any:
        records = read(self, records, budget)
        self.bus.publish([draft.event({}) for _, draft in drafts(records)], ample_budget())
        return records

    patch.setattr(Tokenizer, "_read", early)


def acknowledge_a_failed_record(patch: Patch) -> None:
    for module in (tokenize_stream, tokenize_queue):
        handler = module.handler

        def acknowledging(event: Any, context: Any, handler: Any = handler) -> Any:
            handler(event, context)
            return {"batchItemFailures": []}

        patch.setattr(module, "handler", acknowledging)


def mint_a_fresh_token_on_retry(patch: Patch) -> None:
    patch.setattr(TokenKey, "record_id", lambda _self, _identity, _lifetime="": secrets.token_bytes(12))


def ignore_failed_entries_of_the_bus(patch: Patch) -> None:
    put = EventBridgeBus._put
    patch.setattr(EventBridgeBus, "_put", lambda self, keys, events: put(self, keys, events) and {})


def ignore_failed_letters(patch: Patch) -> None:
    send = SqsDeadLetters._send
    patch.setattr(SqsDeadLetters, "_send", lambda self, keys, bodies: send(self, keys, bodies) and {})


def send_no_letters(patch: Patch) -> None:
    patch.setattr(SqsDeadLetters, "send", lambda _self, letters, _budget: [None for _ in letters])


def overwrite_the_first_writer(patch: Patch) -> None:
    put = blind_index.DynamoBlindIndex._put

    def unconditional(self: Any, entry: Any, erased_until: int) -> dict[str, Any]:
        return {
            key: value
            for key, value in put(self, entry, erased_until).items()
            if key != "ConditionExpression"
        }

    patch.setattr(blind_index.DynamoBlindIndex, "_put", unconditional)


def forget_who_shares_a_value(patch: Patch) -> None:
    patch.setattr(
        blind_index.DynamoBlindIndex, "share", lambda _self, shares, _budget: [None for _ in shares]
    )


def report_the_last_failure_of_a_shard(patch: Patch) -> None:
    def highest(items: Sequence[str], key: Any = None) -> str:
        return max(items, key=key)

    patch.setattr(tokenize_stream, "min", highest, raising=False)


def dead_letter_what_would_pass_later(patch: Patch) -> None:
    def final(record: InFlight) -> BadRecord | None:
        return BadRecord(ErrorCode.INVALID_FIELD, type(record.failure).__name__) if record.failure else None

    patch.setattr(InFlight, "final", final)


def tell_the_time_of_delivery(patch: Patch) -> None:
    patch.setattr(sanitize, "timestamp", lambda _moment: secrets.token_hex(8))


def repeat_the_record_in_the_letters_message(patch: Patch) -> None:
    letter = InFlight.to_letter

    def talkative(self: InFlight, letter_id: str) -> Any:
        quiet = letter(self, letter_id)
        return replace(quiet, message=f"{quiet.message}: {self.raw.data.decode('latin-1')}")

    patch.setattr(InFlight, "to_letter", talkative)


def share_one_identity(patch: Patch) -> None:
    patch.setattr(Identity, "of_sqs", classmethod(lambda cls, queue, _message_id: cls(queue.encode())))


def leave_the_rules_out_of_one_id(patch: Patch) -> None:
    under, record_id = Identity.under, TokenKey.record_id
    without: dict[Identity, Identity] = {}

    def remembered(self: Identity, rules: str) -> Identity:
        made = under(self, rules)
        without[made] = self
        return made

    patch.setattr(Identity, "under", remembered)
    patch.setattr(
        TokenKey,
        "record_id",
        lambda self, identity, lifetime="": record_id(self, without[identity], lifetime),
    )


def leave_a_value_out_of_the_list(patch: Patch) -> None:
    listed = sanitize._Walk.listed
    patch.setattr(sanitize._Walk, "listed", lambda self: listed(self)[:1])


def leave_the_version_of_records_out_of_the_rules(patch: Patch) -> None:
    patch.setattr(sanitize, "rules_of", lambda *parts: rules_of(*parts[:-1], 0))


def read_the_version_that_is_written_alone(patch: Patch) -> None:
    def own(self: StoredFormat, version: int) -> int:
        if version != self.written:
            raise NewerFormat("of another release")
        return version

    patch.setattr(StoredFormat, "check", own)


MUTATIONS = (
    swallow_unprocessed_items,
    publish_before_the_vault,
    acknowledge_a_failed_record,
    mint_a_fresh_token_on_retry,
    ignore_failed_entries_of_the_bus,
    ignore_failed_letters,
    send_no_letters,
    overwrite_the_first_writer,
    forget_who_shares_a_value,
    report_the_last_failure_of_a_shard,
    dead_letter_what_would_pass_later,
    tell_the_time_of_delivery,
    repeat_the_record_in_the_letters_message,
    share_one_identity,
    leave_the_rules_out_of_one_id,
    leave_a_value_out_of_the_list,
    read_the_version_that_is_written_alone,
)


@pytest.mark.parametrize("plant", MUTATIONS, ids=lambda plant: plant.__name__)
def test_a_planted_bug_is_found(plant: Callable[[Patch], None], monkeypatch: Patch) -> None:
    plant(monkeypatch)
    with pytest.raises(machine.Violation):
        machine.run(FIXED_SEED, MOST_STEPS, shrink=False)


def rolled_back_with_an_order_that_comes_again(source: str) -> None:
    """Runs a history that random steps hold once in twenty thousand: the release before repeats today's order."""
    history = machine.FaultMachine()
    history.deployed()
    history.orders_arrive(source=source, customer=0, count=1)
    history.a_call_will_fail(call="PutEvents", kind=Kind.KILL_AFTER, times=1)
    history.stream_delivers(times=1)
    history.queue_delivers(times=1)
    history.a_release_is_deployed(release=Release(writes=Writes.BEFORE), first=source)
    history.teardown()


@pytest.mark.parametrize("source", ["stream", "queue"])
def test_a_planted_bug_of_releases_is_found(source: str, monkeypatch: Patch) -> None:
    rolled_back_with_an_order_that_comes_again(source)
    leave_the_version_of_records_out_of_the_rules(monkeypatch)
    with pytest.raises(machine.Violation):
        rolled_back_with_an_order_that_comes_again(source)
