"""`python -m local`: the local stack from the command line."""

import argparse
import sys
from pathlib import Path

from local import stack
from local.errors import LocalStackError
from local.package import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if it did what it says."""
    parser = argparse.ArgumentParser(prog="python -m local", description="The whole stack on this machine.")
    parser.add_argument("command", choices=["up", "down", "status", "demo"])
    parser.add_argument("--directory", type=Path, default=ROOT / ".local", help="where it keeps its state")
    options = parser.parse_args(arguments)
    if options.command == "demo":
        from local import demo  # noqa: PLC0415 -- rich and Faker, for the demo alone

        return demo.main()
    try:
        return _run(options.command, options.directory.resolve())
    except LocalStackError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted\nhint: nothing is left running", file=sys.stderr)
        return 130


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
