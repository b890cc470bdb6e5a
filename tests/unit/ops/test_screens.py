"""Every command as people use it: on a narrow and a wide terminal, in a pipe, for a program, interrupted and killed.

The commands are listed by machine, so a new one can't be left out: it has to get words, an answer and a screen.
"""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ops.app import NAME
from tests.support.screens import canned
from tests.support.screens.workshop import Workshop
from tools.docs.commands import Command, every

pytestmark = pytest.mark.slow

LEAVES = [each for each in every() if not each.is_group]
SCREENS = Path("tests/unit/ops/screens")
ORDER = Path("tests/events/order_full.json").resolve()
ONE = canned.letter_id(0)
# The words of each command after its name: what it is asked in these tests.
WORDS: dict[str, tuple[str, ...]] = {
    "validate": (str(ORDER),),
    "preview": (str(ORDER),),
    "lake ask": ("basket",),
    "lake query": ("SELECT 1",),
    "lake sql": ("basket",),
    "replay show": (ONE[:8],),
    "replay run": (
        *("--apply", "--code", "invalid_field", "--code", "malformed_json"),
        *("--limit", "12"),  # so that it doesn't wait for the letters that somebody else holds
    ),
    "replay approve": (canned.APPROVALS["reveal"][:8],),
    "replay quarantine": (ONE[:8], "--reason", "producer is gone"),
    "replay restore": (),
    "replay archive start": (
        *("--since", "2h", "--until", "1h"),
        *("--rule", f"arn:aws:events:us-east-1:1:rule/{canned.OUTPUTS['SanitizedBusName']}/x"),
    ),
    "replay archive status": ("replay-1",),
    "replay archive cancel": ("replay-1",),
    "audit erasures": ("orders-erasures", "orders-vault"),
    "rekey restore": ("orders-vault-restored", "orders-vault"),
    "honeytokens seed": ("--note", "wiki"),
    "local adapt": (str(Path("docs/examples/forwarder.yaml").resolve()),),
}
# Commands that print and end: nobody can press Ctrl-C in the middle of them.
AT_ONCE = {"lake sql", "lake tables", "local adapt", "validate", "preview"}
NO_JSON = {"local demo", "local rekey"}
ONLY_JSON = {"local adapt"}
SOME_FAILED = {"replay run": 1}
# Texts for another program, which are as wide as they are.
AS_WRITTEN = ONLY_JSON | {"lake sql"}
# Names and ages that differ with the hour, paths of this machine, and the tables of whichever event types there are.
DIFFERS = {"replay archive start", "local adapt", "lake tables"}


def named(command: Command) -> str:
    return " ".join(command.words)


EACH = pytest.mark.parametrize("command", LEAVES, ids=named)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    made.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    canned.write_state(tmp_path)
    return tmp_path


def line(command: Command) -> list[str]:
    return [NAME, *command.words, *WORDS.get(named(command), ())]


def ends_with(command: Command) -> int:
    return SOME_FAILED.get(named(command), 0)


def test_the_words_are_of_commands_that_exist() -> None:
    names = {named(each) for each in LEAVES}
    assert len(names) >= 30
    assert names >= {*WORDS, *AT_ONCE, *NO_JSON, *ONLY_JSON, *SOME_FAILED, *DIFFERS}


@EACH
def test_on_a_narrow_terminal_it_ends_well_and_shows_what_it_did(
    workshop: Workshop, home: Path, command: Command
) -> None:
    shown, _ = workshop.at_a_terminal(line(command), home, columns=80)
    assert "Traceback" not in shown.text, shown.text
    assert shown.code == ends_with(command), shown.text
    assert named(command) in AS_WRITTEN or all(len(each) <= 80 for each in last_frame(shown.text)), shown.text
    if named(command) not in DIFFERS:
        assert screen(command, shown.text) == "\n".join(last_frame(shown.text)) + "\n"


def screen(command: Command, shown: str) -> str:
    """Returns the screen that is kept; with SCREENS=write it is the one of today."""
    kept = SCREENS / f"{'_'.join(command.words)}.txt"
    if os.environ.get("SCREENS") == "write":
        kept.write_text("\n".join(last_frame(shown)) + "\n")
    return kept.read_text()


def last_frame(shown: str) -> list[str]:
    """Returns the lines of a screen without the frames of a bar that were drawn over."""
    lines = [each.rpartition("\r")[2].rstrip() for each in shown.splitlines()]
    lines = without_rules(lines)
    kept = [each for each in lines if "━" not in each or set(each.strip()) <= set("━┳┏┓┡┩╇")]
    return [re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "YYYY-MM-DDThh:mm:ss", each) for each in kept]


def without_rules(lines: list[str]) -> list[str]:
    """Leaves out the rows of the rules in force: they are those of whichever event types there are."""
    begins = next((at for at, each in enumerate(lines) if each.startswith("│ rules ")), len(lines))
    ends = next((at for at, each in enumerate(lines) if at > begins and each.startswith("└")), len(lines))
    return lines[:begins] + lines[ends:]


