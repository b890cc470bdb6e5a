"""Tries calls of AWS as the roles of the stack."""

import io
import json
import zipfile
from typing import Any

from local.emulator.stack import Stack

# Runs one call with the role it was created with, and tells AWS's error code.
PROBE = """
from functools import cache

import boto3
from botocore.exceptions import ClientError

client = cache(boto3.client)

def handler(event, context):
    try:
        getattr(client(event["service"]), event["call"])(**event["arguments"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""
DENIED = {"AccessDenied", "AccessDeniedException"}


class Probe:
    """A function of the test's own, with the role of one of the stack's functions."""

    def __init__(self, on: Stack, function: str) -> None:
        self._lambda = on.client("lambda")
        role = self._lambda.get_function_configuration(FunctionName=on.outputs.get(function, function))[
            "Role"
        ]
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("probe.py", PROBE)
        self._name = f"probe-{function}"
        self._lambda.create_function(
            FunctionName=self._name,
            Role=role,
            Runtime="python3.13",
            Handler="probe.handler",
            Code={"ZipFile": code.getvalue()},
        )

    def call(self, service: str, call: str, **arguments: Any) -> str:
        payload = json.dumps({"service": service, "call": call, "arguments": arguments}).encode()
        answer = self._lambda.invoke(FunctionName=self._name, Payload=payload)
        return str(json.loads(answer["Payload"].read()))


def vault_batch(on: Stack) -> dict[str, Any]:
    return {"RequestItems": {on.outputs["VaultTableName"]: {"Keys": [{"id": {"S": "00"}}]}}}


def code(client: Any, call: str, arguments: dict[str, Any]) -> str:
    try:
        getattr(client, call)(**arguments)
    except client.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    return "allowed"
