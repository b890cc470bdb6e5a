"""Runs Microsoft Presidio's anonymizer on the same orders; it is told where the same five values are.

Its analyzer, which would find them, needs language models and is left out; so this measures the cheaper half of
Presidio. `encrypt` is its reversible operator (AES-CBC, the ciphertext stands in the text). It keeps no vault, writes
and publishes nothing, and checks nothing: it is a smaller job.
"""

from collections.abc import Sequence
from typing import TypeAlias

from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

from bench.workload import sensitive

Found: TypeAlias = tuple[str, list[RecognizerResult]]

_ENCRYPT = {"DEFAULT": OperatorConfig("encrypt", {"key": b"0" * 32})}


def found(data: Sequence[bytes]) -> list[Found]:
    """Returns each order's text with what an analyzer would have found in it."""
    return [(order.decode(), _places(order)) for order in data]


def anonymize(texts: Sequence[Found], engine: AnonymizerEngine) -> None:
    """Swaps each value for its ciphertext."""
    for text, places in texts:
        engine.anonymize(text, places, _ENCRYPT)


def _places(order: bytes) -> list[RecognizerResult]:
    text = order.decode()
    return [
        RecognizerResult(name.upper(), start := text.index(f'"{value}"') + 1, start + len(value), 1.0)
        for name, value in sensitive(order).items()
    ]
