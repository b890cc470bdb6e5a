"""Runs the targets with other inputs each round, for some minutes, until a promise is broken: `make fuzz`.

`python -m tests.fuzz MINUTES`. The round's seed is printed: `FUZZ_EXAMPLES=1000 pytest tests/fuzz --hypothesis-seed=N` runs it again.
"""

import os
import subprocess
import sys
import time

EXAMPLES = "1000"  # of a target and round


def main(minutes: float) -> int:
    """Runs rounds until the time is over; returns the exit code of the last one."""
    end, seed, code = time.monotonic() + 60 * minutes, int(time.time()), 0
    while code == 0 and time.monotonic() < end:
        seed += 1
        print(f"round {seed}", flush=True)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "tests/fuzz",
            "-q",
            f"--hypothesis-seed={seed}",
            "--show-capture=no",
        ]
        code = subprocess.run(command, env=os.environ | {"FUZZ_EXAMPLES": EXAMPLES}, check=False).returncode
    return code


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
