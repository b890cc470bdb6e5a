"""Serves requests for honey tokens: has values that belong to nobody tokenized, and notes their tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tokenizer.audit.port import Audit
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.honeytokens.keeper import HoneyKeeper
from tokenizer.guard import find_leak, own_values
from tokenizer.honeytokens import MAKERS, HoneyToken, values

MOST = 25  # honey tokens a request; each needs a call of the tokenizing function, and an invocation has 30 seconds
_NOTE_CHARACTERS = 200

Request = Mapping[str, Any]


class InvalidRequest(Exception):
    """A request that is not understood; the text says why."""


@dataclass(frozen=True, slots=True)
class HoneytokenService:
    """Serves whoever keeps the honey tokens."""

    tokenizing: SynchronousTokenizer
    keeper: HoneyKeeper
    audit: Audit
    random: Random
    now: Callable[[], datetime]

    def serve(self, request: Request) -> dict[str, Any]:
        """Seed honey tokens or list them.

        Raises:
            InvalidRequest: the request is not understood.
            PipelineError: the tokenizing function, the table or the audit trail failed.
        """
        operator = request.get("operator")
        if not isinstance(operator, str) or not operator:
            raise InvalidRequest("operator: a text is required")
        if request.get("action") == "seed":
            return {"tokens": [_shown(each) for each in self._seed(request, operator)]}
        if request.get("action") == "list":
            self.audit.write("list honey", operator)
            return {"tokens": [_shown(each) for each in self.keeper.all()]}
        raise InvalidRequest("action: seed or list")

    def _seed(self, request: Request, operator: str) -> list[HoneyToken]:
        kind, count, note = request.get("kind"), request.get("count"), request.get("note")
        if not isinstance(kind, str) or kind not in MAKERS:
            raise InvalidRequest(f"kind: one of {', '.join(MAKERS)}")
        if not isinstance(count, int) or isinstance(count, bool) or not 0 < count <= MOST:
            raise InvalidRequest(f"count: 1 to {MOST}")
        if not isinstance(note, str) or not 0 < len(note) <= _NOTE_CHARACTERS:
            raise InvalidRequest(f"note: where they are planted, in up to {_NOTE_CHARACTERS} characters")
        if found := find_leak(note, own_values(())):
            raise InvalidRequest(f"note: holds what looks like a value ({found})")
        self.audit.write("seed honey", operator, kind=kind, count=count, note=note)
        made = []
        # One at a time, because tokens of one request begin alike and tokens of different orders do not.
        for value in values(kind, count, self.random):
            # Each gets a customer of its own that does not exist. A value without a customer can't be erased, so it
            # would be read in fewer calls, and the difference could be seen.
            customer_id = f"{self.random.getrandbits(128):032x}"
            (token,) = self.tokenizing.values([(kind, value)], operator, None, customer_id)
            honey = HoneyToken(token, kind, note, self.now().isoformat(timespec="seconds"))
            self.keeper.note(honey)  # before anybody can plant it
            made.append(honey)
        return made


def _shown(honey: HoneyToken) -> dict[str, str]:
    return {"token": honey.token, "kind": honey.kind, "note": honey.note, "seeded_at": honey.seeded_at}
