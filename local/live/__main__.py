"""Serves the page until it is ended: `python -m local.live DIRECTORY PORT`."""

import signal
import sys
from pathlib import Path
from threading import Thread

from local.emulator import lifecycle
from local.live.controls import Controls
from local.live.server import LiveServer


def main(directory: Path, port: int) -> int:
    """Serves the stack that runs in a folder; returns 1 if none does."""
    found = lifecycle.load(directory)
    if found is None:
        print(f"no stack runs in {directory}", file=sys.stderr)
        return 1
    controls = Controls(found)
    Thread(target=controls.watch, daemon=True).start()
    LiveServer(port, controls).serve_forever()
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
