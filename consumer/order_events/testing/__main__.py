"""Prints valid sanitized events, one envelope a line (`python -m order_events.testing TYPE VERSION`)."""

import argparse
import json
import sys

from order_events.testing.samples import Variant, envelope
from order_events.testing.schemas import known


def main(arguments: list[str] | None = None) -> int:
    """Prints events."""
    parser = argparse.ArgumentParser(prog="python -m order_events.testing", description=__doc__)
    parser.add_argument("event_type", choices=sorted({event_type for event_type, _ in known()}))
    parser.add_argument("schema_version", type=int, nargs="?", default=1)
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of the first event; the same seed gives the same event"
    )
    parser.add_argument("--count", type=int, default=1, help="number of events; each uses the next seed")
    parser.add_argument("--variant", choices=[each.name.lower() for each in Variant], default="full")
    options = parser.parse_args(arguments)
    which = options.event_type, options.schema_version
    if which not in known():
        parser.error(f"{options.event_type} has no version {options.schema_version}")
    for seed in range(options.seed, options.seed + options.count):
        sys.stdout.write(
            json.dumps(envelope(*which, seed=seed, variant=Variant[options.variant.upper()])) + "\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
