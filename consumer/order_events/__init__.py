"""Reads sanitized order events for consumers: parses them into types, drops duplicates, and keeps the newest.

The event types are in `order_events.events`. `order_events.testing` makes valid events without a stack.
"""

from order_events.deliveries import Delivery, from_file, from_lambda
from order_events.dynamodb import DynamoDBSeen
from order_events.envelope import AnyEvent, parse, parse_detail
from order_events.errors import InProgress, KitError, LeaseLost, Unreadable
from order_events.event import OtherEvent
from order_events.events import EVENTS
from order_events.metadata import Metadata
from order_events.newest import if_newer, moment, newest, rank
from order_events.once import Claim, MemorySeen, Seen, handle_batch, handle_once
from order_events.parts import Token, is_token

__all__ = [
    "EVENTS", "AnyEvent", "Claim", "Delivery", "DynamoDBSeen", "InProgress", "KitError", "LeaseLost", "MemorySeen",
    "Metadata", "OtherEvent", "Seen", "Token", "Unreadable", "from_file", "from_lambda", "handle_batch", "handle_once",
    "if_newer", "is_token", "moment", "newest", "parse", "parse_detail", "rank",
]  # fmt: skip
