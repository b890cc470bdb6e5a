"""A condition that does not hold is an answer; any other error of the call is none, and never taken for one.

And each item that DynamoDB removes by itself says when.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from schemas.sanitized import SanitizedEvent
from tests.support.fakes.world import World, ample_budget
from tests.support.members import for_all
from tests.support.samples import order, stream_record
from tokenizer.authorization.approvals import Approval
from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.api.orders_table import OrdersWriter
from tokenizer.aws.authorization.approvals import DynamoApprovals
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.authorization.seen_values import DynamoSeenValues
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.payments.table import PaymentsTable
from tokenizer.aws.pipeline.starts import DynamoStarts
from tokenizer.aws.replay.edit_counts import DynamoEditCounts
from tokenizer.errors import Denied, Throttled
from tokenizer.payments.attempts import Attempt, AttemptState
from tokenizer.payments.cashier import Payment, PaymentStatus

MOMENT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECONDS = int(MOMENT.timestamp())
DAY = 86_400


class Dynamo:
    """Notes each call, and fails those with a condition."""

    def __init__(self, code: str = "", *, item: Any = None) -> None:
        self.code = code
        self.item = item
        self.calls: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**asked: Any) -> dict[str, Any]:
            self.calls.append(asked)
            if self.code and "ConditionExpression" in asked:
                raise ClientError({"Error": {"Code": self.code}, "Item": self.item}, name)  # type: ignore[typeddict-unknown-key]  # as DynamoDB answers
            return {"Attributes": {"seen": {"SS": []}, "attempts": {"N": "1"}, "full": {"N": "1"}}}

        return call


APPROVAL = Approval("a1", "edit_letter", "d", "typo", "m", ("/p",), "ann", SECONDS)
PAYMENT = Payment("p1", "SO-1", "1", "USD", "1111", PaymentStatus.CHARGED, "ref", None)
ATTEMPT = Attempt("SO-1", 1, "1", "1", "USD", ("n", "e"), "p1", "now", AttemptState.TRYING)


def _event() -> SanitizedEvent:
    world = World()
    world.tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    return SanitizedEvent.model_validate(world.bus.details()[0])


EVENT = _event()
# Each call with a condition: what it answers if the condition holds, and if it does not.
CONDITIONS: dict[str, tuple[Callable[[Any], Any], Any, Any]] = {
    "approving": (lambda dynamo: DynamoApprovals(dynamo, "t").approve("a1", "eve"), True, False),
    "using an approval": (lambda dynamo: DynamoApprovals(dynamo, "t").use("a1"), True, False),
    "counting a look-up": (
        lambda dynamo: DynamoSeenValues(dynamo, "t").add("ann", Window.DAY, MOMENT, ["v"], 3), True, False,
    ),
    "claiming an edit": (lambda dynamo: DynamoEditCounts(dynamo, "t").claim("m", "r"), True, False),
    "releasing an edit": (lambda dynamo: DynamoEditCounts(dynamo, "t").release("m", "r"), None, None),
    "marking an erasure": (lambda dynamo: DynamoErasureStore(dynamo, "t").mark("s", 7), False, False),
    "keeping an order": (lambda dynamo: OrdersWriter(dynamo, "t").keep(EVENT), True, False),
    "keeping a payment": (lambda dynamo: PaymentsTable(dynamo, "t").keep(PAYMENT), PAYMENT, PAYMENT),
    "keeping a first attempt": (
        lambda dynamo: PaymentsTable(dynamo, "t").put_attempt(ATTEMPT, None), True, False,
    ),
    "keeping another attempt": (
        lambda dynamo: PaymentsTable(dynamo, "t").put_attempt(ATTEMPT, ATTEMPT), True, False,
    ),
}  # fmt: skip


@for_all("name", CONDITIONS)
def test_only_a_condition_that_does_not_hold_is_an_answer(name: str) -> None:
    call, holds, does_not = CONDITIONS[name]
    assert call(Dynamo()) == holds
    assert call(Dynamo("ConditionalCheckFailedException")) == does_not
    for code, kind in (("ThrottlingException", Throttled), ("AccessDeniedException", Denied)):
        with pytest.raises(kind):
            call(Dynamo(code))


def test_a_mark_that_is_later_already_knows_what_was_found() -> None:
    there = Dynamo("ConditionalCheckFailedException", item={"found": {"BOOL": True}})
    store: Any = DynamoErasureStore(there, "t")  # type: ignore[arg-type]  # all that is asked of it
    assert store.mark("s", 7)


def _ends(asked: Any) -> Iterator[int]:
    """Yields each end in what is asked, whatever it is nested in."""
    if isinstance(asked, dict):
        for key, value in asked.items():
            if key in {"expires_at", ":end"}:
                yield int(value["N"])
            else:
                yield from _ends(value)
    elif isinstance(asked, list):
        for value in asked:
            yield from _ends(value)


@for_all(
    ("write", "kept"),
    [
        (lambda dynamo: DynamoSeenValues(dynamo, "t").add("ann", Window.HOUR, MOMENT, ["v"], 3), 7 * DAY),
        (lambda dynamo: DynamoCounters(dynamo, "t").add("ann", Window.HOUR, MOMENT, {"full": 1}), 7 * DAY),
        (
            lambda dynamo: DynamoStarts(dynamo, "t", lambda: SECONDS + 0.9).note({"a": 1}, ample_budget()),
            15 * DAY,
        ),
        (lambda dynamo: DynamoApprovals(dynamo, "t").add(APPROVAL), 30 * DAY),
    ],
)
def test_what_dynamodb_removes_by_itself_is_kept_so_long(write: Callable[[Any], Any], kept: int) -> None:
    dynamo = Dynamo()
    write(dynamo)
    assert [end - SECONDS for call in dynamo.calls for end in _ends(call)] == [kept]
