"""Finds Lambda's Python on the machine that builds: it makes the bytecode and measures the start."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

RUNTIME = "3.13"  # as `Runtime` in template.yaml says


def find(version: str = RUNTIME) -> Path | None:
    """Returns an interpreter of a version: `LAMBDA_PYTHON` if that is set, else one of PATH, pyenv or uv."""
    return next((path for path in _candidates(version) if _is(path, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    if chosen := os.environ.get("LAMBDA_PYTHON"):
        yield Path(chosen)
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python{version}"), reverse=True)
    uv = Path.home() / ".local/share/uv/python"
    yield from sorted(uv.glob(f"cpython-{version}.*/bin/python{version}"), reverse=True)


def _is(path: Path, version: str) -> bool:
    """Returns True if it runs and has that version; pyenv has shims for versions that are not switched on."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([path, "-I", "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 -- an interpreter
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.strip() == version
