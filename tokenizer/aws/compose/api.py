"""Wires the API's function."""

from tokenizer.aws.api.fingerprints import Fingerprints
from tokenizer.aws.api.idempotency import IdempotencyKeys
from tokenizer.aws.api.order_service import OrderService
from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.compose.invocation import API_CALL_SECONDS
from tokenizer.aws.platform import clients
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


def _idempotency_keys(settings: ApiSettings) -> IdempotencyKeys:
    fingerprints = Fingerprints(clients.client("kms"), settings.fingerprint_key_arn)
    return IdempotencyKeys(clients.client("dynamodb"), settings.idempotency_table, fingerprints)
