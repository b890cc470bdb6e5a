"""An audit trail in memory."""

from typing import Any

from tokenizer.errors import Unavailable


class FakeAudit:
    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.down = False

    def write(self, action: str, operator: str, **facts: Any) -> None:
        if self.down:
            raise Unavailable("down")
        self.lines.append({"action": action, "operator": operator, **facts})
