"""Forks the processes of functions from one that has imported the packages they all need, so that each starts at once.

`python -m local.emulator.function_forks FD` reads from a socket. Each byte comes with four file descriptors: a new
process's standard input, output and error, and a socket that tells it what to run and that ends when the process does.
None of this product's own modules is imported here: each process imports those that were deployed.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

# What the functions import from elsewhere, and takes the longest.
PRELOADED = (
    "ahocorasick",
    "annotated_types",
    "aws_lambda_powertools.event_handler",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.batch",
    "boto3.dynamodb.conditions",
    "boto3.dynamodb.types",
    "boto3.session",
    "cedarpy",
    "dynamodb_encryption_sdk.encrypted.table",
    "dynamodb_encryption_sdk.material_providers.aws_kms",
    "dynamodb_encryption_sdk.material_providers.wrapped",
    "jsonpatch",
    "jwt",
    "phonenumbers",
    "pydantic",
    "simplejson",
    "stdnum",
)
DESCRIPTORS = 4


def main(sockets: int) -> None:
    """Forks a process for each byte that comes, until the other end of the socket is closed."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()  # so that no child copies what it only reads
    signal.signal(
        signal.SIGCHLD, signal.SIG_IGN
    )  # nobody waits for a child: its socket tells that it has ended
    with socket.socket(fileno=sockets) as asked:
        while (received := socket.recv_fds(asked, 1, DESCRIPTORS))[0]:
            descriptors = received[1]
            if os.fork() == 0:
                asked.close()
                _run(*descriptors)
            for each in descriptors:
                os.close(each)


def _reap(*_: object) -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _run(stdin: int, stdout: int, stderr: int, told: int) -> None:
    """Runs a script in this process, as a Python that was started with it would."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for at, each in enumerate((stdin, stdout, stderr)):
        os.dup2(each, at)
        os.close(each)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 -- for its life
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115 -- see above
    lines = socket.socket(fileno=told).makefile("rw")  # open until the process ends
    status = 1
    try:
        request: dict[str, Any] = json.loads(lines.readline())
        lines.write(f"{os.getpid()}\n")
        lines.flush()
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        sys.argv, sys.path[0] = [request["script"]], str(Path(request["script"]).parent)
        runpy.run_path(request["script"], run_name="__main__")
        status = 0
    except BaseException:  # noqa: BLE001 -- whatever ends the script ends the process
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main(int(sys.argv[1]))
