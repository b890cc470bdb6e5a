"""Defines the options that replay's commands share, and what is chosen by those before a command."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated

import typer

from ops.errors import CommandError
from ops.options import Chosen
from ops.stack import Stack
from replay.filters import Filter, moment
from replay.letters import LetterQueue
from schemas.dead_letter import ErrorCode
from schemas.registry import registry

ROLE = "ReplayOperatorRoleArn"
_UNKNOWN = "unknown"  # of a message that is no letter
SOURCES = ("stream", "queue", _UNKNOWN)
CODES = (*map(str, ErrorCode), _UNKNOWN)

Codes = Annotated[
    list[str] | None, typer.Option("--code", help="Only letters with this error code; may be repeated.")
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Only letters from: stream, queue; may be repeated.")
]
Since = Annotated[
    str | None, typer.Option("--since", help="Only records that arrived after this time or age, such as 6h.")
]
Until = Annotated[
    str | None, typer.Option("--until", help="Only records that arrived before this time or age.")
]
EventTypes = Annotated[
    list[str] | None, typer.Option("--event-type", help="Only records of this event type; may be repeated.")
]
Ids = Annotated[
    list[str] | None,
    typer.Option("--id", help="Only this letter; the beginning of its ID is enough; may be repeated."),
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most this many letters.")]
Apply = Annotated[bool, typer.Option("--apply", help="Make the changes; without it, only show them.")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="Your reason, for the audit trail.")]


class ChosenHold(Chosen):
    """Holds the options before a command, and for how long letters are held."""

    hold = 180


chosen = ChosenHold()


def open_stack() -> Stack:
    """Returns the chosen stack, with the operator's role on the local one."""
    return chosen.stack(ROLE)


def open_queue(stack: Stack) -> LetterQueue:
    """Returns the stack's queue of letters."""
    return LetterQueue(stack.client("sqs"), stack.output("DeadLetterQueueUrl"), chosen.hold)


def letter_filter(  # noqa: PLR0917 -- a filter has its parts
    code: list[str] | None,
    source: list[str] | None,
    since: str | None,
    until: str | None,
    event_type: list[str] | None,
    letter_id: list[str] | None,
    limit: int | None,
) -> Filter:
    """Returns the filter of a command.

    Raises:
        CommandError: a code, a source or an event type is not known, or a time is not understood.
    """
    return Filter(
        _known("code", code, CODES),
        _known("source", source, SOURCES),
        moment(since),
        moment(until),
        _known("event type", event_type, sorted({name.event_type for name in registry()})),
        tuple(letter_id or ()),
        limit,
    )


def _known(what: str, given: list[str] | None, known: Iterable[str]) -> tuple[str, ...]:
    """Returns what was given.

    Raises:
        CommandError: one of it is not known. The hint begins with the one that was meant.
    """
    names = list(known)
    for each in given or ():
        if each not in names:
            meant = get_close_matches(each, names, 1)
            order = [*meant, *(name for name in names if name not in meant)]
            raise CommandError(
                f"no such {what}: {each}", f"--{what.replace(' ', '-')} takes {', '.join(order)}"
            )
    return tuple(given or ())
