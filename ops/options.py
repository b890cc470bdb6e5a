"""Defines the options that all commands share: the stack, the role, and whether a program reads the output."""

from typing import Annotated

import typer

from ops.stack import Stack, find

StackName = Annotated[
    str | None, typer.Option("--stack", help="CloudFormation stack; default: the local one.")
]
Profile = Annotated[str | None, typer.Option("--profile", help="Profile of the AWS configuration.")]
Region = Annotated[str | None, typer.Option("--region", help="AWS region.")]
RoleArn = Annotated[str | None, typer.Option("--role-arn", help="Role to assume first.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


class Chosen:
    """Holds the options before a subcommand."""

    def __init__(self) -> None:
        self.take()

    def take(
        self,
        stack: StackName = None,
        profile: Profile = None,
        region: Region = None,
        role_arn: RoleArn = None,
    ) -> None:
        """Stores the options. It is a command line's callback, or is called by one."""
        self.name, self.profile, self.region, self.role_arn = stack, profile, region, role_arn

    def stack(self, local_role: str) -> Stack:
        """Returns the chosen stack.

        Args:
            local_role: the output with the role to assume on the local stack; empty for the administrator.

        Raises:
            CommandError: there is no such stack, or it can't be reached.
        """
        return find(self.name, self.profile, self.region, self.role_arn, local_role)
