"""The load test against the local stack: a few users, a few requests of each kind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.emulator import lifecycle
from local.emulator.package import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.big]

_KINDS = {"sign in", "POST /orders", "GET /orders/{id}", "POST payments", "POST /tokens/reveal"}


def test_each_kind_of_request_is_made_and_none_fails_or_leaks(tmp_path: Path) -> None:
    # A stack of its own: orders still on their way when the test ends would reach other tests' subscribers.
    with lifecycle.running(tmp_path / "stack") as started:
        assert started.endpoint_url.startswith("http://127.0.0.1:")
        results = tmp_path / "load.json"
        done = _load(tmp_path / "stack/stack.json", results)
    assert done.returncode == 0, done.stderr
    found = json.loads(results.read_text())
    made = {each["name"]: each["requests"] for each in found["requests"]}
    assert all(made[kind] >= 2 for kind in _KINDS)
    assert (found["leaked"], found["failure_ratio"], found["complaints"]) == (0, 0.0, [])


def _load(description: Path, results: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "locust", "--locustfile", "bench/load/locustfile.py", "--headless"]
    command += ["--only-summary", "--stack-file", str(description), "--results", str(results), "--seed", "6"]
    command += ["--users-per-kind", "2", "--orders-per-second", "4", "--enough", "2", "--run-time", "300s"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1_200)
