"""Every command and subcommand, listed by machine: its help, its misuse, and what it says where there is no stack."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ops.app import NAME, SUBCOMMANDS, User, main
from tests.support import terminal
from tests.support.screens.workshop import Workshop
from tools.docs.commands import Command, every

pytestmark = pytest.mark.slow

COMMANDS = list(every())
LEAVES = [each for each in COMMANDS if not each.is_group]
# What the others look for; these look at files, or print what is part of the package.
WITHOUT_A_STACK = {"validate", "preview", "lake sql", "lake tables"}
LOCAL = [each for each in LEAVES if each.words[0] == "local"]
ON_A_STACK = [each for each in LEAVES if each not in LOCAL and " ".join(each.words) not in WITHOUT_A_STACK]
# `up` and `demo` start one, for `down` and `status` it is an answer, and `adapt` is for a file.
WITHOUT_A_RUNNING_ONE = {"local up", "local demo", "local down", "local status", "local adapt"}
# Two that show their steps to people, and one whose document is a template.
NO_OTHER_OUTPUT = {"local demo", "local rekey", "local adapt"}
PROGRAM = str(Path(sys.executable).parent / NAME)
VALUES = {"question": "basket"}  # of what takes no other text
HEAVY = {"boto3", "botocore", "duckdb", "pydantic", "tokenizer", "replay"}


def named(command: Command) -> str:
    return " ".join(command.words)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[object, str, str]:
    """Returns the exit code of the command line, and what it wrote to its two outputs."""
    sys.argv[1:] = words
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, *capsys.readouterr()


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Gives each command an argument list and a signal handler of its own."""
    monkeypatch.setattr(sys, "argv", [NAME])
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def _nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without a stack, and an account of AWS that nobody configured."""
    monkeypatch.chdir(tmp_path)
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


def required(command: Command) -> list[str]:
    """Returns words for all that a command can't do without."""
    words = []
    for each in command.made.params:
        if each.required:
            value = VALUES.get(each.name, "1h")
            words += [value] if each.param_type_name == "argument" else [each.opts[0], value]
    return words


def with_option(command: Command, *option: str) -> list[str]:
    """Returns a whole command line, with an option at the first word that takes it."""
    takes = {each.words for each in COMMANDS if option[0] in _options(each.made)}
    line: list[str] = []
    for at, word in enumerate(command.words, 1):
        line += [word, *(option if command.words[:at] in takes else [])]
    return [*line, *required(command)]


def _options(made: Any) -> set[str]:
    return {name for each in made.params for name in each.opts}


def assert_told(said: tuple[object, str, str], why: str, code: int = 2) -> None:
    assert said[:2] == (code, "")
    err = said[2]
    first, second = err.splitlines()
    assert first.startswith("error: ")
    assert why in first
    assert second.startswith("hint: ")
    assert second != "hint: "


def test_many_commands_are_found() -> None:
    assert len(LEAVES) >= 20
    assert {each.words[0] for each in COMMANDS} == SUBCOMMANDS.keys()
    assert {named(each) for each in LEAVES} > WITHOUT_A_STACK | WITHOUT_A_RUNNING_ONE | NO_OTHER_OUTPUT


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    made.close()


@pytest.mark.parametrize("words", [(), *(each.words for each in COMMANDS)], ids=" ".join)
def test_the_help_fits_a_terminal_of_eighty_columns(
    workshop: Workshop, tmp_path: Path, words: tuple[str, ...]
) -> None:
    shown, _ = workshop.at_a_terminal([NAME, *words, "--help"], tmp_path)
    assert shown.code == 0
    assert shown.text.startswith(f"Usage: {' '.join([NAME, *words])} [OPTIONS]")
    assert max(map(len, shown.text.splitlines())) <= terminal.COLUMNS


@pytest.mark.parametrize("command", LEAVES, ids=named)
def test_every_command_answers_programs_too(command: Command) -> None:
    assert ("--json" in _options(command.made)) == (named(command) not in NO_OTHER_OUTPUT)


@pytest.mark.parametrize("command", COMMANDS, ids=named)
def test_an_option_that_is_none_is_bad_usage(capsys: pytest.CaptureFixture[str], command: Command) -> None:
    said = run(capsys, *command.words, "--sideways")
    assert_told(said, "No such option: --sideways")
    assert f"hint: {NAME} {named(command)} --help" in said[2]


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.is_group], ids=named)
def test_a_group_alone_shows_its_help_and_is_bad_usage(
    capsys: pytest.CaptureFixture[str], command: Command
) -> None:
    code, out, err = run(capsys, *command.words)
    assert (code, out) == (2, "")
    assert err.startswith(f"Usage: {NAME} {named(command)} ")


