"""Requests for approval in memory, and the replay function's service over fakes."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

from tests.support.fakes.reveals import Revealing
from tests.support.fakes.world import ample_budget
from tokenizer.authorization.approvals import Approval, Approvals
from tokenizer.authorization.edit_limits import EditLimits
from tokenizer.aws.replay.invocation import Invocation
from tokenizer.aws.replay.letter_reveals import LetterReveals
from tokenizer.aws.replay.second_person import SecondPerson
from tokenizer.aws.replay.service import ReplayService
from tokenizer.callers import Caller
from tokenizer.errors import PipelineError, Refused

_NONE: Any = None


class FakeApprovals:
    """Implements the port `ApprovalStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, Approval] = {}
        self._lock = threading.Lock()

    def add(self, approval: Approval) -> None:
        assert approval.approval_id not in self.kept
        self.kept[approval.approval_id] = approval

    def get(self, approval_id: str) -> Approval | None:
        return self.kept.get(approval_id)

    def every(self) -> list[Approval]:
        return list(self.kept.values())

    def approve(self, approval_id: str, approver: str) -> bool:
        return self._change(
            approval_id,
            lambda found: found.approver is None and found.proposer != approver,
            lambda found: replace(found, approver=approver),
        )

    def use(self, approval_id: str) -> bool:
        return self._change(
            approval_id,
            lambda found: found.approver is not None and not found.used,
            lambda found: replace(found, used=True),
        )

    def _change(
        self, approval_id: str, may: Callable[[Approval], bool], change: Callable[[Approval], Approval]
    ) -> bool:
        with self._lock:
            found = self.kept[approval_id]
            if not may(found):
                return False
            self.kept[approval_id] = change(found)
            return True


@dataclass
class FakeEditCounts:
    """Implements the port `EditCounts`."""

    attempts: Counter[str] = field(default_factory=Counter)
    published: dict[str, str] = field(default_factory=dict)
    down: PipelineError | None = None

    def attempt(self, letter: str) -> int:
        if self.down:
            raise self.down
        self.attempts[letter] += 1
        return self.attempts[letter]

    def claim(self, letter: str, revision: str) -> bool:
        return self.published.setdefault(letter, revision) == revision

    def release(self, letter: str, revision: str) -> None:
        if self.published.get(letter) == revision:
            del self.published[letter]


@dataclass
class Replaying:
    """The service of the replay function, with parts that a test looks at."""

    letters: Any
    tokenizers: Any
    audit: Any
    store: FakeApprovals = field(default_factory=FakeApprovals)
    counts: FakeEditCounts = field(default_factory=FakeEditCounts)
    stream: Any = None
    others: Any = None

    def __post_init__(self) -> None:
        self.revealing = Revealing(_NONE, _NONE, self.audit)
        self._ids = count(1)

    @property
    def moment(self) -> datetime:
        return self.revealing.moment

    @property
    def service(self) -> ReplayService:
        gates = self.revealing.gates
        approvals = Approvals(
            self.store, gates.policies, self.audit, gates.now, lambda: f"a{next(self._ids)}"
        )
        return ReplayService(
            self.letters,
            self.stream,
            self.others,
            self.others,
            self.tokenizers,
            self.audit,
            LetterReveals(gates, self.audit),
            SecondPerson(approvals),
            EditLimits(
                self.counts,
                gates.budgets.limits,
                gates.budgets.counters,
                gates.signal,
                gates.now,
            ),
        )

    def ask(self, action: str, caller: Caller | None = None, alias: str = "", **asked: Any) -> dict[str, Any]:
        """Asks the service as somebody, whom their ID token would name."""
        return self.service.serve({"action": action, **asked}, invoked(caller, alias))


def invoked(caller: Caller | None = None, alias: str = "") -> Invocation:
    """Returns an invocation by an alias; without a caller, nobody is signed in."""

    def signed_in(_: str | None) -> Caller:
        if caller is None:
            raise Refused("unauthorized", "sign in")
        return caller

    return Invocation(alias, signed_in, ample_budget())
