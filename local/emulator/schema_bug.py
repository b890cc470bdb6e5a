"""Deploys a schema bug and fixes it: version 1 of `order.placed` asks for a field that no producer sends.

What is deployed is the repository's own layer with one line more, so that a replay is tried on a fault as it happens.
"""

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from local.emulator import package
from local.emulator.stack import Stack

_FILE = "python/schemas/events/order_placed_v1.py"
BEFORE, BUG = "    order_id: OrderId\n", "    order_id: OrderId\n    warehouse: Code\n"
_FUNCTIONS = ("TokenizeStreamFunctionName", "TokenizeQueueFunctionName")
_SETTLE_SECONDS = 30.0


@contextmanager
def deployed(stack: Stack) -> Iterator[None]:
    """Runs a block while the bug is deployed.

    Raises:
        RuntimeError: the functions did not take a layer in time.
    """
    functions = stack.client("lambda")
    names = [stack.outputs[name] for name in _FUNCTIONS]
    healthy = {
        name: [each["Arn"] for each in functions.get_function_configuration(FunctionName=name)["Layers"]]
        for name in names
    }
    broken = functions.publish_layer_version(LayerName="schema-bug", Content={"ZipFile": broken_layer()})
    try:
        for name in names:
            _use(stack, name, [broken["LayerVersionArn"]])
        yield
    finally:
        for name, layers in healthy.items():
            _use(stack, name, layers)


def _use(stack: Stack, name: str, layers: list[str]) -> None:
    functions = stack.client("lambda")
    functions.update_function_configuration(FunctionName=name, Layers=layers)
    deadline = time.monotonic() + _SETTLE_SECONDS
    while functions.get_function_configuration(FunctionName=name).get("LastUpdateStatus") == "InProgress":
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} does not take its layer")
        time.sleep(0.1)


def broken_layer() -> bytes:
    """Returns the layer with the bug.

    Raises:
        RuntimeError: the file has not the line that the bug stands behind.
    """
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package.layer_zip())) as whole,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as broken,
    ):
        for entry in whole.infolist():
            data = whole.read(entry)
            if entry.filename == _FILE:
                spoilt = data.decode().replace(BEFORE, BUG, 1).encode()
                if spoilt == data:
                    raise RuntimeError(f"{_FILE} has no line to spoil")
                data = spoilt
            broken.writestr(entry, data)
    return target.getvalue()
