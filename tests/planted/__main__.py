"""`make planted`: plants bugs one by one into scratch copies of the tree, and sees whether the tests notice.

`python -m tests.planted [NAME...]`; a NAME is a bug or a kind. A line for each bug, then `caught N of M`. Exit 1 if fewer than nine in ten
are caught, or if one can't be planted any more; 2 if the tests fail without a bug, since then a failure says nothing.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from queue import SimpleQueue

from tests.planted import scratch
from tests.planted.bugs import Bug, Unusable, bugs, selections
from tests.planted.scratch import Outcome, Tree

WORKERS = 2
ENOUGH = 0.9  # of all bugs
PATIENCE = 3600  # seconds for all tests that are named, without a bug: a busy machine is no failure
PARALLEL = ("-p", "xdist", "-n", str(WORKERS), "--dist", "loadfile")


def main(names: Sequence[str]) -> int:
    """Plants the bugs of these names; returns the exit code."""
    try:
        chosen = bugs(names)
        edits = [bug for bug in chosen if bug.at]
        others = [bug for bug in chosen if not bug.at]
        wanted = [sorted({each for bug in some for each in selections(bug)}) for some in (others, edits)]
    except Unusable as error:
        print(f"error: {error}")
        return 1
    with tempfile.TemporaryDirectory() as folder, ExitStack() as copies:
        trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(WORKERS):
            path = copies.enter_context(scratch.copy(Path(folder, str(number))))
            trees.put(copies.enter_context(scratch.ready(path)))
        return (
            _healthy(wanted[0], trees, edits=False)
            or _healthy(wanted[1], trees, edits=True)
            or _plant(chosen, trees)
        )


def _healthy(wanted: Sequence[str], trees: SimpleQueue[Tree], *, edits: bool) -> int:
    """Runs tests that are named once without a bug; those of edits of templates, on templates written anew."""
    if not wanted:
        return 0
    with _taken(trees) as tree, scratch.rewritten(tree.path) if edits else nullcontext():
        outcome, output = tree.run([*PARALLEL, *wanted], limit=PATIENCE)
    if outcome is Outcome.PASSED:
        return 0
    print(output)
    print(f"error: without a bug the tests {outcome}\nhint: fix that first; `caught` says nothing until then")
    return 2


def _plant(chosen: Sequence[Bug], trees: SimpleQueue[Tree]) -> int:
    with ThreadPoolExecutor(WORKERS) as workers:
        outcomes = list(workers.map(lambda bug: _try(bug, trees), chosen))
    caught = outcomes.count(Outcome.FAILED)
    print(f"caught {caught} of {len(chosen)}")
    return int(Outcome.BROKEN in outcomes or caught < ENOUGH * len(chosen))


def _try(bug: Bug, trees: SimpleQueue[Tree]) -> Outcome:
    """Plants one bug in a copy; prints its line."""
    began = time.monotonic()
    try:
        with _taken(trees) as tree, scratch.planted(bug, tree.path):
            outcome, output = tree.run(selections(bug, tree.path))
    except Unusable as error:
        outcome, output = Outcome.BROKEN, str(error)
    print(f"{_line(bug, outcome, output)} ({time.monotonic() - began:.0f} s)", flush=True)
    return outcome


@contextmanager
def _taken(trees: SimpleQueue[Tree]) -> Iterator[Tree]:
    """Takes a copy that no other worker uses, and puts it back."""
    tree = trees.get()
    try:
        yield tree
    finally:
        trees.put(tree)


def _line(bug: Bug, outcome: Outcome, output: str) -> str:
    name = f"{bug.kind}/{bug.name}"
    if outcome is Outcome.FAILED:
        return f"caught    {name}: {bug.what}"
    if outcome is Outcome.PASSED:
        return f"SURVIVES  {name}: {bug.what}{f' ({bug.survives})' if bug.survives else ''}"
    return f"BROKEN    {name}: {output.strip().splitlines()[-1]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
