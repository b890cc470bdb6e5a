"""Copies the tree, for tests that run its commands where they may write."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.source import ROOT
from tools.lint.tree import files


def copied(tree: Path) -> Path:
    """Copies what people and generators wrote to a new folder; the environment there is the one that runs the tests.

    Bytecode comes along, with the times of its files: Python compiles what was edited, and nothing else.
    """
    paths = list(files(ROOT))
    bytecode = [each for folder in {path.parent for path in paths} for each in _bytecode(folder)]
    for path in paths + bytecode:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, tree / path)
    (tree / ".venv").symlink_to(sys.prefix)
    return tree


def _bytecode(folder: Path) -> Iterator[Path]:
    return (each.relative_to(ROOT) for each in (ROOT / folder / "__pycache__").glob("*.pyc"))


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
