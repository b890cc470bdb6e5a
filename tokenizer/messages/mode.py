"""Defines why a batch of records is tokenized, which decides what is done with its events and its failures."""

from enum import StrEnum


class Mode(StrEnum):
    """Lists who has records tokenized."""

    DELIVERED = "delivered"  # Lambda, from the stream or the queue
    REPLAYED = "replayed"  # an operator, from dead letters; records that fail again keep their letters
    REPLAYED_WITHOUT_LETTER = "replayed_without_letter"  # an operator, records that have no letter yet
    WAITED_FOR = "waited_for"  # a caller who waits for the event, or for the reason why there is none
    VALUES = "values"  # a caller who waits for tokens of single values, which are no event

    @property
    def sends_letters(self) -> bool:
        """Returns True if a record that fails for good gets a dead letter."""
        return self in {Mode.DELIVERED, Mode.REPLAYED_WITHOUT_LETTER}

    @property
    def replays(self) -> bool:
        """Returns True if an operator has the records tokenized again."""
        return self in {Mode.REPLAYED, Mode.REPLAYED_WITHOUT_LETTER}

    @property
    def publishes(self) -> bool:
        """Returns True if events go to the bus."""
        return self is not Mode.VALUES

    @property
    def shows_events(self) -> bool:
        """Returns True if the answer holds the sanitized events."""
        return self in {Mode.WAITED_FOR, Mode.VALUES}
