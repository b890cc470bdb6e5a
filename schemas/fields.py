"""Defines fields that several event types share, each with its kind."""

from typing import Annotated

from pydantic import Field

from schemas.base import Text
from schemas.kinds import (
    ConsistentToken,
    Fact,
    FreeText,
    Generalized,
    NormalForm,
    OrderReference,
    Rule,
    Subject,
    Token,
)

_SCOPE = "orders"

CustomerId = Annotated[str, Field(min_length=1, max_length=256), Subject()]
OrderId = Annotated[str, Field(min_length=1, max_length=256), OrderReference()]
Name = Annotated[Text, Token(everyday=True)]
AddressLine = Annotated[Text, Token(everyday=True)]
PostalCode = Annotated[Text, Generalized(Rule.POSTAL_PREFIX)]
Email = Annotated[Text, ConsistentToken(_SCOPE, NormalForm.EMAIL, facts=(Fact.DOMAIN,))]
Phone = Annotated[Text, ConsistentToken(_SCOPE, NormalForm.PHONE)]
BirthDate = Annotated[Text, Token(facts=(Fact.YEAR,))]
CardNumber = Annotated[Text, Token(facts=(Fact.LAST4, Fact.BRAND))]
Secret = Annotated[Text, Token()]
Note = Annotated[str, FreeText()]
