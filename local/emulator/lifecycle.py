"""Starts, finds, redeploys and stops the local stack. One folder holds all that it leaves on disk."""

import json
import shutil
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.emulator import delivery_process, live_process, mapping_process, server
from local.emulator import deploy as deployment
from local.emulator.stack import Stack
from local.errors import LocalStackError

_STATE = "stack.json"
_PIDS = "pids.json"


def up(
    directory: Path,
    report: Callable[[str], None],
    parameters: Mapping[str, str] = MappingProxyType({}),
    *,
    live: bool = False,
) -> Stack:
    """Starts a stack, or finds the one that runs.

    Args:
        directory: takes all that the stack leaves on disk.
        report: called with the text of each step.
        parameters: of template.yaml, beside those that every local stack has.
        live: whether a stack that is started serves the live page, too.

    Raises:
        LocalStackError: it did not come up; nothing is left running or on disk then.
    """
    running_one = load(directory)
    if running_one is not None:
        _tell("is up already", running_one, report)
        return running_one
    if directory.exists():
        report("cleaning up after a stack that is not running any more")
        down(directory)
    directory.mkdir(mode=0o700, parents=True)
    try:
        return _started(directory, report, parameters, live=live)
    except BaseException:
        down(directory)
        raise


def update(directory: Path, running_one: Stack, parameters: Mapping[str, str]) -> Stack:
    """Deploys a running stack again with other parameters; those that are not named get their defaults, but for the modules.

    Raises:
        LocalStackError: it was not deployed; it is as it was then.
    """
    return _updated(directory, running_one, deployment.update(running_one.client, parameters))


def deploy(directory: Path, running_one: Stack) -> Stack:
    """Deploys this checkout to a stack that runs, with the parameters that it has.

    Raises:
        LocalStackError: it was not deployed; it is as it was then.
    """
    return _updated(
        directory, running_one, deployment.update(running_one.client, deployment.given(running_one.client))
    )


def _updated(directory: Path, running_one: Stack, outputs: Mapping[str, str]) -> Stack:
    updated = replace(running_one, outputs=outputs)
    _keep(directory, updated)
    return updated


def _started(
    directory: Path, report: Callable[[str], None], parameters: Mapping[str, str], *, live: bool
) -> Stack:
    port = server.free_port()
    report(f"starting the emulator on {server.HOST}:{port}")
    pids: list[int] = []
    _run(directory, pids, lambda: server.start(directory, port))
    bare = Stack(f"http://{server.HOST}:{port}", server.REGION, {})
    report("deploying template.yaml")
    outputs = deployment.deploy(bare.client, parameters=parameters)
    stack = Stack(bare.endpoint_url, bare.region, outputs)
    report("starting the stream's event source mapping")
    function = stack.outputs["TokenizeStreamFunctionName"]
    _run(directory, pids, lambda: mapping_process.start(directory, stack.endpoint_url, function))
    if delivery := stack.outputs.get("LakeDeliveryName"):
        report("starting the delivery to the lake")
        _run(directory, pids, lambda: delivery_process.start(directory, stack.endpoint_url, delivery))
    _keep(directory, stack)
    if live:
        report("starting the live page")
        live_port = server.free_port()
        _run(
            directory, pids, lambda: live_process.start(directory, live_port)
        )  # finds the stack by what is kept
        stack = replace(stack, live_url=f"http://{server.HOST}:{live_port}/")
        _keep(directory, stack)
    _tell("is up", stack, report)
    return stack


def _run(directory: Path, pids: list[int], start: Callable[[], int]) -> None:
    """Starts a process and notes it. Ctrl-C waits until it is noted, since `down` ends what is noted alone."""
    with _uninterrupted():
        pids.append(start())
        _write(directory / _PIDS, pids)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Runs a block to its end; a Ctrl-C meanwhile is handled after it."""
    if threading.current_thread() is not threading.main_thread():  # which gets every signal
        yield
        return
    waiting: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: waiting.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if waiting:
        signal.raise_signal(signal.SIGINT)


def _tell(what: str, stack: Stack, report: Callable[[str], None]) -> None:
    report(f"{what}: {stack.endpoint_url}")
    if stack.live_url is not None:
        report(f"live page: {stack.live_url}")


def down(directory: Path) -> None:
    """Stops a stack and removes what it left; does nothing if none is running."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        for pid in reversed(json.loads((directory / _PIDS).read_text())):
            server.stop(pid)
    shutil.rmtree(directory, ignore_errors=True)


def load(directory: Path) -> Stack | None:
    """Returns the stack that runs in a folder, None where none does."""
    try:
        state = json.loads((directory / _STATE).read_text())
        pids = json.loads((directory / _PIDS).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    if not all(server.alive(pid) for pid in pids):
        return None
    return Stack(state["endpoint_url"], state["region"], state["outputs"], state.get("live_url"))


@contextmanager
def running(
    directory: Path,
    report: Callable[[str], None] = lambda _: None,
    parameters: Mapping[str, str] = MappingProxyType({}),
    *,
    live: bool = False,
) -> Iterator[Stack]:
    """Yields a stack for as long as a block runs, whatever ends it.

    Raises:
        LocalStackError: one runs in that folder already.
    """
    if load(directory) is not None:
        raise LocalStackError(f"a stack runs in {directory} already", "`make down` stops it")
    try:
        yield up(directory, report, parameters, live=live)
    finally:
        down(directory)


def _keep(directory: Path, stack: Stack) -> None:
    state: dict[str, Any] = {
        "endpoint_url": stack.endpoint_url,
        "region": stack.region,
        "outputs": dict(stack.outputs),
    }
    if stack.live_url is not None:
        state["live_url"] = stack.live_url
    _write(directory / _STATE, state)


def _write(path: Path, content: Any) -> None:
    """Writes a file whole or not at all, for its owner alone, since the functions' credentials are near."""
    temporary = path.with_suffix(".tmp")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(content, indent=1) + "\n")
    temporary.replace(path)
