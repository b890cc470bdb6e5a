"""The replay function, and letters for it."""

import threading
import time
from collections.abc import Callable
from typing import Any

from schemas.dead_letter import DeadLetter, LetterError, LetterSource


def body(at: int, code: str = "invalid_field", sealed: str = "AAAA") -> str:
    return DeadLetter(
        error=LetterError.model_validate({"code": code, "message": "m"}, strict=False),
        source=LetterSource(queue="q", message_id=f"m-{at}", arrived_at="2026-11-23T10:15:01.250Z"),
        attempts=1,
        sealed=sealed,
    ).model_dump_json(exclude_none=True)


class FakeFunction:
    """A replay function that answers by a rule, and remembers how many asked at once."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        self._rule = rule
        self._lock = threading.Lock()
        self._now = 0
        self.most_at_once = 0
        self.requests: list[int] = []

    def ask(self, _action: str, letters: list[str], ids: list[str], **_: Any) -> dict[str, Any]:
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.requests.append(len(letters))
        time.sleep(0.002)
        with self._lock:
            self._now -= 1
        return {"results": [{"status": self._rule(each)} for each in ids]}
