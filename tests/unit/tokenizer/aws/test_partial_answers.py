"""AWS takes a part of a batch and says 200: what it left is sent again, alone, and told of if it is never taken.

`CASES` has every call of the product that can be answered so, with each kind of write that it makes; a new one has to
be added to it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.errors import CommandError
from replay import letters as replay_letters
from replay.letters import LetterQueue
from schemas.dead_letter import ErrorCode, LetterSource
from tests.support.fakes.calls import callers
from tests.support.fakes.partly import KEYS, LEFT, WRITES, Partly, id_of, key_of
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tokenizer.aws.erasure import keyed_reads, marks
from tokenizer.aws.erasure.keyed_reads import KeyedReads
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.honeytokens import reader
from tokenizer.aws.honeytokens.reader import HoneyReader
from tokenizer.aws.pipeline import alias_lookup, blind_index, bus, dead_letters, starts
from tokenizer.aws.pipeline.alias_lookup import AliasLookup
from tokenizer.aws.pipeline.aliases import DynamoAliases
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.pipeline.bus import EventBridgeBus
from tokenizer.aws.pipeline.dead_letters import SqsDeadLetters
from tokenizer.aws.pipeline.starts import DynamoStarts
from tokenizer.aws.platform.conditional_puts import put_each
from tokenizer.aws.platform.workers import InTurn, Threads, Workers
from tokenizer.aws.vault import vault
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader, DataKeyWriter
from tokenizer.aws.vault.materials import VaultReaderMaterials, VaultWriterMaterials
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.vault import VaultReader, VaultWriter
from tokenizer.errors import BadRecord, Denied, OutOfTime, PipelineError, Rejected, Throttled, Unavailable
from tokenizer.identity import Identity
from tokenizer.records import IndexEntry, Letter, SanitizedRecord, Share, VaultField, VaultRecord
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import Pointer

# What AWS answers in part, or, a transaction, cancels for some of its parts.
PARTIAL = {
    "batch_execute_statement",
    "batch_get_item",
    "batch_write_item",
    "change_message_visibility_batch",
    "delete_message_batch",
    "delete_objects",
    "put_events",
    "put_record_batch",
    "put_records",
    "send_message_batch",
    "transact_get_items",
    "transact_write_items",
}
ALWAYS = 1_000

Outcomes = dict[str, Any]


def _bytes(key: str, length: int) -> bytes:
    return key.encode().ljust(length, b"\0")


def _record(key: str) -> VaultRecord:
    return VaultRecord(_bytes(key, 12), {b"tag0": VaultField("/path", "token", key)})


def _told(results: list[PipelineError | None]) -> Outcomes:
    return {key: result or True for key, result in zip(KEYS, results, strict=True)}


def _vault_writer(aws: Any) -> VaultWriter:
    keys = DataKeyWriter(aws, "arn", {}, Bounds(), lambda: 0.0)
    return VaultWriter(aws, "vault", "vault", VaultWriterMaterials(keys), ValueLists(SUBJECT_KEYS))


def write_vault(aws: Any) -> Outcomes:
    writer = _vault_writer(aws)
    return _told(writer.put([writer.seal(_record(key)) for key in KEYS], ample_budget()))


def read_vault(aws: Any) -> Outcomes:
    sealed = Partly(0)
    write_vault(sealed)
    aws.items = sealed.items
    keys = DataKeyReader(aws, ["arn"], {}, Bounds(), lambda: 0.0)
    reader = VaultReader(aws, "vault", "vault", VaultReaderMaterials(keys), lambda: 0.0)
    found = reader.get_decrypted([_bytes(key, 12) for key in KEYS], ample_budget())
    return {
        key: each if isinstance(each := found[_bytes(key, 12)], PipelineError) else each == _record(key)
        for key in KEYS
    }


def _index(aws: Any) -> DynamoBlindIndex:
    return DynamoBlindIndex(aws, "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)


def _entry(key: str, number: int = 0) -> IndexEntry:
    return IndexEntry("scope", _bytes(key, 32), Pointer(_bytes(key, 12), bytes([number] * 4)).token)


def read_index(aws: Any) -> Outcomes:
    index = _index(aws)
    aws.items = {key: index._put(_entry(key), 0)["Item"] for key in KEYS}
    tokens = index.lookup([("scope", _bytes(key, 32)) for key in KEYS], ample_budget())
    assert not tokens.found.keys() & tokens.failed.keys()
    return {
        key: tokens.failed.get(_bytes(key, 32)) or tokens.found.get(_bytes(key, 32)) == _entry(key)
        for key in KEYS
    }


def read_by_key(aws: Any) -> Outcomes:
    """Items that an erasure needs are read together or not at all."""
    aws.items = {key: {"id": {"S": _bytes(key, 12).hex()}, "erased": {"S": "1"}} for key in KEYS}
    try:
        found = KeyedReads(aws).items(
            "vault", [_bytes(key, 12) for key in KEYS], ("id", "erased"), ample_budget()
        )
    except PipelineError as error:
        return {key: error if key in LEFT else True for key in KEYS}
    return {key: found[_bytes(key, 12)]["erased"] == {"S": "1"} for key in KEYS}


def write_shares(aws: Any) -> Outcomes:
    shares = [Share(_bytes(key, 12), "subject", 1, "owner", 1) for key in KEYS]
    return _told(_index(aws).share(shares, ample_budget()))


def read_erasures(aws: Any) -> Outcomes:
    aws.items = {key: {"id": {"S": key}, "until": {"N": "7"}} for key in KEYS}
    found = DynamoErasures(aws, "erasures").until(KEYS, ample_budget())
    return {key: each if isinstance(each := found.get(key), PipelineError) else each == 7 for key in KEYS}


def read_starts(aws: Any) -> Outcomes:
    aws.items = {key: {"id": {"S": key}, "starts": {"N": "2"}} for key in KEYS}
    found = DynamoStarts(aws, "starts", lambda: 0.0).unfinished(KEYS, ample_budget())
    return {key: each if isinstance(each := found.get(key), PipelineError) else each == 2 for key in KEYS}


def _note(aws: Any, starts: Mapping[str, int]) -> Outcomes:
    """Tells of a write as done only if the table then has the count, or nothing for a count of 0."""
    aws.items = {key: {"id": {"S": key}, "starts": {"N": "1"}} for key in KEYS}
    failed = DynamoStarts(aws, "starts", lambda: 0.0).note(starts, ample_budget())
    stored = {key: int(item["starts"]["N"]) for key, item in aws.items.items()}
    assert aws.deleted == {key for key, count in starts.items() if not count} - failed.keys()
    return {key: failed.get(key, stored.get(key, 0) == starts[key]) for key in KEYS}


def note_starts(aws: Any) -> Outcomes:
    return _note(aws, dict.fromkeys(KEYS, 2))


def forget_starts(aws: Any) -> Outcomes:
    return _note(aws, dict.fromkeys(KEYS, 0))


def note_and_forget_starts(aws: Any) -> Outcomes:
    """Of the two that are left, one is a put and the other one a delete."""
    return _note(aws, {"k0": 0, "k1": 2, "k2": 2, "k3": 0, "k4": 0})


def forget_and_note_starts(aws: Any) -> Outcomes:
    return _note(aws, {"k0": 2, "k1": 0, "k2": 0, "k3": 2, "k4": 2})


def read_aliases(aws: Any) -> Outcomes:
    aws.items = {key: {"id": {"S": key}, "token": {"S": f"tok {key}"}} for key in KEYS}
    found = AliasLookup(aws, "aliases").lookup(KEYS, ample_budget())
    return {
        key: each if isinstance(each := found.get(key), PipelineError) else each == f"tok {key}"
        for key in KEYS
    }


def read_honey(aws: Any) -> Outcomes:
    """Honey tokens are told of together or not at all."""
    tokens = {Pointer(_bytes(key, 12), bytes(4)).token: key for key in KEYS}

    class Named(Partly):
        def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 -- boto3's
            ((table, wanted),) = RequestItems.items()
            keys = [{"id": {"S": tokens[each["id"]["S"]]}} for each in wanted["Keys"]]
            answer = super().batch_get_item({table: {**wanted, "Keys": keys}})
            by_key = {key: token for token, key in tokens.items()}
            for each in [
                *answer["Responses"][table],
                *answer["UnprocessedKeys"].get(table, {}).get("Keys", []),
            ]:
                each["id"] = {"S": by_key[each["id"]["S"]]}
            return answer

    named = Named(aws.times, {key: {"id": {"S": key}} for key in KEYS}, aws.sent)
    try:
        found = HoneyReader(named, "honey").among(tokens, ample_budget())  # type: ignore[arg-type]  # all that it asks of a client
    except PipelineError as error:
        return {key: error if key in LEFT else True for key in KEYS}
    return {key: token in found for token, key in tokens.items()}


def put_events(aws: Any) -> Outcomes:
    events = [SanitizedRecord("order.placed", key.encode(), key) for key in KEYS]
    return _told(EventBridgeBus(aws, "bus", 256_000).publish(events, ample_budget()))


def send_letters(aws: Any) -> Outcomes:
    letters = [
        Letter(
            ErrorCode.INVALID_FIELD,
            f"about {key}",
            Identity.of_sqs("queue", key),
            LetterSource(queue="queue", message_id=key, arrived_at="2026-11-23T10:15:01.250Z"),
            1,
            b"raw",
            key,
        )
        for key in KEYS
    ]
    return _told(SqsDeadLetters(aws, "url", aws, "bucket", aws, 1_000_000).send(letters, ample_budget()))


def _handle_letters(aws: Any, act: Callable[[LetterQueue], Callable[[list[str]], None]]) -> Outcomes:
    try:
        act(LetterQueue(aws, "url", 60))(KEYS)
    except CommandError as error:
        return {key: error if key in LEFT else True for key in KEYS}
    return dict.fromkeys(KEYS, True)


def delete_letters(aws: Any) -> Outcomes:
    return _handle_letters(aws, lambda queue: queue.delete)


def give_letters_back(aws: Any) -> Outcomes:
    return _handle_letters(aws, lambda queue: queue.give_back)


def hold_on_to_letters(aws: Any) -> Outcomes:
    return _handle_letters(aws, lambda queue: queue.hold_on)


CASES: Mapping[str, Callable[[Any], Outcomes]] = {
    "VaultWriter._put batch_write_item": write_vault,
    "_Table._get batch_get_item": read_vault,
    "DynamoBlindIndex.lookup batch_get_item": read_index,
    "DynamoBlindIndex.share batch_write_item": write_shares,
    "KeyedReads.items batch_get_item": read_by_key,
    "DynamoErasures.until batch_get_item": read_erasures,
    "DynamoStarts.unfinished batch_get_item": read_starts,
    "DynamoStarts.note batch_write_item: puts": note_starts,
    "DynamoStarts.note batch_write_item: deletes": forget_starts,
    "DynamoStarts.note batch_write_item: a put and a delete": note_and_forget_starts,
    "DynamoStarts.note batch_write_item: a delete and a put": forget_and_note_starts,
    "AliasLookup.lookup batch_get_item": read_aliases,
    "HoneyReader.among batch_get_item": read_honey,
    "EventBridgeBus._put put_events": put_events,
    "SqsDeadLetters._send send_message_batch": send_letters,
    "LetterQueue.delete delete_message_batch": delete_letters,
    "LetterQueue.hold_on change_message_visibility_batch": hold_on_to_letters,
    "LetterQueue.give_back change_message_visibility_batch": give_letters_back,
}


def test_every_call_that_is_answered_in_part_is_in_the_table() -> None:
    assert callers(PARTIAL) == {name.partition(":")[0] for name in CASES}


def test_puts_and_deletes_are_left_wherever_the_source_makes_them() -> None:
    left = set()
    for name, call in CASES.items():
        aws = Partly(1)
        call(aws)
        left |= {f"{name.split()[0]} {kind}" for kind in aws.kinds_left}
    reads_what_was_left = {f"_id {kind}" for kind in WRITES}
    assert left == callers(WRITES) - reads_what_was_left


@pytest.mark.parametrize("call", CASES.values(), ids=CASES)
@pytest.mark.parametrize("times", [0, 1, 2])
def test_what_was_left_is_sent_again_alone(call: Callable[[Any], Outcomes], times: int) -> None:
    aws = Partly(times)
    assert call(aws) == dict.fromkeys(KEYS, True)
    assert [sorted(sent) for sent in aws.sent] == [KEYS, *[sorted(LEFT)] * times]
    assert aws.items.keys() | aws.deleted >= set(KEYS) or call is read_honey


@pytest.mark.parametrize("call", CASES.values(), ids=CASES)
def test_what_is_never_taken_is_told_of_and_nothing_else(call: Callable[[Any], Outcomes]) -> None:
    outcomes = call(Partly(ALWAYS))
    failed = {key for key, outcome in outcomes.items() if outcome is not True}
    assert failed == LEFT
    assert all(isinstance(outcomes[key], Throttled | CommandError) for key in failed)


# The limits on the entries of one call, by module.
LIMITS: Mapping[Any, Sequence[str]] = {
    alias_lookup: ["GET_BATCH"],
    blind_index: ["GET_BATCH", "PUT_BATCH"],
    bus: ["ENTRIES"],
    dead_letters: ["MESSAGES"],
    keyed_reads: ["GET_BATCH"],
    marks: ["GET_BATCH"],
    reader: ["GET_BATCH"],
    replay_letters: ["_BATCH"],
    starts: ["GET_BATCH", "PUT_BATCH"],
    vault: ["GET_BATCH", "PUT_BATCH"],
}
# What fails as a whole makes no further call.
TOGETHER = [read_by_key, read_honey, delete_letters, give_letters_back, hold_on_to_letters]


@pytest.mark.parametrize("call", CASES.values(), ids=CASES)
def test_of_several_calls_each_is_told_of_though_the_last_one_is_taken_whole(
    call: Callable[[Any], Outcomes], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, names in LIMITS.items():
        for name in names:
            monkeypatch.setattr(module, name, 2)
    aws = Partly(ALWAYS)
    outcomes = call(aws)
    assert {key for key, outcome in outcomes.items() if outcome is not True} == LEFT
    assert all(isinstance(outcomes[key], Throttled | CommandError) for key in LEFT)
    first = {tuple(sorted(sent)) for sent in aws.sent}
    assert first >= ({("k0", "k1")} if call in TOGETHER else {("k0", "k1"), ("k2", "k3"), ("k4",)})
    whole = Partly(0)
    assert call(whole) == dict.fromkeys(KEYS, True)
    assert sorted(map(sorted, whole.sent)) == [["k0", "k1"], ["k2", "k3"], ["k4"]]


def test_an_entry_that_the_bus_will_never_take_is_the_records_fault_and_not_sent_again() -> None:
    aws = Partly(ALWAYS)

    def refusing(Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 -- boto3's
        answer = Partly.put_events(aws, Entries)
        hopeless = {"ErrorCode": "MalformedDetail"}
        return {"Entries": [hopeless if "ErrorCode" in each else each for each in answer["Entries"]]}

    aws.put_events = refusing  # type: ignore[method-assign]  # this once it says what it will never take
    outcomes = put_events(aws)
    assert {key for key, outcome in outcomes.items() if isinstance(outcome, BadRecord)} == LEFT
    assert len(aws.sent) == 1


def test_a_letter_that_is_gone_already_does_not_matter() -> None:
    class Gone(Partly):
        def delete_message_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
            answer = super().delete_message_batch(Entries)
            return {"Failed": [{**each, "SenderFault": True} for each in answer["Failed"]]}

    aws: Any = Gone(ALWAYS)
    LetterQueue(aws, "url", 60).delete(KEYS)
    assert len(aws.sent) == 1


CONFLICT = "TransactionConflictException"


@dataclass
class Refusing(Partly):
    """Refuses single puts: `taken` names others' keys, and `troubled` fails as often as it is told to."""

    taken: dict[str, Any] = field(default_factory=dict)
    troubled: Mapping[str, str] = field(default_factory=dict)
    put: Counter[str] = field(default_factory=Counter)

    def put_item(self, Item: dict[str, Any], **_: Any) -> None:  # noqa: N803 -- boto3's
        key = key_of(id_of(Item))
        self.put[key] += 1
        if key in self.taken:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
        if key in self.troubled and self.put[key] <= self.times:
            raise ClientError({"Error": {"Code": self.troubled[key]}}, "PutItem")
        self.items[key] = Item


