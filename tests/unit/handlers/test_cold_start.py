"""Tests that the tokenizing functions load nothing at their start that only other functions need."""

import subprocess
import sys

import pytest

HEAVY = ("cedarpy", "jsonpatch", "phonenumbers", "google.protobuf", "typer", "rich")


@pytest.mark.parametrize("module", ["handlers.tokenize_stream", "handlers.tokenize_queue"])
def test_a_tokenizing_function_starts_without_what_only_others_need(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
