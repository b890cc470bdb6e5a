"""`make rekey` goes on from wherever it was killed, to the key that it began with."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.emulator import deploy, lifecycle
from local.emulator.stack import Stack
from local.errors import LocalStackError
from local.rekey import rekey

# Each step's deployment and the command, before and after it has its effect.
CALLS = 4


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the process runs on."""


class Machine:
    """A stack whose deployments and command may be killed, before they do something or after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
        self.parameters = {"VaultKeySlot": "blue", "Rekeying": "false"}
        self.steps: list[str] = []
        self.kill_at: tuple[int, str] | None = None
        self.code = 0
        directory.mkdir()
        self.directory = directory
        monkeypatch.setattr(lifecycle, "load", lambda _: Stack("url", "region", {}))
        monkeypatch.setattr(lifecycle, "update", self._update)
        monkeypatch.setattr(deploy, "given", lambda _: dict(self.parameters))
        monkeypatch.setattr("local.rekey.subprocess.run", self._command)

    def rekey(self) -> int:
        return rekey(self.directory, lambda _: None)

    def _update(self, _: Path, stack: Stack, parameters: Mapping[str, str]) -> Stack:
        changed = {"Rekeying": "false", **parameters}
        self._step(
            f"{changed['VaultKeySlot']} {changed['Rekeying']}", lambda: self.parameters.update(changed)
        )
        return stack

    def _command(self, *_: Any, **__: Any) -> "subprocess.CompletedProcess[bytes]":
        self._step("run", lambda: None)
        return subprocess.CompletedProcess([], self.code)

    def _step(self, name: str, effect: Any) -> None:
        at = len(self.steps)
        self.steps.append(name)
        if self.kill_at == (at, "before"):
            raise Killed
        effect()
        if self.kill_at == (at, "after"):
            raise Killed


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(monkeypatch, tmp_path / ".local")


WHOLE = ["blue true", "green true", "run", "green false"]


def test_all_steps_are_taken_in_order(machine: Machine) -> None:
    assert machine.rekey() == 0
    assert machine.steps == WHOLE
    assert list(machine.directory.iterdir()) == []


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(CALLS))
def test_killed_at_any_step_it_goes_on_to_the_same_key(machine: Machine, at: int, when: str) -> None:
    machine.kill_at = (at, when)
    with pytest.raises(Killed):
        machine.rekey()
    machine.kill_at = None
    machine.steps.clear()
    assert machine.rekey() == 0
    assert machine.parameters == {"VaultKeySlot": "green", "Rekeying": "false"}
    assert machine.steps == WHOLE[len(WHOLE) - len(machine.steps) :]
    assert list(machine.directory.iterdir()) == []


def test_the_next_move_leads_back(machine: Machine) -> None:
    machine.rekey()
    machine.steps.clear()
    assert machine.rekey() == 0
    assert machine.parameters == {"VaultKeySlot": "blue", "Rekeying": "false"}


def test_a_command_that_fails_is_run_again_and_nothing_else(machine: Machine) -> None:
    machine.code = 1
    assert machine.rekey() == 1
    machine.code = 0
    machine.steps.clear()
    assert machine.rekey() == 0
    assert machine.steps == WHOLE[1:]  # a deployment that changes nothing brings the outputs up to date


def test_without_a_stack_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lifecycle, "load", lambda _: None)
    with pytest.raises(LocalStackError, match="no stack is up"):
        rekey(tmp_path, lambda _: None)
