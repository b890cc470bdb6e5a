"""Checks that `sam build` made what was meant: the template, the architecture, the size."""

import struct
from pathlib import Path
from typing import Any

from tools.build.errors import BuildError
from tools.build.layer import Architecture

MEBIBYTE = 1024 * 1024
BUDGET = 60 * MEBIBYTE  # ours
LAMBDA_LIMIT = 250 * MEBIBYTE  # Lambda's, for a function and its layers, unpacked; quotas page, read in 2025

# What `sam build` writes into a resource: where its folder is, and its logical id.
_ADDED = {("Properties", "CodeUri"), ("Properties", "ContentUri"), ("Metadata", "SamResourceId")}
_RESOLVED = ("Metadata", "BuildArchitecture")

_ELF_MACHINES = {0x3E: Architecture.X86_64, 0xB7: Architecture.ARM64}


def differences(source: dict[str, Any], built: dict[str, Any]) -> list[str]:
    """Returns the paths at which a built template differs from its source; YAML anchors are resolved first."""
    return sorted(_differences(source, built, ()))


def _differences(source: Any, built: Any, path: tuple[str, ...]) -> list[str]:
    place = path[2:] if path[:1] == ("Resources",) else ()
    if place in _ADDED or place == _RESOLVED:
        return []
    if isinstance(source, dict) and isinstance(built, dict):
        return [
            found
            for key in source.keys() | built.keys()
            for found in _differences(source.get(key), built.get(key), (*path, str(key)))
        ]
    if isinstance(source, list) and isinstance(built, list) and len(source) == len(built):
        pairs = enumerate(zip(source, built, strict=True))
        return [found for at, (one, other) in pairs for found in _differences(one, other, (*path, str(at)))]
    return [] if source == built else ["/".join(path)]


def architectures(layer: Path) -> set[Architecture]:
    """Returns the processors that the shared objects in a folder are for."""
    found = set()
    for path in layer.rglob("*.so*"):
        head = path.read_bytes()[:20]
        if head[:4] == b"\x7fELF":
            found.add(_ELF_MACHINES[struct.unpack_from("<H", head, 18)[0]])
    return found


def folder_of(built: Path, function: str) -> Path:
    """Returns the folder that `sam build` made for a function, which lies in that of its module.

    Raises:
        BuildError: there is none, or more than one.
    """
    folders = [*built.glob(function), *built.glob(f"*/{function}")]
    if len(folders) != 1:
        raise BuildError(f"{function} was built {len(folders)} times", "see .aws-sam/build")
    return folders[0]


def check_weight(size: int) -> None:
    """Refuses a layer that is over budget.

    Raises:
        BuildError: it is.
    """
    if size > BUDGET:
        raise BuildError(
            f"the layer weighs {size / MEBIBYTE:.1f} MiB, more than {BUDGET / MEBIBYTE:.0f}",
            "see the largest packages above, and tools/build/trim.py",
        )
