"""How long each stage of an invocation took, for the log line and the trace that its handler writes at the end."""

import time
from collections.abc import Callable, Sized
from dataclasses import dataclass
from typing import Any, TypeVar, cast

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Span:
    """One call of a stage.

    Args:
        stage: its name.
        began: seconds since 1970.
        ended: seconds since 1970.
        items: what it was given: how many records, values or events.
    """

    stage: str
    began: float
    ended: float
    items: int


_spans: list[Span] = []


def take() -> list[Span]:
    """The calls since the last time, in the order of their ends."""
    taken = list(_spans)
    _spans.clear()
    return taken


def timed(part: P, **stages: str) -> P:
    """A part of the use case whose calls are timed; everything else of it is as it was.

    Args:
        part: an adapter behind a port, or the use case itself.
        stages: by method, the stage that its calls are.
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
