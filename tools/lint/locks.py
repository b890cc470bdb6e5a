"""Installs are pinned: every line of a lock names one version and its hashes, and no index; every install asks for hashes."""

import json
import re
from pathlib import Path
from typing import Any

LOCKS = (
    "requirements/demo.lock",
    "requirements/dev.lock",
    "requirements/runtime.lock",
    "requirements/sam.lock",
    "requirements/scan.lock",
    "requirements/uv.lock",
    "requirements/validate.lock",
)
NODE_LOCK = "tools/lint/simulator/package-lock.json"
INSTALLERS = ("Makefile", "requirements/environment.py")
_INSTALL = re.compile(r"\bpip [^\n]*?\b(?:install|sync) [^\n]*")
_PINNED = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[a-z0-9,-]+\])?==[^\s;]+(?: ;[^\\]+?)?((?: --hash=sha256:[0-9a-f]{64})+)"
)
_INDEX = re.compile(r"--(?:extra-|find-)?(?:index|links)|https?://|file://| @ ")


def lines(lock: str) -> list[str]:
    """Returns the requirements of a lock, each in one line, without comments."""
    joined = re.sub(r"\s*\\\n\s*", " ", lock)
    return [
        line.strip() for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


def names(lock: str) -> dict[str, str]:
    """Returns the version by normalized name."""
    found = (re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", line) for line in lines(lock))
    return {re.sub(r"[-_.]+", "-", each[1]).lower(): each[2] for each in found if each}


def unpinned(root: Path) -> list[str]:
    """Returns the dependencies that could change at an install without anybody noticing."""
    problems = []
    for name in LOCKS:
        lock = (root / name).read_text(encoding="utf-8")
        problems += [
            f"{name}: names an index or an address: {line[:60]}"
            for line in lock.splitlines()
            if _INDEX.search(line)
        ]
        problems += [
            f"{name}: not pinned with hashes: {line[:60]}"
            for line in lines(lock)
            if not _PINNED.fullmatch(line)
        ]
    problems += _of_node(root)
    return problems + [
        f"{name}: without --require-hashes: {each[:60]}"
        for name in INSTALLERS
        for each in _INSTALL.findall(_joined(root / name))
        if "--require-hashes" not in each and "--editable ." not in each
    ]


def _joined(path: Path) -> str:
    return re.sub(r"\s*\\\n\s*", " ", path.read_text(encoding="utf-8"))


def _of_node(root: Path) -> list[str]:
    """Returns what an install of npm could swap unseen; addresses are left to each machine's own registry."""
    packages: dict[str, dict[str, Any]] = json.loads((root / NODE_LOCK).read_text(encoding="utf-8"))[
        "packages"
    ]
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
