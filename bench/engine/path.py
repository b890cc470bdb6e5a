"""Prepares the tokenizing path: the real handler with its environment, over a stubbed network."""

import importlib
import os
from typing import TYPE_CHECKING, Any

from bench.network import VAULT, Network
from bench.workload import CONTEXT, STREAM, Mix, orders, stream_event

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-00000000000"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE000000000",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_SESSION_TOKEN": "x" * 800,  # as long as a role's
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "order-tokenizer",
    "POWERTOOLS_METRICS_NAMESPACE": "OrderTokenizer",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "VAULT_TABLE": VAULT,
    "VAULT_CRYPTO_NAME": VAULT,
    "VAULT_KEY_ARN": f"{_KEY}1",
    "LETTER_KEY_ARN": f"{_KEY}2",
    "TOKEN_KEY_ARN": f"{_KEY}3",
    "TOKEN_KEYS_TABLE": "shop-token-keys",
    "BLIND_INDEX_TABLE": "shop-blind-index",
    "SHARES_TABLE": "shop-shares",
    "ERASURES_TABLE": "shop-erasures",
    "ALIAS_TABLE": "shop-aliases",
    "STARTS_TABLE": "shop-unfinished-starts",
    "BUS_NAME": "shop-sanitized",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/shop-dead-letters",
    "LETTER_BUCKET": "shop-letters",
    "RAW_STREAM_ARN": STREAM,
    "RAW_STREAM_HOURS": "100000",  # the orders of a benchmark have a fixed arrival
    "RAW_QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:raw-orders",
    "API_NAME": "api:shop",
}


class Path:
    """Runs the deployed function in this process."""

    def __init__(self, network: Network, *, reload: bool = True) -> None:
        """Loads the function; the network has to be installed.

        Args:
            network: that stands for AWS.
            reload: load the handler anew, since the use case that it keeps is bound to an earlier network.
        """
        os.environ.update(ENVIRONMENT)
        module = importlib.import_module("handlers.tokenize_stream")
        if reload:
            importlib.reload(module)
        self._handler: Callable[[Any, Any], Any] = module.handler
        self.network = network
        self._next = 10_000_000
        self._known: dict[str, Any] = {}

    def run(self, event: dict[str, Any]) -> None:
        """Invokes the function once.

        Raises:
            RuntimeError: not every record was published.
        """
        answer = self._handler(event, CONTEXT)
        if answer != {"batchItemFailures": []}:
            raise RuntimeError("a measured batch failed")

    def know(self, mix: Mix, customers: int = 1_000) -> None:
        """Makes a mix's known customers known, and warms the function up."""
        known = Mix(mix.fields, mix.consistent, 1.0)
        self.network.index.clear()
        if mix.consistent:
            for start in range(0, customers, 500):
                self.run(stream_event(orders(known, 500, start, customers), 5_000_000 + start))
        else:
            self.run(stream_event(orders(mix, 1), 5_000_000))
        self._known = dict(self.network.index)

    def event(self, mix: Mix, count: int) -> dict[str, Any]:
        """Returns the event of a batch that was never seen; the index holds the known customers again."""
        self.network.index = dict(self._known)
        first, self._next = self._next, self._next + count
        return stream_event(orders(mix, count, first), first)
