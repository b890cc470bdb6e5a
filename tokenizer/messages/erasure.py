"""Defines the messages of the erasing function."""

from typing import Literal

from pydantic import TypeAdapter

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


class _Certificate(Message):
    """Holds what every certificate says. `complete` is True when nothing waits for a sweep any more."""

    erasure_id: str
    status: Literal["erased"]
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


class ErasedMessage(Message):
    """Holds the erasing function's answer about a customer."""

    certificate: ErasureCertificate


class OrderErasedMessage(Message):
    """Holds the erasing function's answer about an order."""

    certificate: OrderErasureCertificate


ERASE = TypeAdapter(EraseMessage)
ERASE_ORDER = TypeAdapter(EraseOrderMessage)
ERASED = TypeAdapter(ErasedMessage)
ORDER_ERASED = TypeAdapter(OrderErasedMessage)


def parse_erasure(message: dict[str, object]) -> EraseMessage | EraseOrderMessage:
    """Reads what is to be erased: an order if the message names one, else a customer.

    Raises:
        InvalidRequest: the message has another form.
    """
    return parse_message(ERASE_ORDER, message) if "order_id" in message else parse_message(ERASE, message)
