"""Waits for letters that somebody else holds, because a run is not done while one may come back.

A run that was killed holds its letters until the hold ends. A run that continues deletes them or gives them back.
"""

import time
from collections.abc import Callable

_PAUSE = 2.0  # seconds between two checks


def waited_for(
    held: Callable[[], int],
    take_what_came_back: Callable[[], bool],
    patience: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Waits until nobody holds a letter, and takes letters that come back in the meantime.

    Args:
        held: returns the number of letters that somebody holds; the caller holds none.
        take_what_came_back: replays the letters that are there; returns False to end the wait.
        patience: seconds after which the wait ends, since no run of ours holds letters for longer.
        clock: returns seconds that never go back.
        sleep: waits for some seconds.

    Returns:
        The number of letters that are still held.
    """
    deadline = clock() + patience
    while left := held():
        if clock() >= deadline or not take_what_came_back():
            return left
        sleep(_PAUSE)
    take_what_came_back()  # letters that came back between the last check and the count
    return held()
