"""The built functions and layer, and an interpreter that runs them."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.build.checks import folder_of


@dataclass(frozen=True)
class Built:
    """The built folders, and an interpreter for them."""

    folder: Path
    python: Path

    @property
    def layer(self) -> Path:
        return self.folder / "TokenizerLayer/python"

    def function(self, name: str) -> Path:
        return folder_of(self.folder, name)

    def run(self, folders: Sequence[Path], code: str, *arguments: str) -> str:
        """Runs a program that sees these folders, the standard library and no environment; returns what it prints."""
        setup = f"import sys; sys.path[:0] = {[str(each) for each in folders]!r}\n"
        setup += "import os; os.environ['AWS_DEFAULT_REGION'] = 'us-east-1'\n"
        flags = ["-I", "-S", "-B", "-c", setup + code, *arguments]
        done = subprocess.run(
            [self.python, *flags], capture_output=True, text=True, check=False, timeout=1_200, cwd="/"
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