def put(aws: Any, workers: Workers | None = None, budget: Budget | None = None) -> dict[str, Any]:
    puts = {key: {"Item": {"id": {"S": key}}} for key in KEYS}
    return put_each(aws, puts, workers or InTurn(), budget or ample_budget(), "testing")


@pytest.mark.parametrize("workers", [InTurn(), Threads(3)], ids=["in turn", "threads"])
def test_each_put_is_answered_for_itself_and_only_what_failed_is_sent_again(workers: Workers) -> None:
    aws: Any = Refusing(2, taken={"k0": {}}, troubled={"k1": CONFLICT, "k2": "ThrottlingException"})
    assert put(aws, workers) == dict.fromkeys(KEYS, True) | {"k0": False}
    assert aws.put == {"k0": 1, "k1": 3, "k2": 3, "k3": 1, "k4": 1}


def test_a_put_that_is_refused_for_good_fails_alone() -> None:
    aws: Any = Refusing(ALWAYS, troubled={"k1": "ValidationException", "k2": "AccessDeniedException"})
    answers = put(aws)
    assert isinstance(answers["k1"], Rejected)
    assert isinstance(answers["k2"], Denied)
    assert {key for key, answer in answers.items() if answer is True} == {"k0", "k3", "k4"}
    assert aws.put == dict.fromkeys(KEYS, 1)


