"""Writes what else follows from the models: the consumers' kit, the AsyncAPI document, the registry's resources.

Each file depends only on the JSON Schemas, so nothing here needs to know single event types.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from schemas.json_schema import Schema, file_name
from schemas.publish.asyncapi import document
from schemas.publish.kit import kit_files
from schemas.publish.registry_resources import spliced
from schemas.registry import EventName

ROOT = Path(__file__).parent.parent.parent
KIT = Path("consumer/order_events")
TEMPLATE = Path("stacks/bus.yaml")


def published(root: Path, schemas: Mapping[Path, Schema], text: Callable[[Schema], str]) -> dict[Path, str]:
    """Returns every published file by its path below the repository's root.

    Args:
        root: the folder of `stacks/bus.yaml`, of which one section is written.
        schemas: every JSON Schema by its path under `schemas/json`.
        text: turns a JSON document into the text that is committed.
    """
    raw, sanitized = by_name(schemas, "raw"), by_name(schemas, "sanitized")
    files = {KIT / place: content for place, content in kit_files(sanitized).items()}
    files |= {KIT / "schemas" / file_name(name): text(schema) for name, schema in sanitized.items()}
    files[Path("schemas/asyncapi.json")] = text(document(raw, sanitized))
    files[TEMPLATE] = spliced((root / TEMPLATE).read_text(encoding="utf-8"), sanitized)
    return files


def by_name(schemas: Mapping[Path, Schema], side: str) -> dict[EventName, Schema]:
    """Returns the schemas of one side, `raw` or `sanitized`. Events that only we send have no raw schema."""
    found: dict[EventName, Schema] = {}
    for place, schema in sorted(schemas.items()):
        if place.parts[0] == side:
            event_type, _, version = place.stem.rpartition(".")
            found[EventName(event_type, int(version))] = schema
    return found


def stale(root: Path, files: Mapping[Path, str]) -> list[Path]:
    """Returns generated files of the kit that belong to no event type any more."""
    kept = {root / place for place in files}
    found = [*(root / KIT / "events").glob("*.py"), *(root / KIT / "schemas").glob("*.json")]
    return [path for path in found if path not in kept]
