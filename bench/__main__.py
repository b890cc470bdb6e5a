"""`python -m bench`: CPU per order of the tokenizing path, beside the floor of the same bytes parsed and written.

The world is in memory and the keys are fixed, so this measures parsing, checking, sanitizing, the leak guard and
tokens alone; machines are noisy, so the ratio is what counts. Sealing, calls and comparisons join with issue 8.
"""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from local.orders import orders
from schemas.dead_letter import LetterSource
from tokenizer import jsontext
from tokenizer.catalog import catalog
from tokenizer.identity import Identity
from tokenizer.intake import Intake
from tokenizer.records import RawRecord
from tokenizer.sanitize import Sanitizer
from tokenizer.tokens import ScopeKeys, SubjectKey, TokenKey, Versions

ORDERS = 1_000
ROUNDS = 7
RESULTS = Path(__file__).parent / "results"


def _records() -> list[RawRecord]:
    arrived = datetime(2026, 11, 23, tzinfo=UTC)
    source = LetterSource(arrived_at="2026-11-23T00:00:00.000Z")
    return [
        RawRecord(Identity.of_sqs("queue", str(at)), json.dumps(order).encode(), source, arrived, str(at))
        for at, order in enumerate(orders(ORDERS, seed=8))
    ]


def main() -> int:
    """Measure, print and write `bench/results/engine.json`."""
    records = _records()
    token_keys, subject_keys = Versions(((0, TokenKey(bytes(32))),)), Versions(((0, SubjectKey(bytes(32))),))
    intake = Intake(catalog(), Sanitizer(token_keys, ScopeKeys(bytes(32)), subject_keys))
    engine, floor = [], []
    for _ in range(ROUNDS):
        started = time.process_time()
        for record in records:
            intake.judge(record)
        between = time.process_time()
        for record in records:
            jsontext.dump(jsontext.parse(record.data))
        engine.append((between - started) / ORDERS * 1e6)
        floor.append((time.process_time() - between) / ORDERS * 1e6)
    figures = {
        "engine_microseconds_per_order": {"median": median(engine), "min": min(engine), "max": max(engine)},
        "floor_microseconds_per_order": {"median": median(floor), "min": min(floor), "max": max(floor)},
        "engine_to_floor": median(engine) / median(floor),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "engine.json").write_text(json.dumps(figures, indent=1) + "\n")
    table = Table("CPU per order", "median", "min", "max", title=f"{ORDERS} orders, {ROUNDS} rounds")
    for name, values in (
        ("read, check, sanitize, guard", engine),
        ("floor: parse and write the bytes", floor),
    ):
        table.add_row(name, *(f"{value:.0f} us" for value in (median(values), min(values), max(values))))
    Console().print(table, f"ratio: {figures['engine_to_floor']:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
