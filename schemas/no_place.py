"""Defines what happens if something that is made of the models can't hold a field."""


class NoPlace(ValueError):
    """Means that the lake or the consumers' kit has no place for some fields.

    Args:
        faults: each field with the reason.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
