"""Serves requests for honey tokens: has values that belong to nobody tokenized, and notes their tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tokenizer.audit.port import Audit
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.honeytokens.keeper import HoneyKeeper
from tokenizer.errors import InvalidRequest
from tokenizer.guard import find_leak, own_values
from tokenizer.honeytokens import HoneyToken, values
from tokenizer.messages.base import parse_message
from tokenizer.messages.honeytokens import HONEY, SeedMessage


@dataclass(frozen=True, slots=True)
class HoneytokenService:
    """Serves those who keep the honey tokens."""

    tokenizing: SynchronousTokenizer
    keeper: HoneyKeeper
    audit: Audit
    random: Random
    now: Callable[[], datetime]

    def serve(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Makes honey tokens, or lists them.

        Raises:
            InvalidRequest: the request is not understood.
            PipelineError: the tokenizing function, the table or the audit trail failed.
        """
        asked = parse_message(HONEY, event)
        if isinstance(asked, SeedMessage):
            return {"tokens": [_shown(each) for each in self._seed(asked)]}
        self.audit.write("list honey", asked.operator)
        return {"tokens": [_shown(each) for each in self.keeper.all()]}

    def _seed(self, asked: SeedMessage) -> list[HoneyToken]:
        kind, count, note = asked.kind, asked.count, asked.note
        if found := find_leak(note, own_values(())):
            raise InvalidRequest(f"note: holds what looks like a value ({found})")
        self.audit.write("seed honey", asked.operator, kind=kind, count=count, note=note)
        made = []
        # One at a time, because tokens of one request begin alike and tokens of different orders do not.
        for value in values(kind, count, self.random):
            # Each gets a customer of its own that does not exist. A value without a customer can't be erased, so it
            # would be read in fewer calls, and the difference could be seen.
            customer_id = f"{self.random.getrandbits(128):032x}"
            (token,) = self.tokenizing.values([(kind, value)], asked.operator, None, customer_id)
            honey = HoneyToken(str(token), kind, note, self.now().isoformat(timespec="seconds"))
            self.keeper.note(honey)  # before anybody can plant it
            made.append(honey)
        return made


def _shown(honey: HoneyToken) -> dict[str, str]:
    return {"token": honey.token, "kind": honey.kind, "note": honey.note, "seeded_at": honey.seeded_at}
