"""Describes what an erasure has done so far, and makes the event that tells consumers about it."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal

from schemas.erased import CUSTOMER, ORDER, CustomerErased, OrderErased
from schemas.registry import EventName
from tokenizer import json_text
from tokenizer.records import SanitizedRecord, moment_of, timestamp
from tokenizer.vault.tokens import is_order, is_value

# Milliseconds after the request. The first sweep comes after every invocation that was running then has ended. The last
# comes after dead letters (14 days, and 14 more in quarantine) and the stream (7 days) have expired.
SWEEPS = (120_000, 3_600_000, *(day * 86_400_000 for day in range(1, 31)))

ErasureState = Literal["erased", "nothing_found", "begun"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Describes an erasure. It names the customer or the order by the vault's name, never by the id.

    Args:
        erasure_id: identifies the erasure in the audit trail and in the event.
        subject: the vault's name for the customer, or for the order.
        requested_by: the caller who asked.
        purpose: the caller's reason.
        requested_at: milliseconds since 1970.
        until: milliseconds since 1970; everything that arrived up to this moment is erased.
        records: how many vault records were replaced by tombstones.
        kept_for_others: how many consistent values stay because another customer has them too.
        pending: ids of values that wait for the next sweep; they are unreadable already.
        sweeps: how many sweeps are done.
        next_sweep: milliseconds since 1970; 0 if no sweep is left.
        failed: True if the last attempt failed; it will be repeated.
        also: the vault's other names for the same, by older versions of the subject key.
        unproven: how many values have an index entry or a share that is not as it was written. Nothing was destroyed on
            its word; if a share keeps the value, the value is among those that are pending, and can still be read.
        left: how many of those that are kept were shared with an owner who stays. Their shares are gone, so no sweep finds
            them again.
        lost_by: if a value was erased that somebody named: the vault's names for the customers and orders that lose it.
        unannounced: the event for consumers, until the bus has accepted it.
        found: True once something was found that this erasure, or one before of the same, speaks for. Until then nothing
            is certified: the id may be misspelt, or an order of a customer, or what it brought is still on its way.
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
    unproven: int = 0
    left: int = 0
    lost_by: tuple[str, ...] = ()
    found: bool = False

    @property
    def subjects(self) -> tuple[str, ...]:
        """Returns all of the vault's names for the customer or the order."""
        return (self.subject, *self.also)

    @property
    def status(self) -> ErasureState:
        """Returns `erased`; `nothing_found` if there is nothing to erase; `begun` if no attempt could find out yet."""
        if self.found:
            return "erased"
        return "begun" if self.failed else "nothing_found"

    @property
    def of(self) -> str:
        """Returns what was erased: `customer`, `order` or `value`."""
        if is_value(self.subject):
            return "value"
        return "order" if is_order(self.subject) else "customer"

    def shown(self, named: str) -> dict[str, Any]:
        """Returns the certificate as JSON for the caller who asked for the erasure of what they named.

        A value is shown by its token, with the number of customers and of orders that lose it.
        """
        orders = sum(map(is_order, self.lost_by))
        lost = {"lost_by_customers": len(self.lost_by) - orders, "lost_by_orders": orders}
        return {
            "erasure_id": self.erasure_id,
            **({"token": named, **lost} if self.of == "value" else {f"{self.of}_id": named}),
            "status": self.status,
            "requested_by": self.requested_by,
            "purpose": self.purpose,
            "requested_at": timestamp(moment_of(self.requested_at)),
            "erased_until": timestamp(moment_of(self.until)),
            "records": self.records,
            "kept_for_others": self.kept_for_others,
            "pending": len(self.pending),
            "unproven": self.unproven,
            "complete": self.found and not self.pending and not self.failed and not self.unproven,
        }


def event_of(certificate: Certificate, named: str) -> SanitizedRecord:
    """Returns the event that tells consumers about an erasure. Publishing it again sends the same bytes.

    Args:
        certificate: the erasure.
        named: the id of the customer or the order.
    """
    name, model = (ORDER, OrderErased) if certificate.of == "order" else (CUSTOMER, CustomerErased)
    when = timestamp(moment_of(certificate.requested_at))
    ingest_id = f"ing_{certificate.erasure_id.rpartition('_')[2]}"
    detail = {
        "metadata": {
            "rules": _rules(name),
            "event_id": certificate.erasure_id,
            "schema_version": name.schema_version,
            "occurred_at": when,
            "ingested_at": when,
            "ingest_id": ingest_id,
        },
        "data": {certificate.of: {f"{certificate.of}_id": named}},
    }
    model.model_validate(detail)
    return SanitizedRecord(name.event_type, json_text.dump(detail), ingest_id)


def _rules(name: EventName) -> str:
    """Returns the name of an event's rules: nothing but its schema decides its bytes, since no record does."""
    return hashlib.sha256(f"{name.event_type} {name.schema_version}".encode()).hexdigest()[:16]
