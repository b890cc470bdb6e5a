"""Reads the attributes that the message of a producer's event will have on the queue."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from ops import console
from ops.errors import CommandError
from schemas.foreign import attribute_named
from tokenizer.pipeline.catalog import catalog

Attributes = Annotated[
    list[str] | None,
    typer.Option(
        "--attribute",
        metavar="NAME=VALUE",
        help="An attribute of the message whose body the file is; may be repeated.",
    ),
]


def attributes_in(words: Sequence[str] | None) -> Mapping[str, str]:
    """Returns the attributes that were given on the command line, and says once which of them no event type reads.

    Raises:
        CommandError: one has no name, or comes twice.
    """
    found: dict[str, str] = {}
    for word in words or ():
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise CommandError(
                "--attribute takes a name and a value", "--attribute X-Shop-Topic=orders/create"
            )
        if name in found:
            raise CommandError(
                f"--attribute {name} is given twice", "--attribute NAME=VALUE once for each name"
            )
        found[name] = value
    known = sorted(catalog().attributes())
    read = {attribute_named(each, found) for each in known}
    unread = sorted(found.keys() - read)
    if unread:
        theirs = f"event types read {', '.join(known)}" if known else "no event type reads any"
        console.aside(f"note: left out {', '.join(unread)}; {theirs}")
    return found
