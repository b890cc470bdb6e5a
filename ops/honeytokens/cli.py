"""Defines the command `order-tokenizer honeytokens`, which makes and lists honey tokens and never sees a value."""

import json
from typing import Annotated, Any

import typer

from ops import console
from ops.errors import CommandError
from ops.explain import AGAIN, explained
from ops.options import AsJson, Chosen
from ops.stack import Stack

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Make and list tokens that nobody has a reason to reveal. Anyone who asks to reveal one raises an alarm.",
)

_ROLE = "HoneyKeeperRoleArn"
_AT_ONCE = 25  # the most that the function makes in one request
_COLUMNS = ("token", "kind", "note", "seeded_at")


_chosen = Chosen()
app.callback()(_chosen.take)


@app.command()
def seed(
    note: Annotated[
        str, typer.Option("--note", help="Where you will plant them, and so where a thief has been.")
    ],
    count: Annotated[int, typer.Option("--count", min=1, max=1000, help="How many.")] = 1,
    kind: Annotated[
        str, typer.Option("--kind", help="card_number, email, government_id, name or phone.")
    ] = "card_number",
    as_json: AsJson = False,
) -> None:
    """Make honey tokens: tokens of values that belong to no customer."""
    stack, made = _stack(), list[dict[str, str]]()
    while len(made) < count:
        wanted = min(_AT_ONCE, count - len(made))
        made += _asked(stack, action="seed", kind=kind, count=wanted, note=note)
    _show(made, as_json=as_json)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List all honey tokens, and where they are planted."""
    _show(_asked(_stack(), action="list"), as_json=as_json)


def _stack() -> Stack:
    return _chosen.stack(_ROLE)


def _asked(stack: Stack, **request: Any) -> list[dict[str, str]]:
    name = stack.output("HoneyFunctionName")
    payload = json.dumps({**request, "operator": stack.operator()}).encode()
    with explained("asking the honey function", f"honeytokens needs the stack's {_ROLE}"):
        answer = stack.client("lambda").invoke(FunctionName=name, Payload=payload)
    text = answer["Payload"].read()
    if answer.get("FunctionError"):
        raise CommandError(
            "the honey function failed",
            f"`aws logs filter-log-events --log-group-name /aws/lambda/{name}` says why",
        )
    result: dict[str, Any] = json.loads(text)
    if "error" in result:
        hint = (
            "`order-tokenizer honeytokens list` shows those that were noted"
            if request["action"] == "seed"
            else AGAIN
        )
        raise CommandError(result["error"]["message"], hint)
    tokens: list[dict[str, str]] = result["tokens"]
    return tokens


def _show(tokens: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        console.as_json(tokens)
    else:
        console.table("honey tokens", _COLUMNS, [[each[column] for column in _COLUMNS] for each in tokens])
