"""Deploys template.yaml to the emulator through CloudFormation, as `sam deploy` would to AWS."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import package, template
from local.errors import LocalStackError

STACK_NAME = "orders"
_BUCKET = "local-deployments"
_DEPLOY_SECONDS = 120.0


def deploy(client: Any, path: Path = package.ROOT / "template.yaml") -> Mapping[str, str]:
    """Deploy a template.

    Args:
        client: makes a boto3 client for a service.
        path: the template.

    Returns:
        The stack's outputs.

    Raises:
        LocalStackError: a resource failed; names each with its reason.
    """
    function_uri, layer_uri = _upload(client("s3"))
    body = template.for_emulator(template.load(path), function_uri, layer_uri)
    cloudformation = client("cloudformation")
    cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateBody=json.dumps(body),
        Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    stack = _settled(cloudformation)
    if stack["StackStatus"] != "CREATE_COMPLETE":
        raise LocalStackError(
            f"the template was not deployed: {_reasons(cloudformation)}", "mend template.yaml"
        )
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _upload(s3: Any) -> tuple[str, str]:
    s3.create_bucket(Bucket=_BUCKET)
    s3.put_object(Bucket=_BUCKET, Key="function.zip", Body=package.function_zip())
    s3.put_object(Bucket=_BUCKET, Key="layer.zip", Body=package.layer_zip())
    return f"s3://{_BUCKET}/function.zip", f"s3://{_BUCKET}/layer.zip"


def _settled(cloudformation: Any) -> Mapping[str, Any]:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while True:
        stack: Mapping[str, Any] = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            return stack
        if time.monotonic() > deadline:
            raise LocalStackError("the deployment does not end", "see emulator.log in the stack's folder")
        time.sleep(0.1)


def _reasons(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    failed = [
        f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', 'no reason given')}"
        for each in events
        if each["ResourceStatus"].endswith("_FAILED")
    ]
    return "; ".join(failed) or "no resource failed"
