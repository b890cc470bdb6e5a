"""The limits that other tests read from the code, written out: those try each at its bound, and this one says where it is."""

from importlib import import_module
from typing import Any

from tests.support.members import for_all

# By module and name; times in seconds unless they say otherwise.
LIMITS: dict[str, dict[str, Any]] = {
    "tokenizer.json_text": {"MAX_DEPTH": 100},
    "tokenizer.pipeline.aggregates": {"MAX_USER_RECORDS": 1_000},
    "tokenizer.pipeline.bounds": {"MAX_FIELDS": 10_000, "MAX_TEXT": 64 * 1024, "MAX_OWN_VALUES": 5_000},
    "tokenizer.pipeline.deliveries": {"MOST_STARTS": 5, "_FOR_STARTS": 2.0, "_LEAST": 12.0},
    "tokenizer.pipeline.batch": {"_FOR_LETTERS": 5.0},
    "tokenizer.pipeline.resolve_consistent": {"_ORPHANS_KEPT": 86_400},
    "tokenizer.pipeline.schema_rules": {"SMALLEST_DOMAIN": 10**6, "_MOST_KEPT_FIRST": 6, "_MOST_KEPT_LAST": 4},
    "tokenizer.payments.attempts": {"MOST_ATTEMPTS": 5},
    "tokenizer.authorization.approvals": {"VALID_SECONDS": 86_400},
    "tokenizer.aws.authorization.pool_tokens": {"LEEWAY_SECONDS": 30, "MFA_SECONDS": 15 * 60},
    "tokenizer.aws.authorization.sign_in_keys": {"_MOST_BYTES": 64 * 1024, "_FETCH_SECONDS": 10},
    "tokenizer.aws.authorization.budget_counters": {"_KEPT_SECONDS": 7 * 86_400},
    "tokenizer.aws.authorization.seen_values": {"_KEPT_SECONDS": 7 * 86_400},
    "tokenizer.aws.authorization.approvals": {"_KEPT_SECONDS": 30 * 86_400},
    "tokenizer.aws.api.idempotency": {"LEASE_SECONDS": 30, "_REMEMBERED_SECONDS": 86_400, "_ITEM_BYTES": 380_000},
    "tokenizer.aws.api.orders_table": {"_MOST_READ": 10_000, "_MOST_FOUND": 100},
    "tokenizer.aws.api.order_service": {"_RECORD_BYTES": 10**6},
    "tokenizer.aws.compose.invocation": {"API_CALL_SECONDS": 24, "_MARGIN": 8.0},
    "tokenizer.aws.pipeline.sealing": {"_MAX_RECORD": 16 * 1024 * 1024},
    "tokenizer.aws.pipeline.starts": {"_KEPT": 15 * 86_400},
    "tokenizer.aws.platform.clients": {"LONGEST_CALL": 6},
    "tokenizer.aws.platform.expiring_cache": {"KEPT": 5 * 60},
    "tokenizer.aws.replay.letters": {"_MOST_BYTES": 10 * 1024 * 1024, "_AHEAD": 300},
    "tokenizer.aws.replay.tokenizers": {"MOST_BYTES": 6_000_000},
    "tokenizer.audit.lines": {"MOST_BYTES": 10**6, "_LONGEST_TEXT": 200, "_LONGEST_NAME": 2_048, "_LONG_NUMBER": 9},
    "tokenizer.replay.edit_rules": {"_MOST_DIGITS": 3, "_PATHS_KEPT": 100},
    "handlers.rest.refusals": {"_TOLD": 5},
    "schemas.events.order_placed_v3": {"_LONGEST": 256, "_MOST": 2**63 - 1},
}  # fmt: skip


@for_all(("module", "limits"), LIMITS.items())
def test_each_limit_is_what_it_was(module: str, limits: dict[str, Any]) -> None:
    stated = import_module(module)
    assert {name: getattr(stated, name) for name in limits} == limits
