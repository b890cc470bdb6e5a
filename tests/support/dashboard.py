"""Reads the dashboard off the template."""

import json
import re
from typing import Any

from local.emulator.package import ROOT
from local.emulator.template import load

TEMPLATE = load(ROOT / "template.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
VARIABLES: dict[str, str] = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
TRACE = "1-6744a3c5-0123456789abcdef01234567"


def rendered() -> dict[str, Any]:
    """Returns the dashboard's body, each `${Name}` as `<Name>`."""
    text, variables = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    for name, value in {**variables, "ShardCount": "1"}.items():
        chosen = value["Fn::If"][1] if isinstance(value, dict) and "Fn::If" in value else value
        chosen = chosen["Fn::Sub"] if isinstance(chosen, dict) else chosen
        if isinstance(chosen, str) and name != "Runbook":
            text = text.replace(f"${{{name}}}", chosen)
    body: dict[str, Any] = json.loads(re.sub(r"\$\{(?!!)([^}]+)\}", r"<\1>", text))
    return body


WIDGETS: list[dict[str, Any]] = rendered()["widgets"]
