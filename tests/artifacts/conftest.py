"""Builds what is deployed, once for all tests in this folder and for this machine's processor, so that it runs here."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.built import Built
from tools.build import __main__ as command
from tools.build import interpreter, layer
from tools.build.layer import Architecture, Target
from tools.build.sources import handlers


@pytest.fixture(scope="session")
def built() -> Iterator[Built]:
    native = Architecture.native()
    assert native is not None, "Lambda has no processor like this machine's"
    # Without Lambda's Python the layer is built for the one that runs the tests, to be tried all the same.
    python = interpreter.find()
    version = interpreter.RUNTIME if python else "{}.{}".format(*sys.version_info)
    python = python or Path(sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        layer.build(Path(folder) / "TokenizerLayer", Target(native, python, version))
        for name in handlers():
            assert command.main(["function", name, str(Path(folder) / name)]) == 0
        yield Built(Path(folder), python)
