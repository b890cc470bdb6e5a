"""Writes the table of modules in docs/deploy.md: functions, outputs, and what each costs while nothing happens."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local.emulator.modules import Modules
from local.emulator.template import read
from tools.lint.settled import PARAMETER_SETS, deployed_stacks

BEGIN, END = "<!-- modules -->\n", "<!-- /modules -->"

# Dollars a month in us-east-1 without use, 730 hours; sources as in docs/deploy.md, "What it costs".
_HOURS = 730
_ZONES = 2
_PRICES = {
    "interface endpoint": 0.01 * _HOURS * _ZONES,
    "shard for a week": (0.015 + 0.02) * _HOURS,
    "KMS key": 1.0,
    "web ACL": 5.0,
    "rule": 1.0,
    "alarm": 0.1,
    "dashboard": 3.0,
}


def tabled(page: str, template: Path) -> str:
    """Returns a page with its table of modules as the template has them.

    Raises:
        ValueError: the page has no place for the table.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("docs/deploy.md has lost the marks of its table of modules")
    return before + begin + "\n".join(_table(template)) + "\n" + end + after


def idle_costs(template: Path, given: Mapping[str, str]) -> dict[str, float]:
    """Returns what each module costs a month while nothing happens, by the module's name.

    Args:
        template: of the parent.
        given: its parameters; the others have their defaults.
    """
    return {
        name: sum(_PRICES[what] * count for what, count in _charged(stack).items())
        for name, stack in deployed_stacks(given, template).items()
    }


def _table(template: Path) -> Iterator[str]:
    modules, stacks, costs = Modules(template, read), deployed_stacks({}, template), idle_costs(template, {})
    outputs = _outputs(modules)
    yield "| module | switch | functions | outputs | costs while idle, $ a month |"
    yield "| --- | --- | --- | --- | --- |"
    for application, stated in modules.applications.items():
        name, child = modules.name(application), modules.children[application]
        functions = [
            each.removesuffix("Function")
            for each, resource in child["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"
        ]
        switch = f"`{name.capitalize()}Enabled`" if "Condition" in stated else ""
        charged = _charged(stacks[name])
        parts = ", ".join(f"{count} {what}{'s' if count > 1 else ''}" for what, count in charged.items())
        cost = f"{costs[name]:.2f}: {parts}" if charged else "0"
        told = ", ".join(f"`{each}`" for each in outputs.get(name, ()))
        yield f"| [{name}](../stacks/{name}.yaml) | {switch} | {', '.join(functions)} | {told} | {cost} |"
    core = sum(idle_costs(template, PARAMETER_SETS["core alone"]).values())
    yield f"| **all** | | | | {sum(costs.values()):.2f} |"
    yield f"| **the core alone** | | | | {core:.2f} |"


def _outputs(modules: Modules) -> dict[str, list[str]]:
    """Returns the outputs of the whole by the module that each comes from."""
    found: dict[str, list[str]] = {}
    for name, stated in modules.parent["Outputs"].items():
        (application,) = {each for each in modules.applications if each in str(stated["Value"])}
        found.setdefault(modules.name(application), []).append(name)
    return found


def _charged(stack: Mapping[str, Any]) -> Counter[str]:
    """Counts what a stack is billed for without being used."""
    charged: Counter[str] = Counter()
    for each in stack["Resources"].values():
        properties = each.get("Properties", {})
        match each["Type"]:
            case "AWS::EC2::VPCEndpoint" if properties["VpcEndpointType"] == "Interface":
                charged["interface endpoint"] += 1
            case "AWS::Kinesis::Stream":
                charged["shard for a week"] += int(properties["ShardCount"])
            case "AWS::KMS::Key":
                charged["KMS key"] += 1
            case "AWS::WAFv2::WebACL":
                charged["web ACL"] += 1
                charged["rule"] += len(properties["Rules"])
            case "AWS::CloudWatch::Alarm":
                charged["alarm"] += 1
            case "AWS::CloudWatch::Dashboard":
                charged["dashboard"] += 1
    return charged
