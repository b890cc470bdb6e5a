"""Defines the messages of the tokenizing functions, in addition to what Lambda delivers to them."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message, parse_message
from tokenizer.messages.mode import Mode


class ApiRecord(Message):
    """Holds a record that the API has tokenized under the identity that it gives.

    Args:
        origin: the API's own name.
        record_id: a random id, one for each request.
        arrived: milliseconds since 1970 at which the first attempt of the request arrived.
        body: the record's text.
    """

    origin: str
    record_id: str
    arrived: int
    body: Annotated[str, Field(repr=False)]


class TokenizeMessage(Message):
    """Asks to tokenize records in a mode.

    Args:
        records: the records of a replay, in the form in which Lambda first delivered them.
        record: the record of a caller who waits.
    """

    mode: Annotated[Mode, Field(strict=False)]
    records: Annotated[tuple[dict[str, Any], ...], Field(strict=False, repr=False)] = ()
    record: ApiRecord | None = None


class RecordOutcome(Message):
    """Holds the result for one record; `detail` has the sanitized event for a caller who waits.

    Args:
        item: Lambda's id of the record.
        sub: the record's place in an aggregate.
    """

    item: str
    sub: int | None = None
    status: str
    code: str | None = None
    message: str | None = None
    detail: str | None = None


class TokenizeAnswer(Message):
    """Holds the results in the order of the records."""

    outcomes: Annotated[tuple[RecordOutcome, ...], Field(strict=False)]


_TOKENIZE = TypeAdapter(TokenizeMessage)
TOKENIZE_ANSWER = TypeAdapter(TokenizeAnswer)


def tokenize_message(event: Mapping[str, Any]) -> TokenizeMessage:
    """Reads the event of a tokenizing function. Lambda's own deliveries have no mode.

    Raises:
        InvalidRequest: the message has another form.
    """
    if "mode" not in event:
        return TokenizeMessage.model_construct(mode=Mode.DELIVERED, records=event.get("Records") or ())
    return parse_message(_TOKENIZE, event)
