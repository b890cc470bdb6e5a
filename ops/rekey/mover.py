"""Drives a run to its end: the segments of a phase side by side, then the next phase, until a verification finds nothing left."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from threading import Event
from typing import Any, Protocol

from ops.errors import CommandError
from ops.rekey.function import Unavailable

_ATTEMPTS = 6
_FIRST_PAUSE = 1.0  # seconds; doubled each time

Progress = Callable[[str], AbstractContextManager[Callable[[int], None]]]


class Function(Protocol):
    """The rekey function."""

    def ask(self, action: str, **request: Any) -> dict[str, Any]:
        """One request."""
        ...


class Mover:
    """One run."""

    def __init__(
        self,
        function: Function,
        concurrency: int,
        progress: Progress,
        say: Callable[[str], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """A run that asks a function, so many requests at once.

        Args:
            function: the stack's.
            concurrency: segments that are worked on side by side.
            progress: given what is done, a context in which records are counted.
            say: told what is waited for.
            sleep: waits for some seconds.
        """
        self._function = function
        self._concurrency = concurrency
        self._progress = progress
        self._say = say
        self._sleep = sleep

    def run(self, segments: int, rounds: int) -> dict[str, Any]:
        """Move and verify until nothing is left; answers with where the run stands then.

        Args:
            segments: into how many the table is cut; one that goes on keeps what it has.
            rounds: after so many it gives up.

        Raises:
            CommandError: a step failed, again and again; the same call goes on from there.
        """
        told = self._patiently("begin", segments=segments)
        while told["phase"] != "done" and told["round"] <= rounds:
            doing = "moving" if told["phase"] == "move" else "verifying"
            with self._progress(f"{doing}, round {told['round']}") as tick:
                self._walk(told["left"], tick)
            told = self._patiently("conclude")
            while told.get("wait"):
                seconds = told["wait"] / 1000
                self._say(
                    f"waiting {seconds:.0f} s: invocations that began before the switch may still seal under the old key"
                )
                self._sleep(seconds)
                told = self._patiently("conclude")
        return told

    def _walk(self, segments: list[int], tick: Callable[[int], None]) -> None:
        stop = Event()
        with ThreadPoolExecutor(self._concurrency) as pool, _stopping(stop):
            for ended in [pool.submit(self._segment, each, tick, stop) for each in segments]:
                ended.result()

    def _segment(self, segment: int, tick: Callable[[int], None], stop: Event) -> None:
        seen, done = 0, False
        while not done and not stop.is_set():
            answer = self._patiently("work", segment=segment)
            tick(answer["records"] - seen)
            seen, done = answer["records"], answer["done"]

    def _patiently(self, action: str, **request: Any) -> dict[str, Any]:
        for attempt in range(_ATTEMPTS - 1):
            try:
                return self._function.ask(action, **request)
            except Unavailable:
                self._sleep(_FIRST_PAUSE * 2**attempt)
        try:
            return self._function.ask(action, **request)
        except Unavailable as why:
            raise CommandError(f"{why}, {_ATTEMPTS} times", "the same command goes on from here") from None


@contextmanager
def _stopping(stop: Event) -> Iterator[None]:
    """Let no segment go on once another has failed, or the operator has had enough."""
    try:
        yield
    except BaseException:
        stop.set()
        raise
