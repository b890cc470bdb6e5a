"""`python -m local`: the local stack from the command line."""

import argparse
import sys
from pathlib import Path

from local import rekey, stack, users
from local.errors import LocalStackError
from local.package import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it did what it says."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole stack on this machine.")
    parser.add_argument("command", choices=["up", "down", "status", "demo", "user", "rekey"])
    parser.add_argument("--directory", type=Path, default=ROOT / ".local", help="where it keeps its state")
    parser.add_argument("--group", choices=users.GROUPS, help="for `user`: the group of the new user")
    options = parser.parse_args(arguments)
    if options.command == "demo":
        from local import demo  # noqa: PLC0415 -- rich and Faker, for the demo alone

        return demo.main()
    try:
        if options.command == "user":
            return _user(options.directory.resolve(), options.group)
        if options.command == "rekey":
            return rekey.rekey(options.directory.resolve(), print)
        return _run(options.command, options.directory.resolve())
    except LocalStackError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted\nhint: nothing is left running", file=sys.stderr)
        return 130


def _user(directory: Path, group: str | None) -> int:
    """Make a user, sign them in, and print their ID token."""
    running = stack.load(directory)
    if running is None:
        raise LocalStackError("no stack is up", "make up")
    print(users.sign_in(running, group))
    return 0


def _run(command: str, directory: Path) -> int:
    if command == "up":
        stack.up(directory, print)
    elif command == "down":
        found = directory.exists()
        stack.down(directory)
        print("stopped" if found else "was not running")
    else:
        running = stack.load(directory)
        print(f"is up: {running.endpoint_url}" if running else "is not running")
    return 0


if __name__ == "__main__":
    sys.exit(main())
