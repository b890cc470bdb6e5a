"""docs/replay.md shows what `--help` says."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from replay.cli import app

PAGE = Path("docs/replay.md").read_text()
COMMANDS: tuple[list[str], ...] = (
    [],
    ["list"],
    ["show"],
    ["run"],
    ["approvals"],
    ["approve"],
    ["stream"],
    ["quarantine"],
    ["restore"],
    ["archive"],
    ["archive", "start"],
    ["archive", "status"],
    ["archive", "cancel"],
)


def shown(words: list[str]) -> str:
    result = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"}).invoke(
        app, [*words, "--help"], prog_name="replay"
    )
    assert result.exit_code == 0
    return re.sub(r" +$", "", result.stdout, flags=re.MULTILINE).strip()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(["replay", *words]))
def test_the_page_shows_the_help_of_each_command(words: list[str]) -> None:
    assert f"```\n{shown(words)}\n```" in PAGE


def test_every_command_is_on_the_page() -> None:
    found = set(re.findall(r"^  (\w+) {2,}", shown([]).partition("Commands:")[2], re.MULTILINE))
    assert found == {words[0] for words in COMMANDS if words}
