"""Starts the live page's process beside the emulator, as `local.emulator.lifecycle` starts the others."""

import http.client
import time
from contextlib import closing
from pathlib import Path

from local.emulator import processes, server
from local.errors import LocalStackError

_START_SECONDS = 30.0


def start(directory: Path, port: int) -> int:
    """Starts the process and waits until it answers.

    Args:
        directory: where the stack that it shows has its state.
        port: to listen on, of 127.0.0.1.

    Returns:
        Its process id, which is the id of its process group too.

    Raises:
        LocalStackError: it did not come up; it is stopped again then.
    """
    log = directory / "live.log"
    pid = processes.start("local.live", str(directory), str(port), log=log)
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(port):
        if not server.alive(pid) or time.monotonic() > deadline:
            server.stop(pid)
            last = " | ".join(log.read_text(errors="replace").splitlines()[-3:])
            raise LocalStackError(
                f"the live page did not start on port {port}: {last}",
                "`make down && make up` starts again, on another port",
            )
        time.sleep(0.05)
    return pid


def _answers(port: int) -> bool:
    try:
        with closing(http.client.HTTPConnection(server.HOST, port, timeout=2)) as connection:
            connection.request("HEAD", "/")
            return connection.getresponse().status == http.client.OK
    except OSError:
        return False
