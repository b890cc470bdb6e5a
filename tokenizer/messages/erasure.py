"""Defines the messages of the erasing function."""

from typing import Literal

from pydantic import TypeAdapter

from tokenizer.messages.base import IdToken, Message, Purpose, Text


class EraseMessage(Message):
    """Asks to erase a customer.

    Args:
        id_token: the caller's, for whom the API asks; None if an administrator invokes the function by its alias.
    """

    customer_id: Text
    purpose: Purpose
    id_token: IdToken = None


class ErasureCertificate(Message):
    """Holds the certificate of an erasure. `complete` is True when nothing waits for a sweep any more."""

    erasure_id: str
    customer_id: str
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


class ErasedMessage(Message):
    """Holds the erasing function's answer."""

    certificate: ErasureCertificate


ERASE = TypeAdapter(EraseMessage)
ERASED = TypeAdapter(ErasedMessage)
