"""Waits for letters that somebody else holds: a run is not done while one may still come back.

A run that was killed holds its letters until their time is over; one that goes on deletes them or gives them back.
"""

import time
from collections.abc import Callable

_PAUSE = 2.0  # seconds between two looks


def waited_for(
    held: Callable[[], int],
    take_what_came_back: Callable[[], bool],
    patience: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Waits until nobody holds a letter, and takes what comes back meanwhile.

    Args:
        held: counts the letters that somebody holds; the caller holds none.
        take_what_came_back: replays what is there; false ends the wait.
        patience: seconds; past them the letters are held for longer than a run of ours would.
        clock: seconds that only grow.
        sleep: waits for seconds.

    Returns:
        How many are still held.
    """
    deadline = clock() + patience
    while left := held():
        if clock() >= deadline or not take_what_came_back():
            return left
        sleep(_PAUSE)
    take_what_came_back()  # what came back between the last look and the count
    return held()
