"""Makes a cold start and runs one batch, in its own process: `python -m bench.start.child ORDERS BYTES`.

Prints, on standard error, CPU seconds of the import and of the first batch and the peak of resident memory. Nothing of
the product may be imported before the clock runs.
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Starts, processes a batch, and prints what that cost."""
    started = time.process_time()
    importlib.import_module("handlers.tokenize_stream")
    imported = time.process_time() - started
    engine = importlib.import_module("bench.engine.path")
    network = importlib.import_module("bench.network").Network()
    workload = importlib.import_module("bench.workload")
    count, size = map(int, arguments)
    event = workload.stream_event(workload.orders(workload.Mix(bytes=size), count))
    with network.installed():
        path = engine.Path(network, reload=False)
        begun = time.process_time()
        path.run(event)
        first = time.process_time() - begun - network.cpu
    print(json.dumps({"import": imported, "first batch": first, "peak_mib": _peak()}), file=sys.stderr)
    return 0


def _peak() -> float:
    """Returns the most resident memory this process had, in MiB; `getrusage` would count its parent's before exec."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    # The function finds its environment when it is imported.
    os.environ.update({"POWERTOOLS_SERVICE_NAME": "x", "POWERTOOLS_METRICS_NAMESPACE": "x"})
    sys.exit(main(sys.argv[1:]))
