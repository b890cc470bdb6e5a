"""Helps to test consumers: makes valid events without a stack, and checks the bus's promises."""

from order_events.testing.batches import file_of, sqs_event
from order_events.testing.contract import CHECKS, Consumer
from order_events.testing.samples import Variant, detail, envelope, wrapped
from order_events.testing.schemas import faults, known, schema

__all__ = [
    "CHECKS",
    "Consumer",
    "Variant",
    "detail",
    "envelope",
    "faults",
    "file_of",
    "known",
    "schema",
    "sqs_event",
    "wrapped",
]
