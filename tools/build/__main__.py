"""Builds for `sam build`, as the Makefile asks, and reports what was built: `python -m tools.build`."""

import argparse
import shutil
import sys
from pathlib import Path

from rich.console import Console

from local.emulator.package import ROOT
from tools.build import interpreter, layer
from tools.build.errors import BuildError
from tools.build.layer import Architecture, Target
from tools.build.report import report
from tools.build.sources import handlers, needed_by


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns 0 if it succeeded."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "layer":
            layer.build(options.directory, Target(options.architecture, interpreter.find()))
        elif options.command == "function":
            _function(options.name, options.directory)
        else:
            report(options.directory.resolve(), options.architecture, Console())
    except BuildError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.build", description="Build what is deployed, or report on it."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("layer", "report"):
        command = commands.add_parser(name)
        command.add_argument("--architecture", type=Architecture, choices=list(Architecture), required=True)
        command.add_argument("directory", type=Path)
    command = commands.add_parser("function")
    command.add_argument("name", help="the function's logical id in template.yaml")
    command.add_argument("directory", type=Path)
    return parser


def _function(name: str, directory: Path) -> None:
    """Copies what a function needs and nothing else; all but its handler is in the layer."""
    found = handlers()
    if name not in found:
        raise BuildError(f"template.yaml has no function {name}", "see its resources")
    for path in needed_by(found[name]):
        copied = directory / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copied)


if __name__ == "__main__":
    sys.exit(main())
