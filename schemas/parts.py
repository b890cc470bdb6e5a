"""Defines objects that several event types share."""

from schemas.base import EventModel, PublicText
from schemas.fields import AddressLine, Name, PostalCode


class Address(EventModel):
    """Describes a shipping or billing address."""

    name: Name | None = None
    line1: AddressLine | None = None
    line2: AddressLine | None = None
    city: PublicText | None = None
    region: PublicText | None = None
    postal_code: PostalCode | None = None
    country: PublicText | None = None
