"""Everything that is derived has the bytes that stored items, published events and audit lines hold since the first release.

Each is made again here from its parts alone. Bytes that changed would turn into lost records, duplicates, or other tokens.
"""

import hashlib
import hmac
import json

import pytest

from schemas.dead_letter import LetterSource
from schemas.registry import EventName
from tests.support.members import for_all
from tests.support.samples import OF_QUEUE, OF_STREAM
from tokenizer.erasure import certificates
from tokenizer.identity import Identity
from tokenizer.payments.attempts import Attempt, AttemptState
from tokenizer.replay.messages import approval_digest, letter_id, letter_named, revision
from tokenizer.vault.tokens import ScopeKeys, SubjectKey, TokenKey, value_name

SECRET = b"k" * 32
HERE = Identity(b'["sqs","q","m"]')
INDEX, RECORD = b"i" * 32, b"r" * 12


def mac(message: bytes, key: bytes = SECRET, size: int = 32, by: str = "sha256") -> bytes:
    return hmac.digest(key, message, by)[:size]


def test_a_token_key_derives_each_kind_of_id_under_its_purpose() -> None:
    key = TokenKey(SECRET)
    assert key.record_id(HERE) == mac(b'record:15:["sqs","q","m"]', size=12)
    assert key.record_id(HERE, "30") == mac(b'record:15:["sqs","q","m"]30', size=12)
    assert key.tag(HERE, "/a") == mac(b'field:15:["sqs","q","m"]0:/a', size=4)
    assert key.tag(HERE, "/a", 2) == mac(b'field:15:["sqs","q","m"]2:/a', size=4)
    assert key.number(HERE, "/a") == int.from_bytes(mac(b'alias:15:["sqs","q","m"]/a'), "big")
    assert key.ingest_id(HERE) == "ing_" + mac(b'ingest:15:["sqs","q","m"]', size=16).hex()


def test_scope_keys_derive_entries_and_their_seals_under_a_key_of_the_scope() -> None:
    keys, own = ScopeKeys(SECRET), mac(b"scope:orders")
    assert keys.blind_index("orders", "ann@example.com") == mac(b"value:ann@example.com", own)
    for version, purpose in ((1, b"entry:"), (2, b"entry/2:"), (3, b"entry/3:")):
        assert keys.seal("orders", INDEX, "tok_1", version) == mac(purpose + INDEX + b"tok_1", own, 16)


def test_a_subject_key_derives_names_and_what_binds_an_entry_and_a_share() -> None:
    key = SubjectKey(SECRET)
    assert key.subject("C-1") == mac(b"subject:C-1", size=16).hex()
    assert key.order("SO-1") == mac(b"order:SO-1", size=17).hex()
    assert key.owned(INDEX, "tok_1", "owner", 7) == mac(b"owned:" + INDEX + b"tok_1:owner:7", size=16)
    assert key.owned(INDEX, "tok_1", "owner", 7, listed=True) == mac(
        b"listed:" + INDEX + b"tok_1:owner:7", size=16
    )
    assert key.shared(RECORD, "subject", 7, "owner", 5) == mac(
        b"shared:" + RECORD + b"subject:7:owner:5", size=16
    )
    assert key.erased(INDEX, "tok_1", 9) == mac(b"erased:" + INDEX + b"tok_1:9", size=16)
    assert key.value_record_id(RECORD, 3) == mac(b"value:" + RECORD + b":3", size=12)
    assert key.list_key(RECORD) == mac(b"list:" + RECORD, size=64, by="sha512")
    assert value_name(RECORD) == RECORD.hex()


SUB = OF_STREAM.model_copy(update={"sub_sequence_number": 0})


@for_all(
    ("source", "parts"),
    [
        (OF_STREAM, ["kinesis", "s", "shardId-0", "1"]),
        (SUB, ["kinesis", "s", "shardId-0", "1", "0"]),
        (OF_QUEUE, ["sqs", "q", "m-1"]),
    ],
)
def test_an_identity_is_a_list_of_its_sources_parts_and_an_edit_is_around_it(
    source: LetterSource, parts: list[str]
) -> None:
    def text(*of: str) -> str:
        return json.dumps(of, separators=(",", ":"))

    assert Identity.of_source(source).canonical.decode() == text(*parts)
    edited = text("edited", text(*parts), "r1")
    assert Identity.of_source(source.model_copy(update={"edited": "r1"})).canonical.decode() == edited
    assert Identity.of_source(source).under("rules").canonical.decode() == text(
        "under", text(*parts), "rules"
    )


@for_all(
    ("source", "missing"),
    [
        *((OF_STREAM, each) for each in ("stream", "shard", "sequence_number")),
        *((OF_QUEUE, each) for each in ("queue", "message_id")),
    ],
)
def test_a_source_without_a_part_of_it_names_no_record(source: LetterSource, missing: str) -> None:
    partly = source.model_copy(update={missing: None})
    for names in (Identity.of_source, letter_id):
        with pytest.raises(ValueError, match="names neither"):
            names(partly)


def test_a_letter_has_one_name_for_life_and_an_edit_has_one_that_tells_nothing() -> None:
    name = hashlib.sha256(b'["sqs","q","m-1"]').hexdigest()[:32]
    assert letter_id(OF_QUEUE) == letter_id(OF_QUEUE.model_copy(update={"edited": "r1"})) == name
    assert revision(b"old", b"new") == mac(b"edited:new", b"old", 12).hex()
    what = ["edit_letter", OF_QUEUE.model_dump(mode="json"), [{"op": "remove"}]]
    expected = mac(b"approved:" + json.dumps(what, sort_keys=True).encode(), b"record").hex()
    assert approval_digest(OF_QUEUE, b"record", "edit_letter", [{"op": "remove"}]) == expected


def test_a_failure_record_of_lambda_is_named_by_its_positions_and_anything_else_by_none() -> None:
    info = {"streamArn": "s", "shardId": "0", "startSequenceNumber": "1", "endSequenceNumber": "2"}
    name = hashlib.sha256(b'["s", "0", "1", "2"]').hexdigest()[:32]
    assert letter_named(json.dumps({"KinesisBatchInfo": info})) == name
    broken = [
        {"KinesisBatchInfo": {key: value for key, value in info.items() if key != each}} for each in info
    ]
    for body in (
        "",
        "{",
        "[]",
        "null",
        "7",
        "[" * 100_000,
        '{"KinesisBatchInfo": 7}',
        *map(json.dumps, broken),
    ):
        assert letter_named(body) == "no letter"


def test_the_gateway_gets_one_key_for_each_attempt_on_an_order() -> None:
    attempt = Attempt("SO-1", 3, "1", "1", "USD", ("n", "e"), "p", "s", AttemptState.TRYING)
    assert attempt.gateway_id == "pay_" + hashlib.sha256(b"3#SO-1").hexdigest()[:32]


def test_the_rules_of_an_erasures_event_are_named_by_its_type_and_version() -> None:
    for name in (
        EventName("customer.erased", 1),
        EventName("customer.erased", 2),
        EventName("value.erased", 1),
    ):
        text = f"{name.event_type} {name.schema_version}"
        assert certificates._rules(name) == hashlib.sha256(text.encode()).hexdigest()[:16]
