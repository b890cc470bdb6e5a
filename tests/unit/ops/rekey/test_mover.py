"""The command's part of a move, over a function in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from ops import options
from ops.errors import CommandError
from ops.rekey import cli
from ops.rekey.cli import app
from ops.rekey.function import RekeyUnavailable
from ops.rekey.mover import Mover
from ops.stack import Stack


class Function:
    """Two segments of three pages; what stays behind at the verifications is given."""

    def __init__(self, *found: int, fails: int = 0, wait: int = 0, tampered: int = 0) -> None:
        self.found = list(found)
        self.fails = fails
        self.wait = wait
        self.tampered = tampered
        self.asked: list[str] = []
        self.pages = {0: 0, 1: 0}
        self.told = {"phase": "move", "round": 1, "left": [0, 1], "target": "arn", "moving": {}}

    def ask(self, action: str, **request: Any) -> dict[str, Any]:
        if self.fails:
            self.fails -= 1
            raise RekeyUnavailable("Throttled", "hint")
        self.asked.append(action)
        if action == "work":
            segment = request["segment"]
            self.pages[segment] += 1
            return {"done": self.pages[segment] % 3 == 0, "records": self.pages[segment] * 100}
        return self._concluded() if action == "conclude" else self._shown()

    def _concluded(self) -> dict[str, Any]:
        if self.wait:
            self.wait -= 1
            return {**self._shown(), "wait": 1500}
        self.pages = {0: 0, 1: 0}
        if self.told["phase"] == "move":
            self.told["phase"] = "verify"
        elif self.found and self.found.pop(0):
            self.told |= {"phase": "move", "round": int(str(self.told["round"])) + 1}
        else:
            self.told |= {"phase": "done", "left": []}
        return self._shown()

    def _shown(self) -> dict[str, Any]:
        bad = ["0a"] if self.tampered else []
        return {**self.told, "verified": {"old": 1, "tampered": self.tampered}, "unreadable": bad}


class Watch:
    """Records what an operator sees, and how long the move waits."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.counted = 0
        self.said: list[str] = []
        self.slept: list[float] = []

    @contextmanager
    def progress(self, doing: str) -> Iterator[Callable[[int], None]]:
        self.phases.append(doing)

        def tick(count: int) -> None:
            self.counted += count

        yield tick


def mover(function: Function, watch: Watch) -> Mover:
    return Mover(function, 2, watch.progress, watch.said.append, watch.slept.append)


def test_every_segment_is_moved_and_then_verified() -> None:
    function, watch = Function(), Watch()
    assert mover(function, watch).run(2, 5)["phase"] == "done"
    assert watch.phases == ["moving, round 1", "verifying, round 1"]
    assert function.asked.count("work") == 12
    assert watch.counted == 2 * 2 * 300


def test_what_a_verification_finds_is_moved_in_another_round() -> None:
    watch = Watch()
    assert mover(Function(1, 1, 0), watch).run(2, 5)["round"] == 3
    assert len(watch.phases) == 6


def test_it_gives_up_after_some_rounds() -> None:
    watch = Watch()
    assert mover(Function(*[1] * 9), watch).run(2, 2)["phase"] == "move"
    assert len(watch.phases) == 4


def test_the_verification_waits_as_long_as_it_is_told_to() -> None:
    watch = Watch()
    mover(Function(wait=2), watch).run(2, 5)
    assert watch.slept == [1.5, 1.5]
    assert len(watch.said) == 2


def test_what_may_pass_is_asked_again_and_then_told() -> None:
    watch = Watch()
    assert mover(Function(fails=5), watch).run(2, 5)["phase"] == "done"
    assert watch.slept == [1, 2, 4, 8, 16]
    with pytest.raises(CommandError, match="Throttled") as caught:
        mover(Function(fails=99), watch).run(2, 5)
    assert "goes on" in caught.value.hint


@pytest.mark.parametrize(
    ("function", "code", "text"),
    [
        (Function(), 0, ""),
        (Function(*[1] * 9), 1, "left under another key"),
        (Function(tampered=1), 1, "nobody can read"),
    ],
    ids=["all moved", "some left", "some tampered"],
)
def test_the_exit_code_says_whether_the_old_key_may_go(
    monkeypatch: pytest.MonkeyPatch, function: Function, code: int, text: str
) -> None:
    monkeypatch.setattr(options, "find", lambda *_: Stack({}, None))  # type: ignore[arg-type]
    monkeypatch.setattr(cli, "RekeyFunction", lambda _stack: function)
    result = CliRunner().invoke(app, ["run", "--json"])
    assert result.exit_code == code
    assert text in result.stderr
    assert '"target": "arn"' in result.stdout


def test_a_stack_that_is_not_rekeying_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "find", lambda *_: Stack({}, None))  # type: ignore[arg-type]
    result = CliRunner().invoke(app, ["run"])
    assert "not rekeying" in str(result.exception)


def test_while_the_stack_is_deployed_no_run_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "find", lambda *_: Stack({}, None, settled=False))  # type: ignore[arg-type]
    assert "being deployed" in str(CliRunner().invoke(app, ["run"]).exception)
