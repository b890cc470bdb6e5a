"""Chooses the stack that is put under load, and the accounts that sign in there."""

import argparse
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import BotoCoreError

from bench.load.errors import LoadError
from local.emulator import users
from local.emulator.stack import Stack
from ops import stack as deployed
from ops.errors import CommandError

GROUPS = ("shop", "payments")  # send orders, pay them, and may see masked card numbers


@dataclass(frozen=True)
class Person:
    """Identifies a user of the user pool."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Target:
    """Describes a stack as the load test reaches it.

    Args:
        api_url: where the API answers.
        sign_in_url: where Cognito answers.
        client_id: of the user pool's client.
        person: who signs in; a member of the group `payments`.
    """

    api_url: str
    sign_in_url: str
    client_id: str
    person: Person


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that name a stack; without any, it is the local one."""
    group = parser.add_argument_group("the stack under load (default: the local stack)")
    group.add_argument("--stack", default="", help="a CloudFormation stack; its outputs say the rest")
    group.add_argument("--region", default="", help="of the stack")
    group.add_argument("--api-url", default="", help="instead of --stack: the output ApiUrl")
    group.add_argument("--client-id", default="", help="instead of --stack: the output UserPoolClientId")
    group.add_argument(
        "--stack-file", default=".local/stack.json", help="what `make up` wrote of the local stack"
    )


def find(options: argparse.Namespace) -> Target:
    """Returns the stack that flags name. On the local stack somebody to sign in is made; elsewhere they are given.

    Raises:
        LoadError: there is no such stack, or nobody to sign in.
    """
    if options.api_url:
        return _named(options.api_url, options.client_id, options.region)
    if options.stack:
        try:
            found = deployed.find(options.stack, None, options.region or None, None)
        except CommandError as error:
            raise LoadError(str(error), error.hint) from None
        region = options.region or str(found.session.region_name)
        return _named(found.output("ApiUrl"), found.output("UserPoolClientId"), region)
    return _local(Path(options.stack_file))


def _local(path: Path) -> Target:
    try:
        state = json.loads(path.read_text())
        running = Stack(state["endpoint_url"], state["region"], state["outputs"])
        name, password = users.make(running, *GROUPS)
    except (FileNotFoundError, BotoCoreError):
        raise LoadError("no stack is named and no local one is up", "make up, or --stack NAME") from None
    except (ValueError, KeyError):
        raise LoadError(f"{path} is no description of a stack", "make down && make up") from None
    url, client_id = running.outputs["ApiUrl"], running.outputs["UserPoolClientId"]
    return Target(url, running.endpoint_url + "/", client_id, Person(name, password))


def _named(api_url: str, client_id: str, region: str) -> Target:
    # Not flags: whoever lists processes reads those.
    name, password = os.environ.get("LOAD_USERNAME"), os.environ.get("LOAD_PASSWORD")
    if not (name and password):
        raise LoadError(
            "nobody to sign in",
            f"set LOAD_USERNAME and LOAD_PASSWORD: a test user in the groups {' and '.join(GROUPS)}",
        )
    if not (client_id and region):
        raise LoadError("--api-url needs --client-id and --region", "they are outputs of the stack")
    url = f"https://cognito-idp.{region}.amazonaws.com/"
    return Target(api_url.rstrip("/"), url, client_id, Person(name, password))
