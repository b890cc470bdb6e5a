"""The attacker may replay letters, or reveal tokens for some purpose, and would like to read whole records.

They hold the operators' role, a letter of the queue, and an ID token of their own.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.samples import CANARIES, order
from tokenizer.alarm_metrics import BUDGET_EXCEEDED, HONEY_ASKED
from tokenizer.aws.replay.letter_reveals import categories_in
from tokenizer.aws.replay.letters import Opened
from tokenizer.callers import DIRECT, Caller, administrator
from tokenizer.errors import InvalidRequest, PipelineError, Refused, Unavailable
from tokenizer.vault.categories import CATEGORIES

QUEUE = LetterSource(queue="q", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")
PAN = "4111111111111111"
TOKEN = "tok_" + "0" * 25 + "1"
COMPLIANCE = Caller("cora", ("compliance",), mfa=True)
FOR = "legal_request"


class _Letter:
    def __init__(self, record: bytes) -> None:
        self._record = record

    def open(self, _: str) -> Opened:
        return Opened(QUEUE, self._record)


def replaying(record: Any = None) -> Replaying:
    text = record if isinstance(record, bytes) else json.dumps(record or order()).encode()
    return Replaying(_Letter(text), None, FakeAudit())


def reveal(at: Replaying, caller: Caller | None, purpose: str = FOR, alias: str = "") -> str:
    asked = at.ask(
        "reveal", caller, alias, letters=["letter"], ids=["id"], operator="arn:any", purpose=purpose
    )
    return str(asked["record"])


def assert_denied(at: Replaying, caller: Caller, purpose: str = FOR) -> dict[str, Any]:
    """Returns the line of a refusal, which holds no value."""
    with pytest.raises(Refused) as caught:
        reveal(at, caller, purpose)
    assert caught.value.code == "denied"
    line: dict[str, Any] = at.audit.lines[-1]
    assert (line["action"], line["operator"], line["result"]) == ("reveal letter", caller.name, "denied")
    assert not [each for each in (*CANARIES, PAN) if each in json.dumps(at.audit.lines) + str(caught.value)]
    return line


def test_who_may_see_all_that_is_in_a_record_sees_it_after_the_line() -> None:
    at = replaying()
    assert json.loads(reveal(at, COMPLIANCE)) == order()
    (line,) = at.audit.lines
    assert (line["purpose"], line["result"], line["groups"]) == (FOR, "shown", ["compliance"])
    assert line["values"]["card_number"] == 1
    assert not [each for each in CANARIES if each in json.dumps(line)]
    at.audit.down = True
    with pytest.raises(Unavailable):
        reveal(at, COMPLIANCE)


ATTACKERS: dict[str, tuple[Caller, str]] = {
    "an operator, who repairs": (Caller("olga", ("operators",), mfa=True), "repair"),
    "an operator, who says what compliance says": (Caller("olga", ("operators",), mfa=True), FOR),
    "support, on the phone": (Caller("sam", ("support",), mfa=True), "support"),
    "a cashier": (Caller("cash", ("payments",), mfa=True), "charge"),
    "compliance without a second factor": (Caller("cora", ("compliance",)), FOR),
    "compliance for another purpose": (COMPLIANCE, "fraud_investigation"),
    "compliance out of curiosity": (COMPLIANCE, "ticket 42"),
    "somebody in no group": (Caller("nick", mfa=True), FOR),
    "somebody who calls their group iam, as the pool's tokens can't": (
        Caller("ivan", ("iam ",), mfa=True),
        FOR,
    ),
    "a machine": (Caller("m", scopes=("tokens/write",)), FOR),
}


@pytest.mark.parametrize(("caller", "purpose"), ATTACKERS.values(), ids=list(ATTACKERS))
def test_the_policies_decide_as_on_tokens(caller: Caller, purpose: str) -> None:
    assert_denied(replaying(), caller, purpose)


@pytest.mark.parametrize("purpose", ["", " ", "\n"])
def test_without_a_purpose_nothing_is_revealed(purpose: str) -> None:
    at = replaying()
    with pytest.raises(InvalidRequest):
        reveal(at, COMPLIANCE, purpose)
    assert at.audit.lines == []


HIDDEN: dict[str, Any] = {
    "not JSON": json.dumps(order()).encode() + b",",
    "a list": [order()],
    "a number in the notes": order(notes=f"card {PAN}"),
    "a number as a name": order(customer={"customer_id": "C-77", "name": PAN}),
    "a number as the name of a field": order(payment={"method": "card", PAN: 1}),
    "wrapped": {"Type": "Notification", "MessageId": "m", "TopicArn": "arn", "Message": json.dumps(order())},
    "nothing": b"",
}


@pytest.mark.parametrize("record", HIDDEN.values(), ids=list(HIDDEN))
def test_a_record_that_may_hold_anything_takes_the_right_to_everything(record: Any) -> None:
    data = record if isinstance(record, bytes) else json.dumps(record).encode()
    assert set(categories_in(data)) == set(CATEGORIES)
    without_cards = Caller("cora", ("compliance",), mfa=True)
    assert_denied(replaying(record), without_cards, "fraud_investigation")
    assert_denied(replaying(record), Caller("cora", ("compliance",)))
    assert reveal(replaying(record), COMPLIANCE) == data.decode()


def test_a_record_without_a_card_is_shown_to_whom_only_cards_are_forbidden() -> None:
    record = order(payment={"method": "invoice"}, customer={"customer_id": "C-77", "name": "Ann Canaryname"})
    assert reveal(replaying(record), COMPLIANCE, "fraud_investigation") == json.dumps(record)


def test_the_budget_counts_each_value_of_a_record_and_what_is_not_permitted() -> None:
    at = replaying()
    cards = categories_in(json.dumps(order()).encode())
    most = 200 // max(cards.values())
    for _ in range(most):
        reveal(at, COMPLIANCE)
    assert_denied(at, COMPLIANCE)
    assert at.revealing.signals[BUDGET_EXCEEDED]
    (hour,) = [
        counter for name, counter in at.revealing.counters.counters.items() if name.startswith("hour#")
    ]
    assert hour["legal_request/name/full"] == (most + 1) * cards["name"]
    sam = Caller("sam", ("support",))
    assert_denied(at, sam, FOR)
    (missed,) = [
        counter["misses"]
        for name, counter in at.revealing.counters.counters.items()
        if name.startswith("hour#") and name.endswith("#sam")
    ]
    assert missed == cards.total()


@pytest.mark.parametrize(("caller", "shown"), [(COMPLIANCE, True), (Caller("nick"), False)])
@pytest.mark.parametrize(
    "record",
    [order(notes=f"see {TOKEN}"), order(order_id=TOKEN), json.dumps(order(notes=TOKEN)).encode()[:-1]],
    ids=["in a text", "as a field", "not JSON"],
)
def test_a_honey_token_in_a_letter_raises_the_alarm(record: Any, caller: Caller, shown: bool) -> None:
    at = replaying(record)
    at.revealing.honey.tokens.add(TOKEN)
    if shown:
        reveal(at, caller)
    else:
        assert_denied(at, caller)
    assert at.revealing.signals[HONEY_ASKED] == 1
    assert at.audit.lines[-1]["honey"] == [TOKEN]


def _down(what: str) -> Callable[[Replaying, PipelineError], None]:
    def set_it(at: Replaying, why: PipelineError) -> None:
        getattr(at.revealing, what).down = why

    return set_it


@pytest.mark.parametrize("gate", ["honey", "counters"])
def test_if_a_gate_can_not_be_reached_there_is_no_answer(gate: str) -> None:
    at = replaying()
    _down(gate)(at, Unavailable("down"))
    with pytest.raises(Unavailable):
        reveal(at, COMPLIANCE)
    assert at.audit.lines == []


def test_an_administrator_reveals_by_the_alias() -> None:
    at = replaying()
    assert json.loads(reveal(at, administrator(), "any", DIRECT)) == order()
    assert at.audit.lines[-1]["operator"] == "invoked directly"


@pytest.mark.parametrize("mfa", [True, False])
def test_an_operator_sees_a_record_that_somebody_else_approved(mfa: bool) -> None:
    olga, at = Caller("olga", ("operators",), mfa), replaying()
    asked = at.ask("ask_approval", olga, letters=["l"], ids=["id"], purpose="repair")["approval"]
    at.ask("approve", COMPLIANCE, "approve", letters=["l"], approval=asked["approval"])
    given = {"letters": ["l"], "purpose": "repair", "approval": asked["approval"]}
    if not mfa:
        with pytest.raises(Refused, match="policies or the budgets"):
            at.ask("reveal", olga, **given)
        return
    assert json.loads(at.ask("reveal", olga, **given)["record"]) == order()
    line = at.audit.lines[-1]
    assert (line["proposer"], line["approver"], line["result"]) == ("olga", "cora", "shown")
    with pytest.raises(Refused, match="used already"):
        at.ask("reveal", olga, **given)


# What may stand in a field whose name says so, and makes a record of unknown content of any other.
SAID = {
    "card_number": PAN,
    "ssn": "219-09-9999",
    "iban": "DE89370400440532013000",
    "email": "ann.canary@example.com",
    "phone": "+12025550123",
}


@pytest.mark.parametrize("said", SAID)
def test_a_value_needs_the_right_to_everything_unless_its_field_says_what_it_is(said: str) -> None:
    for name in SAID:
        shown = set(categories_in(json.dumps(order() | {name: SAID[said]}).encode()))
        assert (shown == set(CATEGORIES)) is (name != said), name
    assert set(categories_in(json.dumps(order() | {"zz": SAID[said]}).encode())) == set(CATEGORIES)
