"""Letters beyond the queue: large ones in the bucket, hopeless ones in quarantine, raw messages that nobody took."""

import base64
import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_account import Aws
from tests.support.fakes.world import ample_budget
from tests.support.samples import stream_record
from tokenizer.aws.compose.data_keys import LETTER_CONTEXT
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.replay.letters import Letters
from tokenizer.aws.replay.queues import Quarantine, Unprocessed
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader
from tokenizer.errors import PipelineError
from tokenizer.replay.messages import PUBLISHED

WHY = "producer is gone"
# It does not compress below a message's limit. Without digits, no letters in it can be taken for a code's label.
LARGE = b"{" + base64.b64encode(os.urandom(900_000)).translate(bytes.maketrans(b"0123456789", b"abcdefghij"))


def opened(aws: Aws, body: str) -> bytes:
    keys = DataKeyReader(
        aws.client("kms"), [aws.settings.letter_key_arn], LETTER_CONTEXT, Bounds(), lambda: 0.0
    )
    return (
        Letters(Opener(keys), aws.client("s3"), [json.loads(body)["source"]["stream"]], time.time)
        .open(body)
        .data
    )


def a_large_letter(aws: Aws) -> str:
    aws.tokenizer().tokenize_batch([stream_record(LARGE, 3)], ample_budget())
    (body,) = aws.messages(aws.settings.dead_letter_queue_url)
    return body


def quarantine(aws: Aws) -> Quarantine:
    return Quarantine(
        aws.client("s3"),
        aws.settings.letter_bucket,
        aws.client("sqs"),
        aws.settings.dead_letter_queue_url,
    )


def forget_letters(aws: Aws) -> None:
    """Deletes what the bucket's lifecycle would: objects under `letters/`, after 30 days."""
    s3 = aws.client("s3")
    for each in s3.list_objects_v2(Bucket="letters", Prefix="letters/")["Contents"]:
        s3.delete_object(Bucket="letters", Key=each["Key"])


def test_a_large_letter_is_opened_from_the_bucket(aws: Aws) -> None:
    assert opened(aws, a_large_letter(aws)) == LARGE


def test_a_large_letter_outlives_the_buckets_lifecycle_in_quarantine(aws: Aws) -> None:
    kept, body = quarantine(aws), a_large_letter(aws)
    kept.keep("one", body, WHY)
    kept.keep("one", body, WHY)  # again is harmless
    forget_letters(aws)
    assert kept.listed()["ids"] == ["one"]
    kept.restore("one")
    (restored,) = aws.messages(aws.settings.dead_letter_queue_url)
    assert opened(aws, restored) == LARGE
    assert kept.listed() == {"ids": [], "letters": []}


def test_a_letter_that_the_queue_did_not_take_back_stays_in_quarantine(aws: Aws) -> None:
    class Down:
        def send_message(self, **_: Any) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage")

    sqs: Any = Down()
    kept, body = quarantine(aws), a_large_letter(aws)
    kept.keep("one", body, WHY)
    forget_letters(aws)
    down = Quarantine(aws.client("s3"), aws.settings.letter_bucket, sqs, "url")
    with pytest.raises(PipelineError):
        down.restore("one")
    assert kept.listed()["ids"] == ["one"]
    kept.restore("one")
    (restored,) = aws.messages(aws.settings.dead_letter_queue_url)
    assert opened(aws, restored) == LARGE


def test_letters_in_quarantine_are_listed_with_reason_code_and_age(aws: Aws) -> None:
    kept, body = quarantine(aws), a_large_letter(aws)
    kept.keep("one", body, "der Händler ist weg, \n 彼らは去った")
    kept.keep("none of ours", "no letter", WHY)
    one, two = sorted(kept.listed()["letters"], key=lambda each: str(each["id"]), reverse=True)
    assert (one["id"], one["code"], one["reason"]) == (
        "one",
        "malformed_json",
        "der Händler ist weg, \n 彼らは去った",
    )
    assert abs(datetime.now(UTC) - datetime.fromisoformat(one["kept_at"])) < timedelta(minutes=1)
    assert (two["code"], two["reason"]) == ("unknown", WHY)


def test_nothing_of_a_restored_letter_stays_but_what_expires(aws: Aws) -> None:
    kept, body = quarantine(aws), a_large_letter(aws)
    kept.keep("one", body, WHY)
    kept.restore("one")
    found = aws.client("s3").list_objects_v2(Bucket="letters", Prefix="quarantine/")["Contents"]
    assert [each["Key"] for each in found] == ["quarantine/restored/one"]


def test_a_restored_letter_may_go_to_quarantine_again(aws: Aws) -> None:
    kept = quarantine(aws)
    kept.keep("one", a_large_letter(aws), WHY)
    kept.restore("one")
    (restored,) = aws.messages(aws.settings.dead_letter_queue_url)
    kept.keep("two", restored, WHY)
    kept.restore("two")
    (again,) = aws.messages(aws.settings.dead_letter_queue_url)
    assert opened(aws, again) == LARGE


@pytest.mark.parametrize("body", ["no letter", '{"requestContext": {}, "KinesisBatchInfo": {}}'])
def test_what_is_no_letter_of_ours_is_kept_as_it_is(aws: Aws, body: str) -> None:
    kept = quarantine(aws)
    kept.keep("one", body, WHY)
    kept.restore("one")
    assert aws.messages(aws.settings.dead_letter_queue_url) == [body]


def test_a_letter_that_names_another_bucket_is_kept_as_it_is(aws: Aws) -> None:
    body = a_large_letter(aws).replace("s3://letters/", "s3://another/")
    kept = quarantine(aws)
    kept.keep("one", body, WHY)
    kept.restore("one")
    assert aws.messages(aws.settings.dead_letter_queue_url) == [body]


def test_every_server_of_the_queue_is_asked_for_unprocessed_messages() -> None:
    """Answers as short polling gives them: nothing, for as long as the request does not wait."""
    message = {"MessageId": "m", "ReceiptHandle": "r", "Body": "{}", "Attributes": {"SentTimestamp": "1"}}

    class Sampling:
        def receive_message(self, WaitTimeSeconds: int = 0, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
            return {"Messages": [message]} if WaitTimeSeconds else {}

        def delete_message(self, **_: Any) -> None: ...

    class Publishing:
        def tokenize(self, entries: list[Any], _: Any) -> list[dict[str, str]]:
            return [{"status": PUBLISHED} for _ in entries]

    sqs: Any = Sampling()
    tokenizers: Any = Publishing()
    assert [each["message_id"] for each in Unprocessed(sqs, "url", "arn", tokenizers).replay()] == ["m"]
