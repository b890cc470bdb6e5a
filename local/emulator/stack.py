"""The local stack: started, found again, stopped. One folder holds all that it leaves on disk."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3
from botocore.config import Config

from local.emulator import delivery_process, mapping_process, server
from local.emulator import deploy as deployment
from local.errors import LocalStackError
from local.live import process as live_page

_STATE = "stack.json"
_PIDS = "pids.json"
_CONFIG = Config(
    connect_timeout=5,
    read_timeout=120,
    retries={"mode": "standard", "total_max_attempts": 3},
    max_pool_connections=50,  # a client is shared by all threads
)
_CLIENTS_KEPT = 256
_making = (
    threading.Lock()
)  # sessions make clients in one thread at a time; the clients themselves are for all


@dataclass(frozen=True)
class Credentials:
    """Credentials of a role or of the administrator."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


ADMINISTRATOR = Credentials(*server.ADMINISTRATOR)


@dataclass(frozen=True)
class Stack:
    """A running stack.

    Args:
        outputs: of template.yaml.
        live_url: of the live page, None where none is served.
    """

    endpoint_url: str
    region: str
    outputs: Mapping[str, str]
    live_url: str | None = None

    def session(self, credentials: Credentials | None = None) -> boto3.Session:
        """A session of somebody, the administrator if nobody is named."""
        who = credentials or ADMINISTRATOR
        return boto3.Session(
            who.access_key_id, who.secret_access_key, who.session_token, region_name=self.region
        )

    def client(self, service: str, credentials: Credentials | None = None) -> Any:
        """Returns a client for a service of this stack, the same one each time."""
        with _making:
            return _client(service, self.endpoint_url, credentials or ADMINISTRATOR, self.region)

    def assume(self, role_arn: str) -> Credentials:
        """The credentials of a role, assumed by the administrator."""
        given = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="local")["Credentials"]
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


@lru_cache(maxsize=_CLIENTS_KEPT)
def _client(service: str, endpoint_url: str, who: Credentials, region: str) -> Any:
    """Makes a client once: reading a service's description takes boto3 some 60 ms of CPU time."""
    session: Any = _session()
    return session.client(
        service,
        endpoint_url=endpoint_url,
        region_name=region,
        aws_access_key_id=who.access_key_id,
        aws_secret_access_key=who.secret_access_key,
        aws_session_token=who.session_token,
        config=_CONFIG,
    )


@lru_cache
def _session() -> boto3.Session:
    """Makes the one session that has read the services' descriptions; it has no credentials of its own."""
    return boto3.Session()


def up(
    directory: Path,
    report: Callable[[str], None],
    parameters: Mapping[str, str] = MappingProxyType({}),
    *,
    live: bool = False,
) -> Stack:
    """Start a stack, or find the one that runs.

    Args:
        directory: takes all that the stack leaves on disk.
        report: told of each step.
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
    """Deploy a running stack again with other parameters; those that are not named have their defaults.

    Raises:
        LocalStackError: it was not deployed; it is as it was then.
    """
    outputs = deployment.update(running_one.client, parameters)
    updated = replace(running_one, outputs=outputs)
    _keep(directory, updated)
    return updated


def _started(
    directory: Path, report: Callable[[str], None], parameters: Mapping[str, str], *, live: bool
) -> Stack:
    port = server.free_port()
    report(f"starting the emulator on {server.HOST}:{port}")
    pids = [server.start(directory, port)]
    _write(directory / _PIDS, pids)
    bare = Stack(f"http://{server.HOST}:{port}", server.REGION, {})
    report("deploying template.yaml")
    outputs = deployment.deploy(bare.client, parameters=parameters)
    stack = Stack(bare.endpoint_url, bare.region, outputs)
    report("starting the stream's event source mapping")
    pids.append(
        mapping_process.start(directory, stack.endpoint_url, stack.outputs["TokenizeStreamFunctionName"])
    )
    report("starting the delivery to the lake")
    pids.append(delivery_process.start(directory, stack.endpoint_url, stack.outputs["LakeDeliveryName"]))
    _write(directory / _PIDS, pids)
    _keep(directory, stack)
    if live:
        report("starting the live page")
        port = server.free_port()
        pids.append(live_page.start(directory, port))  # finds the stack by what is kept
        _write(directory / _PIDS, pids)
        stack = replace(stack, live_url=f"http://{server.HOST}:{port}/")
        _keep(directory, stack)
    _tell("is up", stack, report)
    return stack


def _tell(what: str, stack: Stack, report: Callable[[str], None]) -> None:
    report(f"{what}: {stack.endpoint_url}")
    if stack.live_url is not None:
        report(f"live page: {stack.live_url}")


def down(directory: Path) -> None:
    """Stop a stack and remove what it left; nothing happens where none is."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        for pid in reversed(json.loads((directory / _PIDS).read_text())):
            server.stop(pid)
    shutil.rmtree(directory, ignore_errors=True)


def load(directory: Path) -> Stack | None:
    """The stack that runs in a folder, None where none does."""
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
    """A stack for as long as a block runs, whatever ends it.

    Raises:
        LocalStackError: one runs in that folder already.
    """
    if load(directory) is not None:
        raise LocalStackError(f"a stack runs in {directory} already", "stop it with `make down`")
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
    """Written whole or not at all; credentials of functions are near, so for the owner alone."""
    temporary = path.with_suffix(".tmp")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(content, indent=1) + "\n")
    temporary.replace(path)
