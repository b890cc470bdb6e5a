"""The load test against the local stack: a few users, a few requests of each kind."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.package import ROOT
from local.stack import Stack

pytestmark = pytest.mark.e2e

_KINDS = {"sign in", "POST /orders", "GET /orders/{id}", "POST payments", "POST /tokens/reveal"}


def test_each_kind_of_request_is_made_and_none_fails_or_leaks(running: Stack, tmp_path: Path) -> None:
    assert running.endpoint_url.startswith("http://127.0.0.1:")
    stack, results = tmp_path / "stack.json", tmp_path / "load.json"
    stack.write_text(
        json.dumps(
            {"endpoint_url": running.endpoint_url, "region": running.region, "outputs": dict(running.outputs)}
        )
    )
    command = [
        sys.executable,
        "-m",
        "locust",
        "--locustfile",
        "load/locustfile.py",
        "--headless",
        "--only-summary",
    ]
    command += ["--stack-file", str(stack), "--results", str(results), "--seed", "6"]
    command += ["--users-per-kind", "2", "--orders-per-second", "4", "--enough", "2", "--run-time", "90s"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=150)
    assert done.returncode == 0, done.stderr
    found = json.loads(results.read_text())
    made = {each["name"]: each["requests"] for each in found["requests"]}
    assert all(made[kind] >= 2 for kind in _KINDS)
    assert (found["leaked"], found["failure_ratio"], found["complaints"]) == (0, 0.0, [])
