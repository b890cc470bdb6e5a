"""Defines the command `replay`: its subcommands, and the options before them. `replay/commands/` does the work."""

from typing import Annotated, NoReturn

import typer

from ops.entry import run as run_to_its_end
from ops.options import Profile, Region, RoleArn, StackName
from replay.arguments import chosen
from replay.commands import approvals, letters, quarantine
from replay.commands import archive as archives
from replay.commands.run import run
from replay.commands.stream import stream

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="List dead letters, and replay them under their original identity.",
)
archive = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Replay published events from EventBridge's archive, for consumers only.",
)


@app.callback()
def _options(
    stack: StackName = None,
    profile: Profile = None,
    region: Region = None,
    role_arn: RoleArn = None,
    hold: Annotated[
        int,
        typer.Option(
            "--hold",
            min=5,
            max=43_200,
            help="Seconds to hold letters back from other operators, and to wait for theirs.",
        ),
    ] = 180,
) -> None:
    chosen.take(stack, profile, region, role_arn)
    chosen.hold = hold


app.command("list")(letters.list_)
app.command()(letters.show)
app.command()(run)
app.command()(approvals.approvals)
app.command()(approvals.approve)
app.command()(stream)
app.command()(quarantine.quarantine)
app.command()(quarantine.restore)
archive.command("start")(archives.start_archive)
archive.command("status")(archives.archive_status)
archive.command("cancel")(archives.cancel_archive)
app.add_typer(archive, name="archive")


def main() -> NoReturn:
    """Runs the command. `order-tokenizer replay` is the same."""
    run_to_its_end(app, "replay")
