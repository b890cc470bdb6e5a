"""Puts further event types into force for a test, such as the worked example of docs/new-event-type.md."""

import sys
from collections.abc import Mapping
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from schemas.base import Envelope
from schemas.registry import EventName, events_of, registry
from tokenizer.pipeline.catalog import Catalog, catalog

EXAMPLE = Path("docs/examples/shop_order_v1.py")
Models = Mapping[EventName, type[Envelope]]
_REAL = registry, catalog
# What is in force. Modules that are imported in the meantime keep these functions, and see what ships afterwards.
_IN_FORCE: dict[str, Any] = {}


def _registry() -> Models:
    return dict(_IN_FORCE["models"]) if _IN_FORCE else _REAL[0]()


def _catalog() -> Catalog:
    return _IN_FORCE["catalog"] if _IN_FORCE else _REAL[1]()


def example() -> Models:
    """Returns the models of the worked example."""
    spec = util.spec_from_file_location(EXAMPLE.stem, EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return dict(events_of(module))


def put_in_force(patch: pytest.MonkeyPatch, models: Models) -> Catalog:
    """Makes every module see some event types beside those that ship; returns the catalog of all of them."""
    every = {**_REAL[0](), **models}
    compiled = Catalog(every)
    patch.setitem(_IN_FORCE, "models", every)
    patch.setitem(_IN_FORCE, "catalog", compiled)
    for module in list(sys.modules.values()):
        names = vars(module) if hasattr(module, "__dict__") else {}
        if names.get("registry") is _REAL[0]:
            patch.setattr(module, "registry", _registry)
        if names.get("catalog") is _REAL[1]:
            patch.setattr(module, "catalog", _catalog)
    return compiled
