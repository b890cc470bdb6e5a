"""Runs the commands of a page's shell in copies of one process that has imported them: each would spend a second on that.

A folder of `PATH` has programs of the commands' names, which hand their words, variables and streams to that process.
"""

import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from tests.support import copies

BIN = Path(sys.executable).parent
COMMANDS = ("aws", "order-tokenizer", "replay")
_MODULES = ("awscli.clidriver", "boto3", "replay.cli", "ops.app")
_SET_BY_AWS = (
    "AWS_DATA_PATH"  # where its descriptions of services are; it says so to itself when it is imported
)
_PROGRAM = """#!{python} -SE
import json, os, socket, sys
connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connection.connect({path!r})
order = {{"words": [{command!r}, *sys.argv[1:]], "home": os.getcwd(), "environment": dict(os.environ)}}
socket.send_fds(connection, [json.dumps(order).encode()], [0, 1, 2])
told = b""
while piece := connection.recv(100):
    told += piece
sys.exit(int(told.split()[1]))
"""


@contextmanager
def on_path() -> Iterator[Path]:
    """Yields a folder with the commands, which work until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "socket"
        with subprocess.Popen([sys.executable, "-m", __spec__.name, path], stdout=subprocess.PIPE) as server:
            try:
                assert server.stdout is not None
                assert server.stdout.readline() == b"ready\n"
                for each in COMMANDS:
                    program = Path(folder) / each
                    text = _PROGRAM.format(python=sys.executable, path=str(path), command=str(BIN / each))
                    program.write_text(text)
                    program.chmod(0o755)
                yield Path(folder)
            finally:
                server.terminate()


def _modules() -> list[str]:
    """Returns what the commands import, some of it when they are asked for it."""
    parts = (each.with_suffix("").parts for each in sorted(Path("ops").glob("*/cli.py")))
    return [*_MODULES, *(".".join(each) for each in parts)]


def _become(order: Any, files: Sequence[int]) -> NoReturn:
    for number, each in enumerate(files):
        os.dup2(each, number)
        os.close(each)
    os.chdir(order["home"])
    of_aws = {_SET_BY_AWS: os.environ[_SET_BY_AWS]} if order["words"][0].endswith("/aws") else {}
    os.environ.clear()
    os.environ.update(order["environment"] | of_aws)
    tempfile.tempdir = None
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode) for number, mode in enumerate("rww"))  # noqa: PTH123, SIM115 -- as Python has them
    sys.argv = list(order["words"])
    code: Any = 0
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)


if __name__ == "__main__":
    copies.serve(sys.argv[1], _modules(), _become)
