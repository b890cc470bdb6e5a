"""`python -m local`: the local stack from the command line."""

import argparse
import json
import sys
from pathlib import Path

from local import rekey
from local.emulator import environment, lifecycle, stack, template, users
from local.emulator.package import ROOT
from local.errors import LocalStackError


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it did what it says."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole stack on this machine.")
    parser.add_argument(
        "command",
        choices=["up", "down", "status", "demo", "user", "machine", "env", "adapt", "rekey", "orders"],
    )
    parser.add_argument("template", type=Path, nargs="?", help="for `adapt`: a CloudFormation template")
    parser.add_argument("--directory", type=Path, default=ROOT / ".local", help="where it keeps its state")
    parser.add_argument("--group", choices=users.GROUPS, help="for `user`: the group of the new user")
    parser.add_argument(
        "--role",
        choices=environment.ROLES,
        help="for `env`: whose credentials; the administrator's without it",
    )
    parser.add_argument("--count", type=int, default=100, help="for `orders`: how many")
    options = parser.parse_args(arguments)
    if options.command == "demo":
        from local.demo import run  # noqa: PLC0415 -- rich and Faker, for the demo alone

        return run.main()
    directory = options.directory.resolve()
    try:
        match options.command:
            case "user":
                print(users.sign_in(_running(directory), *filter(None, [options.group])))
            case "machine":
                headers = users.machine(_running(directory))
                print("\n".join(f"{name}: {value}" for name, value in headers.items()))
            case "env":
                print("\n".join(environment.exports(_running(directory), options.role)))
            case "orders":
                from local.data import samples  # noqa: PLC0415 -- Faker, for this and the demo alone

                print(f"sent {samples.send(_running(directory), options.count)}")
            case "adapt":
                print(json.dumps(_adapted(options.template)))
            case "rekey":
                return rekey.rekey(directory, print)
            case command:
                _run(command, directory)
    except LocalStackError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted\nhint: nothing is left running", file=sys.stderr)
        return 130
    return 0


def _adapted(path: Path | None) -> dict[str, template.Node]:
    """A template less what the emulator gets wrong, as `up` deploys the stack's own."""
    if path is None or not path.is_file():
        raise LocalStackError("there is no such template", "python -m local adapt FILE")
    return template.for_emulator(template.load(path), "", "")


def _running(directory: Path) -> stack.Stack:
    running = lifecycle.load(directory)
    if running is None:
        raise LocalStackError("no stack is up", "make up")
    return running


def _run(command: str, directory: Path) -> None:
    if command == "up":
        lifecycle.up(directory, print, live=True)
    elif command == "down":
        found = directory.exists()
        lifecycle.down(directory)
        print("stopped" if found else "was not running")
    else:
        running = lifecycle.load(directory)
        print(f"is up: {running.endpoint_url}" if running else "is not running")
        if running and running.live_url:
            print(f"live page: {running.live_url}")


if __name__ == "__main__":
    sys.exit(main())
