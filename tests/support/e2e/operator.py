"""An operator at a terminal, and letters for them to handle."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.emulator.stack import Stack
from replay.letters import count
from tests.support import forked
from tests.support.e2e.stack import eventually, send
from tests.support.samples import order


class Operator:
    """Somebody at a terminal in the folder with `.local/stack.json`."""

    def __init__(self, on: Stack, home: Path) -> None:
        self.on = on
        (home / ".local").mkdir(parents=True)
        state = {"endpoint_url": on.endpoint_url, "region": on.region, "outputs": dict(on.outputs)}
        (home / ".local" / "stack.json").write_text(json.dumps(state))
        self.home = home
        self.command = [str(Path(sys.executable).parent / "replay"), "--hold", "10"]
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}

    def __call__(self, *words: str, expect: int = 0, stdin: str = "") -> Any:
        """Runs a command with --json; returns its document, or its standard error if it failed as a whole."""
        command = [*self.command, *words, "--json"]
        done = forked.run(command, cwd=self.home, environment=self.environment, stdin=stdin)
        assert done.returncode == expect, done.stderr
        return json.loads(done.stdout) if done.stdout else done.stderr

    def signs_in(self, id_token: str) -> None:
        """Keeps an ID token where the command looks for one."""
        self.environment["ORDER_TOKENIZER_ID_TOKEN"] = id_token

    def start(self, *words: str, hold: int = 10) -> subprocess.Popen[bytes]:
        """Starts a command, which holds letters for so many seconds."""
        command = [self.command[0], "--hold", str(hold), *words]
        return subprocess.Popen(command, cwd=self.home, env=self.environment)


def waiting(on: Stack, queue: str = "DeadLetterQueueUrl") -> int:
    """Returns how many messages can be received now."""
    return count(on.client("sqs"), on.outputs[queue])["waiting"]


def bad_letter(on: Stack, **changes: Any) -> None:
    """Makes a bad order end as a dead letter."""
    before = waiting(on)
    send(on, json.dumps(order(**changes)))
    assert eventually(lambda: waiting(on) > before)
