"""Defines the command line `order-tokenizer`: one table of its subcommands, grouped by who uses them.

A subcommand's module is imported only when the subcommand runs. Everything that `--help` and completion show is in the
table, so both are quick: importing boto3 alone takes longer than all of this.
"""

from enum import StrEnum
from importlib import import_module
from itertools import groupby
from typing import Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

from ops.entry import run
from ops.errors import CommandError

NAME = "order-tokenizer"


class User(StrEnum):
    """Lists the users that subcommands are for."""

    PRODUCER = "Producer"
    CONSUMER = "Consumer"
    OPERATOR = "Operator"
    COMPLIANCE = "Compliance"
    DEVELOPER = "Developer"


class Subcommand(NamedTuple):
    """Describes a subcommand, and names the module that holds its `app`."""

    name: str
    user: User
    help: str
    module: str


SUBCOMMANDS = {
    each.name: each
    for each in (
        Subcommand("validate", User.PRODUCER, "Check whether events would be taken.", "ops.validate.cli"),
        Subcommand("preview", User.PRODUCER, "Show what becomes of each field.", "ops.preview.cli"),
        Subcommand("lake", User.CONSUMER, "Ask questions of sanitized events.", "ops.lake.cli"),
        Subcommand("status", User.OPERATOR, "Show a stack on one screen.", "ops.status.cli"),
        Subcommand("replay", User.OPERATOR, "List dead letters, and replay them.", "replay.cli"),
        Subcommand("rekey", User.OPERATOR, "Move the vault to another KMS key.", "ops.rekey.cli"),
        Subcommand("audit", User.COMPLIANCE, "Check the audit trail.", "ops.audit.cli"),
        Subcommand("honeytokens", User.COMPLIANCE, "Seed honey tokens, and list them.", "ops.honeytokens.cli"),
        Subcommand("local", User.DEVELOPER, "Run the whole stack on this machine.", "local.cli"),
    )
}  # fmt: skip


class _Subcommands(TyperGroup):
    """Holds the subcommands. Each is a row of the table until it is typed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for each in SUBCOMMANDS.values():
            self.add_command(TyperCommand(each.name, help=each.help, rich_help_panel=each.user))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Finds the subcommand that was typed, and loads it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and loaded(name or ""), rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 -- the signature is click's
        """Lists the subcommands in a section for each kind of user."""
        for user, rows in groupby(SUBCOMMANDS.values(), lambda each: each.user):
            with formatter.section(user):
                formatter.write_dl([(each.name, each.help) for each in rows])


app = typer.Typer(
    cls=_Subcommands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _order_tokenizer() -> None:
    """Do everything that people do with a tokenizer's stack from a terminal."""


def loaded(name: str) -> Any:
    """Returns a subcommand as typer makes it, which imports its module.

    Raises:
        CommandError: a package that it needs is not installed here; the emulator is for developers alone.
    """
    try:
        its_own: typer.Typer = import_module(SUBCOMMANDS[name].module).app
    except ModuleNotFoundError as error:
        raise CommandError(f"{name} needs the package {error.name}", "make setup") from None
    return get_group(its_own) if its_own.registered_callback else get_command(its_own)


def main() -> NoReturn:
    """Runs the command line."""
    run(app, NAME)
