"""Runs the commands that pages show."""

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from local.emulator.stack import Stack
from tests.support.e2e import page_commands

ROOT = Path.cwd()
SAYS = "#> "


class Block(NamedTuple):
    language: str
    text: str


def blocks(page: str) -> list[Block]:
    found = re.findall(r"^```(sh|python)\n(.*?)^```$", Path(page).read_text(), re.MULTILINE | re.DOTALL)
    return [Block(*each) for each in found]


def run(page: str, on: Stack, folder: Path, cwd: Path = ROOT) -> str:
    """Runs a page's blocks in one shell, on a stack that is already up; returns all that they print."""
    script = ["set -euo pipefail"]
    for language, text in blocks(page):
        if "import pytest" in text:
            continue
        script.append(text if language == "sh" else f"python - <<'PROGRAM'\n{text}PROGRAM")
    shell = "\n".join(script)
    assert shell.count("make up\n") == shell.count("make down\n") == 1
    for said, meant in (
        ("make up\n", "\n"), ("make down\n", "\n"), (".local/", f"{folder}/"), ("order-tokenizer local ", f"order-tokenizer local --directory {folder} ")
    ):  # fmt: skip
        shell = shell.replace(said, meant)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    with page_commands.on_path() as quick:
        folders = (quick, page_commands.BIN, environment["PATH"])
        environment["PATH"] = os.pathsep.join(map(str, folders))
        for each in page_commands.COMMANDS:
            shell = shell.replace(f".venv/bin/{each} ", f"{each} ")
        done = subprocess.run(
            ["/bin/bash", "-c", shell],
            capture_output=True,
            text=True,
            env=environment,
            cwd=cwd,
            timeout=1_200,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
