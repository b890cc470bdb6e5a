"""Takes every step of docs/keys.md on the local stack, deployments included: `make rekey`."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from local.emulator import deploy, lifecycle
from local.errors import LocalStackError

_OTHER = {"blue": "green", "green": "blue"}


def rekey(directory: Path, report: Callable[[str], None]) -> int:
    """Moves the vault of the stack that is up to another key.

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
    old = deploy.given(running.client)["VaultKeySlot"]
    new = _OTHER[old]
    report(f"deploying with Rekeying=true: both keys are there, records are sealed under {old}")
    running = lifecycle.update(directory, running, {"VaultKeySlot": old, "Rekeying": "true"})
    report(f"deploying with VaultKeySlot={new}: records are sealed under {new}")
    running = lifecycle.update(directory, running, {"VaultKeySlot": new, "Rekeying": "true"})
    command = [sys.executable, "-m", "ops", "rekey", "run"]
    code = subprocess.run(command, cwd=directory.parent, check=False).returncode
    if code:
        return code
    report(f"deploying with Rekeying=false: {old} is let out of the stack")
    lifecycle.update(directory, running, {"VaultKeySlot": new})
    return 0
