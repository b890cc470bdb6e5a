"""Runs the emulator's process: ministack on 127.0.0.1 alone, its state below one folder, IAM enforced."""

import os
import signal
import socket
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from local.emulator import processes
from local.errors import LocalStackError

HOST = "127.0.0.1"
REGION = "us-east-1"
ADMINISTRATOR = ("test", "test")
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


def free_port() -> int:
    """Returns a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def start(directory: Path, port: int) -> int:
    """Starts the emulator and waits until it answers.

    Args:
        directory: takes its log, temporary files and state.
        port: to listen on.

    Returns:
        Its process id, which is the id of its process group too.

    Raises:
        LocalStackError: it did not come up; it is stopped again then.
    """
    temporary = directory / "tmp"
    temporary.mkdir(mode=0o700)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": REGION,
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "false",  # would listen on all addresses
        "SFTP_ENABLED": "false",
        "AWS_ACCESS_KEY_ID": ADMINISTRATOR[0],
        "AWS_SECRET_ACCESS_KEY": ADMINISTRATOR[1],
        "TMPDIR": str(temporary),
        "STATE_DIR": str(directory / "state"),
        "S3_DATA_DIR": str(directory / "s3"),
    }
    log = directory / "emulator.log"
    pid = processes.start(
        "local.emulator.emulator_process", log=log, environment=environment, folder=directory
    )
    deadline = time.monotonic() + _START_SECONDS
    while not answers(port):
        if not alive(pid) or time.monotonic() > deadline:
            stop(pid)
            last = log.read_text(errors="replace").splitlines()[-3:]
            raise LocalStackError(
                f"the emulator did not start on port {port}: " + " | ".join(last),
                "`make down && make up` starts again, on another port",
            )
        time.sleep(0.05)
    return pid


def answers(port: int) -> bool:
    """Returns True if an emulator answers on a port."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/_ministack/health", timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 -- HTTP's OK
    except (urllib.error.URLError, OSError):
        return False


def alive(pid: int) -> bool:
    """Returns True if a process is running; a zombie process is not."""
    _reap(pid)
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return not Path("/proc").exists()


def stop(group: int) -> None:
    """Ends a process group by force: what a stack holds is in memory, or in the folder that is removed next."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    deadline = time.monotonic() + _STOP_SECONDS
    while alive(group) and time.monotonic() < deadline:
        time.sleep(0.02)


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
