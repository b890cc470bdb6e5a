"""Builds the layer: our packages, and wheels for Lambda's platform whatever machine builds; no Docker, no compiler.

boto3 and botocore are shipped by their exact pin although the runtime has some version of them: what is tested is what
runs, and AWS changing its copy changes nothing here.
"""

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from uv import find_uv_bin

from local.emulator.package import ROOT, shipped
from tools.build import bytecode, interpreter
from tools.build.errors import BuildError
from tools.build.sources import services
from tools.build.trim import trim
from tools.lint import sbom

LOCK = ROOT / "requirements/runtime.lock"
_SECONDS = 600  # to fetch about 20 MB
_PACKAGES = ("tokenizer", "schemas", "policies")


class Architecture(StrEnum):
    """Names the processors as Lambda does."""

    ARM64 = "arm64"
    X86_64 = "x86_64"

    @classmethod
    def native(cls) -> "Architecture | None":
        """Returns this machine's architecture, None if Lambda has none like it."""
        return _MACHINES.get(platform.machine())

    @property
    def platforms(self) -> list[str]:
        """Returns the wheels' tags, best first; Amazon Linux 2023 has glibc 2.34."""
        machine = "aarch64" if self is Architecture.ARM64 else "x86_64"
        return [f"manylinux_2_28_{machine}", f"manylinux2014_{machine}"]


_MACHINES = {"aarch64": Architecture.ARM64, "arm64": Architecture.ARM64, "x86_64": Architecture.X86_64}


@dataclass(frozen=True)
class Target:
    """Describes the machine that a layer is built for.

    Args:
        architecture: of the functions.
        python: an interpreter of the runtime's version, if this machine has one; without it there is no bytecode.
        version: the runtime's version.
    """

    architecture: Architecture
    python: Path | None = None
    version: str = interpreter.RUNTIME


def build(directory: Path, target: Target, lock: Path = LOCK) -> None:
    """Builds the layer.

    Args:
        directory: takes `python/`, which Lambda mounts as `/opt/python`, and the bill of materials beside it.
        target: what it is for.
        lock: the packages, with their hashes.

    Raises:
        BuildError: a wheel is missing or is not the one that the lock file names.
    """
    packages = directory / "python"
    shutil.rmtree(packages, ignore_errors=True)
    _install(packages, target, lock)
    trim(packages, services())
    sbom.write(directory / "order-tokenizer.cdx.json", lock)
    for name in _PACKAGES:
        for path in shipped(ROOT / name):
            copied = packages / path.relative_to(ROOT)
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)
    if target.python:
        bytecode.compile_in(packages, target.python)


def _install(packages: Path, target: Target, lock: Path) -> None:
    """Installs wheels with uv; where uv finds no index, with pip, which may know of another and takes longer."""
    wanted = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--quiet", "-r", str(lock)]
    wanted += ["--target", str(packages), "--python-version", target.version]
    machine = target.architecture.platforms[0].removeprefix("manylinux_2_28_")
    if _why_it_failed(
        [find_uv_bin(), "pip", "install", *wanted, f"--python-platform={machine}-manylinux_2_28"]
    ):
        shutil.rmtree(packages, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-compile"]
        pip += ["--implementation", "cp", *(f"--platform={each}" for each in target.architecture.platforms)]
        if error := _why_it_failed([*pip, *wanted]):
            raise BuildError("the wheels were not installed", error)
    (packages / ".lock").unlink(missing_ok=True)  # uv's


def _why_it_failed(command: list[str]) -> str:
    """Runs an installer; returns why it failed, empty if it did not."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)  # noqa: S603 -- ours
    return done.stderr.strip() or f"exit code {done.returncode}" if done.returncode else ""
