"""Masks values so that people can recognize but not read them."""

import unicodedata

from tokenizer.cards import parse_card

_MASKED_AT_LEAST = 4


def mask(value: str, keep_first: int, keep_last: int) -> str | None:
    """Hides letters and digits of a value; returns None if fewer would be hidden than shown, or fewer than four.

    It also returns None if a code stands beside a card number, because the last digits may be those of the code.
    """
    card = parse_card(value)
    if card is not None and not card.alone:
        return None
    places = [index for index, character in enumerate(value) if character.isalnum()]
    hidden = len(places) - keep_first - keep_last
    if hidden < max(_MASKED_AT_LEAST, keep_first + keep_last):
        return None
    covered = set(places[keep_first : len(places) - keep_last])
    # Marks that combine with a hidden letter would give it away.
    return "".join(
        [
            "*" if index in covered else character
            for index, character in enumerate(value)
            if not unicodedata.combining(character)
        ]
    )
