"""Finds the stack by name, or the local one by `.local/stack.json`, and makes the operator's clients for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ops.errors import CommandError
from ops.explain import explained

LOCAL = Path(".local/stack.json")
_ADMINISTRATOR = "test"  # both keys of the local stack's, who assumes the role that a command needs
_ROLE = "ReplayOperatorRoleArn"
_CALL_SECONDS = 130  # the replay function works on a request for at most 120
_CONFIG = Config(
    connect_timeout=5, read_timeout=_CALL_SECONDS, retries={"mode": "standard", "total_max_attempts": 3}
)


@dataclass(frozen=True, slots=True)
class Stack:
    """Gives access to a deployed stack. `settled` is False while a deployment is under way."""

    outputs: Mapping[str, str]
    session: boto3.Session
    endpoint_url: str | None = None
    settled: bool = True

    def client(self, service: str) -> Any:
        """Returns a client with the operator's credentials."""
        return self.session.client(service, endpoint_url=self.endpoint_url, config=_CONFIG)  # type: ignore[call-overload]

    def output(self, name: str) -> str:
        """Returns one of the stack's outputs.

        Raises:
            CommandError: the stack has no output of that name.
        """
        try:
            return self.outputs[name]
        except KeyError:
            raise CommandError(
                f"the stack has no output {name}: it is another kind of stack, or an older version",
                "`aws cloudformation describe-stacks` shows its outputs; `sam deploy` brings it up to date",
            ) from None

    def operator(self) -> str:
        """Returns the caller's ARN, for the audit trail."""
        with explained("asking who you are"):
            return str(self.client("sts").get_caller_identity()["Arn"])


def find(
    name: str | None,
    profile: str | None,
    region: str | None,
    role_arn: str | None,
    local_role: str = "ReplayOperatorRoleArn",
) -> Stack:
    """Returns the stack that a command works on.

    Args:
        name: the name of a CloudFormation stack; None for the local stack.
        profile: a profile of the AWS configuration.
        region: a region instead of the profile's.
        role_arn: a role to assume; without it `local_role` is assumed on the local stack.
        local_role: the output with that role; without such an output the administrator is used.

    Raises:
        CommandError: there is no such stack, or it can't be reached.
    """
    if name is None:
        return _local(role_arn, local_role)
    with explained(
        f"looking for the stack {name}", f"this needs the stack's {local_role}" if local_role else ""
    ):
        session = boto3.Session(profile_name=profile, region_name=region)
        if role_arn:
            session = _assumed(session, role_arn, None)
        try:
            (found,) = session.client("cloudformation", config=_CONFIG).describe_stacks(StackName=name)[
                "Stacks"
            ]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                raise CommandError(
                    f"there is no stack {name}",
                    "`aws cloudformation list-stacks` shows those of this account and region; --region for another",
                ) from None
            raise
    outputs = {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}
    return Stack(outputs, session, settled=not found["StackStatus"].endswith("_IN_PROGRESS"))


def _local(role_arn: str | None, local_role: str) -> Stack:
    try:
        state = json.loads(LOCAL.read_text())
        outputs, endpoint, region = state["outputs"], state["endpoint_url"], state["region"]
    except FileNotFoundError:
        raise CommandError(
            "no stack is named, and no local one is up",
            "the same command with --stack NAME, or `make up` for a local one",
        ) from None
    except (ValueError, KeyError):
        raise CommandError(
            f"{LOCAL} is no description of a stack", "`make down && make up` starts another"
        ) from None
    # Whatever credentials the shell has, such as those of `local env --role consumer`: they are of somebody else.
    session = boto3.Session(
        aws_access_key_id=_ADMINISTRATOR, aws_secret_access_key=_ADMINISTRATOR, region_name=region
    )
    chosen = role_arn or outputs.get(local_role)
    return Stack(outputs, _assumed(session, chosen, endpoint) if chosen else session, endpoint)


def _assumed(session: boto3.Session, role_arn: str, endpoint_url: str | None) -> boto3.Session:
    with explained(f"assuming {role_arn}"):
        sts = session.client("sts", endpoint_url=endpoint_url, config=_CONFIG)
        given = sts.assume_role(RoleArn=role_arn, RoleSessionName="replay")["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=session.region_name,
    )