@EACH
def test_on_a_wide_terminal_no_line_is_wider(workshop: Workshop, home: Path, command: Command) -> None:
    shown, _ = workshop.at_a_terminal(line(command), home, columns=200)
    assert "Traceback" not in shown.text, shown.text
    assert shown.code == ends_with(command), shown.text
    assert named(command) in AS_WRITTEN or all(len(each) <= 200 for each in last_frame(shown.text))


@EACH
def test_without_colours_there_are_none(workshop: Workshop, home: Path, command: Command) -> None:
    shown, raw = workshop.at_a_terminal(line(command), home, environment={"NO_COLOR": "1"})
    assert shown.code == ends_with(command), shown.text
    assert b"\x1b[3" not in raw.replace(b"\x1b[3m", b"")  # italic is no colour
    assert b"\x1b[9" not in raw


@EACH
def test_in_a_pipe_it_is_plain(workshop: Workshop, home: Path, command: Command) -> None:
    code, out, err = workshop.in_a_pipe(line(command), home)
    assert code == ends_with(command), err
    assert "Traceback" not in err
    assert "\x1b" not in out + err
    assert "━" not in out + err
    assert named(command) in AS_WRITTEN or re.search(r"\d,\d{3}", out + err) is None
    assert not set(out + err) & set("│┃┏┓└┘")


@pytest.mark.parametrize("command", [each for each in LEAVES if named(each) not in NO_JSON], ids=named)
def test_for_a_program_it_prints_one_document(workshop: Workshop, home: Path, command: Command) -> None:
    wanted = [] if named(command) in ONLY_JSON else ["--json"]
    code, out, err = workshop.in_a_pipe([*line(command), *wanted], home)
    assert code == ends_with(command), err
    assert out.count("\n") == 1
    json.loads(out)
    assert re.search(r"\d,\d{3}", re.sub(r'"(?:hint|sql|message)": "[^"]*"', "", out)) is None


SLOW = pytest.mark.parametrize("command", [each for each in LEAVES if named(each) not in AT_ONCE], ids=named)


def sending(mark: Path, number: signal.Signals) -> Callable[[int], None]:
    """Returns what ends a command once it is in the middle of its work."""

    def send(pid: int) -> None:
        deadline = time.monotonic() + 20
        while not mark.exists():
            assert time.monotonic() < deadline, "the command does not begin its work"
            time.sleep(0.005)
        time.sleep(0.02)
        os.kill(pid, number)

    return send


@SLOW
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_interrupted_it_says_so_and_what_to_type(
    workshop: Workshop, home: Path, command: Command, number: signal.Signals
) -> None:
    mark = home / "slow"
    shown, _ = workshop.at_a_terminal(
        line(command), home, environment={canned.SLOW: str(mark)}, meanwhile=sending(mark, number)
    )
    assert "Traceback" not in shown.text, shown.text
    assert shown.code == 130, shown.text
    *_, error, hint = last_frame(shown.text)
    assert error.startswith("error: interrupted"), shown.text
    assert hint.startswith("hint: `"), shown.text


@SLOW
def test_killed_it_leaves_a_terminal_without_a_traceback(
    workshop: Workshop, home: Path, command: Command
) -> None:
    mark = home / "slow"
    shown, _ = workshop.at_a_terminal(
        line(command), home, environment={canned.SLOW: str(mark)}, meanwhile=sending(mark, signal.SIGKILL)
    )
    assert shown.code == -signal.SIGKILL
    assert "Traceback" not in shown.text
    again, _ = workshop.at_a_terminal(line(command), home)
    assert again.code == ends_with(command), again.text


@SLOW
def test_a_failure_is_said_once_with_one_hint(workshop: Workshop, home: Path, command: Command) -> None:
    shown, _ = workshop.at_a_terminal(line(command), home, environment={canned.FAILS: "1"})
    assert "Traceback" not in shown.text, shown.text
    assert shown.code in {1, 2}, shown.text
    assert len(re.findall(r"^error: ", shown.text, re.MULTILINE)) == 1, shown.text
    assert len(re.findall(r"^hint: ", shown.text, re.MULTILINE)) == 1, shown.text


def test_a_command_that_crashes_is_noticed(workshop: Workshop, home: Path) -> None:
    (home / ".local" / "stack.json").write_text('{"outputs": {}, "endpoint_url": 1, "region": []}')
    shown, _ = workshop.at_a_terminal([NAME, "rekey", "status"], home)
    assert shown.code != 0


def test_letters_by_code_stand_under_the_dead_letters_and_held_ones_have_a_hint(
    workshop: Workshop, home: Path
) -> None:
    _, out, _ = workshop.in_a_pipe([NAME, "status"], home)
    rows = [each.split("\t")[0] for each in out.splitlines()]
    codes = [at for at, each in enumerate(rows) if each.startswith("  ")]
    first = rows.index("dead letters") + 1
    assert codes == list(range(first, rows.index("unprocessed")))
    assert "somebody holds letters: `replay run --apply` waits for them" in rows
