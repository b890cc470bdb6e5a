"""What the tokenizing functions are asked beside what Lambda delivers to them, and what they answer then."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message, parse_message
from tokenizer.messages.mode import Mode


class ApiRecord(Message):
    """A record that the API has tokenized, under the identity that it gives.

    Args:
        origin: the name that the API gives itself.
        record_id: drawn at random, once for a request.
        arrived: milliseconds since 1970 of the request's first attempt.
        body: the record.
    """

    origin: str
    record_id: str
    arrived: int
    body: Annotated[str, Field(repr=False)]


class TokenizeMessage(Message):
    """Records to tokenize in a mode.

    Args:
        records: as Lambda first delivered them; of a replay.
        record: of somebody who waits.
    """

    mode: Annotated[Mode, Field(strict=False)]
    records: Annotated[tuple[dict[str, Any], ...], Field(strict=False, repr=False)] = ()
    record: ApiRecord | None = None


class RecordOutcome(Message):
    """What became of one record; `detail` has the sanitized event for somebody who waits.

    Args:
        item: what Lambda calls the record.
        sub: its place in an aggregate.
    """

    item: str
    sub: int | None = None
    status: str
    code: str | None = None
    message: str | None = None
    detail: str | None = None


class TokenizeAnswer(Message):
    """In the order of the records."""

    outcomes: Annotated[tuple[RecordOutcome, ...], Field(strict=False)]


_TOKENIZE = TypeAdapter(TokenizeMessage)
TOKENIZE_ANSWER = TypeAdapter(TokenizeAnswer)


def tokenize_message(event: Mapping[str, Any]) -> TokenizeMessage:
    """Reads what a tokenizing function was invoked with; Lambda's own deliveries name no mode.

    Raises:
        InvalidRequest: the message has another form.
    """
    if "mode" not in event:
        return TokenizeMessage.model_construct(mode=Mode.DELIVERED, records=event.get("Records") or ())
    return parse_message(_TOKENIZE, event)
