"""Defines the messages of the erasing function."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.sanitized import TOKEN_PATTERN
from tokenizer.messages.base import IdToken, Message, Purpose, Text, parse_message


class EraseMessage(Message):
    """Asks to erase a customer.

    Args:
        id_token: the caller's, for whom the API asks; None if an administrator invokes the function by its alias.
    """

    customer_id: Text
    purpose: Purpose
    id_token: IdToken = None


class EraseOrderMessage(Message):
    """Asks to erase what came under an order without a customer.

    Args:
        of_customer: True if the order is known to have a customer.
        id_token: as in `EraseMessage`.
    """

    order_id: Text
    of_customer: bool = False
    purpose: Purpose
    id_token: IdToken = None


class EraseValueMessage(Message):
    """Asks to erase a value that somebody named, whoever uses it.

    Args:
        token: the value's token; None if no event has held the value.
        owner: the vault's name for who owns its index entry.
        id_token: as in `EraseMessage`.
    """

    token: Annotated[str, Field(pattern=TOKEN_PATTERN)] | None
    owner: Annotated[str, Field(pattern=r"^(|[0-9a-f]{32}|[0-9a-f]{34})$")] = ""
    purpose: Purpose
    id_token: IdToken = None


class _Certificate(Message):
    """Holds what every certificate says. `complete` is True when nothing waits for a sweep any more.

    Nothing is certified unless `status` is `erased`: nothing was found, or nobody could look yet.
    """

    erasure_id: str
    status: Literal["erased", "nothing_found", "begun"]
    requested_by: str
    purpose: str
    requested_at: str
    erased_until: str
    records: int
    kept_for_others: int
    pending: int
    unproven: int
    complete: bool


class ErasureCertificate(_Certificate):
    """Holds the certificate of a customer's erasure. `complete` is True when nothing waits for a sweep any more."""

    customer_id: str


class OrderErasureCertificate(_Certificate):
    """Holds the certificate of the erasure of an order that came without a customer, as a customer's does."""

    order_id: str


class ValueErasureCertificate(_Certificate):
    """Holds the certificate of the erasure of a value that somebody named, for all who used it."""

    token: str
    lost_by_customers: int
    lost_by_orders: int


class ValueErasedMessage(Message):
    """Holds the erasing function's answer about a value."""

    certificate: ValueErasureCertificate


class ErasedMessage(Message):
    """Holds the erasing function's answer about a customer."""

    certificate: ErasureCertificate


class OrderErasedMessage(Message):
    """Holds the erasing function's answer about an order."""

    certificate: OrderErasureCertificate


ERASE = TypeAdapter(EraseMessage)
ERASE_ORDER = TypeAdapter(EraseOrderMessage)
ERASE_VALUE = TypeAdapter(EraseValueMessage)
ERASED = TypeAdapter(ErasedMessage)
ORDER_ERASED = TypeAdapter(OrderErasedMessage)
VALUE_ERASED = TypeAdapter(ValueErasedMessage)


def parse_erasure(message: dict[str, object]) -> EraseMessage | EraseOrderMessage | EraseValueMessage:
    """Reads what is to be erased: an order if the message names one, a value if it has its token, else a customer.

    Raises:
        InvalidRequest: the message has another form.
    """
    if "order_id" in message:
        return parse_message(ERASE_ORDER, message)
    return parse_message(ERASE_VALUE, message) if "token" in message else parse_message(ERASE, message)
