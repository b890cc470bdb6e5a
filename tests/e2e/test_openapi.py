"""The served OpenAPI description, tried by schemathesis on the local stack with real tokens."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from local.emulator import users
from local.emulator.package import ROOT
from local.emulator.stack import Stack
from tests.support.e2e.stack import Api, kept
from tests.support.samples import order

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def environment(running: Stack) -> dict[str, str]:
    person = users.sign_in(running, *users.GROUPS)
    machine = users.machine(running)
    api = Api(running, person)
    # The description's example, so that its order can be read and paid.
    assert api("POST", "/orders", order(order_id="SO-1001"))[0] == 202
    kept(api, "SO-1001")
    tokens = {
        "PERSON": person,
        "MACHINE": machine["Authorization"],
        "MACHINE_KEY": machine["x-api-key"],
    }
    return {**os.environ, **tokens, "PYTHONPATH": str(ROOT)}


def tried(
    running: Stack, environment: dict[str, str], folder: Path, location: str, *options: str
) -> tuple[int, str]:
    """Returns schemathesis's exit code and what it printed.

    Args:
        running: the stack.
        environment: has the tokens.
        folder: schemathesis leaves its cache where it is started.
        location: of the description.
        options: of its command `run`.
    """
    command = [
        str(Path(sys.executable).parent / "schemathesis"),
        *("--config-file", str(ROOT / "tests/e2e/openapi.toml"), "run", location),
        *("--url", running.outputs["ApiUrl"], "--generation-deterministic", "--max-examples", "5"),
        *("--continue-on-failure", "--no-color", *options),
    ]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=1_200, check=False
    )
    return done.returncode, done.stdout + done.stderr


def described(running: Stack) -> dict[str, Any]:
    with urllib.request.urlopen(f"{running.outputs['ApiUrl']}/openapi.json", timeout=300) as answer:  # noqa: S310 -- the local stack's
        return dict(json.loads(answer.read()))


def test_the_api_does_what_its_description_says(
    running: Stack, environment: dict[str, str], tmp_path: Path
) -> None:
    every_operation_is_right(running, environment, tmp_path, "examples,fuzzing")


@pytest.mark.big
def test_at_the_bounds_of_every_schema_it_does_so_as_well(
    running: Stack, environment: dict[str, str], tmp_path: Path
) -> None:
    every_operation_is_right(running, environment, tmp_path, "examples,coverage,fuzzing")


def every_operation_is_right(running: Stack, environment: dict[str, str], folder: Path, phases: str) -> None:
    location = f"{running.outputs['ApiUrl']}/openapi.json"
    status, said = tried(running, environment, folder, location, "--phases", phases)
    assert status == 0, said[-20_000:]
    operations = sum(len(methods) for methods in described(running)["paths"].values())
    assert f"Tested: {operations}" in said


def _without_422(answers: dict[str, Any]) -> None:
    del answers["422"]


def _another_answer(answers: dict[str, Any]) -> None:
    answers["201"]["content"]["application/json"]["schema"] = {"type": "array"}


def _another_type(answers: dict[str, Any]) -> None:
    answers["200"]["content"] = {"text/csv": answers["200"]["content"].pop("application/json")}


# By the path that says the wrong thing, and what schemathesis says of it.
WRONG = {
    "/tokens": (_without_422, "Undocumented status code"),
    "/machine/tokens": (_another_answer, "Response violates schema"),
    "/tokens/reveal": (_another_type, "Undocumented Content-Type"),
}


@pytest.mark.big
def test_a_description_that_is_wrong_is_found_out(
    running: Stack, environment: dict[str, str], tmp_path: Path
) -> None:
    wrong = described(running)
    for path, (spoil, _) in WRONG.items():
        spoil(wrong["paths"][path]["post"]["responses"])
    (tmp_path / "openapi.json").write_text(json.dumps(wrong))
    paths = [word for path in WRONG for word in ("--include-path", path)]
    options = ("--phases", "examples,fuzzing", *paths)
    status, said = tried(running, environment, tmp_path, str(tmp_path / "openapi.json"), *options)
    assert status == 1, said[-20_000:]
    for path, (_, complaint) in WRONG.items():
        told = said.partition(f" POST {path} ")[2].partition("\n____")[0]
        assert complaint in told, (path, said[-20_000:])
