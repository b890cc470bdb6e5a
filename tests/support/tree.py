"""Copies the tree, for tests that run its commands where they may write."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.source import ROOT
from tools.lint.tree import files


def copied(tree: Path) -> Path:
    """Copies what people and generators wrote to a new folder; the environment there is the one that runs the tests."""
    for path in files(ROOT):
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, tree / path)
    (tree / ".venv").symlink_to(sys.prefix)
    return tree


def texts(tree: Path) -> dict[Path, bytes]:
    """Returns every file of a copy by its path."""
    return {path: (tree / path).read_bytes() for path in files(tree)}


def typed(tree: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command in a copy, with the packages of the copy."""
    packages = os.pathsep.join([str(tree), str(tree / "consumer")])
    environment = os.environ | {"PYTHONPATH": packages, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=tree, env=environment, capture_output=True, text=True, timeout=1_200, check=False
    )
