"""Deploys template.yaml, with its modules in place, to the emulator through CloudFormation, as `sam deploy` would to AWS."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError

from local.emulator import gateway, package, template
from local.emulator.switches import Module
from local.errors import LocalStackError

STACK_NAME = "orders"
TEMPLATE = package.ROOT / "template.yaml"
_BUCKET = "local-deployments"
_NO_CHANGE = "No updates are to be performed"  # CloudFormation's words
_DEPLOY_SECONDS = 120.0
# What differs from the template's defaults: nothing moves money here, and the stack's folder goes with the stack anyway.
_ALWAYS = {"PaymentGateway": "fake", "AuditRetentionDays": "1"}

Client = Callable[[str], Any]


def deploy(
    client: Client, path: Path = TEMPLATE, parameters: Mapping[str, str] = MappingProxyType({})
) -> Mapping[str, str]:
    """Deploys a template.

    Args:
        client: makes a boto3 client for a service.
        path: the template.
        parameters: of the stack, beside those that every local stack has.

    Returns:
        The stack's outputs.

    Raises:
        LocalStackError: a resource failed; names each with its reason.
    """
    client("s3").create_bucket(Bucket=_BUCKET)
    return _deployed(client, client("cloudformation").create_stack, path, parameters)


def update(client: Client, parameters: Mapping[str, str], path: Path = TEMPLATE) -> Mapping[str, str]:
    """Deploys again with other parameters; those that are not named get their defaults, but the modules stay as they are.

    A deployment that is still under way, because whoever began it was killed, ends first.

    Raises:
        LocalStackError: a resource failed, and the deployment was rolled back.
    """
    _settled(client("cloudformation"))
    now = given(client)
    chosen = {each.parameter: now[each.parameter] for each in Module} | dict(parameters)
    return _deployed(client, client("cloudformation").update_stack, path, chosen)


def given(client: Client) -> dict[str, str]:
    """Returns the parameters that the stack was deployed with."""
    (stack,) = client("cloudformation").describe_stacks(StackName=STACK_NAME)["Stacks"]
    return {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}


def _deployed(
    client: Client, submit: Callable[..., Any], path: Path, parameters: Mapping[str, str]
) -> Mapping[str, str]:
    s3, cloudformation = client("s3"), client("cloudformation")
    function_uri, layer_uri = _upload(s3)
    chosen = {**_ALWAYS, **parameters}
    real = template.load(path)
    body = template.for_emulator(real, function_uri, layer_uri)
    # CloudFormation takes 51,200 bytes in a request, and 1 MB from a bucket.
    s3.put_object(Bucket=_BUCKET, Key="template.json", Body=json.dumps(body).encode())
    with _already_so():
        submit(
            StackName=STACK_NAME,
            TemplateURL=f"https://s3.amazonaws.com/{_BUCKET}/template.json",
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in chosen.items()],
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    stack = _settled(cloudformation)
    if stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise LocalStackError(
            f"the template was not deployed: {_reasons(cloudformation)}",
            "`make lint` checks template.yaml and its modules",
        )
    _complete(client, real, chosen)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    if "ApiUrl" not in outputs:
        return outputs
    gateway.finish(client("apigateway"), outputs["ApiUrl"], real)
    endpoint_url = str(cloudformation.meta.endpoint_url)
    return outputs | {
        "ApiUrl": _api_url(outputs["ApiUrl"], endpoint_url),
        "TokenUrl": f"{endpoint_url}/oauth2/token",
    }


@contextmanager
def _already_so() -> Iterator[None]:
    """Takes a deployment that would change nothing as one that is done."""
    try:
        yield
    except ClientError as error:
        if _NO_CHANGE not in error.response["Error"]["Message"]:
            raise


def _complete(client: Client, real: dict[str, Any], parameters: Mapping[str, str]) -> None:
    """Makes by calls what the emulator's CloudFormation ignores: object locks, and the boundaries of roles."""
    names = made(client("cloudformation"))
    for lock in template.locks(real, dict(parameters)):
        client("s3").put_object_lock_configuration(**lock | {"Bucket": names[lock["Bucket"]]})
    for role, boundary in template.boundaries(real).items():
        if role in names:  # some are there under a condition
            client("iam").put_role_permissions_boundary(
                RoleName=names[role], PermissionsBoundary=names[boundary]
            )


def made(cloudformation: Any) -> dict[str, str]:
    """Returns the physical names of the stack's resources, by their logical names."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK_NAME)
    return {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if not each["ResourceStatus"].startswith("DELETE")
    }


def _api_url(on_aws: str, endpoint_url: str) -> str:
    """Returns the emulator's address for an API that AWS would serve at a host name of its own."""
    host, _, stage = on_aws.removeprefix("https://").partition("/")
    return f"{endpoint_url}/_aws/execute-api/{host.partition('.')[0]}/{stage}"


def _upload(s3: Any) -> tuple[str, str]:
    """Uploads the code of this checkout under names that change with it, as CloudFormation looks at names alone."""
    uris = []
    for name, body in (("function", package.function_zip()), ("layer", package.layer_zip())):
        key = f"{name}-{package.identity(body)}.zip"
        s3.put_object(Bucket=_BUCKET, Key=key, Body=body)
        uris.append(f"s3://{_BUCKET}/{key}")
    function_uri, layer_uri = uris
    return function_uri, layer_uri


def _settled(cloudformation: Any) -> Mapping[str, Any]:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while True:
        stack: Mapping[str, Any] = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        if time.monotonic() > deadline:
            raise LocalStackError(
                "the deployment does not end",
                "`make down && make up` starts again; emulator.log in the stack's folder says what it waits for",
            )
        time.sleep(0.1)


def _reasons(cloudformation: Any) -> str:
    pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=STACK_NAME)
    events = [each for page in pages for each in page["StackEvents"]]
    failed = [
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', 'no reason given')}"
        for each in events
        if each["ResourceStatus"].endswith("_FAILED")
    ]
    return "; ".join(failed) or "no resource failed"
