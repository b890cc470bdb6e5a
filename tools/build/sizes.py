"""Measures a folder: unpacked as Lambda counts it, and zipped as it is uploaded."""

import tempfile
import zipfile
from collections import Counter
from pathlib import Path


def unpacked(folder: Path) -> int:
    """Returns the bytes of all files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def zipped(folder: Path) -> int:
    """Returns the bytes of a zip of all files, as `sam package` makes it."""
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        return target.tell()


def packages(folder: Path) -> Counter[str]:
    """Returns the bytes of each thing in a folder, all bytecode apart."""
    weights: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            name = "bytecode" if path.suffix == ".pyc" else path.relative_to(folder).parts[0]
            weights[name] += path.stat().st_size
    return weights
