"""Defines `customer.updated`, version 1: a customer's profile has changed. The event holds the whole profile."""

from typing import Annotated, Literal

from schemas.base import Envelope, EventModel, Flag, Money, PublicText, Text
from schemas.fields import BirthDate, CustomerId, Email, Name, Note, Phone
from schemas.kinds import FormatPreservingToken, Generalized, Masked, OneWayToken, Public, Removed, Rule
from schemas.parts import Address

_LOYALTY_DIGITS = 10


class LabelledAddress(Address):
    """Describes one of the customer's addresses."""

    label: PublicText | None = None


class Customer(EventModel):
    """Describes a customer's profile.

    The loyalty number keeps its format because till systems check it. Devices can be counted and told apart, but never
    found again. Consumers have no use for the answer to the security question, so it is removed.
    """

    customer_id: CustomerId
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    date_of_birth: BirthDate | None = None
    tax_id: Annotated[Text, Masked(keep_last=4)] | None = None
    loyalty_number: Annotated[Text, FormatPreservingToken(min_digits=_LOYALTY_DIGITS)] | None = None
    device_id: Annotated[Text, OneWayToken(scope="devices")] | None = None
    last_login_ip: Annotated[Text, Generalized(Rule.NETWORK)] | None = None
    last_login_on: Annotated[Text, Generalized(Rule.YEAR)] | None = None
    spent_this_year: Annotated[Text, Generalized(Rule.AMOUNT_BAND)] | None = None
    credit_limit: Money | None = None
    security_answer: Annotated[Text, Removed()] | None = None
    newsletter: Flag | None = None
    tags: list[PublicText] | None = None
    addresses: list[LabelledAddress] | None = None
    notes: Note | None = None


class CustomerUpdated(Envelope):
    """Describes the raw event."""

    event_type: Annotated[Literal["customer.updated"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    customer: Customer
