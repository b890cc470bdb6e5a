"""Prints the variables that a shell needs to talk to the local stack with the AWS CLI under a given role."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Literal

from local.emulator.stack import ADMINISTRATOR, Stack

Role = Literal["producer", "consumer", "replay-operator", "analyst"]


def variables(stack: Stack, role: Role | None) -> dict[str, str]:
    """Returns endpoint, region and credentials under AWS's names, and the stack's outputs under their own.

    Args:
        stack: the running one.
        role: whose credentials; None for the account's administrator.
    """
    who = ADMINISTRATOR
    if role is not None:
        who = stack.assume(stack.outputs["".join(map(str.capitalize, role.split("-"))) + "RoleArn"])
    return {
        "AWS_ENDPOINT_URL": stack.endpoint_url,
        "AWS_DEFAULT_REGION": stack.region,
        "AWS_ACCESS_KEY_ID": who.access_key_id,
        "AWS_SECRET_ACCESS_KEY": who.secret_access_key,
        "AWS_SESSION_TOKEN": who.session_token or "",
        **stack.outputs,
    }


def exports(variables: Mapping[str, str]) -> Iterator[str]:
    """Yields lines for `eval`."""
    for name, value in variables.items():
        yield f"export {name}={shlex.quote(value)}"
    # Version 1 of the CLI does not heed AWS_ENDPOINT_URL for SQS.
    yield 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }'
