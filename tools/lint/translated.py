"""Runs cfn-lint over the translated template, as one and module by module: it finds faults between resources that no SAM template shows.

With each combination of the modules' switches it looks at each stack that a deployment makes, with its parameters and conditions decided.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.emulator.template import files, load, read
from tools.lint.combinations import combinations, named
from tools.lint.settled import TEMPLATE, Template, deployed_stacks, translated

LINTER = Path(sys.executable).with_name("cfn-lint")
PLANTED = Path("tools/lint/planted.yaml")

# What cfn-lint has to find in PLANTED.
BITES = frozenset({"E3005", "E3012"})

# What may be found, by rule, with the reason.
WAIVED = {
    "W1030": "an existing network's ids have no default, which only stands where the condition OwnNetwork holds",
    "W1033": "the same, of PrivateSubnetIds",
    "W1028": "the environment that all functions share asks for a condition under which a single function stands",
}


def findings(root: Path) -> list[str]:
    """Returns what cfn-lint finds in the translated template and its modules, and what it overlooks in a planted one."""
    own = {path.stem: translated(read(path)) for path in files(root / TEMPLATE)}
    chosen = switched(root)
    found = linted(
        {"as one": translated(load(root / TEMPLATE)), **own, **chosen, "planted": load(root / PLANTED)}
    )
    bitten = {each["Rule"]["Id"] for each in found["planted"]}
    blind = [f"cfn-lint does not find {each} in {PLANTED}" for each in sorted(BITES - bitten)]
    return [
        f"{name}: {_told(each)}"
        for name in ("as one", *own, *chosen)
        for each in found[name]
        if each["Rule"]["Id"] not in WAIVED
    ] + blind


def switched(root: Path) -> dict[str, Template]:
    """Returns each stack that a deployment makes with some combination of the modules' switches, once for each of its forms."""
    forms = {
        json.dumps(stack, sort_keys=True): (f"{name} with {named(given)}", stack)
        for given in combinations()
        for name, stack in deployed_stacks(given, root / TEMPLATE).items()
    }
    return dict(forms.values())


def linted(templates: Mapping[str, Template]) -> dict[str, list[dict[str, Any]]]:
    """Returns cfn-lint's findings in plain templates, by the template's name."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{name}.json") for name in templates}
        for name, template in templates.items():
            paths[name].write_text(json.dumps(template), encoding="utf-8")
        command = [str(LINTER), "--format", "json", *map(str, paths.values())]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return {name: [each for each in found if each["Filename"] == str(path)] for name, path in paths.items()}


def _told(found: Mapping[str, Any]) -> str:
    path = ".".join(str(each) for each in found["Location"]["Path"] or ())
    return f"{path}: {found['Rule']['Id']} {found['Message']}"
