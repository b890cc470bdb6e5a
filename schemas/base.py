"""Defines what all event models share: strict types, errors without inputs, and the types of the envelope."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from schemas import kinds
from schemas.foreign import Foreign
from schemas.guests import Guests
from schemas.kinds import Public


class EventModel(BaseModel):
    """Describes a part of a raw event.

    It is strict: a number is not accepted as a string. Unknown fields are allowed, because fields that no schema names
    are tokenized whole later. No error text of pydantic repeats an input.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", hide_input_in_errors=True)


def _real_time(text: str) -> str:
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("not a time of RFC 3339") from None
    return text


Text = Annotated[str, Field(max_length=4096)]
Identifier = Annotated[str, Field(min_length=1, max_length=256), kinds.Identifier()]
Code = Annotated[Text, kinds.Identifier()]
PublicText = Annotated[Text, Public()]
Money = Annotated[str, Field(pattern=r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$"), Public()]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), Public()]
Flag = Annotated[bool, Public()]
Count = Annotated[int, Field(ge=0, le=1_000_000_000), Public()]
Timestamp = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"
    ),
    AfterValidator(_real_time),
    Public(),
]


class Envelope(EventModel):
    """Holds the four fields that every raw event has beside its data.

    `guard_national_ids` names the countries whose identity and tax numbers the leak guard looks for in an event's public
    strings, by ISO 3166 code: none unless an event type says so, since order numbers are taken for them.

    `shows_unknown_booleans` is True if true and false stay as they are in fields that no schema names, as null always does.

    `foreign` says where the four fields stand in a body that comes in a producer's own form.

    `guests` names the version as which an event without a customer is read, where its own version requires one.
    """

    guard_national_ids: ClassVar[tuple[str, ...]] = ()
    shows_unknown_booleans: ClassVar[bool] = False
    foreign: ClassVar[Foreign | None] = None
    guests: ClassVar[Guests | None] = None

    event_id: Identifier
    event_type: Identifier
    schema_version: Count
    occurred_at: Timestamp
