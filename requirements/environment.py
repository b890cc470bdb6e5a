"""Makes an environment from its lock: `python requirements/environment.py STAMP`, as the Makefile calls it.

It decides how packages get there: pip installs the locked uv, which installs the rest in seconds; where uv can't reach an
index, pip does that too. An environment has a stamp only while it is whole, and one without a stamp is made anew, so that a
set-up that was interrupted at any point is repaired by the next call. Only one set-up of this folder runs at a time.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEMO, READY = Path(".venv/.demo"), Path(".venv/.ready")
LOCKS = {
    DEMO: ("requirements/demo.lock",),
    READY: ("requirements/dev.lock",),  # all that is in the demo's, and more
    Path(".venv-scan/.ready"): ("requirements/scan.lock", "requirements/validate.lock"),
    Path(".venv-presidio/.ready"): ("requirements/presidio.lock",),
    Path(".venv-sam/.ready"): ("requirements/sam.lock",),
}
UV = "{pip} install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock"
# As venv would install it; that compiles all of pip as well, for some seconds.
PIP = ".venv/bin/uv pip install --quiet --no-deps --no-index --python .venv/bin/python {wheel}"
BY_UV = ".venv/bin/uv pip sync --require-hashes --python {folder}/bin/python {locks}"
BY_PIP = ".venv/bin/pip --disable-pip-version-check --python {folder}/bin/python install --no-deps --require-hashes -r {locks}"
OURS = ".venv/bin/uv pip install --quiet --no-deps --no-build-isolation --python {folder}/bin/python --editable . --editable ./consumer"
_EACH_PACKAGE = re.compile(r" [-+~] ")  # uv's list of all packages, after it has said how many
_INTERRUPTED = 130
_PIP_FILLS_OTHERS = (22, 3)  # whose news tell of --python


class SetUpError(Exception):
    """The environment could not be made; the text says why, `hint` what to do."""

    def __init__(self, why: str, hint: str) -> None:
        """A failure with its way out."""
        super().__init__(why)
        self.hint = hint


def main(stamp: Path) -> int:
    """Make the environment of a stamp; 0 if it is whole then."""
    os.chdir(ROOT)
    asked = time.time()
    try:
        with _alone() as lock:
            # Whoever was waited for may have made it, or more than it.
            if not any(_made_since(asked, each) for each in ({stamp, READY} if stamp == DEMO else {stamp})):
                _make(stamp, lock)
    except SetUpError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("error: interrupted\nhint: the same command starts anew and is quicker", file=sys.stderr)
        return _INTERRUPTED
    return 0


@contextmanager
def _alone() -> Iterator[int]:
    """Wait until no other set-up of this folder runs; yields the lock's file, for child processes to hold as well."""
    with Path(__file__).open(encoding="utf-8") as itself:
        try:
            fcntl.flock(itself, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("waiting for another set-up of this folder")
            fcntl.flock(itself, fcntl.LOCK_EX)
        yield itself.fileno()


def _made_since(moment: float, stamp: Path) -> bool:
    return stamp.exists() and stamp.stat().st_mtime >= moment


def _make(stamp: Path, held: int) -> None:
    started, folder, locks = time.monotonic(), stamp.parent, LOCKS[stamp]
    _say(f"setting up {folder} from {' and '.join(locks)}; once, until that changes")
    stamps = [each for each in LOCKS if each.parent == folder and each.exists()]
    whole = bool(stamps) and _runs(folder)
    for each in stamps:
        each.unlink()
    if not whole:
        _begin(folder, held)
    elif stamp in {DEMO, READY}:
        _run(UV, held, pip=".venv/bin/pip")
    try:
        _run(BY_UV.format(folder=folder, locks=" ".join(locks)), held)
    except SetUpError as error:
        _say(f"{error}; with pip it takes a minute or two")
        _run(BY_PIP.format(folder=folder, locks=" -r ".join(locks)), held)
    if stamp in {DEMO, READY}:
        _run(OURS.format(folder=folder), held)
    stamp.touch()
    _say(f"{folder} is ready: {_megabytes(folder):,} MB, after {time.monotonic() - started:.0f} s")


def _runs(folder: Path) -> bool:
    """Tells whether the Python of an environment works; one that was upgraded or removed under it does not."""
    try:
        return subprocess.run([folder / "bin/python", "-c", ""], check=False).returncode == 0
    except OSError:
        return False


def _begin(folder: Path, held: int) -> None:
    try:
        import ensurepip  # noqa: PLC0415 -- Debian leaves it out
        import venv  # noqa: F401, PLC0415
    except ImportError:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}"
        raise SetUpError(
            f"{sys.executable} can't make environments: its module ensurepip is missing",
            f"apt install {name}-venv, or name another Python: make PYTHON=python3.13 ...",
        ) from None
    shutil.rmtree(folder, ignore_errors=True)
    # This Python's pip fetches uv, which installs all else; where there is none, or an old one, the wheel of pip that comes
    # with Python, which has to be compiled for that; where it lies elsewhere, the pip that venv installs.
    wheel = Path(ensurepip.__file__).parent / f"_bundled/pip-{ensurepip.version()}-py3-none-any.whl"
    by_venv = folder == DEMO.parent and not wheel.exists()
    _run(f"{{python}} -m venv{'' if by_venv else ' --without-pip'} {folder}", held)
    if by_venv:
        _run(UV, held, pip=".venv/bin/pip")
    elif folder == DEMO.parent:  # the other environments are filled from .venv
        if _has_pip():
            _run(UV.replace("{pip}", "{python} -m pip --python .venv/bin/python"), held)
        else:
            _run("{python} " + UV, held, python=".venv/bin/python", pip=str(wheel / "pip"))
        _run(PIP, held, wheel=str(wheel))


def _has_pip() -> bool:
    """Tells whether this Python has a pip that fills other environments."""
    try:
        return tuple(map(int, version("pip").split(".")[:2])) >= _PIP_FILLS_OTHERS
    except (PackageNotFoundError, ValueError):
        return False


def _run(command: str, held: int, **named: str) -> None:
    """Run a command and show its output, less the list of packages.

    Args:
        command: its words, apart by one space; `{python}` is this Python.
        held: the lock's file, which the child holds on to should this process be killed.
        named: what other names in braces stand for, which may have spaces.

    Raises:
        SetUpError: the command failed.
    """
    words = [word.format_map({"python": sys.executable, **named}) for word in command.split(" ")]
    with subprocess.Popen(
        words, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=[held]
    ) as child:
        for line in child.stdout or ():
            if not _EACH_PACKAGE.match(line):
                _say(f"  {line.strip()}")
    if child.returncode:
        raise SetUpError(
            f"{' '.join(words[:3])} failed", "is there a way to the package index? the lines above say more"
        )


def _megabytes(folder: Path) -> int:
    """Returns the space that a folder takes on disk, as `du -sm` counts it."""
    blocks = sum(each.lstat().st_blocks for each in folder.rglob("*"))
    return round(blocks * 512 / 2**20)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
