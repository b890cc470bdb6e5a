"""Runs AWS's validator with the preflight rules: `.venv-scan/bin/python tools/lint/aws_validator.py FILE ...`.

Prints a JSON list of findings. It is a program of its own, since the validator lives in the scanners' environment; it decides
nothing. What of the findings counts stands in `tools/lint/validator.py`.
"""

import json
import sys
import tarfile
from collections.abc import Iterator
from importlib.metadata import files
from pathlib import Path
from typing import Any

from cloudformation_validate import (
    CompositeEngine,
    CompositeEngineConfig,
    DetailLevel,
    ExternalRuleSource,
    Severity,
    TemplateContent,
    ValidateConfig,
)

# Where the package has its rules: in a module for node, as arrays of JSON.
PACKED = "package/lib/rules.generated.js"
FROM_WARNINGS_UP = ValidateConfig(detail_level=DetailLevel.STANDARD, severity_level=Severity.WARN)


def preflight_rules(types: set[str]) -> Iterator[ExternalRuleSource]:
    """Returns the rules for some resource types, after the modules that they share.

    All 3,361 rules take ten times as long to compile as the sixth that can find anything here.
    """
    packed = [each for each in files("cdk-preflight") or () if each.name.endswith(".jsii.tgz")]
    with tarfile.open(str(packed[0].locate())) as archive:
        member = archive.extractfile(PACKED)
        assert member is not None  # noqa: S101 -- the file is locked by hash
        text = member.read().decode()
    for each in _array(text, "BUNDLED_LIBS"):
        yield ExternalRuleSource(name=each["name"], content=each["rego"])
    for each in _array(text, "BUNDLED_RULES"):
        if {*types, "*"} & set(each["resourceTypes"]):
            yield ExternalRuleSource(name=each["id"], content=each["rego"])


def _array(text: str, name: str) -> list[dict[str, Any]]:
    start = text.index(f"exports.{name} = [") + len(f"exports.{name} = ")
    found: list[dict[str, Any]] = json.JSONDecoder().raw_decode(text, start)[0]
    return found


def main(paths: list[Path]) -> None:
    """Validates templates and prints what was found."""
    templates = {path.stem: path.read_text(encoding="utf-8") for path in paths}
    types = {each["Type"] for text in templates.values() for each in json.loads(text)["Resources"].values()}
    engine = CompositeEngine(CompositeEngineConfig(rego_rules=list(preflight_rules(types))))
    found = [
        {
            "template": name,
            "rule": each.rule_id,
            "resource": each.entity.logical_id if each.entity else "",
            "property": each.property_path or "",
            "message": each.message,
        }
        for name, text in templates.items()
        for each in engine.validate_template(TemplateContent(text, name), FROM_WARNINGS_UP).diagnostics
    ]
    print(json.dumps(found))


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
