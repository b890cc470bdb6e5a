"""Prints the leak guard's rates on the reported half of the corpus, and Presidio's beside them.

python -m bench.guard_rates                    the guard alone
python -m bench.guard_rates --tuning           the same on the half that the guard was tuned on
python -m bench.guard_rates --peer             with Presidio, which `make guard-rates` sets up
python -m bench.guard_rates --peer --store     and store the results, which docs/guard.md shows
python -m bench.guard_rates --wrong CLASS      the strings of the tuning half in which the guard is wrong
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from bench.guard_rates.corpus import CLASSES
from bench.guard_rates.page import tables
from bench.guard_rates.rates import found_by_guard, measured
from bench.guard_rates.sample import Sample

RESULTS = Path(__file__).parent / "results.json"
_PEER = Path(".venv-presidio/bin/python")


def presidio(samples: list[Sample]) -> list[bool]:
    """Returns in which samples Presidio's recognizers find something.

    Raises:
        SystemExit: its environment is missing.
    """
    if not _PEER.exists():
        sys.exit(f"error: there is no {_PEER}\nhint: run `make guard-rates`, which sets it up (400 MB)")
    asked = json.dumps([(sample.text, sample.countries) for sample in samples])
    script = str(Path(__file__).with_name("peer.py"))
    done = subprocess.run([str(_PEER), script], input=asked, capture_output=True, text=True, check=True)
    found: list[bool] = json.loads(done.stdout)
    return found


def _main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.guard_rates", description=__doc__.splitlines()[0])
    parser.add_argument("--tuning", action="store_true", help="measure the half that the guard was tuned on")
    parser.add_argument("--peer", action="store_true", help="measure Presidio's pattern recognizers as well")
    parser.add_argument("--store", action="store_true", help="store the results that docs/guard.md shows")
    parser.add_argument("--wrong", metavar="CLASS", help="print where the guard is wrong in the tuning half")
    chosen = parser.parse_args()
    if chosen.wrong:
        (of,) = [each for each in CLASSES if each.name == chosen.wrong]
        for sample in of.half(reported=False):
            if found_by_guard(sample) is not of.sensitive:
                print(sample.text, *sample.countries, sep="\t")
        return
    rows = measured(reported=not chosen.tuning, peer=presidio if chosen.peer else None)
    print(tables(rows))
    if chosen.store:
        RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _main()
