"""Keeps the golden corpus: events whose sanitized bytes may change only together with the rules.

`python -m tests.support.golden` writes it anew, and refuses to where the bytes changed and the rules did not.
"""

import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from schemas.registry import registry
from schemas.wrappers import attributes_of, event_in
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tests.support.webhooks import MODELS, relayed, webhook
from tokenizer.pipeline.catalog import Catalog, EventPlan
from tokenizer.pipeline.sanitize import Sanitizer

FILE = Path(__file__).with_name("golden.json")
_SAMPLES = Path("schemas/samples")
_CATALOG = Catalog({**registry(), **MODELS})
# An event's place in the stream decides its tokens. A further sample moves no other one.
_FIRST = ("customer.updated.1", "order.placed.1", "order.placed.2", "order.placed.3", "order.refunded.1")
_CARD = "4111111111111111"


class _FixedRules(Sanitizer):
    """Sanitizes under one name of the rules, so that only what the rules decide shows."""

    def rules(self, plan: EventPlan) -> str:
        return "0" * 16


def corpus() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields raw events by name: each shipped sample, orders that take the less usual ways, and foreign bodies."""
    samples = {path.stem: json.loads(path.read_text()) for path in sorted(_SAMPLES.glob("*.json"))}
    yield from ((name, samples.pop(name)) for name in _FIRST)
    yield "note with a card", order(notes=f"please charge {_CARD} again")
    yield "note with its own name", order(notes="a present for Ann Example")
    yield "unknown fields", order(gift={"to": "Bo", "tags": ["a", 1, None]}, Example="Ann Example")
    yield "authentication data", order(payment={"method": "card", "card": {"number": _CARD, "cvv": "123"}})
    yield "a guest", order(customer=None)
    yield "a foreign body", webhook()
    yield (
        "a message with attributes",
        {
            "messageAttributes": {
                "topic": {"stringValue": "relayed.order"},
                "delivery": {"stringValue": "d-1"},
            },
            "body": json.dumps(relayed()),
        },
    )
    yield "a phone at home", order(customer={"customer_id": "C-1", "phone": "(202) 555-0123"})
    yield from samples.items()


def made() -> dict[str, str]:
    """Returns the sanitized events under fixed rules, as JSON texts by name."""
    found = {}
    for at, (name, raw) in enumerate(corpus()):
        place = (
            zlib.crc32(name.encode()) if (_SAMPLES / f"{name}.json").exists() and name not in _FIRST else at
        )
        world = World(catalog=_CATALOG)
        reader = world.tokenizer.reader
        own = reader.sanitizer
        fixed = _FixedRules(own.token_keys, own.scope_keys, own.subject_keys, own.lifetimes)
        world.tokenizer = replace(world.tokenizer, reader=replace(reader, sanitizer=fixed))
        (outcome,) = world.tokenizer.tokenize_batch([stream_record(raw, place)], ample_budget())
        found[name] = (
            world.bus.events[0].detail.decode() if outcome.published else f"letter: {outcome.letter}"
        )
    return found


def rules() -> dict[str, str]:
    """Returns the names of the rules now, by event type and version."""
    world = World(catalog=_CATALOG)
    reader = world.tokenizer.reader
    plans = [reader.catalog.settled(event_in(raw), attributes_of(raw))[1] for _, raw in corpus()]
    return {
        f"{plan.name.event_type} {plan.name.schema_version}": reader.sanitizer.rules(plan) for plan in plans
    }


def main() -> int:
    """Writes the corpus anew; returns 1 if the bytes changed under the same rules."""
    kept, now = json.loads(FILE.read_text()) if FILE.exists() else None, {"rules": rules(), "details": made()}
    if kept and kept["details"] != now["details"] and kept["rules"] == now["rules"]:
        sys.stderr.write(
            "error: the sanitized bytes changed and the rules did not\n"
            "hint: name the module that decides them in tokenizer/pipeline/rules.py\n"
        )
        return 1
    FILE.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
