"""How a batch of records came to be tokenized, which decides what is done with its events and with what fails."""

from enum import StrEnum


class Mode(StrEnum):
    """Who has records tokenized."""

    DELIVERED = "delivered"  # Lambda, from the stream or the queue
    REPLAYED = "replayed"  # an operator, from dead letters: those that fail again keep theirs
    REPLAYED_WITHOUT_LETTER = "replayed_without_letter"  # an operator, what has no letter yet
    WAITED_FOR = "waited_for"  # somebody who waits for the event and is told what is wrong with it
    VALUES = "values"  # somebody who waits for tokens of single values, which are no event

    @property
    def sends_letters(self) -> bool:
        """Tells whether a record that fails for good gets a dead letter."""
        return self in {Mode.DELIVERED, Mode.REPLAYED_WITHOUT_LETTER}

    @property
    def publishes(self) -> bool:
        """Tells whether events go to the bus."""
        return self is not Mode.VALUES

    @property
    def shows_events(self) -> bool:
        """Tells whether the answer holds the sanitized events."""
        return self in {Mode.WAITED_FOR, Mode.VALUES}
