"""The use case over real adapters: what is written, sent and called."""

import base64
import json
import os
import re

import pytest

from schemas.dead_letter import DeadLetter, LetterSource
from schemas.sanitized import SanitizedEvent
from tests.support.aws_account import Aws
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tests.support.samples import CANARIES, order, stream_record
from tokenizer.aws.compose.data_keys import LETTER_CONTEXT
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.platform.workers import Threads
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader
from tokenizer.errors import Configuration, VaultIntegrity
from tokenizer.records import IndexEntry
from tokenizer.reveal.lookup import Status, reveal
from tokenizer.vault.tokens import Pointer

TOKEN = re.compile(r"tok_[0-9a-hjkmnp-tv-z]{26}")


def opener(aws: Aws) -> Opener:
    keys = DataKeyReader(
        aws.client("kms"), [aws.settings.letter_key_arn], LETTER_CONTEXT, Bounds(), lambda: 0.0
    )
    return Opener(keys)


def test_an_order_reaches_the_bus_as_tokens_that_the_vault_reveals(aws: Aws) -> None:
    (outcome,) = aws.tokenizer().tokenize_batch([stream_record(order())], ample_budget())
    assert outcome.published
    (event,) = aws.events()
    assert (event["source"], event["detail-type"]) == ("orders.tokenizer", "order.placed")
    SanitizedEvent.model_validate(event["detail"])
    shown, raw = event["detail"]["data"]["order"], order()["order"]
    values = {shown["customer"][key]: raw["customer"][key] for key in ("name", "email", "phone", "ssn")}
    answers = reveal(list(values), aws.reader(), aws.aliases(), ample_budget())
    assert {token: answer.found.value for token, answer in answers.items() if answer.found} == values


@pytest.mark.parametrize("first", [None, "guest", "C-1"])
@pytest.mark.parametrize("later", [None, "guest", "C-1", "C-2"])
def test_guests_and_customers_with_one_email_get_its_one_token(
    aws: Aws, first: str | None, later: str | None
) -> None:
    for number, customer_id in enumerate((first, later, later)):
        customer = {**order()["order"]["customer"], "customer_id": customer_id}
        event = {**order(customer=customer), "event_type": "order.placed", "schema_version": 3}
        (outcome,) = aws.tokenizer().tokenize_batch([stream_record(event, number)], ample_budget())
        assert outcome.published, outcome
    emails = [event["detail"]["data"]["order"]["customer"]["email"] for event in aws.events()]
    assert len(emails) == 3
    assert len(set(emails)) == 1


def test_neither_the_bus_nor_any_table_holds_a_raw_value(aws: Aws) -> None:
    aws.tokenizer().tokenize_batch([stream_record(order())], ample_budget())
    tables = [aws.settings.vault_table, aws.settings.blind_index_table, aws.settings.token_keys_table]
    seen = json.dumps(aws.events()) + "".join(str(aws.stored(table)) for table in tables)
    assert len(aws.stored("vault")) == 3
    assert not [canary for canary in CANARIES if canary.casefold() in seen.casefold()]


def test_three_deliveries_give_identical_events_and_one_vault_record(aws: Aws) -> None:
    for _ in range(3):  # a cold start each
        aws.tokenizer().tokenize_batch([stream_record(order())], ample_budget())
    bodies = {json.dumps(event["detail"]) for event in aws.events()}
    assert len(bodies) == 1
    assert len(aws.stored("vault")) == 3
    assert len(aws.stored("blind-index")) == 2


def test_of_two_who_bring_a_value_at_once_the_first_one_names_it(aws: Aws) -> None:
    """Both have looked the values up and found nothing; claims go side by side."""
    index = DynamoBlindIndex(
        aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS, workers=Threads()
    )
    values = [bytes([at]) * 32 for at in range(30)]

    def entries(tag: int) -> list[IndexEntry]:
        return [IndexEntry("scope", each, Pointer(each[:12], bytes([tag] * 4)).token) for each in values]

    first = {each.blind_index: each for each in entries(1)}
    assert index.claim(entries(1)[:20], {}, ample_budget()).found == dict(list(first.items())[:20])
    second = index.claim(entries(2), {}, ample_budget())
    assert not second.failed
    assert second.found == {each.blind_index: each for each in entries(2)} | dict(list(first.items())[:20])
    stored = {item["id"]["S"]: item["token"]["S"] for item in aws.stored("blind-index")}
    assert stored == {key.hex(): entry.token for key, entry in second.found.items()}


def test_a_letter_is_sealed_and_opens_to_the_bytes_that_came(aws: Aws) -> None:
    record = stream_record(order(total="bad"), 7)
    aws.tokenizer().tokenize_batch([record], ample_budget())
    (body,) = aws.letters()
    letter = DeadLetter.model_validate_json(json.dumps(body))
    assert body["error"]["code"] == "invalid_field"
    assert body["source"]["sequence_number"] == "7"
    assert body["attempts"] == 1
    text = json.dumps(body) + base64.b64decode(body["sealed"]).decode("latin-1")
    assert not [canary for canary in CANARIES if canary in text]
    assert letter.sealed is not None
    assert opener(aws).open(letter.sealed, letter.source) == record.data


def test_a_seal_can_not_stand_in_another_letter(aws: Aws) -> None:
    aws.tokenizer().tokenize_batch([stream_record(b"{", 1), stream_record(b"[", 2)], ample_budget())
    first, second = aws.letters()
    here = LetterSource.model_validate(first["source"])
    assert opener(aws).open(first["sealed"], here) == b"{"
    with pytest.raises(VaultIntegrity):
        opener(aws).open(second["sealed"], here)


def test_a_record_too_large_for_a_letter_lies_sealed_in_the_bucket(aws: Aws) -> None:
    # It does not compress below a message's limit. Without digits, no letters in it can be taken for a code's label.
    big = b"{" + base64.b64encode(os.urandom(900_000)).translate(
        bytes.maketrans(b"0123456789", b"abcdefghij")
    )
    aws.tokenizer().tokenize_batch([stream_record(big, 3)], ample_budget())
    (body,) = aws.letters()
    bucket, _, key = body["sealed_object"].removeprefix("s3://").partition("/")
    sealed = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    assert "sealed" not in body
    assert opener(aws).open(sealed, LetterSource.model_validate(body["source"])) == big


def test_values_too_large_for_a_vault_item_are_dead_lettered(aws: Aws) -> None:
    event = order(blob=base64.b64encode(os.urandom(400_000)).decode())  # does not deflate below the limit
    (outcome,) = aws.tokenizer().tokenize_batch([stream_record(event)], ample_budget())
    assert outcome.letter is not None
    assert outcome.letter.code == "too_large"
    assert not aws.events()


def test_without_its_token_keys_a_function_does_not_start(aws: Aws) -> None:
    for item in aws.stored("token-keys"):
        aws.client("dynamodb").delete_item(TableName="token-keys", Key={"id": item["id"]})
    with pytest.raises(Configuration, match="never made"):
        aws.tokenizer()


def test_a_token_of_nobody_is_unknown(aws: Aws) -> None:
    aws.tokenizer().tokenize_batch([stream_record(order())], ample_budget())
    answers = reveal(
        ["tok_" + "0" * 26, "tok_", "4111111111111111"], aws.reader(), aws.aliases(), ample_budget()
    )
    assert {answer.status for answer in answers.values()} == {Status.UNKNOWN}
