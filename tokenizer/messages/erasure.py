"""What the erasing function is asked and answers."""

from typing import Literal

from pydantic import TypeAdapter

from tokenizer.callers import Caller
from tokenizer.messages.base import Message, Text


class EraseMessage(Message):
    """A customer to be erased.

    Args:
        caller: whom the API asks for; without one, whoever IAM let invoke the function.
    """

    customer_id: Text
    purpose: Text
    caller: Caller | None = None


class ErasureCertificate(Message):
    """What came of an erasure; `complete` once nothing waits for a sweep any more."""

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
    complete: bool


class ErasedMessage(Message):
    """The erasing function's answer."""

    certificate: ErasureCertificate


ERASE = TypeAdapter(EraseMessage)
ERASED = TypeAdapter(ErasedMessage)
