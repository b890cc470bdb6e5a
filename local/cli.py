"""The command `order-tokenizer local`, and `python -m local`: the whole stack on this machine."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from local import rekey as rekeying
from local.emulator import environment, lifecycle, switches, template, users
from local.emulator.package import ROOT
from local.emulator.stack import Stack
from local.errors import LocalStackError
from ops import console
from ops.entry import run, typed
from ops.errors import Interrupted
from ops.options import AsJson

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="The whole stack on this machine.",
)

Where = Annotated[
    Path, typer.Option("--directory", help="Where it keeps its state.", show_default=".local of the project")
]


Modules = Annotated[
    str | None,
    typer.Option(
        "--modules",
        metavar="NAMES",
        help="`core` alone, or with some of api, lake, honeytokens, monitoring, separated by commas.",
        show_default="all",
    ),
]


@app.callback()
def _where(context: typer.Context, directory: Where = ROOT / ".local") -> None:
    context.obj = directory.resolve()


@app.command()
def up(context: typer.Context, modules: Modules = None, as_json: AsJson = False) -> None:
    """Start the stack and leave it running; finds the one that is up."""
    with _undone():
        started = lifecycle.up(context.obj, _reporting(as_json=as_json), _switched(modules), live=True)
    if as_json:
        console.as_json(_told(started))


@app.command()
def deploy(context: typer.Context, as_json: AsJson = False) -> None:
    """Deploy this checkout to the stack that is up: code, schemas and templates; its parameters and its data stay."""
    running = _running(context)
    _reporting(as_json=as_json)("deploying this checkout")
    try:
        deployed = lifecycle.deploy(context.obj, running)
    except KeyboardInterrupt:
        raise Interrupted("interrupted: the deployment may go on", f"`{typed()}` deploys again") from None
    _tell(_told(deployed), f"is deployed: {deployed.endpoint_url}", as_json=as_json)


@app.command()
def down(context: typer.Context, as_json: AsJson = False) -> None:
    """Stop the stack and all it started."""
    found = context.obj.exists()
    lifecycle.down(context.obj)
    _tell({"stopped": found}, "stopped" if found else "was not running", as_json=as_json)


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say whether the stack is up, and where it answers."""
    found = lifecycle.load(context.obj)
    lines = [f"is up: {found.endpoint_url}" if found else "is not running"]
    if found and found.live_url:
        lines.append(f"live page: {found.live_url}")
    _tell(_told(found) if found else {}, "\n".join(lines), as_json=as_json)


@app.command()
def demo(
    modules: Modules = None,
    orders: Annotated[
        int, typer.Option("--orders", min=20, help="How many are sent, beside what is broken or sent twice.")
    ] = 500,
) -> None:
    """Do the main job, start to end, on a stack of its own."""
    from local.demo import run as demonstration  # noqa: PLC0415 -- Faker, for this and `orders` alone

    raise typer.Exit(demonstration.main(orders, _switched(modules)))


@app.command()
def user(
    context: typer.Context,
    group: Annotated[
        list[users.Group] | None, typer.Option("--group", help="Of the new user; may be given several times.")
    ] = None,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="Sign in with a second factor as well.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a user and sign them in; prints their token for the API."""
    token = users.sign_in(_running(context), *(group or ()), second_factor=second_factor)
    _tell({"token": token}, token, as_json=as_json)


@app.command()
def machine(context: typer.Context, as_json: AsJson = False) -> None:
    """Print the headers with which the machine client asks the API."""
    headers = users.machine(_running(context))
    _tell(headers, "\n".join(f"{name}: {value}" for name, value in headers.items()), as_json=as_json)


@app.command()
def env(
    context: typer.Context,
    role: Annotated[
        environment.Role | None,
        typer.Option("--role", help="Whose credentials; the administrator's without it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print what a shell needs to talk to the stack with the AWS CLI, for `eval`."""
    running = _running(context)
    variables = environment.variables(running, role)
    _tell(variables, "\n".join(environment.exports(variables)), as_json=as_json)


@app.command()
def orders(
    context: typer.Context,
    count: Annotated[int, typer.Option("--count", min=1, help="How many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Send sample orders."""
    from local.data import samples  # noqa: PLC0415 -- Faker, for this and the demo alone

    sent = samples.send(_running(context), count)
    _tell({"sent": sent}, f"sent {sent}", as_json=as_json)


@app.command()
def adapt(
    path: Annotated[Path, typer.Argument(metavar="TEMPLATE", help="Of CloudFormation, for another stack.")],
) -> None:
    """Print a template without what the emulator gets wrong, as JSON, the way `up` deploys the stack's own."""
    if not path.is_file():
        raise LocalStackError("there is no such template", "order-tokenizer local adapt FILE")
    console.as_json(template.for_emulator(template.load(path), "", ""))


@app.command()
def rekey(context: typer.Context) -> None:
    """Move the vault of the stack to another key, deployments included."""
    raise typer.Exit(rekeying.rekey(context.obj, print))


def main() -> NoReturn:
    """Runs the command line."""
    run(app, "python -m local")


@contextmanager
def _undone() -> Iterator[None]:
    """Says that an interrupted start has left nothing."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("interrupted: nothing is left running", f"`{typed()}` starts again") from None


def _switched(modules: str | None) -> Mapping[str, str]:
    """Returns the parameters for the modules that somebody asked for; none for all."""
    if modules is None:
        return {}
    try:
        return switches.parameters(switches.parsed(modules))
    except ValueError:
        known = ", ".join([switches.CORE, *switches.Module])
        raise LocalStackError(
            f"not a module: {modules}", f"make up MODULES=core; the modules are {known}"
        ) from None


def _running(context: typer.Context) -> Stack:
    found = lifecycle.load(context.obj)
    if found is None:
        raise LocalStackError("no stack is up", "make up")
    return found


def _reporting(*, as_json: bool) -> Callable[[str], None]:
    """Returns what progress is told to, which is not where a program reads."""
    return console.aside if as_json else print


def _told(stack: Stack) -> dict[str, object]:
    return {"endpoint_url": stack.endpoint_url, "region": stack.region, "live_url": stack.live_url}


def _tell(value: object, text: str, *, as_json: bool) -> None:
    if as_json:
        console.as_json(value)
    else:
        console.line(text)
