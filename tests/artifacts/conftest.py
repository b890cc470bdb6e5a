"""What is deployed, built once for all tests in this folder, for this machine's processor, so that it runs here."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.build import __main__ as command
from tools.build import interpreter, layer
from tools.build.layer import Architecture, Target
from tools.build.sources import handlers


@dataclass(frozen=True)
class Built:
    """The built folders, and an interpreter for them."""

    folder: Path
    python: Path

    @property
    def layer(self) -> Path:
        return self.folder / "TokenizerLayer/python"

    def function(self, name: str) -> Path:
        return self.folder / name

    def run(self, folders: Sequence[Path], code: str, *arguments: str) -> str:
        """What a program prints that sees these folders and the standard library, and no environment."""
        setup = f"import sys; sys.path[:0] = {[str(each) for each in folders]!r}\n"
        setup += "import os; os.environ['AWS_DEFAULT_REGION'] = 'us-east-1'\n"
        flags = ["-I", "-S", "-B", "-c", setup + code, *arguments]
        done = subprocess.run(
            [self.python, *flags], capture_output=True, text=True, check=False, timeout=120, cwd="/"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


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
