"""Replays published events from EventBridge's archive, for consumers only."""

from typing import Annotated

import typer

from ops.errors import CommandError
from ops.options import AsJson
from replay import archive as archives
from replay.arguments import open_stack
from replay.commands.answers import show_answer
from replay.filters import moment


def start_archive(  # noqa: PLR0917 -- a command has its options
    since: Annotated[str, typer.Option("--since", help="First event: a time, or an age such as 6h.")],
    until: Annotated[str, typer.Option("--until", help="Last event: a time, or an age.")],
    rule: Annotated[
        list[str], typer.Option("--rule", help="ARN of a rule that gets the events; may be repeated.")
    ],
    archive_arn: Annotated[
        str | None, typer.Option("--archive-arn", help="Archive to replay; default: the stack's own.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Wait until it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Start a replay of sanitized events to chosen rules."""
    begins, ends = moment(since), moment(until)
    if begins is None or ends is None or begins >= ends:
        raise CommandError("the replay would be empty", "give a --since that is before --until")
    stack = open_stack()
    state = archives.start(stack, archive_arn, rule, (begins, ends))
    if watch:
        state = archives.watch(stack, state["name"])
    show_answer(state, f"{state['name']}: {state['state']}", as_json=as_json)


def archive_status(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    watch: Annotated[bool, typer.Option("--watch", help="Wait until it ends.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the state of a replay."""
    stack = open_stack()
    state = archives.watch(stack, name) if watch else archives.status(stack, name)
    show_answer(state, f"{state['name']}: {state['state']}", as_json=as_json)


def cancel_archive(name: Annotated[str, typer.Argument(metavar="NAME")], as_json: AsJson = False) -> None:
    """Cancel a replay."""
    state = archives.cancel(open_stack(), name)
    show_answer(state, f"{state['name']}: {state['state']}", as_json=as_json)
