"""Receiving goes on until all is there and nothing more waits, and gives up when nothing comes."""

import pytest

from local.demo import actors
from local.demo.actors import wait_until


def test_what_comes_after_enough_is_received_too() -> None:
    arrivals = [2, 0, 3, 1, 0]
    received: list[int] = []

    def receive() -> int:
        received.append(arrivals[len(received)])
        return received[-1]

    wait_until(lambda: sum(received) >= 5, receive)
    assert sum(received) == 6


def test_when_nothing_comes_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(0, 1000, 5))
    monkeypatch.setattr(actors, "monotonic", lambda: next(moments))
    calls: list[int] = []

    def receive() -> int:
        calls.append(1)
        return 0

    wait_until(lambda: False, receive)
    assert len(calls) == 3
