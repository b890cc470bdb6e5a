"""Measures how long each stage of an invocation takes, for the log line and the trace that its handler writes."""

import time
from collections.abc import Callable, Sized
from dataclasses import dataclass
from typing import Any, TypeVar, cast

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Span:
    """Describes one call of a stage.

    Args:
        stage: the stage's name.
        began: seconds since 1970.
        ended: seconds since 1970.
        items: how many records, values or events the call was given.
    """

    stage: str
    began: float
    ended: float
    items: int


_spans: list[Span] = []


def take() -> list[Span]:
    """Returns and resets the spans since the last call, in the order in which they ended."""
    taken = list(_spans)
    _spans.clear()
    return taken


def timed(part: P, **stages: str) -> P:
    """Returns a part of the use case whose calls are timed. Everything else about it stays the same.

    Args:
        part: an adapter behind a port, or the use case itself.
        stages: the name of the stage by method.
    """
    return cast("P", _Timed(part, stages))


class _Timed:
    def __init__(self, part: Any, stages: dict[str, str]) -> None:
        self._part = part
        for method, stage in stages.items():
            setattr(self, method, _clocked(part, method, stage))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)


def _clocked(part: Any, method: str, stage: str) -> Callable[..., Any]:
    def call(given: Sized, *args: Any, **kwargs: Any) -> Any:
        began = time.time()
        try:
            return getattr(part, method)(given, *args, **kwargs)
        finally:
            _spans.append(Span(stage, began, time.time(), len(given)))

    return call
