"""Lists the commands for people, from the command line itself."""

import inspect
from collections.abc import Iterator
from typing import Any, NamedTuple

from ops.app import NAME, SUBCOMMANDS, User, loaded

# What every command that works on a stack takes; said once, in the page's text.
_EVERYWHERE = frozenset({"--stack", "--profile", "--region", "--role-arn", "--json", "--help"})


class Command(NamedTuple):
    """Describes a command or a group of them, by the words that are typed for it."""

    user: User
    words: tuple[str, ...]
    made: Any

    @property
    def is_group(self) -> bool:
        """Returns True if the command has subcommands."""
        return hasattr(self.made, "commands")


def every() -> Iterator[Command]:
    """Yields every command, each group before what is in it."""
    for name, each in SUBCOMMANDS.items():
        yield from _below(each.user, (name,), loaded(name))


def rows(user: User) -> Iterator[list[str]]:
    """Yields for each command of a kind of users: how it is typed, what it does, and the options of its own."""
    for command in every():
        if command.user is user and not command.is_group:
            typed = " ".join([NAME, *command.words, *_arguments(command.made)])
            yield [
                f"`{typed}`",
                _said(command.made),
                ", ".join(f"`{each}`" for each in _options(command.made)),
            ]


def _below(user: User, words: tuple[str, ...], made: Any) -> Iterator[Command]:
    yield Command(user, words, made)
    for name, inner in getattr(made, "commands", {}).items():
        yield from _below(user, (*words, name), inner)


def _arguments(made: Any) -> list[str]:
    _, *arguments = made.collect_usage_pieces(made.make_context("", [], resilient_parsing=True))
    return [each.strip("{}").replace("}...", "...") for each in arguments]


def _options(made: Any) -> list[str]:
    names = [each.opts[0] for each in made.params if each.param_type_name == "option"]
    return [each for each in names if each not in _EVERYWHERE]


def _said(made: Any) -> str:
    return inspect.cleandoc(made.help).partition("\n\n")[0]
