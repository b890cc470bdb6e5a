"""Wires the API's function."""

from collections.abc import Callable
from datetime import UTC, datetime

from tokenizer.authorization.budget_rules import BudgetRules
from tokenizer.authorization.look_ups import LookUps
from tokenizer.aws.api.customer_finder import CustomerFinder
from tokenizer.aws.api.fingerprints import Fingerprints
from tokenizer.aws.api.idempotency import IdempotencyKeys
from tokenizer.aws.api.order_service import OrderService
from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.api.value_eraser import ValueEraser
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.authorization.seen_values import DynamoSeenValues
from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.invocation import API_CALL_SECONDS
from tokenizer.aws.platform import clients, counters, package_files
from tokenizer.aws.platform.settings import ApiSettings


def order_service(settings: ApiSettings) -> OrderService:
    """Returns the service for the API's callers."""
    clients.silence_libraries()
    return OrderService(
        clients.client("kinesis"),
        settings.raw_stream_name,
        OrdersReader(clients.client("dynamodb"), settings.orders_table),
        _idempotency_keys(settings),
        clients.client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
        settings.reveal_function,
        settings.payment_function,
        settings.erase_function,
    )


def synchronous_tokenizer(settings: ApiSettings) -> SynchronousTokenizer:
    """Returns the tokenizer for callers who wait."""
    return SynchronousTokenizer(
        clients.client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
        settings.tokenize_function,
        settings.api_name,
        _idempotency_keys(settings),
    )


def route_policies() -> CedarPolicies:
    """Returns who decides what the API's callers may do.

    Raises:
        Configuration: the shipped policies don't have the right form.
    """
    return CedarPolicies()


def look_ups(settings: ApiSettings, policies: CedarPolicies) -> LookUps:
    """Returns who decides on consistent tokens.

    Raises:
        Configuration: the shipped budgets don't have the right form.
    """
    return LookUps(
        policies,
        BudgetRules.parse(package_files.text("budgets.toml")),
        DynamoSeenValues(clients.client("dynamodb"), settings.budgets_table),
        audit_trail(settings),
        counters.count,
        lambda: datetime.now(UTC),
    )


def customer_finder(settings: ApiSettings, look_ups: Callable[[], LookUps]) -> CustomerFinder:
    """Returns the finder of customers."""
    return CustomerFinder(
        clients.client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
        settings.tokenize_function,
        OrdersReader(clients.client("dynamodb"), settings.orders_table),
        look_ups,
        Fingerprints(clients.client("kms"), settings.fingerprint_key_arn),
    )


def value_eraser(settings: ApiSettings, look_ups: Callable[[], LookUps]) -> ValueEraser:
    """Returns the eraser of values that somebody names."""
    return ValueEraser(
        clients.client("lambda", attempts=1, read_timeout=API_CALL_SECONDS),
        settings.tokenize_function,
        settings.erase_function,
        look_ups,
        Fingerprints(clients.client("kms"), settings.fingerprint_key_arn),
    )


def _idempotency_keys(settings: ApiSettings) -> IdempotencyKeys:
    fingerprints = Fingerprints(clients.client("kms"), settings.fingerprint_key_arn)
    return IdempotencyKeys(clients.client("dynamodb"), settings.idempotency_table, fingerprints)
