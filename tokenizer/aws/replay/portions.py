"""Replays what one letter stands for in portions, each of which a request finishes in its time."""

import base64
from collections.abc import Sequence
from typing import Any

from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.messages.mode import Mode
from tokenizer.pipeline.aggregates import too_many_records
from tokenizer.replay.messages import FAILED, PARTLY, PUBLISHED, SPLIT, Entry, Result, worst

# Ten calls of the tokenizing function. Each takes less than half a second, and the request may take two minutes.
PORTION = 1_000


def replay_portion(tokenizers: Tokenizers, entries: Sequence[Entry], first: int) -> Result:
    """Replays a portion of some records, with large aggregates taken apart.

    The bad user records of a large aggregate become letters of their own, since nobody can edit them inside of it.

    Args:
        tokenizers: send the records.
        entries: all records that the letter stands for.
        first: how many of their pieces earlier requests have replayed.

    Returns:
        The worst result. It is `partly`, with the result `so_far` and the piece that is `next`, if there are more.
    """
    every = [piece for each in entries for piece in pieces(each)]
    some = every[first : first + PORTION]
    if not some:
        return {"status": PUBLISHED, "records": 0}
    split = len(every) > len(entries)
    results = tokenizers.tokenize(some, Mode.REPLAYED_WITHOUT_LETTER if split else Mode.REPLAYED)
    result: dict[str, Any] = worst(results)
    if split and result["status"] == FAILED:
        result = {"status": SPLIT, "letters": sum(each["status"] == FAILED for each in results)}
    if split:
        result = {**result, "records": len(some)}
    after = first + len(some)
    if after == len(every) or result["status"] not in {PUBLISHED, SPLIT, FAILED}:
        return result
    return {**result, "status": PARTLY, "so_far": result["status"], "next": after, "records": len(some)}


def pieces(made: Entry) -> list[Entry]:
    """Returns one entry for each user record of an aggregate that is too large for a delivery, or the entry itself."""
    kinesis = made.get("kinesis", {})
    if "data" not in kinesis or "subSequenceNumber" in kinesis:
        return [made]
    found = too_many_records(base64.b64decode(kinesis["data"]))
    if found is None:
        return [made]
    return [
        {**made, "kinesis": {**kinesis, "data": base64.b64encode(each).decode(), "subSequenceNumber": at}}
        for at, each in enumerate(found)
    ]
