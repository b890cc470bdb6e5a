"""Knows every file that follows from the event models, before any of them is written."""

import json
import pkgutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from warnings import catch_warnings, simplefilter

from ops.lake import resources as lake
from ops.lake.columns import columns
from schemas import events
from schemas.base import Envelope
from schemas.compatibility import Reader, breaking
from schemas.json_schema import Schema, file_name, own_schema, raw_schema, sanitized_schema
from schemas.no_place import NoPlace
from schemas.own_events import OWN_EVENTS
from schemas.publish import published, stale
from schemas.publish.kit import kit_files
from schemas.registry import EventName, events_of, registry
from schemas.released import name_in, released, word_of
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.schema_rules import SchemaRefused
from tools.schemas.samples import sample_faults

FOLDER = Path("schemas/json")
_LAKE = Path("stacks/lake.yaml")
_RELEASED = (
    "a released event does not change: undo that, or write the change as a new schema_version, which is one new file"
    " in schemas/events/"
)
_REFUSED = "docs/new-event-type.md has the rules"


class Refused(Exception):
    """Means that nothing was written.

    Args:
        faults: what is wrong, each with its place.
        hint: what to do.
    """

    def __init__(self, faults: list[str], hint: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
        self.hint = hint


class Written(NamedTuple):
    """Says what writing the generated files changed, by their paths in the tree.

    Args:
        changed: the files that are new or have another text.
        removed: the files that are gone.
    """

    changed: list[Path]
    removed: list[Path]


def generated() -> dict[Path, tuple[Schema, Reader]]:
    """Returns each schema by its path under `schemas/json`, and who relies on it."""
    schemas: dict[Path, tuple[Schema, Reader]] = {}
    for name, model in registry().items():
        schemas[Path("raw", file_name(name))] = raw_schema(model), Reader.PRODUCER
        schemas[Path("sanitized", file_name(name))] = sanitized_schema(model), Reader.CONSUMER
    for name, own in OWN_EVENTS.items():
        schemas[Path("sanitized", file_name(name))] = own_schema(own), Reader.CONSUMER
    return schemas


def text(schema: Schema) -> str:
    """Returns a schema as it is committed."""
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


def planned(root: Path) -> dict[Path, str]:
    """Returns the text of every generated file by its path below a folder.

    Args:
        root: the folder of the tree. The templates, of which some sections are written, are read from it.

    Raises:
        Refused: a model breaks a rule, a sample is wrong, a released event would change, or what is made of the models
            has no place for a field.
    """
    try:
        # Two ways in which pydantic says that a field can't have a name: an error, and a warning.
        with catch_warnings():
            simplefilter("error", UserWarning)
            models = registry()
    except (ValueError, UserWarning) as error:
        raise Refused([str(error)], _REFUSED) from None
    refused = _against_rules()
    sound = {name: models[name] for name in sorted(models) if name not in refused}
    found = [*_without_event(), *chain(*refused.values()), *_alike(sound), *_without_place(sound)]
    found += [each for name in sound for each in sample_faults(name, root)]
    if found:
        raise Refused(found, _REFUSED)
    made = generated()
    if found := broken(root / FOLDER, made):
        raise Refused(found, _RELEASED)
    schemas = {place: schema for place, (schema, _) in made.items()}
    try:
        files = {FOLDER / place: text(schema) for place, schema in schemas.items()}
        files |= published(root, schemas, text)
        files[_LAKE] = lake.spliced((root / _LAKE).read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused([str(error)], _REFUSED) from None
    return files


def broken(folder: Path, schemas: Mapping[Path, tuple[Schema, Reader]]) -> list[str]:
    """Returns each change of a released event that would break a producer or a consumer.

    Args:
        folder: `schemas/json` as it was written last.
        schemas: as they are now; from `generated`.
    """
    names = released(folder)
    found = []
    for place, (schema, reader) in schemas.items():
        if name_in(place.stem) in names:
            path = folder / place
            if path.exists():
                before = json.loads(path.read_text(encoding="utf-8"))
                after = json.loads(text(schema))  # both as JSON has them: it knows no tuples, for example
                found += [f"{place}{fault}" for fault in breaking(before, after, reader)]
            else:
                found.append(f"{place}: is released, and its file is gone")
    made = {name_in(place.stem) for place in schemas}
    return found + [
        f"{word_of(name)}: is released, and has no model any more" for name in sorted(names - made)
    ]


def write(root: Path) -> Written:
    """Writes all generated files, and removes those of drafts that are gone.

    Returns:
        What that changed.

    Raises:
        Refused: as of `planned`. Nothing was written.
    """
    files = planned(root)
    changed = [place for place, content in files.items() if _text_of(root / place) != content]
    for place in changed:
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(files[place], encoding="utf-8")
    drafts = [path for path in (root / FOLDER).glob("*/*.json") if path.relative_to(root) not in files]
    gone = [*drafts, *stale(root, files)]
    for path in gone:
        path.unlink()
    return Written(sorted(changed), sorted(path.relative_to(root) for path in gone))


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _without_event() -> Iterator[str]:
    """Yields each file of `schemas/events/` that the registry passes over."""
    for info in pkgutil.iter_modules(events.__path__):
        if not list(events_of(import_module(f"{events.__name__}.{info.name}"))):
            yield (
                f"schemas/events/{info.name}.py: defines no event; it needs a subclass of Envelope whose event_type and"
                " schema_version are each a Literal of one value"
            )


def _against_rules() -> dict[EventName, list[str]]:
    """Returns why models are refused when a function starts."""
    models, found = registry(), defaultdict[EventName, list[str]](list)
    for name, model in sorted(models.items()):
        if name in OWN_EVENTS:
            found[name].append(
                f"{model.__module__}: {name.event_type} {name.schema_version} is an event that only the tokenizer sends"
            )
        try:
            Catalog({name: model})
        except SchemaRefused as refused:
            found[name] += refused.faults
    return found


def _alike(models: Mapping[EventName, type[Envelope]]) -> Iterator[str]:
    """Yields why event types that hold the rules one by one can't be in force together."""
    try:
        Catalog(models)
    except SchemaRefused as refused:
        yield from refused.faults


def _without_place(models: Mapping[EventName, type[Envelope]]) -> Iterator[str]:
    """Yields each field that the kit or the lake has no place for."""
    schemas = {name: sanitized_schema(model) for name, model in models.items()}
    schemas |= {name: own_schema(own) for name, own in OWN_EVENTS.items()}
    for make in (kit_files, columns):
        try:
            make(schemas)
        except NoPlace as none:
            yield from none.faults
