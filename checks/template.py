"""Policy as code over template.yaml: checkov, which knows what is unsafe on AWS; what it may find stands beside the resource.

A waiver is `Metadata: {checkov: {skip: [{id, comment}]}}`, and one without a reason, or for a finding that is not there any
more, fails too.
"""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local.template import load

SCANNER = Path(".venv-scan/bin/checkov")
PLANTED = Path("checks/planted.yaml")
TEMPLATE = Path("template.yaml")

# What checkov has to find in PLANTED: a scan that finds nothing anywhere would look the same as a clean one.
BITES = frozenset({"CKV_AWS_53", "CKV_AWS_109", "CKV_AWS_24"})


def findings(root: Path, template: Path = TEMPLATE) -> list[str]:
    """What checkov finds in a template and in a planted one, less what is waived, and waivers that are none."""
    scanned = _scan(root, [template, PLANTED])
    failed, skipped = scanned["failed_checks"], scanned["skipped_checks"]
    bitten = {each["check_id"] for each in _in(failed, PLANTED)}
    return (
        [f"{each['resource']}: {each['check_id']} {each['check_name']}" for each in _in(failed, template)]
        + [f"the scan does not find {each} in {PLANTED}" for each in sorted(BITES - bitten)]
        + _idle_waivers(
            load(root / template),
            {(each["resource"].rpartition(".")[2], each["check_id"]) for each in skipped},
        )
    )


def _in(found: Iterable[Mapping[str, Any]], template: Path) -> list[Mapping[str, Any]]:
    return [each for each in found if each["file_path"].endswith(f"/{template}")]


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
