"""`shop.order`, version 1: the order webhook of a shop system, as it comes, under the envelope of a raw event."""

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Count, Currency, Envelope, EventModel, Flag, Identifier, Money, PublicText, Text
from schemas.fields import AddressLine, Email, Name, Note, Phone, PostalCode, Secret
from schemas.foreign import Foreign
from schemas.kinds import (
    ConsistentToken,
    Generalized,
    Masked,
    NormalForm,
    OneWayToken,
    OrderReference,
    Public,
    Rule,
    Subject,
    Token,
)
from schemas.lenient import LenientMoney, LenientQuantity, LenientTime

ShopId = Annotated[
    int, Field(ge=0, lt=2**63), Public()
]  # 64 bits: too large for a JavaScript number, exact here
BrowserIp = Annotated[Text, Generalized(Rule.NETWORK)]


class NoteAttribute(EventModel):
    """A question that a theme or an app asked the buyer; the answer may be anything."""

    name: PublicText
    value: Annotated[Any, Token(everyday=True)] = None


class ClientDetails(EventModel):
    """The browser."""

    accept_language: PublicText | None = None
    browser_ip: BrowserIp | None = None
    session_hash: Annotated[Text, OneWayToken("sessions")] | None = None
    user_agent: Annotated[Text, OneWayToken("user-agents")] | None = None


class Customer(EventModel):
    """The buyer's account."""

    id: Annotated[ShopId, Subject()]
    email: Email | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None
    accepts_marketing: Flag | None = None
    orders_count: Count | None = None
    tags: PublicText | None = None


class Address(EventModel):
    """Where to ship, or whom to bill."""

    first_name: Name | None = None
    last_name: Name | None = None
    company: Name | None = None
    address1: AddressLine | None = None
    address2: AddressLine | None = None
    city: PublicText | None = None
    zip: PostalCode | None = None
    province_code: PublicText | None = None
    country_code: PublicText | None = None
    phone: Phone | None = None


class LineItem(EventModel):
    """A line of the order."""

    id: ShopId
    product_id: ShopId | None = None
    sku: PublicText | None = None
    title: PublicText | None = None
    quantity: LenientQuantity | None = None
    price: LenientMoney | None = None


class PaymentDetails(EventModel):
    """The facts that the shop knows of the card; the gateway has the number."""

    credit_card_company: PublicText | None = None
    credit_card_number: Annotated[Text, Masked(keep_last=4)] | None = None
    credit_card_name: Name | None = None


class ShopOrder(Envelope):
    """The raw event: the webhook's fields beside the envelope's own four.

    A relay may put the webhook on the queue as it comes, with the headers that it needs as attributes of the message.
    """

    foreign = Foreign(
        event_id="attribute:X-Shop-Webhook-Id",
        event_type="attribute:X-Shop-Topic",
        types=("orders/create", "orders/updated"),
        occurred_at="/created_at",
        zone="America/New_York",
    )

    event_type: Annotated[Literal["shop.order"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    id: Annotated[ShopId, OrderReference()]
    name: Identifier
    created_at: LenientTime | None = None
    currency: Currency
    total_price: Money
    subtotal_price: Money | None = None
    total_tax: Money | None = None
    financial_status: PublicText | None = None
    test: Flag | None = None
    tags: PublicText | None = None
    email: Email | None = None
    contact_email: Email | None = None
    phone: Phone | None = None
    browser_ip: BrowserIp | None = None
    cart_token: Annotated[Text, ConsistentToken("carts", NormalForm.EXACT)] | None = None
    order_status_url: Secret | None = None
    note: Note | None = None
    note_attributes: list[NoteAttribute] | None = None
    client_details: ClientDetails | None = None
    customer: Customer | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None
    line_items: Annotated[list[LineItem], Field(min_length=1)]
    payment_details: PaymentDetails | None = None
