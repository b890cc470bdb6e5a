"""Writes the JSON Schemas of every event type and version, and what is published from them (`python -m schemas`).

A change that would break a producer or a consumer is not written, because it needs a new `schema_version`.
"""

import json
import sys
from pathlib import Path

from schemas.compatibility import Reader, breaking
from schemas.erased import NAME, CustomerErased
from schemas.json_schema import Schema, file_name, own_schema, raw_schema, sanitized_schema
from schemas.publish import ROOT, published, stale
from schemas.registry import registry

FOLDER = Path(__file__).parent / "json"


def generated() -> dict[Path, tuple[Schema, Reader]]:
    """Returns each schema by its path under `schemas/json`, and who relies on it."""
    schemas: dict[Path, tuple[Schema, Reader]] = {}
    for name, model in registry().items():
        schemas[Path("raw", file_name(name))] = raw_schema(model), Reader.PRODUCER
        schemas[Path("sanitized", file_name(name))] = sanitized_schema(model), Reader.CONSUMER
    schemas[Path("sanitized", file_name(NAME))] = own_schema(CustomerErased), Reader.CONSUMER
    return schemas


def text(schema: Schema) -> str:
    """Returns a schema as it is committed."""
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def write(folder: Path = FOLDER) -> list[str]:
    """Writes all schemas, unless one of them would break a producer or a consumer.

    Returns:
        The changes that would break somebody. Nothing was written if there are any.
    """
    schemas = generated()
    broken = [
        f"{place}{fault}"
        for place, (schema, reader) in schemas.items()
        if (folder / place).exists()
        for fault in breaking(json.loads((folder / place).read_text()), schema, reader)
    ]
    broken += [
        f"{path.relative_to(folder)}: has no model any more"
        for path in folder.glob("*/*.json")
        if path.relative_to(folder) not in schemas
    ]
    if not broken:
        for place, (schema, _) in schemas.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text(schema))
    return broken


def publish(root: Path = ROOT) -> None:
    """Writes the files that follow from the JSON Schemas: the kit, the AsyncAPI document, the registry's resources."""
    files = published(root, {place: schema for place, (schema, _) in generated().items()}, text)
    for place, content in files.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(content, encoding="utf-8")
    for path in stale(root, files):
        path.unlink()


def main() -> int:
    """Writes all files, or prints what would break; returns the exit code."""
    broken = write()
    for fault in broken:
        sys.stderr.write(f"error: {fault}\n")
    if broken:
        sys.stderr.write("hint: a new schema_version is one new file in schemas/events/\n")
    else:
        publish()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
