"""Takes every step of docs/keys.md on the local stack, deployments included: `make rekey`.

Which key the move leads to is noted before the first step. So a move that was killed goes on to the same key, whatever
the stack's parameters say by then, and steps that are done are not taken again.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local.emulator import deploy, lifecycle
from local.emulator.stack import Stack
from local.errors import LocalStackError

_OTHER = {"blue": "green", "green": "blue"}
_NOTE = "rekey.json"
_STEPS = 4


def rekey(directory: Path, report: Callable[[str], None]) -> int:
    """Moves the vault of the stack that is up to another key, or goes on with a move that was interrupted.

    Args:
        directory: where the stack has its state, by the name that `order-tokenizer rekey` looks for.
        report: called with the text of each step.

    Returns:
        The exit code of `order-tokenizer rekey`.

    Raises:
        LocalStackError: no stack is up, or a deployment failed.
    """
    running = lifecycle.load(directory)
    if running is None:
        raise LocalStackError("no stack is up", "make up")
    slot, rekeying = _parameters(running)
    note = directory / _NOTE
    new = _noted(note) or _OTHER[slot]
    old = _OTHER[new]
    if note.exists():
        report(f"going on with the move from {old} to {new}")
    else:
        note.write_text(json.dumps({"to": new}))
    if (slot, rekeying) == (new, False):
        note.unlink()
        report(f"the move to {new} was done")
        return 0
    if slot == old:
        report(
            f"step 1 of {_STEPS}: deploying with Rekeying=true: both keys are there, records are sealed under {old}"
        )
        running = lifecycle.update(directory, running, {"VaultKeySlot": old, "Rekeying": "true"})
    report(f"step 2 of {_STEPS}: deploying with VaultKeySlot={new}: records are sealed under {new}")
    running = lifecycle.update(directory, running, {"VaultKeySlot": new, "Rekeying": "true"})
    report(f"step 3 of {_STEPS}: moving the records, and verifying them")
    command = [sys.executable, "-m", "ops", "rekey", "run"]
    code = subprocess.run(command, cwd=directory.parent, check=False).returncode
    if code:
        report(f"step 3 of {_STEPS} is not done; `make rekey` goes on with it")
        return code
    report(f"step 4 of {_STEPS}: deploying with Rekeying=false: {old} is let out of the stack")
    lifecycle.update(directory, running, {"VaultKeySlot": new})
    note.unlink()
    return 0


def _parameters(running: Stack) -> tuple[str, bool]:
    """Returns the slot of the key that records are sealed under, and whether both keys are there."""
    found = deploy.given(running.client)
    return found["VaultKeySlot"], found.get("Rekeying", "false") == "true"


def _noted(note: Path) -> str | None:
    """Returns the slot that an interrupted move leads to, or None."""
    try:
        return str(json.loads(note.read_text())["to"])
    except (FileNotFoundError, KeyError, ValueError):
        return None
