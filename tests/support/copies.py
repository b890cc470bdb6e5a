"""Serves commands by a process that has imported everything once, and makes a copy of itself for each command."""

import gc
import json
import os
import socket
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn

_LONGEST = 100_000  # bytes of an order
_STREAMS = 3  # standard input, output and errors

Become = Callable[[Any, Sequence[int]], NoReturn]


def serve(path: str, modules: Sequence[str], become: Become) -> NoReturn:
    """Answers each order on a socket with the process id of its command, and with its exit code once it has ended.

    Args:
        path: of the socket; the process says `ready` when it is there.
        modules: what all commands have imported.
        become: makes the process that it runs in the command of an order, with the three streams that came with it.
    """
    for each in modules:
        import_module(each)
    gc.collect()
    gc.freeze()  # what was imported stays as it is, so the memory that the copies share is not copied
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(path)
    server.listen()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        connection, _ = server.accept()
        message, files, _, _ = socket.recv_fds(connection, _LONGEST, _STREAMS)
        if os.fork() == 0:
            server.close()
            _attend(json.loads(message), files, connection, become)
        for number in files:
            os.close(number)
        connection.close()


def _attend(order: Any, files: Sequence[int], connection: socket.socket, become: Become) -> NoReturn:
    """Starts the command in a process of its own, and says how it ended."""
    pid = os.fork()
    if pid == 0:
        connection.close()
        become(order, files)
    connection.sendall(f"{pid}\n".encode())
    for each in files:
        os.close(each)
    _, status = os.waitpid(pid, 0)
    connection.sendall(f"{os.waitstatus_to_exitcode(status)}".encode())
    os._exit(0)
