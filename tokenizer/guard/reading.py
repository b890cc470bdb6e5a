"""Describes what is known about a string beside its characters."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """Describes a string to the guard.

    Args:
        identifier: True for an id or a code. In it a right check digit alone makes no card number, and digits make no
            national phone number.
        vouched: True if the schema vouches for the string's shape, so that only the record's own values are looked for.
        prose: True for free text, in which a national phone number may stand without separators.
        national_ids: ISO 3166 codes of the countries whose identity numbers the schema wants the guard to find.
    """

    identifier: bool = False
    vouched: bool = False
    prose: bool = False
    national_ids: tuple[str, ...] = ()


ANY_TEXT = Reading()
VOUCHED = Reading(vouched=True)
