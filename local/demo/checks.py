"""Compares the demo's figures with what they must be. It only counts, so that it can be tested without a stack.

Nothing here trusts the tokenizer: raw orders are known from their making, and events are read as a consumer gets
them. The search for leaks is in `demo_leaks.py`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.data.orders import sensitive_values
from schemas.sanitized import SOURCE

_PUBLIC = ("order_id", "currency", "total")

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """Holds one line of the closing table: what was counted, what it must be, and where to look if it differs."""

    name: str
    measured: int
    must_be: int
    hint: str

    @property
    def right(self) -> bool:
        """Returns True if the measured figure is the expected one."""
        return self.measured == self.must_be


@dataclass(frozen=True, slots=True)
class Received:
    """Holds one delivery of a sanitized event.

    Args:
        body: what the consumer's queue held.
        detail: the event's `detail`, numbers and the order of keys as they came.
        ingest_id: of the raw record that it was made from.
    """

    body: str = field(repr=False)
    detail: str = field(repr=False)
    ingest_id: str

    @classmethod
    def of(cls, body: str) -> "Received":
        """Takes the event out of a queue message."""
        detail = json.loads(body, parse_float=str)["detail"]  # 1.10 stays different from 1.1
        text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
        return cls(body, text, detail["metadata"]["ingest_id"])

    @property
    def metadata(self) -> dict[str, Any]:
        """Returns `metadata` of the event."""
        return dict(json.loads(self.detail)["metadata"])

    @property
    def order(self) -> Event:
        """Returns the sanitized order."""
        return dict(json.loads(self.detail)["data"]["order"])


def by_ingest_id(deliveries: Iterable[Received]) -> dict[str, list[Received]]:
    """Groups deliveries by their raw record."""
    groups = defaultdict(list)
    for delivery in deliveries:
        groups[delivery.ingest_id].append(delivery)
    return dict(groups)


def published(good: Sequence[Event], groups: Mapping[str, Sequence[Received]]) -> list[Figure]:
    """Returns the figures on what came out, against what went in."""
    emails, phones = joined(good, groups, "email"), joined(good, groups, "phone")
    hint = "see the tokenizing functions' logs and the dead letters; a record may still be retried"
    return [
        Figure("published", len(groups), len(good), hint),
        Figure(
            "  with its own public fields", faithful(good, groups), len(good), "an event is not its order's"
        ),
        Figure("  in differing bytes", differing(groups), 0, "two deliveries of one record differ"),
        Figure("  tokens of the emails", *emails, "one email must have one token, or consumers can't join"),
        Figure("  tokens of the phones", *phones, "one phone must have one token, or consumers can't join"),
    ]


def differing(groups: Mapping[str, Sequence[Received]]) -> int:
    """Returns how many raw records were published in more than one version."""
    return sum(len({each.detail for each in group}) > 1 for group in groups.values())


def same_again(first: Iterable[Received], again: Iterable[Received]) -> int:
    """Returns how many raw records were published again with exactly the same bytes as before."""
    before = by_ingest_id(first)
    return sum(
        {each.detail for each in group} == {before[ingest_id][0].detail}
        for ingest_id, group in by_ingest_id(again).items()
        if ingest_id in before
    )


def example(good: Sequence[Event], groups: Mapping[str, Sequence[Received]]) -> tuple[Event, Event] | None:
    """Returns an order that has much to hide, raw and sanitized; None if it was not published."""
    raw = max(good, key=_worth_showing)
    found = (group[0] for group in groups.values() if group[0].metadata["event_id"] == raw["event_id"])
    delivery = next(found, None)
    return None if delivery is None else (raw["order"], delivery.order)


def _worth_showing(event: Event) -> int:
    order = event["order"]
    card = (order.get("payment") or {}).get("card") or {}
    extra = {*card} - {"number", "expiry", "holder"}
    notes = order.get("notes") or ""
    return (
        2 * bool(extra) + 2 * ("@" in notes or "+" in notes) + (len(order["items"]) == 1) + ("gift" in order)
    )


def values_of(good: Iterable[Event]) -> frozenset[str]:
    """Returns every value of good orders that nobody may see."""
    return frozenset(value for event in good for value in sensitive_values(event))


def faithful(good: Sequence[Event], groups: Mapping[str, Sequence[Received]]) -> int:
    """Returns how many raw records were published once, under their own id, with unchanged public fields."""
    wanted = Counter(_face(event["event_id"], event["order"]) for event in good)
    delivered = Counter(
        _face(group[0].metadata["event_id"], group[0].order)
        for group in groups.values()
        if _labelled(group[0])
    )
    return (wanted & delivered).total()


def _labelled(delivery: Received) -> bool:
    envelope = json.loads(delivery.body)
    return (envelope["source"], envelope["detail-type"]) == (SOURCE, "order.placed")


def _face(event_id: str, order: Event) -> str:
    items = [{key: value for key, value in item.items() if key != "engraving"} for item in order["items"]]
    return json.dumps(
        [event_id, items, order["customer"]["customer_id"], *(order.get(key) for key in _PUBLIC)]
    )


def joined(good: Sequence[Event], groups: Mapping[str, Sequence[Received]], name: str) -> tuple[int, int]:
    """Returns how many different tokens a consistent field has, and how many different values it had."""
    tokens = {group[0].order["customer"].get(name) for group in groups.values()} - {None, ""}
    values = {event["order"]["customer"].get(name) for event in good} - {None, ""}
    return len(tokens), len({value.casefold() for value in values})


def codes(letters: Iterable[str]) -> Counter[str]:
    """Bodies of dead letters by their code; one that was sent twice counts once, as its source tells."""
    parsed = [json.loads(body) for body in letters]
    found = {json.dumps(letter.get("source"), sort_keys=True): letter for letter in parsed}
    return Counter(letter.get("error", {}).get("code", "no code") for letter in found.values())
