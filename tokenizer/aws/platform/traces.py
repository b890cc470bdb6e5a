"""Reads and extends the trace of an invocation, and passes it on with events and letters.

It uses no SDK: X-Ray's for Python is in maintenance, and each SDK slows the cold start (docs/decisions/0018-traces.md).
A trace holds names, counts, positions and ingest ids, but no value and no text of an error.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from tokenizer import json_text
from tokenizer.aws.platform.timing import Span

_HEADER = "_X_AMZN_TRACE_ID"
_DAEMON = "AWS_XRAY_DAEMON_ADDRESS"
_GREETING = b'{"format": "json", "version": 1}\n'
MOST_BYTES = 64_000  # of a segment document; X-Ray accepts 64 kB
_MOST_STAGES = 100
_NAMESPACE = "order_tokenizer"


def header() -> str | None:
    """Returns the trace header in the form that other services accept. Lambda sets it for each invocation."""
    return os.environ.get(_HEADER)


def add(spans: Sequence[Span], counts: Mapping[str, int], records: Sequence[str]) -> None:
    """Adds the stages of a batch to the invocation's trace, if X-Ray samples this invocation.

    Args:
        spans: the spans of the stages; the last one is the whole batch's.
        counts: the numbers by which traces can be searched.
        records: where each record came from, with its outcome.

    Raises:
        OSError: the daemon could not be reached. Only the trace is incomplete then.
    """
    document, daemon = subsegment(spans, counts, records), os.environ.get(_DAEMON)
    if document is None or not daemon:
        return
    host, _, port = daemon.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to_daemon:
        to_daemon.setblocking(False)
        to_daemon.sendto(_GREETING + document, (host, int(port)))


def subsegment(spans: Sequence[Span], counts: Mapping[str, int], records: Sequence[str]) -> bytes | None:
    """Returns the document for X-Ray's daemon, or None if the invocation isn't sampled.

    Source: X-Ray developer guide, "Segment documents", on subsegments that are sent on their own.
    """
    settings = dict(part.partition("=")[::2] for part in (header() or "").split(";"))
    if settings.get("Sampled") != "1" or not {"Root", "Parent"} <= settings.keys() or not spans:
        return None
    ids = _ids()
    *stages, batch = spans
    document = {
        **_of(batch, next(ids)),
        "type": "subsegment",
        "trace_id": settings["Root"],
        "parent_id": settings["Parent"],
        "annotations": dict(counts),
        "metadata": {_NAMESPACE: {"items": batch.items, "records": list(records)}},
        "subsegments": [
            {**_of(each, next(ids)), "metadata": {_NAMESPACE: {"items": each.items}}}
            for each in stages[:_MOST_STAGES]
        ],
    }
    written = json_text.dump(document)
    if len(written) > MOST_BYTES:  # the log lists the records too
        document["metadata"] = {_NAMESPACE: {"items": batch.items}}
        written = json_text.dump(document)
    return written


def _of(span: Span, span_id: str) -> dict[str, Any]:
    return {"id": span_id, "name": span.stage, "start_time": span.began, "end_time": span.ended}


def _ids() -> Any:
    """Returns ids of 16 hexadecimal digits that no other subsegment of the trace has."""
    first = int.from_bytes(os.urandom(8))
    return (f"{(first + step) % 2**64:016x}" for step in count())
