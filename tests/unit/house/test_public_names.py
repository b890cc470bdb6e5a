"""No two public functions or classes of the product share a name, so that a name says which one is meant."""

import ast
from collections import defaultdict
from pathlib import Path

PRODUCT = ("tokenizer", "handlers", "ops", "replay")
# Names that two may share, with the reason.
ALLOWED = {
    "handler": "Lambda's entry point, one for each function",
    "main": "the entry point of a command",
    "list_": "subcommands of two commands have the same name on the command line",
    "restore": "subcommands of two commands have the same name on the command line",
    "run": "subcommands of two commands have the same name on the command line; ops.entry starts any of them",
    "status": "a subcommand of rekey, and where a restored object of the archive stands",
    "watch": "called by the module's name: archive.watch, key_expiry.watch",
    "take": "called by the module's name: counters.take, timing.take",
    "count": "called by the module's name: counters.count, letters.count",
    "header": "called by the module's name: gate.header, traces.header",
    "shown": "called by the module's name: origins.shown, answer.shown",
    "tables": "a subcommand of lake, what it shows, and what a preview shows",
    "ask": "a subcommand of lake, and what it asks Athena",
    "reveal": "the API's route, whose name stands in the published OpenAPI, and what it comes down to",
    "RevealRequest": "the API's body, whose name stands in the published OpenAPI, and the core's request",
    "Letter": "a dead letter before it is sealed, and as the command replay finds it on the queue",
    "Finding": "what the guard found in a text, an audit in its trail and a validation in an event",
}


def shared() -> dict[str, list[str]]:
    """The public names at the top of more than one module, with those modules."""
    found = defaultdict(list)
    for path in sorted(path for folder in PRODUCT for path in Path(folder).rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(str(path))
    return {name: paths for name, paths in found.items() if len(paths) > 1}


def test_no_two_public_functions_or_classes_share_a_name() -> None:
    assert {name: paths for name, paths in shared().items() if name not in ALLOWED} == {}


def test_a_name_that_is_shared_no_more_leaves_the_list() -> None:
    assert ALLOWED.keys() - shared().keys() == set()
