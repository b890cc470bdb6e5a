"""Tests that whoever presses Ctrl-C or Ctrl-D at a prompt is told in two lines how to go on.

The prompts are found by machine in the source, so a new one can't be left out: it has to get words that lead to it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import terminal
from tests.support.screens import canned
from tests.support.screens.workshop import Workshop
from tools.docs.commands import every

ONE = canned.letter_id(0)[:8]
ASKS = {"prompt", "confirm", "input", "getpass", "getchar", "pause"}
ASKER = ("replay/commands/answers.py", "asked_purpose")
# The command lines that lead to each place where somebody is asked.
WORDS = {
    ("replay/commands/letters.py", "_request"): ("show", ONE, "--reveal"),
    ("replay/commands/edit.py", "run_edited"): ("run", "--edit", "-", "--id", ONE, "--apply"),
}


def calls(names: set[str]) -> Iterator[tuple[str, str]]:
    """Yields the file and the function of each call of one of some names."""
    for top in ("ops", "replay", "local"):
        for path in sorted(Path(top).rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text())):
                if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from (
                        (str(path), function.name) for call in ast.walk(function) if _called(call) in names
                    )


def _called(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "id", None) or getattr(node.func, "attr", None)


def test_the_prompts_are_those_that_are_tested() -> None:
    assert set(calls(ASKS)) == {ASKER}
    assert set(calls({ASKER[1]})) == WORDS.keys()
    assert not [each for command in every() for each in command.made.params if getattr(each, "prompt", None)]


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    made.close()


@pytest.mark.parametrize("key", [terminal.CTRL_C, terminal.CTRL_D], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("words", WORDS.values(), ids=" ".join)
def test_a_prompt_that_is_left_is_an_interruption(
    workshop: Workshop, tmp_path: Path, words: tuple[str, ...], key: bytes
) -> None:
    canned.write_state(tmp_path)
    shown, _ = workshop.at_a_terminal(["replay", *words], tmp_path, pressed=("purpose: ", key))
    *before, error, hint = shown.text.splitlines()
    assert shown.code == 130
    assert "".join(before).replace("^C", "").strip() == "purpose:"
    assert error == "error: interrupted: what was done stays done"
    assert hint == f"hint: `replay {' '.join(words)}` goes on where this one ended"
