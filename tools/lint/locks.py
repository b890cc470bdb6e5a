"""Checks that installs are pinned: locks name one version, its hashes and no index; installs ask for hashes.

Lock files are read by pip-requirements-parser, as pip reads them.
"""

import json
import re
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from pip_requirements_parser import InstallRequirement, RequirementsFile

LOCKS = (
    "requirements/demo.lock",
    "requirements/dev.lock",
    "requirements/presidio.lock",
    "requirements/runtime.lock",
    "requirements/sam.lock",
    "requirements/scan.lock",
    "requirements/uv.lock",
    "requirements/validate.lock",
)
NODE_LOCK = "tools/lint/simulator/package-lock.json"
INSTALLERS = ("Makefile", "requirements/environment.py")
_INSTALL = re.compile(r"\bpip [^\n]*?\b(?:install|sync) [^\n]*")


def lines(lock: Path) -> list[str]:
    """Returns the requirements of a lock, each in one line, without comments."""
    return [" ".join(each.line.split()) for each in _read(lock).requirements]


def names(lock: Path) -> dict[str, str]:
    """Returns the version by normalized name."""
    return {canonicalize_name(each.name): each.get_pinned_version for each in _read(lock).requirements}


def unpinned(root: Path) -> list[str]:
    """Returns what an install could swap unseen."""
    return [
        *(f"{name}: {problem}" for name in LOCKS for problem in _of_pip(root / name)),
        *_of_node(root / NODE_LOCK),
        *(
            f"{name}: without --require-hashes: {each[:60]}"
            for name in INSTALLERS
            for each in _open(root / name)
        ),
    ]


def _read(lock: Path) -> RequirementsFile:
    return RequirementsFile.from_file(str(lock))


def _of_pip(path: Path) -> list[str]:
    lock = _read(path)
    addresses = [line for line in path.read_text(encoding="utf-8").splitlines() if "://" in line]
    odd = [each.requirement_line.line for each in (*lock.options, *lock.invalid_lines)]
    loose = [each.line for each in lock.requirements if not _is_pinned(each)]
    return [
        *(f"names an index or an address: {each[:60]}" for each in [*addresses, *odd]),
        *(f"not pinned with hashes: {each[:60]}" for each in loose),
    ]


def _is_pinned(each: InstallRequirement) -> bool:
    hashes = each.hash_options
    return bool(
        each.is_pinned and not each.link and hashes and all(one.startswith("sha256:") for one in hashes)
    )


def _open(path: Path) -> list[str]:
    """Returns the installs of a Makefile or a program that may take any file for a package."""
    joined = re.sub(r"\s*\\\n\s*", " ", path.read_text(encoding="utf-8"))
    return [
        each
        for each in _INSTALL.findall(joined)
        if not any(option in each for option in ("--require-hashes", "--editable .", "--no-index"))
    ]


def _of_node(path: Path) -> list[str]:
    """Returns what an install of npm could swap unseen; addresses are left to each machine's own registry."""
    packages: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["packages"]
    return [
        f"{NODE_LOCK}: not pinned by version and hash alone: {name}"
        for name, each in packages.items()
        if name
        and (
            "resolved" in each
            or not each.get("version")
            or not each.get("integrity", "").startswith("sha512-")
        )
    ]
