"""Tests which of our modules each handler loads: none that its function does not need.

`loaded_modules.json` lists them for each handler of template.yaml. A module that a handler begins to load needs an entry with the reason
why this function needs it; a module that it stops loading has to leave the list. The list as it was first drawn up is under `""`. The leak guard
stands as one entry, since whoever needs it needs all of it.
"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from local.emulator.package import ROOT
from tools.build.sources import handlers as template_handlers

OURS = ("handlers", "policies", "schemas", "tokenizer")
LISTED: dict[str, dict[str, list[str]]] = json.loads(
    Path(__file__).with_name("loaded_modules.json").read_text(encoding="utf-8")
)
# Ours are taken out again after each handler, so that the next one loads its own; packages stay, since they load none of ours.
_LOADED = """
import importlib, json, sys
ours, found = sys.argv[1].split(), {}
for module in sys.argv[2:]:
    importlib.import_module(module)
    found[module] = [name for name in sys.modules if name.split(".")[0] in ours]
    for name in found[module]:
        del sys.modules[name]
print(json.dumps(found))
"""


def handlers() -> list[str]:
    """The modules that template.yaml names as handlers."""
    return sorted(set(template_handlers().values()))


@cache
def _all_loaded() -> dict[str, list[str]]:
    command = [sys.executable, "-c", _LOADED, " ".join(OURS), *handlers()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def loaded(module: str) -> frozenset[str]:
    """Returns which of our modules a process has loaded that had none of them, once it has loaded a handler."""
    return frozenset(
        "tokenizer.guard.*" if each.startswith("tokenizer.guard.") else each for each in _all_loaded()[module]
    )


def test_every_handler_has_its_list() -> None:
    assert handlers() == sorted(LISTED)


@pytest.mark.parametrize("module", handlers())
def test_a_handler_loads_what_its_list_has_and_nothing_else(module: str) -> None:
    listed = [each for modules in LISTED[module].values() for each in modules]
    assert len(listed) == len(set(listed)), "a module stands in the list twice"
    found = loaded(module)
    assert found - set(listed) == set(), "needs an entry with a reason in loaded_modules.json"
    assert set(listed) - found == set(), "is loaded no more: take it out of loaded_modules.json"


@pytest.mark.parametrize(
    "part",
    [
        "tokenizer.aws.pipeline.sealing",
        "tokenizer.pipeline.sanitize",
        "tokenizer.aws.rekey",
        "tokenizer.aws.replay",
    ],
)
def test_the_function_that_reveals_holds_no_code_of_another(part: str) -> None:
    assert not [each for each in loaded("handlers.reveal") if each.startswith(part)]
