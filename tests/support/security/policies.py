"""Reads templates as they are written, or settled: resources by type, statements, and who a statement lets in."""

from collections.abc import Iterator
from typing import Any

from tests.support.security.deployed import listed

Template = dict[str, Any]
ACCOUNT = {"Ref": "AWS::AccountId"}
# docs.aws.amazon.com/apigateway/latest/api/API_Method.html, httpMethod; ANY is refused in a setting's path:
# github.com/hashicorp/terraform-provider-aws/issues/15855, github.com/serverless-heaven/serverless-aws-alias/issues/80
VERBS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


def of_type(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]


def plant(template: Template, path: str, value: Any) -> None:
    """Sets a place in a template's resources to a value: steps are keys, and in lists places or statements' Sids."""
    *steps, last = path.split("/")
    node: Any = template["Resources"]
    for step in steps:
        if isinstance(node, list):
            # by its place or, which stays when others come, by its Sid
            (node,) = (
                [node[int(step)]] if step.isdecimal() else [each for each in node if each.get("Sid") == step]
            )
        else:
            node = node[step]
    node[int(last) if last.isdecimal() else last] = value


def statements_of(node: Any) -> Iterator[dict[str, Any]]:
    """Yields every statement of a resource's policy in a template, wherever it stands."""
    if isinstance(node, dict):
        if "Effect" in node and "Principal" in node:
            yield node
        for each in node.values():
            yield from statements_of(each)
    elif isinstance(node, list):
        for each in node:
            yield from statements_of(each)


def services_are_let_in_for_this_account_alone(template: Template) -> list[str]:
    """Returns the statements that let a service act for any account: it acts for whoever asks it to.

    `IfExists` stands where a service takes on a role: decision 0017.
    """
    wrong = []
    for each in statements_of(template["Resources"]):
        if each["Effect"] != "Allow" or "Service" not in each["Principal"]:
            continue
        tests, takes_on = each.get("Condition", {}), each["Action"] == "sts:AssumeRole"
        equals = {
            **(tests.get("StringEqualsIfExists", {}) if takes_on else {}),
            **tests.get("StringEquals", {}),
        }
        sources = {**tests.get("ArnEquals", {}), **tests.get("ArnLike", {})}.get("aws:SourceArn", [])
        named = takes_on or (sources and all(_named(source) for source in listed(sources)))
        if equals.get("aws:SourceAccount") != ACCOUNT or not named:
            wrong.append(f"{each.get('Sid', each['Action'])}: {each['Principal']}")
    return wrong


def _named(source: Any) -> bool:
    """Returns True if a source is a resource, or a name's beginning in this account."""
    text = source.get("Fn::Sub", "*")
    return "Fn::GetAtt" in source or ("${AWS::AccountId}" in text and "*" not in text[:-1])
