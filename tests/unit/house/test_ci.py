"""The pre-commit hooks and the hosted CI run commands that exist, and what `make lint` and `.ci/run` run."""

import re
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings

from tests.support.source import ROOT
from tools.lint.__main__ import CHECKS


def read(name: str) -> dict[str, Any]:
    text = (ROOT / name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


(REPOSITORY,) = read(".pre-commit-config.yaml")["repos"]
HOOKS = {each["id"]: each for each in REPOSITORY["hooks"]}
WORKFLOW = read(".github/workflows/ci.yaml")
LINT = re.sub(r"\$\(BIN\)", ".venv/bin", (ROOT / "Makefile").read_text(encoding="utf-8"))


def program(hook: dict[str, Any]) -> str:
    return str(shlex.split(hook["entry"])[0])


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_a_hook_runs_a_command_of_the_environment(hook: dict[str, Any]) -> None:
    assert hook["language"] == "system"
    folder, name = program(hook).rsplit("/", 1)
    assert folder == ".venv/bin"
    assert Path(sys.executable).with_name(name).is_file()


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_make_lint_runs_the_command_of_a_hook_too(hook: dict[str, Any]) -> None:
    words = shlex.split(hook["entry"])
    own = "tools.lint" in words
    assert " ".join(words[:3] if own else [each for each in words if each != "--force-exclude"]) in LINT
    assert not own or set(words[3:]) <= CHECKS.keys()


def test_the_hooks_are_fetched_from_nowhere() -> None:
    assert REPOSITORY["repo"] == "local"


def steps() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = WORKFLOW["jobs"]["ci"]["steps"]
    return found


def test_the_hosted_ci_runs_the_script_of_every_ci_and_nothing_else() -> None:
    assert [each["run"] for each in steps() if "run" in each] == ["bash .ci/run"]
    assert (ROOT / ".ci/run").is_file()


def test_the_hosted_ci_uses_actions_by_commit_and_may_only_read() -> None:
    used = [each["uses"] for each in steps() if "uses" in each]
    assert used
    assert all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", each) for each in used)
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_properties_draw_other_examples_in_each_run_of_ci_too() -> None:
    assert not settings().derandomize
