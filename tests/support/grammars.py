"""Lets jsonschema be imported without its 38 parsers of IRIs: making them takes two seconds, and few schemas ask for one."""

import sys
from importlib import import_module
from types import ModuleType

_NAME = "rfc3987_syntax"


def put_off() -> None:
    """Puts a module in the place of the parsers' own, which is imported as soon as one of them is used."""
    stand_in = ModuleType(_NAME)
    stand_in.is_valid_syntax = _is_valid_syntax  # type: ignore[attr-defined]  # as the module itself has it
    sys.modules.setdefault(_NAME, stand_in)


def _is_valid_syntax(term: str, value: str) -> bool:
    if sys.modules[_NAME].is_valid_syntax is _is_valid_syntax:
        del sys.modules[_NAME]
    return bool(import_module(_NAME).is_valid_syntax(term, value))
