"""The certificate of an erasure: what, how much, when, by whom; and the event that tells consumers."""

from dataclasses import dataclass, field
from typing import Any

from schemas.erased import NAME, CustomerErased
from tokenizer import json_text
from tokenizer.records import SanitizedRecord, moment_of, timestamp

# Milliseconds after an erasure was asked for. The first outlasts every invocation that had started before it; the last outlasts
# the dead-letter queue (14 days), as long again in quarantine, and the stream (7 days).
SWEEPS = (120_000, 3_600_000, *(day * 86_400_000 for day in range(1, 31)))


@dataclass(frozen=True, slots=True)
class Certificate:
    """What came of an erasure so far. It names the customer as the vault does, and never in clear.

    Args:
        erasure_id: names the erasure, in the audit trail and in the event.
        subject: the customer, as the vault knows them.
        requested_by: who asked.
        purpose: why.
        requested_at: milliseconds since 1970.
        until: everything that arrived until then is erased; milliseconds since 1970.
        records: vault records that gave way to tombstones.
        kept_for_others: consistent values that stay because another customer has them too.
        pending: values that wait for the next sweep; they are unreadable already.
        sweeps: how many are done.
        next_sweep: milliseconds since 1970; 0 when there is none to come.
        failed: the last attempt did not get through; it is repeated.
        also: the customer's other names, by earlier versions of the key that names them.
        unannounced: the event for consumers, until the bus has taken it.
    """

    erasure_id: str
    subject: str
    requested_by: str
    purpose: str
    requested_at: int
    until: int
    records: int = 0
    kept_for_others: int = 0
    pending: tuple[bytes, ...] = ()
    sweeps: int = 0
    next_sweep: int = 0
    failed: bool = False
    also: tuple[str, ...] = ()
    unannounced: SanitizedRecord | None = field(default=None, repr=False)

    @property
    def subjects(self) -> tuple[str, ...]:
        """All names of the customer."""
        return (self.subject, *self.also)

    def shown(self, customer_id: str) -> dict[str, Any]:
        """The certificate as whoever asked for it gets it."""
        return {
            "erasure_id": self.erasure_id,
            "customer_id": customer_id,
            "status": "erased",
            "requested_by": self.requested_by,
            "purpose": self.purpose,
            "requested_at": timestamp(moment_of(self.requested_at)),
            "erased_until": timestamp(moment_of(self.until)),
            "records": self.records,
            "kept_for_others": self.kept_for_others,
            "pending": len(self.pending),
            "complete": not self.pending and not self.failed,
        }


def event_of(certificate: Certificate, customer_id: str) -> SanitizedRecord:
    """The event that tells consumers; the same bytes however often it is published."""
    when = timestamp(moment_of(certificate.requested_at))
    ingest_id = f"ing_{certificate.erasure_id.rpartition('_')[2]}"
    detail = {
        "metadata": {
            "event_id": certificate.erasure_id,
            "schema_version": NAME.schema_version,
            "occurred_at": when,
            "ingested_at": when,
            "ingest_id": ingest_id,
        },
        "data": {"customer": {"customer_id": customer_id}},
    }
    CustomerErased.model_validate(detail)
    return SanitizedRecord(NAME.event_type, json_text.dump(detail), ingest_id)
