"""The options that all commands share: which stack they work on, as whom, and whether a program reads what they print."""

from typing import Annotated

import typer

from ops.stack import Stack, find

StackName = Annotated[
    str | None, typer.Option("--stack", help="CloudFormation stack; the local one without it.")
]
Profile = Annotated[str | None, typer.Option("--profile", help="Profile of the AWS configuration.")]
Region = Annotated[str | None, typer.Option("--region", help="AWS region.")]
RoleArn = Annotated[str | None, typer.Option("--role-arn", help="Role to assume first.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


class Chosen:
    """What the options before a command say."""

    def __init__(self) -> None:
        self.take()

    def take(
        self,
        stack: StackName = None,
        profile: Profile = None,
        region: Region = None,
        role_arn: RoleArn = None,
    ) -> None:
        """Keep them; a command line's own callback, or called by it."""
        self.name, self.profile, self.region, self.role_arn = stack, profile, region, role_arn

    def stack(self, local_role: str) -> Stack:
        """The stack that was chosen.

        Args:
            local_role: the output that names the role to assume on the local stack; empty for the administrator.

        Raises:
            CommandError: there is no such stack, or it can't be reached.
        """
        return find(self.name, self.profile, self.region, self.role_arn, local_role)
