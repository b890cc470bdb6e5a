"""Defines what all events have in common, including types that this version of the kit does not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from order_events.metadata import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Describes a sanitized event."""

    EVENT_TYPE: ClassVar[str]
    SCHEMA_VERSION: ClassVar[int]

    metadata: Metadata

    @property
    def event_type(self) -> str:
        """Returns the `detail-type`: what happened."""
        return self.EVENT_TYPE


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEvent:
    """Holds an event of a type or version that this kit doesn't know. It can be ignored, or read as JSON.

    Args:
        data: the parsed JSON, unchanged.
    """

    event_type: str
    metadata: Metadata
    data: Mapping[str, Any]
