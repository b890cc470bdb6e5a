"""Checks template.yaml and its modules with checkov, which knows what is unsafe on AWS; waivers stand beside the resource.

A waiver is `Metadata: {checkov: {skip: [{id, comment}]}}`, and one without a reason, or for a finding that is not there any
more, fails too.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local.emulator.template import files, read

SCANNER = Path(".venv-scan/bin/checkov")
PLANTED = Path("tools/lint/planted.yaml")
TEMPLATE = Path("template.yaml")

# What checkov has to find in PLANTED: a scan that finds nothing anywhere would look the same as a clean one.
BITES = frozenset({"CKV_AWS_53", "CKV_AWS_109", "CKV_AWS_24"})


def findings(root: Path, template: Path = TEMPLATE) -> list[str]:
    """Returns checkov's findings in a template, its modules and a planted one, less those waived, and idle waivers."""
    own = files(root / template)
    with tempfile.TemporaryDirectory() as folder:
        scanned = _scan(root, [_unconditional(each, Path(folder)) for each in (*own, root / PLANTED)])
    failed, skipped = scanned["failed_checks"], scanned["skipped_checks"]
    found = [
        f"{path.name}: {each['resource']}: {each['check_id']} {each['check_name']}"
        for path in own
        for each in _in(failed, path)
    ]
    bitten = {each["check_id"] for each in _in(failed, PLANTED)}
    blind = [f"the scan does not find {each} in {PLANTED}" for each in sorted(BITES - bitten)]
    used = {(each["resource"].rpartition(".")[2], each["check_id"]) for each in skipped}
    idle = [each for path in own for each in _idle_waivers(read(path), used)]
    return found + blind + idle


def _unconditional(template: Path, folder: Path) -> Path:
    # checkov leaves out whatever stands under a condition that is false by the parameters' defaults.
    copy = folder / template.name
    copy.write_text(re.sub(r"^    Condition: .*\n", "", template.read_text(), flags=re.MULTILINE))
    return copy


def _in(found: Iterable[Mapping[str, Any]], template: Path) -> list[Mapping[str, Any]]:
    return [each for each in found if each["file_path"].endswith(f"/{template.name}")]


def _scan(root: Path, templates: Iterable[Path]) -> dict[str, list[dict[str, Any]]]:
    # --skip-download keeps it from asking its makers for policies; nothing of it needs the network.
    command = [
        str(SCANNER.absolute()),
        "--framework",
        "cloudformation",
        "--skip-download",
        "--output",
        "json",
        "--compact",
    ]
    named = [part for each in templates for part in ("--file", str(each))]
    done = subprocess.run([*command, *named], cwd=root, capture_output=True, text=True, check=False)
    results: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    return results


def _idle_waivers(template: Mapping[str, Any], used: set[tuple[str, str]]) -> list[str]:
    return [
        f"{name}: the waiver of {waiver.get('id')} has no reason, or nothing to waive"
        for name, resource in template["Resources"].items()
        for waiver in resource.get("Metadata", {}).get("checkov", {}).get("skip", ())
        if (name, waiver.get("id")) not in used or not waiver.get("comment")
    ]
