"""Single values that the API tokenizes: no event of a producer's, and never published."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Envelope, EventModel
from schemas.fields import AddressLine, BirthDate, CardNumber, CustomerId, Email, Name, Phone, Secret
from schemas.kinds import Public


class Value(EventModel):
    """One value, under the name of its kind; the same names are fields of events, so policies know them."""

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
    """A card number lies where that of an order lies, so that policies know it for one."""

    card: Value | None = None
    value: Value | None = None


class ValuesSubmitted(Envelope):
    """Values on their way to the vault."""

    event_type: Annotated[Literal["values.submitted"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    customer_id: CustomerId | None = None
    values: Annotated[list[Submitted], Field(min_length=1, max_length=100)]
