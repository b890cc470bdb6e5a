"""The trace of an invocation: what Lambda says of it, what goes on with events and letters, what we add to it.

No SDK: X-Ray's for Python is in maintenance, and each costs a cold start (docs/decisions/0018-traces.md). A trace holds names,
counts, positions and ingest ids; no value, and no text of an error.
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
MOST_BYTES = 64_000  # of a segment document: X-Ray takes 64 kB
_MOST_STAGES = 100
_NAMESPACE = "order_tokenizer"


def header() -> str | None:
    """The trace header, as other services take it; Lambda sets it anew for each invocation."""
    return os.environ.get(_HEADER)


def add(spans: Sequence[Span], counts: Mapping[str, int], records: Sequence[str]) -> None:
    """Add the stages of a batch to the invocation's trace, if this invocation is one that X-Ray samples.

    Args:
        spans: of the stages, the whole batch's last.
        counts: to search traces by.
        records: where each came from, and what became of it.

    Raises:
        OSError: the daemon could not be told; nothing but the trace is the poorer for it.
    """
    document, daemon = subsegment(spans, counts, records), os.environ.get(_DAEMON)
    if document is None or not daemon:
        return
    host, _, port = daemon.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to_daemon:
        to_daemon.setblocking(False)
        to_daemon.sendto(_GREETING + document, (host, int(port)))


def subsegment(spans: Sequence[Span], counts: Mapping[str, int], records: Sequence[str]) -> bytes | None:
    """The document that X-Ray's daemon takes, None where the invocation isn't sampled.

    Source: X-Ray developer guide, "Segment documents", on subsegments that are sent by themselves.
    """
    told = dict(part.partition("=")[::2] for part in (header() or "").split(";"))
    if told.get("Sampled") != "1" or not {"Root", "Parent"} <= told.keys() or not spans:
        return None
    ids = _ids()
    *stages, batch = spans
    document = {
        **_of(batch, next(ids)),
        "type": "subsegment",
        "trace_id": told["Root"],
        "parent_id": told["Parent"],
        "annotations": dict(counts),
        "metadata": {_NAMESPACE: {"items": batch.items, "records": list(records)}},
        "subsegments": [
            {**_of(each, next(ids)), "metadata": {_NAMESPACE: {"items": each.items}}}
            for each in stages[:_MOST_STAGES]
        ],
    }
    written = json_text.dump(document)
    if len(written) > MOST_BYTES:  # the log has the records as well
        document["metadata"] = {_NAMESPACE: {"items": batch.items}}
        written = json_text.dump(document)
    return written


def _of(span: Span, span_id: str) -> dict[str, Any]:
    return {"id": span_id, "name": span.stage, "start_time": span.began, "end_time": span.ended}


def _ids() -> Any:
    """Ids that no other subsegment of the trace has: 16 hexadecimal digits."""
    first = int.from_bytes(os.urandom(8))
    return (f"{(first + step) % 2**64:016x}" for step in count())
