"""Tests what every handler does around its work: expired keys are dropped, and no crash leaves a core file."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from handlers.runtime import redact_errors
from tokenizer.aws.platform import key_expiry

CONTEXT: Any = SimpleNamespace(aws_request_id="r")


class Counting:
    dropped = 0

    def drop_expired(self) -> None:
        self.dropped += 1


@pytest.mark.parametrize("fails", [False, True])
def test_keys_that_are_over_are_dropped_before_and_after_the_work(fails: bool) -> None:
    holder = Counting()
    key_expiry.watch(holder)
    seen: list[int] = []

    @redact_errors
    def handler(_event: Any, _context: Any) -> None:
        seen.append(holder.dropped)
        if fails:
            raise ValueError

    if fails:
        with pytest.raises(RuntimeError, match="ValueError"):
            handler({}, CONTEXT)
    else:
        handler({}, CONTEXT)
    assert seen == [1]
    assert holder.dropped == 2


def test_a_crash_leaves_no_core_file() -> None:
    """In a process of its own, since a limit is lowered for good."""
    code = (
        "import resource; from types import SimpleNamespace; from handlers.runtime import redact_errors\n"
        "most = resource.getrlimit(resource.RLIMIT_CORE)[1]; resource.setrlimit(resource.RLIMIT_CORE, (most, most))\n"
        "redact_errors(lambda event, context: None)({}, SimpleNamespace(aws_request_id='r'))\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "(0, 0)"
