"""How the guard reads a string: what is known of it beside its characters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What a string is.

    Args:
        identifier: an id or a code, in which a right check digit alone makes no card number, and no digits a national
            phone number.
        vouched: its schema vouches for its shape, so that only the record's own values are looked for.
        prose: free text, in which a national phone number may stand without separators.
        national_ids: the countries whose identity numbers the schema has the guard look for, by ISO 3166 code.
    """

    identifier: bool = False
    vouched: bool = False
    prose: bool = False
    national_ids: tuple[str, ...] = ()


ANY_TEXT = Reading()
VOUCHED = Reading(vouched=True)
