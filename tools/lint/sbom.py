"""The bill of materials of the runtime layer, CycloneDX 1.6: `python -m tools.lint.sbom OUT`; the layer's build puts one into the layer.

It is a pure function of requirements/runtime.lock and of the packages' own metadata, without a time or a serial number, so two
builds of one lock give the same bytes.
"""

import json
import re
import sys
from collections.abc import Mapping
from importlib.metadata import PackageMetadata, distributions
from pathlib import Path
from typing import Any

from tools.lint import licences, locks

LOCK = Path("requirements/runtime.lock")


def bill(lock: str, metadata: Mapping[str, PackageMetadata]) -> dict[str, Any]:
    """Returns the document.

    Args:
        lock: the lock file's text.
        metadata: of installed packages, by normalized name; one that is not installed has no licence in the bill.
    """
    components = [_component(line, metadata) for line in locks.lines(lock)]
    root = {"type": "application", "bom-ref": "order-tokenizer", "name": "order-tokenizer"}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": root},
        "components": components,
        "dependencies": [
            {"ref": root["bom-ref"], "dependsOn": [each["bom-ref"] for each in components]},
            *({"ref": each["bom-ref"]} for each in components),
        ],
    }


def _component(line: str, metadata: Mapping[str, PackageMetadata]) -> dict[str, Any]:
    ((name, version),) = locks.names(line).items()
    purl = f"pkg:pypi/{name}@{version}"
    hashes = [{"alg": "SHA-256", "content": each} for each in re.findall(r"sha256:([0-9a-f]{64})", line)]
    licence = licences.licence_of(name, metadata[name]) if name in metadata else ""
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        # Of each file that the lock lets in; which of them is installed depends on the platform.
        "externalReferences": [{"type": "distribution", "url": purl, "hashes": hashes}],
        **({"licenses": [{"license": {"name": licence}}]} if licence else {}),
    }


def _installed(packages: list[str]) -> dict[str, PackageMetadata]:
    """Returns the metadata of what lies in some directories."""
    return {re.sub(r"[-_.]+", "-", each.name).lower(): each.metadata for each in distributions(path=packages)}


def write(out: Path, lock: Path = LOCK) -> None:
    """Writes the bill of a lock to a file."""
    made = bill(lock.read_text(encoding="utf-8"), _installed(sys.path))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
