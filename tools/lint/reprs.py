"""Finds objects that print values: models must hide their input in errors, dataclasses keep values out of reprs."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import Field, fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from tools.lint.source import PACKAGES

# Fields of these names hold a raw record, a value, or a key.
SECRET = frozenset(
    {"blind_index", "data", "detail", "fields", "kept", "number", "plaintext", "secret", "value", "values"}
)
# Field kinds and plans hold other kinds, not values.
PLAIN = frozenset({"tokenizer.pipeline.catalog", "schemas.kinds", "tokenizer.aws.platform.settings"})


def product_classes() -> list[type]:
    """Returns every class of the product."""
    return sorted(
        {
            each
            for module in _modules()
            for each in vars(module).values()
            if isinstance(each, type) and each.__module__ == module.__name__
        },
        key=lambda each: f"{each.__module__}.{each.__qualname__}",
    )


def talkative(classes: Iterable[type]) -> list[str]:
    """Returns the classes whose errors or reprs would show a value."""
    return [problem for each in classes for problem in _class(each)]


def _modules() -> Iterator[Any]:
    for package in PACKAGES:
        root = importlib.import_module(package)
        yield root
        for each in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not each.name.endswith("__main__"):
                yield importlib.import_module(each.name)


def _class(each: type) -> Iterator[str]:
    name = f"{each.__module__}.{each.__qualname__}"
    if issubclass(each, BaseModel) and each.model_config.get("hide_input_in_errors") is not True:
        yield f"{name}: its errors repeat the input; set hide_input_in_errors"
    if is_dataclass(each) and each.__module__ not in PLAIN:
        yield from (f"{name}.{field.name} is in the repr" for field in fields(each) if _tells(field))


def _tells(field: Field[Any]) -> bool:
    return field.name in SECRET and field.repr
