"""Makes the event that tells producers of a dead letter.

It is sent after the letter, which is never held up for it: if the bus takes no event, the letter is there all the same,
and the event is missing. So it is no second way to learn of letters, but a way to learn of one's own mistakes.
"""

import hashlib

from schemas.dead_letter import LetterSource
from schemas.refused import NAME, OrderRefused
from tokenizer import json_text
from tokenizer.pipeline.in_flight import InFlight
from tokenizer.records import SanitizedRecord, timestamp

# Nothing but the event's schema decides its bytes, as far as they don't say what the record was refused by.
_RULES = hashlib.sha256(f"{NAME.event_type} {NAME.schema_version}".encode()).hexdigest()[:16]


def refusal_of(record: InFlight, ingest_id: str, rules: str | None) -> SanitizedRecord:
    """Returns the event of a record that was dead-lettered.

    A record has one `ingest_id` here however often it is refused, so consumers keep the first of its refusals. It is
    another than that of the event which the record may become later; otherwise they would drop that one.

    Args:
        record: the record with its letter.
        ingest_id: the record's own.
        rules: the name of the rules by which events of its type are sanitized; None if its type is unknown.

    Raises:
        ValueError: the record has no letter.
    """
    if record.letter is None:
        raise ValueError("a record that is not at fault is not refused")
    own = hashlib.sha256(f"{NAME.event_type} {NAME.schema_version} {ingest_id}".encode()).hexdigest()[:32]
    arrived, plan = timestamp(record.raw.arrived_at), record.plan
    detail = {
        "metadata": {
            "rules": _RULES,
            "event_id": f"ref_{own}",
            "schema_version": NAME.schema_version,
            "occurred_at": arrived,
            "ingested_at": arrived,
            "ingest_id": f"ing_{own}",
        },
        "data": {
            "refusal": {
                "code": record.letter.code,
                "paths": _paths(record),
                "event_type": record.event_type,
                "schema_version": None if plan is None else plan.name.schema_version,
                "rules": rules,
                "ingest_id": ingest_id,
                "source": _source(record.raw.source),
            }
        },
    }
    OrderRefused.model_validate(detail)
    return SanitizedRecord(NAME.event_type, json_text.dump(detail), f"ing_{own}")


def _paths(record: InFlight) -> list[str]:
    """Returns the places of the wrong fields, each once.

    Without a plan only fields of an envelope or of a wrapper are wrong, and those have names of ours or of a schema.
    """
    paths = () if record.letter is None else record.letter.paths
    return list(dict.fromkeys(paths if record.plan is None else map(record.plan.named, paths)))


def _source(source: LetterSource) -> dict[str, str | int | None]:
    if source.stream is None:
        return {"kind": "queue", "message_id": source.message_id}
    return {
        "kind": "stream",
        "shard": source.shard,
        "sequence_number": source.sequence_number,
        "sub_sequence_number": source.sub_sequence_number,
    }
