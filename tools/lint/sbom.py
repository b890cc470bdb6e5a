"""Writes the layer's bill of materials, CycloneDX 1.6: `python -m tools.lint.sbom OUT`; the build adds it to the layer.

cyclonedx-py reads packages and hashes from the lock, pip-licenses adds the licences. It has no time and no serial number,
so two builds of one lock give the same bytes. That it is valid is tested (tests/security/test_bill_of_materials.py).
"""

import json
import subprocess
import sys
from pathlib import Path

from packaging.utils import canonicalize_name

from local.emulator.package import ROOT
from tools.lint import licences

LOCK = Path("requirements/runtime.lock")


def write(out: Path, lock: Path = LOCK) -> None:
    """Writes the bill of a lock to a file."""
    program = str(Path(sys.executable).with_name("cyclonedx-py"))
    command = [program, "requirements", str(lock), "--pyproject", str(ROOT / "pyproject.toml")]
    command += ["--spec-version=1.6", "--output-reproducible", "--no-validate"]  # the licences come after it
    bill = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    named = {canonicalize_name(name): text for name, text in licences.named(Path(sys.executable)).items()}
    for each in bill["components"]:
        if each["name"] in named:
            each["licenses"] = [{"license": {"name": named[each["name"]]}}]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