def test_a_code_that_nobody_knows_is_an_error_and_neither_done_nor_taken() -> None:
    assert isinstance(put(Refusing(ALWAYS, troubled={"k1": "SomethingNew"}))["k1"], Unavailable)


def test_no_put_begins_once_the_time_is_spent() -> None:
    """In an outage each call takes its whole timeout, and the puts of a batch are many."""
    left = iter([1.0, 1.0, 1.0, *[0.0] * 20])
    aws: Any = Refusing(0)
    answers = put(aws, budget=Budget(lambda: next(left), lambda _: None, Random(0)))
    done = {key for key, answer in answers.items() if answer is True}
    assert done == aws.items.keys() == aws.put.keys() == {"k0", "k1"}
    assert all(isinstance(answers[key], OutOfTime) for key in set(KEYS) - done)


def test_nothing_to_put_takes_no_time_and_no_call() -> None:
    assert put_each(Refusing(0), {}, InTurn(), ample_budget(), "testing") == {}  # type: ignore[arg-type]


def test_aliases_that_failed_beside_a_taken_one_are_claimed_without_it() -> None:
    aws: Any = Refusing(1, taken={"k0": {}}, troubled={"k1": CONFLICT})
    wanted = {key: f"tok {key}" for key in KEYS}
    answers = DynamoAliases(aws, "aliases").claim(wanted, ample_budget())
    assert answers == dict.fromkeys(KEYS, True) | {"k0": False}
    assert aws.put == dict.fromkeys(KEYS, 1) | {"k1": 2}
    assert aws.items.keys() == set(KEYS[1:])


