"""Runs modules of a copy of the tree, in forks of a process that has imported everything but the copy's own packages.

Each run sees the copy as it is then, and does not import again what nobody can have edited.
"""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

# Runs in the copy: whatever is installed, the packages under test have to be the copy's, and none of them may be there
# before somebody edits them. Reads runs, one a line; answers each with its process id, and its exit code once it has ended.
_INSIDE = """
import gc, importlib, json, os, runpy, sys, traceback
from importlib.util import find_spec
from pathlib import Path
here = Path.cwd()
ours = sys.argv[1].split()
for name in ours:
    origin = find_spec(name).origin
    assert Path(origin).is_relative_to(here), f"{name} comes from {origin}"
for name in sys.argv[2:]:
    importlib.import_module(name)
assert not {name.partition(".")[0] for name in sys.modules} & {*ours, "tests"}
gc.freeze()
print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number, path in enumerate((os.devnull, *asked["output"])):
            os.dup2(os.open(path, os.O_RDWR | os.O_APPEND), number)
        sys.argv = [asked["module"], *asked["arguments"]]
        code = 0
        try:
            runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class UnusableCopy(Exception):
    """The process in a copy can't run anything; the text is what it said."""


class Preloaded:
    """A process in a copy of the tree that runs the copy's modules; it ends with whoever started it."""

    def __init__(self, tree: Path, libraries: Sequence[str], environment: dict[str, str]) -> None:
        """Starts it; it is ready once the first run is asked for, or has said why not.

        Args:
            tree: the copy.
            libraries: what it imports beforehand.
            environment: further variables of all runs.
        """
        paths = os.pathsep.join([str(tree), str(tree / "consumer")])
        ours = " ".join(sorted(path.parent.name for path in tree.glob("*/__init__.py")))
        self._output = [tempfile.NamedTemporaryFile(), tempfile.NamedTemporaryFile()]  # noqa: SIM115 -- closed by close()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _INSIDE, ours, *libraries],
            cwd=tree,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": paths} | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._output[1],
        )
        self._ready = self._line() == "ready\n"

    def run(
        self, module: str, arguments: Sequence[str] = (), *, limit: float | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Runs a module to its end, as `python -m` does.

        Args:
            module: its name.
            arguments: its words.
            limit: seconds after which it is killed; None for no limit.

        Raises:
            UnusableCopy: the process is not ready for any run.
            subprocess.TimeoutExpired: the run was killed.
        """
        if not self._ready:
            raise UnusableCopy(self._said(1))
        for each in self._output:
            each.truncate(0)
        asked = {
            "output": [each.name for each in self._output],
            "module": module,
            "arguments": list(arguments),
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        pid = int(self._line())
        if late := not select.select([self._process.stdout], [], [], limit)[0]:
            os.killpg(pid, signal.SIGKILL)
        code = int(self._line())
        if late:
            raise subprocess.TimeoutExpired([module, *arguments], limit or 0)
        return subprocess.CompletedProcess([module, *arguments], code, self._said(0), self._said(1))

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()
        for each in self._output:
            each.close()

    def _line(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().decode()

    def _said(self, stream: int) -> str:
        return Path(self._output[stream].name).read_text(encoding="utf-8", errors="replace")
