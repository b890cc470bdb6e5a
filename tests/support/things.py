"""A small schema for tests of field kinds."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from schemas.base import Envelope, EventModel
from schemas.kinds import (
    ConsistentToken,
    Fact,
    FormatPreservingToken,
    FreeText,
    Generalized,
    Identifier,
    Masked,
    NormalForm,
    OneWayToken,
    Public,
    Removed,
    Rule,
    Token,
)


class Things(EventModel):
    alias: Annotated[str, FormatPreservingToken(min_digits=9)] | None = None
    alias4: Annotated[str, FormatPreservingToken(min_digits=12, keep_last=4)] | None = None
    one_way: Annotated[str, OneWayToken()] | None = None
    device: Annotated[str, OneWayToken("devices")] | None = None
    other_device: Annotated[str, OneWayToken("others")] | None = None
    reversible_device: Annotated[str, ConsistentToken("devices", NormalForm.EXACT)] | None = None
    masked: Annotated[str, Masked(keep_first=2, keep_last=4)] | None = None
    year: Annotated[str, Generalized(Rule.YEAR)] | None = None
    ip: Annotated[str, Generalized(Rule.NETWORK)] | None = None
    band: Annotated[str, Generalized(Rule.AMOUNT_BAND)] | None = None
    removed: Annotated[str, Removed()] | None = None
    pan: Annotated[str, Token(facts=(Fact.BIN, Fact.LAST4))] | None = None
    tags: list[Annotated[str, Public()]] | None = None
    secrets: list[Annotated[str, Token()]] | None = None
    whole: Annotated[dict[str, Any], Token()] | None = None
    big: Annotated[int, ConsistentToken("ids", NormalForm.EXACT)] | None = None
    text: Annotated[str, FreeText()] | None = None
    shaped: Annotated[str, Identifier(pattern=r"5[0-9]{17}|A-[0-9]{16}")] | None = None
    number: Annotated[int | Decimal | str, Public()] | None = None
    flag: Annotated[bool, Public()] | None = None
    email: Annotated[str, ConsistentToken("people", NormalForm.EMAIL, (Fact.DOMAIN,))] | None = None


class Thing(Envelope):
    event_type: Annotated[Literal["thing"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    things: Things
