"""Rebuilds the Lambda events that first delivered records, from their dead letters.

The tokenizing function gets the same event as the first time, so it derives the same identity and publishes the same
bytes. A record that an operator edited gets a new identity that includes the old one.
"""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from schemas.dead_letter import DeadLetter, LetterSource
from tokenizer.identity import Identity

Entry = dict[str, Any]
Result = dict[str, Any]

PUBLISHED, FAILED, UNAVAILABLE, REFUSED, EXPIRED, SKIPPED = (
    "published",
    "failed",
    "unavailable",
    "refused",
    "expired",
    "skipped",
)
# A letter that stands for many records: a portion of them is done, or all are, and the bad ones have letters of their own.
PARTLY, SPLIT = "partly", "split"
# The codes of an edit that is refused: for good, or until a second person has approved it.
EDIT_REFUSED = "edit_refused"
APPROVAL_NEEDED = "approval_needed"
_ID_DIGITS = 32
NO_LETTER = "no letter"
NOT_BEGUN: Result = {"status": PARTLY, "so_far": PUBLISHED, "next": 0, "records": 0}
# If one letter stands for several records, the worst result counts.
_WORST_FIRST = (REFUSED, EXPIRED, UNAVAILABLE, FAILED, SPLIT, PUBLISHED)


def entry(source: LetterSource, data: bytes) -> Entry:
    """Returns one record of a Lambda event.

    Args:
        source: where the record first came from.
        data: the raw bytes.

    Raises:
        ValueError: the source names neither a stream position nor a message of a queue, or no valid moment.
    """
    arrived = arrival(source)
    if source.stream and source.shard and source.sequence_number:
        made = _from_stream(source, data, arrived)
    elif source.queue and source.message_id:
        made = _from_queue(source, data, arrived)
    else:
        raise ValueError("the source names neither a position in a stream nor a message of a queue")
    return made | {"edited": source.edited} if source.edited else made


def arrival(source: LetterSource) -> float:
    """Returns when a record first arrived, in seconds since 1970.

    Raises:
        ValueError: the letter holds no valid moment.
    """
    try:
        return datetime.fromisoformat(source.arrived_at).timestamp()
    except (ArithmeticError, OSError, ValueError):
        raise ValueError("the letter names no moment") from None


def stream_entry(stream: str, shard: str, record: Mapping[str, Any]) -> Entry:
    """Returns one record of a Lambda event, made from a record of GetRecords."""
    return {
        "eventSource": "aws:kinesis",
        "eventSourceARN": stream,
        "eventID": f"{shard}:{record['SequenceNumber']}",
        "kinesis": {
            "sequenceNumber": record["SequenceNumber"],
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"].timestamp(),
            "data": base64.b64encode(record["Data"]).decode(),
        },
    }


def revision(old: bytes, new: bytes) -> str:
    """Returns the name of an edit.

    Equal edits have equal names; without the old text, the name reveals nothing of either text.
    """
    return hmac.digest(old, b"edited:" + new, "sha256")[:12].hex()


def approval_digest(source: LetterSource, record: bytes, action: str, patch: Sequence[Any] | None) -> str:
    """Returns what an approval binds to: a letter with its record, what is done with it, and the patch of an edit.

    The record is the key, so without it nobody can try out which values a patch has.

    Args:
        source: where the record came from.
        record: the raw bytes.
        action: what the policies call what is done.
        patch: the JSON Patch of an edit.
    """
    what = json.dumps([action, source.model_dump(mode="json"), patch], sort_keys=True)
    return hmac.digest(record, b"approved:" + what.encode(), "sha256").hex()


def letter_id(source: LetterSource) -> str:
    """Returns the id of a letter in the audit trail and in the counts of edits: a digest of where its record came from.

    All letters of one record have one id, edited or not.

    Raises:
        ValueError: the source names neither a stream position nor a message of a queue.
    """
    origin = Identity.of_source(source.model_copy(update={"edited": None}))
    return sha256(origin.canonical).hexdigest()[:_ID_DIGITS]


def letter_named(body: str) -> str:
    """Returns the id of a letter as it says itself, or of one of Lambda's failure records; it is a digest in any case.

    Only an opened letter proves where its record came from. The results beside it say which ones were opened.
    """
    try:
        return letter_id(DeadLetter.model_validate_json(body).source)
    except (ValidationError, ValueError):
        return _positions(body)


def _positions(body: str) -> str:
    try:
        info = json.loads(body)["KinesisBatchInfo"]
        names = [
            str(info[name]) for name in ("streamArn", "shardId", "startSequenceNumber", "endSequenceNumber")
        ]
    except (LookupError, RecursionError, TypeError, ValueError):
        return NO_LETTER
    return sha256(json.dumps(names).encode()).hexdigest()[:_ID_DIGITS]


def worst(results: Sequence[Result]) -> Result:
    """Returns the worst of several results, with their number."""
    first = min(results, key=lambda result: _WORST_FIRST.index(result["status"]))
    return first if len(results) == 1 else {**first, "records": len(results)}


def of_entry(made: Entry, outcomes: Sequence[Result]) -> Result:
    """Returns the result of one entry, which may stand for all records of an aggregate."""
    kinesis = made.get("kinesis", {})
    item, sub = kinesis.get("sequenceNumber") or made["messageId"], kinesis.get("subSequenceNumber")
    mine = [each for each in outcomes if each["item"] == item and (sub is None or each.get("sub") == sub)]
    return worst([{key: value for key, value in each.items() if key not in {"item", "sub"}} for each in mine])


def _from_stream(source: LetterSource, data: bytes, arrived: float) -> Entry:
    kinesis = {
        "sequenceNumber": source.sequence_number,
        "approximateArrivalTimestamp": arrived,
        "data": base64.b64encode(data).decode(),
    }
    if source.sub_sequence_number is not None:
        kinesis["subSequenceNumber"] = source.sub_sequence_number
    return {
        "eventSource": "aws:kinesis",
        "eventSourceARN": source.stream,
        "eventID": f"{source.shard}:{source.sequence_number}",
        "kinesis": kinesis,
    }


def _from_queue(source: LetterSource, data: bytes, arrived: float) -> Entry:
    return {
        "eventSource": "aws:sqs",
        "eventSourceARN": source.queue,
        "messageId": source.message_id,
        "body": data.decode("utf-8", "surrogatepass"),
        "attributes": {"SentTimestamp": str(round(arrived * 1000)), "ApproximateReceiveCount": "1"},
    }
