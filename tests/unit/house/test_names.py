"""The code and the pages use the names of today: none of the names that they had before the house was put in order."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.source import ROOT, sources
from tools.lint.tree import files

# What was decided then keeps the names that it was decided with, and so does a list of changes.
_HISTORY = ("docs/decisions/", "CHANGELOG.md", "tests/unit/house/test_names.py")
_TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".js", ".html", ".sh", ".cedar", ""}

_CORE = (
    "budget signals jsontext batch intake sanitize settle vaulting sources kpl catalog schema_rules ports aliases values tokens"
    " lifetimes categories access allowance limits honey erase erasure_desk certificates live authentication_data outline"
    " audit_lines"
)
_ADAPTERS = (
    "clients settings faults meter spans holders renewed shipped traces batches transactions bus dead_letters sealing aliases"
    " blind_index shares vault_values materials data_keys token_keys order_desk waiting_desk idempotency fingerprints orders_table"
    " order_shelf cedar reveal_budgets honey_desk honey_tokens erasures estate ledger payments_table fake_gateway movable_vault"
    " rekey_progress held_keys root desks replaying"
)
_OTHERS = (
    "handlers.shell handlers.honey handlers.api_models bench.engine.floor bench.report.sheet bench.report.sheets bench.section"
    " bench.kept_fast bench.end_to_end.parties local.deploy local.gateway local.package local.stack local.template local.demo_cargo"
    " local.demo_parties local.demo_proofs local.demo_view local.live.parties local.live.desk replay.stack replay.options"
    " replay.errors producer.fates producer.preview checks.source checks.tree deployment.layer load.people load.supply"
    " tests.fakes tests.samples tests.spread tests.faults.pipeline tests.property.events tests.security.walls"
)
MODULES = frozenset(
    [
        *(f"tokenizer.{each}" for each in _CORE.split()),
        *(f"tokenizer.aws.{each}" for each in _ADAPTERS.split()),
        *_OTHERS.split(),
    ]
)
_DOTTED_OR_PATH = re.compile(r"(?<![\w./-])\w+(?:[./]\w+)+")

# Words that can be nothing but the old name.
WORDS = re.compile(
    r"\b(OrderDesk|WaitingDesk|HoneyDesk|ErasureDesk|OrderShelf|DynamoEstate|FakeEstate|DynamoLedger|FakeLedger|LiveVault|Judged"
    r"|Allowances|FakeAllowances|sealed_exit|kept_fast|NobodyElse|OutsideOfTheNetwork|tell_signals|order_desk|waiting_desk"
    r"|erasure_desk|honey_desk|demo_cargo|demo_parties|demo_proofs)\b"
)
# English words: old as the name of a class or function only.
DEFINITIONS = re.compile(
    "Desk|Estate|Ledger|Living|Wish|Reveals|Intake|Vaulting|Renewed|Cargo|Floor|Sheet|Fate|told|tell|settle"
)


def lines() -> Iterator[tuple[str, str]]:
    """Yields each line of the tree that is not history, after its place."""
    for path in files(ROOT):
        if path.suffix in _TEXT and not str(path).startswith(_HISTORY):
            text = (ROOT / path).read_text(encoding="utf-8", errors="ignore")
            yield from ((f"{path}:{number}", line) for number, line in enumerate(text.splitlines(), 1))


def old_modules(line: str) -> Iterator[str]:
    """Yields the old modules that a line names, as `a.b`, `a.b.name` or `a/b.py`."""
    for match in _DOTTED_OR_PATH.finditer(line):
        parts = re.split("[./]", match[0])
        yield from (name for end in range(2, len(parts) + 1) if (name := ".".join(parts[:end])) in MODULES)


def test_no_page_and_no_line_of_code_names_a_module_that_has_moved() -> None:
    assert [f"{place}: {name}" for place, line in lines() for name in old_modules(line)] == []


def test_no_old_identifier_is_left() -> None:
    assert [f"{place}: {match[0]}" for place, line in lines() for match in WORDS.finditer(line)] == []


def test_no_class_or_function_has_an_old_name() -> None:
    old = [
        f"{source.path}:{node.lineno}: {node.name}"
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and DEFINITIONS.fullmatch(node.name)
    ]
    assert old == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from tokenizer.aws.faults import x", True),
        ("see tokenizer/aws/faults.py", True),
        ("tokenizer.aws.faults.mapped", True),
        ("tokenizer.aws.faults_of", False),
        ("tokenizer.aws.platform.settings", False),
        ("my-tokenizer/aws/faults.py", False),
    ],
)
def test_a_module_is_found_by_its_whole_name(line: str, found: bool) -> None:
    assert bool(list(old_modules(line))) is found
