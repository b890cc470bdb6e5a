"""Reads events of guests, who have no account, as a version of their type that knows guests.

The first versions of a type may promise their consumers a customer. If a producer still sends such a version and says
that there is no customer, the event is read as the version that the type names for it, instead of becoming a letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NO_CUSTOMER = (None, "", 0)


@dataclass(frozen=True, slots=True)
class Guests:
    """Says as which version the events of guests are read.

    Args:
        subject: the keys that lead to the customer's id.
        version: the version of the same type that an event without a customer is read as.
    """

    subject: tuple[str, ...]
    version: int

    def read(self, event: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the event, in the other version if it names nobody.

        It names nobody if null, an empty string or the number 0 stands in the place of the customer or of the id. A
        field that is missing is missing, and the event is refused.
        """
        value: Any = event
        for key in self.subject:
            if not isinstance(value, dict) or key not in value:
                return event
            value = value[key]
            if value in _NO_CUSTOMER:
                return {**event, "schema_version": self.version}
        return event