def claimed(aws: Any) -> dict[str, Any]:
    """Returns the result of a claim for each of `KEYS`: the token, or why there is none."""
    tokens = _index(aws).claim([_entry(key) for key in KEYS], {}, ample_budget())
    assert not tokens.found.keys() & tokens.failed.keys()
    both = {**{key: entry.token for key, entry in tokens.found.items()}, **tokens.failed}
    return {key: both.get(_bytes(key, 32)) for key in KEYS}


def test_who_loses_the_race_for_a_value_gets_the_winners_token() -> None:
    aws: Any = Refusing(0, taken={"k1": True})
    theirs = _entry("k1", 9)
    aws.items = {"k1": _index(aws)._put(theirs, 0)["Item"]}
    assert claimed(aws) == {key: _entry(key).token for key in KEYS} | {"k1": theirs.token}


def test_who_loses_the_race_and_can_not_read_the_winners_token_has_none() -> None:
    """His own would be a second token of one value."""
    aws: Any = Refusing(ALWAYS, taken={"k1": True, "k3": True})
    answers = claimed(aws)
    assert {key for key in KEYS if isinstance(answers[key], Throttled)} == LEFT
    assert all(answers[key] == _entry(key).token for key in set(KEYS) - LEFT)


def test_who_loses_the_race_to_an_entry_that_is_gone_again_has_no_token() -> None:
    aws: Any = Refusing(0, taken={"k1": True})
    assert claimed(aws) == {key: _entry(key).token for key in KEYS} | {"k1": None}


def test_an_entry_that_can_not_be_made_is_told_of_beside_one_that_can_not_be_put() -> None:
    entries = [_entry(key) for key in KEYS]
    unmade: Any = None
    entries[0] = replace(entries[0], token=unmade)
    aws: Any = Refusing(ALWAYS, troubled={"k1": "AccessDeniedException"})
    tokens = _index(aws).claim(entries, {}, ample_budget())
    assert set(tokens.failed) == {_bytes(key, 32) for key in ("k0", "k1")}
    assert set(tokens.found) == {_bytes(key, 32) for key in ("k2", "k3", "k4")}
