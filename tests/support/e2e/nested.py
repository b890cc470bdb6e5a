"""Deploys the modules as nested stacks, as AWS does; the local stack has them in place of one another."""

import json
from collections.abc import Mapping
from typing import Any

from local.emulator import package
from local.emulator.modules import Modules
from local.emulator.stack import Stack
from local.emulator.template import for_emulator, read
from tests.support.e2e.stack import eventually
from tools.lint import sam

BUCKET = "nested"


def deployed(on: Stack, name: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Deploys the parent and its modules; returns the outputs.

    The emulator applies the transform `AWS::Serverless` to a parent alone, so each module is translated here.
    """
    s3, cloudformation = on.client("s3"), on.client("cloudformation")
    s3.create_bucket(Bucket=BUCKET)
    code = []
    for key, body in (("function.zip", package.function_zip()), ("layer.zip", package.layer_zip())):
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        code.append(f"s3://{BUCKET}/{key}")

    def kept(key: str, template: Mapping[str, Any]) -> str:
        s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(template).encode())
        return f"https://s3.amazonaws.com/{BUCKET}/{key}"

    modules = Modules(package.ROOT / "template.yaml", read)
    parent = for_emulator(modules.parent, *code)
    for application, child in modules.children.items():
        stated = parent["Resources"][application]
        url = kept(f"{application}.json", sam.translated(for_emulator(child, *code)))
        given = {"TemplateURL": url, "Parameters": stated["Properties"]["Parameters"]}
        parent["Resources"][application] = {
            **stated,
            "Type": "AWS::CloudFormation::Stack",
            "Properties": given,
        }
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=kept("parent.json", parent),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    found: dict[str, Any] = {}

    def ended() -> bool:
        found.update(cloudformation.describe_stacks(StackName=name)["Stacks"][0])
        return not found["StackStatus"].endswith("_IN_PROGRESS")

    assert eventually(ended, 120)
    assert found["StackStatus"] == "CREATE_COMPLETE", found.get("StackStatusReason")
    return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}
