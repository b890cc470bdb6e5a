"""The collaborators of the honey token service, in memory."""

from collections.abc import Sequence
from random import Random
from typing import Any

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.reveals import NOON
from tokenizer.aws.honeytokens.service import HoneytokenService
from tokenizer.errors import Unavailable
from tokenizer.honeytokens import HoneyToken

ANN = "arn:aws:sts::123456789012:assumed-role/honey-keeper/ann"


class FakeTokenizing:
    """Tokenizes in its head."""

    def __init__(self) -> None:
        self.taken: list[list[tuple[str, str]]] = []
        self.customers: set[str | None] = set()

    def values(
        self, values: Sequence[tuple[str, str]], caller: str, key: str | None, customer_id: str | None
    ) -> list[str]:
        self.taken.append(list(values))
        self.customers.add(customer_id)
        return [f"tok_{len(self.taken):026}"]


class FakeKeeper:
    def __init__(self) -> None:
        self.noted: list[HoneyToken] = []
        self.down = False

    def note(self, honey: HoneyToken) -> None:
        if self.down:
            raise Unavailable("down")
        self.noted.append(honey)

    def all(self) -> list[HoneyToken]:
        return self.noted


class Parts:
    def __init__(self) -> None:
        self.tokenizing, self.keeper, self.audit = FakeTokenizing(), FakeKeeper(), FakeAudit()
        parts: Any = (self.tokenizing, self.keeper, self.audit, Random(1), lambda: NOON)
        self.desk = HoneytokenService(*parts)

    def serve(self, **request: Any) -> dict[str, Any]:
        return self.desk.serve({"operator": ANN, **request})


SEED = {"action": "seed", "kind": "card_number", "count": 3, "note": "the wiki"}
