"""Lists the events that only the tokenizer sends, and that no producer may send."""

from collections.abc import Mapping

from pydantic import BaseModel

from schemas import erased, refused
from schemas.registry import EventName

OWN_EVENTS: Mapping[EventName, type[BaseModel]] = {
    erased.CUSTOMER: erased.CustomerErased,
    erased.ORDER: erased.OrderErased,
    refused.NAME: refused.OrderRefused,
}
