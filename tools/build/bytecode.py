"""Compiles the layer's bytecode: `/opt` is read-only on Lambda, so each cold start would compile all imports.

Only modules that the functions may import get bytecode; all of it would weigh twelve megabytes. Which ones those are is
seen in this environment, which has the packages of the layer's own lock file.
"""

import importlib
import subprocess
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from tools.build.errors import BuildError
from tools.build.sources import imported


def compile_in(packages: Path, python: Path) -> None:
    """Compiles what the functions import.

    Args:
        packages: the folder of the layer's packages.
        python: an interpreter of the runtime's version.

    Raises:
        BuildError: a module does not compile.
    """
    command = [sys.executable, "-m", "tools.build.bytecode", *sorted(imported())]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 -- this module
    files = "\n".join(str(packages / name) for name in listed if (packages / name).is_file())
    # Unchecked: nothing changes in a layer, and zip files round the times that a check would compare.
    # -s: a traceback shall name the path on Lambda, not the one of the machine that built.
    command = [str(python), "-I", "-m", "compileall", "-q", "-s", str(packages), "-p", "/opt/python"]
    command += ["--invalidation-mode", "unchecked-hash", "-i", "-"]
    done = subprocess.run(command, input=files, capture_output=True, text=True, check=False)  # noqa: S603 -- an interpreter
    if done.returncode:
        raise BuildError(
            "a module of the layer does not compile", done.stdout.strip() or f"is {python} a Python?"
        )


def loaded(names: Iterable[str]) -> set[str]:
    """Returns the files that importing some modules loads, relative to the folder that they are imported from."""
    for name in names:
        with suppress(ImportError):  # stubs for the type checker alone, and names that are no modules
            importlib.import_module(name)
    files = {
        Path(found) for each in tuple(sys.modules.values()) if (found := getattr(each, "__file__", None))
    }
    return _relative(files, {Path(each) for each in sys.path if each} | {Path.cwd()})


def _relative(files: Collection[Path], folders: Collection[Path]) -> set[str]:
    nearest = sorted(folders, key=lambda each: len(each.parts), reverse=True)
    return {
        file.relative_to(folder).as_posix()
        for file in files
        if (folder := next((each for each in nearest if file.is_relative_to(each)), None))
    }


if __name__ == "__main__":
    print("\n".join(sorted(loaded(sys.argv[1:]))))
