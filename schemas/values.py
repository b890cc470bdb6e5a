"""Defines the single values that the API tokenizes. No producer sends them, and they are never published."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Envelope, EventModel
from schemas.fields import AddressLine, BirthDate, CardNumber, CustomerId, Email, Name, Phone, Secret
from schemas.kinds import Public


class Value(EventModel):
    """Holds one value in the field of its kind. The names are those of event fields, so that policies know them."""

    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    date_of_birth: BirthDate | None = None
    number: CardNumber | None = None
    expiry: Secret | None = None
    ssn: Secret | None = None
    tax_id: Secret | None = None
    iban: Secret | None = None
    line1: AddressLine | None = None
    secret: Secret | None = None


class Submitted(EventModel):
    """Holds one value. A card number has the same path as in an order, so that policies recognize it."""

    card: Value | None = None
    value: Value | None = None


class ValuesSubmitted(Envelope):
    """Holds values on their way to the vault."""

    event_type: Annotated[Literal["values.submitted"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    customer_id: CustomerId | None = None
    values: Annotated[list[Submitted], Field(min_length=1, max_length=100)]
