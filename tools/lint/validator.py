"""Runs AWS's own validator and the preflight rules over the settled template, to find what AWS would refuse.

The rules of `cdk-preflight` were each tried on AWS by its makers. `tools/lint/aws_validator.py` runs them; here stands what may be found.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local.emulator.template import load
from tools.lint.settled import TEMPLATE, Template, deployed_stacks, settled, settled_sets
from tools.lint.witness import Unavailable

PYTHON = Path(".venv-scan/bin/python")
PROGRAM = Path("tools/lint/aws_validator.py")
PLANTED = Path("tools/lint/planted.yaml")

# What the validator has to find in PLANTED: one of its own rules, one of the schemas', one of the preflight rules.
BITES = frozenset({"E3005", "F3012", "pf-apigw-stage-method-setting-resource-path"})

# What may be found, by rule, with the reason.
WAIVED = {
    "W9003": 'a parameter "true" or "false" is a text, and CloudFormation makes a boolean of it',
}
# What may be found where the parameters themselves bring it along.
WAIVED_BY_PARAMETERS = {
    "W3010": "zones are what these parameters name",
    "W9013": "ARNs of another account's, or of an administrator's, are what these parameters are for",
}

# What may be found in a module, where each parameter has the value that the parent passes.
WAIVED_IN_MODULES = {
    "W9013": "ARNs of other modules are literal here, and outputs of theirs when they are deployed",
}
_MODULE = "module "

Finding = Mapping[str, Any]


def findings(root: Path) -> list[str]:
    """Returns what the validator finds in the settled templates and modules, and what it overlooks in the planted one."""
    modules = {f"{_MODULE}{name}": each for name, each in deployed_stacks({}, root / TEMPLATE).items()}
    templates = {
        **settled_sets(root / TEMPLATE),
        **modules,
        "planted": settled(load(root / PLANTED), {}),
    }
    found = validated(templates)
    bitten = {each["rule"] for each in found if each["template"] == "planted"}
    blind = [f"the validator does not find {each} in {PLANTED}" for each in sorted(BITES - bitten)]
    return _told([each for each in found if each["template"] != "planted" and not _waived(each)]) + blind


def validated(templates: Mapping[str, Template]) -> list[Finding]:
    """Returns the validator's findings, warnings and worse, in some settled templates.

    Raises:
        Unavailable: the scanners' environment is not there.
    """
    if not PYTHON.exists():
        raise Unavailable(f"there is no {PYTHON}", "`make lint` makes it")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}.json") for name in templates]
        for path, template in zip(paths, templates.values(), strict=True):
            path.write_text(json.dumps(template), encoding="utf-8")
        command = [str(PYTHON.absolute()), str(PROGRAM.absolute()), *map(str, paths)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: list[Finding] = json.loads(done.stdout)
    return found


def _waived(found: Finding) -> bool:
    name, rule = found["template"], found["rule"]
    if name.startswith(_MODULE):
        return rule in WAIVED or rule in WAIVED_IN_MODULES
    return rule in WAIVED or (name != "default" and rule in WAIVED_BY_PARAMETERS)


def _told(found: Iterable[Finding]) -> list[str]:
    """Returns a line for each finding, with the parameter sets that have it."""
    sets: dict[str, list[str]] = {}
    for each in found:
        text = f"{each['resource']}: {each['rule']} {each['message']}"
        sets.setdefault(text, []).append(each["template"])
    return [f"{text} ({', '.join(dict.fromkeys(names))})" for text, names in sets.items()]
