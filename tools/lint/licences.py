"""Checks each installed package's licence, as pip-licenses reads it: may we ship it, or build with it?"""

import json
import subprocess
import sys
from pathlib import Path

ENVIRONMENTS = (".venv", ".venv-scan")
IF_MADE = (".venv-presidio",)  # only the benchmark of the guard's rates makes it

# Permissive: they ask for their text and notices, which the wheels bring along. Spelled as packages spell them.
PERMISSIVE = {
    "0BSD",
    "3-Clause BSD License",
    "Apache Software License",
    "Apache-2.0",
    "Apache-2.0 AND CNRI-Python",
    "Apache-2.0 AND MIT",
    "Apache-2.0 OR BSD-2-Clause",
    "Apache-2.0 OR BSD-3-Clause",
    "BSD",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD-3-Clause and Public-Domain",
    "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "ISC License (ISCL)",
    "MIT",
    "MIT AND PSF-2.0",
    "MIT License",
    "MIT OR AFL-2.1",
    "MIT OR Apache-2.0",
    "MIT-0",
    "PSF-2.0",
    "Python Software Foundation License",
    "ZPL-2.1",
}
# Each beyond those, by package: the licence that it may have, and the reason why it is no burden here.
MPL, MPL_IN_WORDS = "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"
REASONED = {
    "axe-playwright-python": (
        "MIT AND MPL-2.0",
        "copyleft by file; the axe-core in it is used unchanged, in tests",
    ),
    "bidict": (MPL, "copyleft by file; used unchanged, in the load test"),
    "certifi": (MPL_IN_WORDS, "copyleft by file; used unchanged"),
    "fqdn": (MPL, "copyleft by file; used unchanged, in tests"),
    "hypothesis": (MPL, "copyleft by file; used unchanged, in tests"),
    "orjson": ("MPL-2.0 AND (Apache-2.0 OR MIT)", "copyleft by file; used unchanged, by the scanner"),
    "pathspec": (MPL_IN_WORDS, "copyleft by file; used unchanged, by tools"),
    "tqdm": ("MPL-2.0 AND MIT", "copyleft by file; used unchanged, by the scanner"),
    "python-stdnum": (
        "GNU Lesser General Public License v2 or later (LGPLv2+)",
        "a library of its own in the layer, unchanged, that anybody can swap for another",
    ),
}
# Packages whose metadata name none, with the version whose licence file was read.
UNNAMED = {("axe-playwright-python", "0.1.8"): "MIT AND MPL-2.0", ("cedarpy", "4.12.2"): "Apache-2.0"}


def check(root: Path) -> list[str]:
    """Returns the packages of all environments that may not be used."""
    made = [name for name in IF_MADE if (root / name).exists()]
    return [problem for name in (*ENVIRONMENTS, *made) for problem in not_allowed(root / name / "bin/python")]


def not_allowed(python: Path) -> list[str]:
    """Returns the packages of an environment whose licence is on no list.

    Args:
        python: the environment's interpreter.
    """
    found = named(python)
    problems = [
        f"{name}: its licence is not allowed: {licence}"
        for name, licence in found.items()
        if licence != REASONED.get(name, ("", ""))[0] and not _is_permissive(licence)
    ]
    return problems if found else [f"{python}: no package is found there"]


def named(python: Path) -> dict[str, str]:
    """Returns the licence by name of each package of an environment; of several joined by a semicolon one may be chosen."""
    program = Path(sys.executable).with_name("pip-licenses")
    command: list[str | Path] = [program, "--python", python, "--with-system", "--format=json"]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return {each["Name"]: UNNAMED.get((each["Name"], each["Version"]), each["License"]) for each in listed}


def _is_permissive(licence: str) -> bool:
    return any(each in PERMISSIVE for each in licence.split("; "))