@pytest.mark.usefixtures("_nowhere")
@pytest.mark.parametrize("command", ON_A_STACK, ids=named)
def test_where_no_stack_is_up_that_is_said(capsys: pytest.CaptureFixture[str], command: Command) -> None:
    assert_told(run(capsys, *command.words, *required(command)), "no local one is up")


@pytest.mark.parametrize(
    "command", [each for each in LOCAL if named(each) not in WITHOUT_A_RUNNING_ONE], ids=named
)
def test_where_the_local_stack_is_not_up_that_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: Command
) -> None:
    _, *rest = command.words
    said = run(capsys, "local", "--directory", str(tmp_path), *rest, *required(command))
    assert_told(said, "no stack is up", code=1)
    assert said[2].endswith("hint: make up\n")


def test_what_is_not_up_has_a_state_and_can_be_stopped(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    where = ["local", "--directory", str(tmp_path / "none")]
    assert run(capsys, *where, "status") == (None, "is not running\n", "")
    assert run(capsys, *where, "status", "--json") == (None, "{}\n", "")
    assert run(capsys, *where, "down") == (None, "was not running\n", "")
    assert run(capsys, *where, "down", "--json") == (None, '{"stopped": false}\n', "")


def test_a_template_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert_told(run(capsys, "local", "adapt", "nowhere.yaml"), "there is no such template", code=1)


def test_a_subcommand_whose_packages_are_not_installed_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def import_module(name: str) -> None:
        raise ModuleNotFoundError(name, name="yaml")

    monkeypatch.setattr("ops.app.import_module", import_module)
    assert_told(run(capsys, "local", "up"), "local needs the package yaml")


@pytest.mark.usefixtures("_nowhere")
@pytest.mark.parametrize("command", ON_A_STACK, ids=named)
def test_a_stack_that_cannot_be_looked_for_is_told(
    capsys: pytest.CaptureFixture[str], command: Command
) -> None:
    assert_told(run(capsys, *with_option(command, "--stack", "orders")), "no AWS region is set")
    line = with_option(command, "--stack", "orders")
    at = line.index("--stack")
    assert_told(run(capsys, *line[:at], "--profile", "nobody", *line[at:]), "there is no such profile")


def test_a_typo_of_a_subcommand_is_told_with_the_right_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert_told(run(capsys, "reply"), "Did you mean 'replay'")


def test_on_a_terminal_an_error_is_told_the_same() -> None:
    shown = terminal.run([PROGRAM, "rekey", "--sideways"])
    assert shown == terminal.Shown(
        2, "error: No such option: --sideways\nhint: order-tokenizer rekey --help\n"
    )


def test_the_help_groups_subcommands_by_who_uses_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    heads = [line[:-1] for line in out.splitlines() if line.endswith(":") and not line.startswith(" ")]
    users = [str(each) for each in User if each in {row.user for row in SUBCOMMANDS.values()}]
    assert heads == ["Options", *users]
    assert all(f"  {each.name} " in out for each in SUBCOMMANDS.values())


def test_the_help_and_completion_load_no_subcommand() -> None:
    code = f"""
import atexit, sys
atexit.register(lambda: print({sorted(HEAVY)!r}, sorted(set(sys.modules) & set({sorted(HEAVY)!r}))))
sys.argv[1:] = ["--help"]
from ops.app import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"{sorted(HEAVY)!r} []"


@pytest.fixture(scope="module")
def completion(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Returns what bash evaluates; the command knows its caller for bash."""
    file = tmp_path_factory.mktemp("completion") / "script"
    file.write_text(f"PATH={Path(PROGRAM).parent}:$PATH\n{NAME} --show-completion\n:\n")
    return subprocess.run(["/usr/bin/env", "bash", file], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("re", {"replay", "rekey"}),
        ("audit ver", {"verify"}),
        ("replay archive st", {"start", "status"}),
        ("rekey run --seg", {"--segments"}),
        ("lake ask ba", {"basket"}),
    ],
)
def test_bash_completes_what_is_typed(tmp_path: Path, completion: str, typed: str, offered: set[str]) -> None:
    words = [NAME, *typed.split()]
    script = f"""
PATH={Path(PROGRAM).parent}:$PATH
{completion}
COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}
_order_tokenizer_completion {NAME}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    file = tmp_path / "script"
    file.write_text(script)
    done = subprocess.run(["/usr/bin/env", "bash", file], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == offered
