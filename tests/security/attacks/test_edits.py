"""The attacker is an operator who may replay letters: they hold `ReplayOperatorRoleArn`, the bus and the orders table.

They want a value out of a letter without revealing it, so they edit the record until it is published where they can
read it, or until an answer tells them whether a guess is right.
"""

import copy
import json
from functools import reduce
from pathlib import Path
from typing import Any

import jsonpatch
import pytest

from schemas.dead_letter import LetterSource
from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.samples import CANARIES, order
from tokenizer.aws.replay.edits import attempted, public_fields
from tokenizer.aws.replay.letters import Opened
from tokenizer.errors import Refused, Unavailable
from tokenizer.pipeline.catalog import EventPlan, catalog
from tokenizer.replay.messages import APPROVAL_NEEDED, EDIT_REFUSED

SAMPLES = Path("schemas/samples")
PAN = "4111111111111111"
SSN = "219-09-9999"
STREAM = LetterSource(stream="s", shard="shardId-0", sequence_number="1", arrived_at="2026-11-23T10:15:01Z")
QUEUE = LetterSource(queue="q", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")
SOURCES = pytest.mark.parametrize("source", [STREAM, QUEUE], ids=["stream", "queue"])

Patch = list[dict[str, Any]]
MOVES: dict[str, Patch] = {
    "a name into the city": [
        {"op": "move", "from": "/order/customer/name", "path": "/order/shipping_address/city"}
    ],
    "a number into the order's id": [
        {"op": "copy", "from": "/order/payment/card/number", "path": "/order/order_id"}
    ],
    "a number into the name, which support may read": [
        {"op": "copy", "from": "/order/payment/card/number", "path": "/order/customer/name"}
    ],
    "the whole customer to where nobody looks": [
        {"op": "move", "from": "/order/customer", "path": "/order/items/0/name"}
    ],
    "a field that no schema knows": [{"op": "move", "from": "/order/preferences", "path": "/order/order_id"}],
    "a public field over a sensitive one": [
        {"op": "copy", "from": "/order/order_id", "path": "/order/customer/ssn"}
    ],
}
GUESSES: dict[str, Patch] = {
    "the number": [{"op": "test", "path": "/order/payment/card/number", "value": PAN}],
    "another number": [{"op": "test", "path": "/order/payment/card/number", "value": "4000056655665556"}],
    "behind a harmless change": [
        {"op": "replace", "path": "/order/total", "value": "1.00"},
        {"op": "test", "path": "/order/customer/ssn", "value": SSN},
    ],
    "a whole object": [{"op": "test", "path": "/order/customer", "value": {}}],
    "a field that no schema knows": [{"op": "test", "path": "/order/preferences/ratio", "value": "0.10"}],
}
WRITTEN: dict[str, Patch] = {
    "a number that was read over somebody's shoulder": [
        {"op": "replace", "path": "/order/items/0/sku", "value": PAN}
    ],
    "with separators": [{"op": "replace", "path": "/order/items/0/sku", "value": "4111-1111-1111-1111"}],
    "inside other text": [
        {"op": "replace", "path": "/order/items/0/name", "value": "for Ann Canaryname, urgent"}
    ],
    "in another script's digits": [
        {"op": "replace", "path": "/order/items/0/sku", "value": "\uff14" + "\uff11" * 15}
    ],
    "in base64": [{"op": "replace", "path": "/order/items/0/sku", "value": "NDExMTExMTExMTExMTExMQ=="}],
    "in two pieces": [
        {"op": "replace", "path": "/order/items/0/sku", "value": "41111111"},
        {"op": "replace", "path": "/order/items/0/name", "value": "11111111"},
    ],
    "as the name of a field": [{"op": "add", "path": "/order/items/0/4111111111111111", "value": None}],
    "in the free text": [{"op": "replace", "path": "/order/notes", "value": "ssn 219 09 9999"}],
    "in the envelope": [{"op": "replace", "path": "/event_id", "value": SSN}],
}
TOUCHES: dict[str, Patch] = {
    "another number under the holder's token": [
        {"op": "replace", "path": "/order/payment/card/number", "value": "4000056655665556"}
    ],
    "no customer": [{"op": "remove", "path": "/order/customer"}],
    "a number as a name": [{"op": "replace", "path": "/order/customer/name", "value": PAN}],
    "an ssn as a number": [{"op": "replace", "path": "/order/customer/ssn", "value": 219099999}],
    "a value deeper": [{"op": "replace", "path": "/order/customer/ssn", "value": {"ssn": SSN}}],
    "a new email": [{"op": "add", "path": "/order/shipping_address/email", "value": "me@attacker.example"}],
    "an address line where none was": [
        {"op": "replace", "path": "/order/shipping_address/line2", "value": "Attic"}
    ],
}
RETYPES: dict[str, Patch] = {
    "another type": [{"op": "replace", "path": "/event_type", "value": "order.refunded"}],
    "another version beside a change": [
        {"op": "replace", "path": "/event_type", "value": "customer.updated"},
        {"op": "replace", "path": "/order/total", "value": "1.00"},
    ],
}

# An erasure of the customer would no longer reach the record.
AWAY: dict[str, Patch] = {
    "another customer": [{"op": "replace", "path": "/order/customer/customer_id", "value": "C-OTHER"}],
    "a guest": [{"op": "replace", "path": "/order/customer/customer_id", "value": "guest"}],
    "zero": [{"op": "replace", "path": "/order/customer/customer_id", "value": 0}],
    "null": [{"op": "replace", "path": "/order/customer/customer_id", "value": None}],
    "an empty object": [{"op": "replace", "path": "/order/customer/customer_id", "value": {}}],
    "removed": [{"op": "remove", "path": "/order/customer/customer_id"}],
    "another id by a space": [{"op": "replace", "path": "/order/customer/customer_id", "value": "C-77 "}],
    "another id by its case": [{"op": "replace", "path": "/order/customer/customer_id", "value": "c-77"}],
    "the order's id": [{"op": "copy", "from": "/order/order_id", "path": "/order/customer/customer_id"}],
    "moved": [{"op": "move", "from": "/order/customer/customer_id", "path": "/order/notes"}],
    "a guest of the version for guests": [
        {"op": "replace", "path": "/schema_version", "value": 3},
        {"op": "remove", "path": "/order/customer/customer_id"},
    ],
    "another customer of a version that nobody knows": [
        {"op": "replace", "path": "/schema_version", "value": 99},
        {"op": "replace", "path": "/order/customer/customer_id", "value": "C-OTHER"},
    ],
    "beside a harmless change": [
        {"op": "replace", "path": "/order/total", "value": "1.00"},
        {"op": "replace", "path": "/order/customer/customer_id", "value": "C-OTHER"},
    ],
}


def opened(source: LetterSource = QUEUE, **changes: Any) -> Opened:
    return Opened(source, json.dumps(order(**changes)).encode())


def assert_refused(record: Opened, patch: Patch, code: str = EDIT_REFUSED) -> None:
    attempt = attempted(record, patch)
    assert isinstance(attempt.result, Refused)
    assert attempt.result.code == code
    for said in (str(attempt.result), json.dumps(attempt.facts())):
        assert not [each for each in CANARIES if each in said]
        assert PAN not in said


@SOURCES
@pytest.mark.parametrize("patch", MOVES.values(), ids=list(MOVES))
def test_nothing_sensitive_is_moved_or_copied(patch: Patch, source: LetterSource) -> None:
    assert_refused(opened(source), patch)


@SOURCES
@pytest.mark.parametrize("patch", GUESSES.values(), ids=list(GUESSES))
def test_a_guess_is_refused_alike_whether_it_is_right_or_wrong(patch: Patch, source: LetterSource) -> None:
    assert_refused(opened(source), patch)
    right, wrong = (attempted(opened(), GUESSES[name]).result for name in ("the number", "another number"))
    assert str(right) == str(wrong)


@SOURCES
@pytest.mark.parametrize("patch", WRITTEN.values(), ids=list(WRITTEN))
def test_a_value_of_the_record_that_is_written_somewhere_else_stops_the_edit(
    patch: Patch, source: LetterSource
) -> None:
    assert_refused(opened(source), patch)


@SOURCES
@pytest.mark.parametrize("patch", TOUCHES.values(), ids=list(TOUCHES))
def test_nobody_alone_changes_what_is_sensitive(patch: Patch, source: LetterSource) -> None:
    assert_refused(opened(source), patch, APPROVAL_NEEDED)


@SOURCES
@pytest.mark.parametrize("patch", RETYPES.values(), ids=list(RETYPES))
def test_no_other_type_makes_public_what_was_not(patch: Patch, source: LetterSource) -> None:
    assert_refused(opened(source), patch)


@SOURCES
@pytest.mark.parametrize("patch", AWAY.values(), ids=list(AWAY))
def test_no_record_is_taken_away_from_its_customer(patch: Patch, source: LetterSource) -> None:
    assert_refused(opened(source), patch, APPROVAL_NEEDED)


@pytest.mark.parametrize("value", ["C-OTHER", "guest", None])
@pytest.mark.parametrize(
    "plan", [each for each in catalog().plans() if each.subject], ids=lambda each: str(each.name)
)
def test_each_type_and_version_keeps_its_subject(plan: EventPlan, value: str | None) -> None:
    sample = SAMPLES / f"{plan.name.event_type}.{plan.name.schema_version}.json"
    record, path = Opened(QUEUE, sample.read_bytes()), f"/{'/'.join(plan.subject)}"
    attempt = attempted(record, [{"op": "replace", "path": path, "value": value}])
    assert str(attempt.result) == f"{path}: a record is given another subject only with a second person"
    assert attempt.facts() == {"paths": [path], "refused": APPROVAL_NEEDED}


@pytest.mark.parametrize("order_id", ["SO-OTHER", "guest", None])
@pytest.mark.parametrize(
    "plan", [each for each in catalog().plans() if each.order], ids=lambda each: str(each.name)
)
def test_each_type_and_version_keeps_the_order_of_a_guest(plan: EventPlan, order_id: str | None) -> None:
    record = json.loads((SAMPLES / f"{plan.name.event_type}.{plan.name.schema_version}.json").read_bytes())
    *above, name = plan.subject
    reduce(lambda place, each: place[each], above, record)[name] = "guest"
    path = f"/{'/'.join(plan.order)}"
    attempt = attempted(
        Opened(QUEUE, json.dumps(record).encode()), [{"op": "replace", "path": path, "value": order_id}]
    )
    assert attempt.facts() == {"paths": [path], "refused": APPROVAL_NEEDED}


@pytest.mark.parametrize("guest", ["guest", 0, None])
def test_the_record_of_an_order_is_given_no_customer(guest: Any) -> None:
    """Refuses it: whoever erased the order would find its values again under that customer, who may have the order's id."""
    record = order()
    record["order"]["customer"]["customer_id"] = guest
    for customer in ("C-78", record["order"]["order_id"]):
        patch = [{"op": "replace", "path": "/order/customer/customer_id", "value": customer}]
        attempt = attempted(Opened(QUEUE, json.dumps(record).encode()), patch)
        assert attempt.facts()["refused"] == APPROVAL_NEEDED


@pytest.mark.parametrize(
    ("before", "order_id", "after"),
    [(77, "SO-1", "77"), ("guest", None, "C-78"), (0, None, "C-78"), (None, "n/a", "C-78")],
)
def test_an_id_is_set_right_and_a_record_of_nobody_is_given_a_customer(
    before: Any, order_id: str | None, after: str
) -> None:
    record = order(order_id=order_id)
    record["order"]["customer"]["customer_id"] = before
    patch = [{"op": "replace", "path": "/order/customer/customer_id", "value": after}]
    edited = attempted(Opened(QUEUE, json.dumps(record).encode()), patch).result
    assert isinstance(edited, Opened)
    assert attempted(edited, AWAY["another customer"]).facts()["refused"] == APPROVAL_NEEDED


@pytest.mark.parametrize(
    "patch",
    [
        patch
        for attacks in (WRITTEN, TOUCHES, RETYPES, AWAY)
        for patch in attacks.values()
        if all(each["op"] in {"add", "remove", "replace"} for each in patch)
    ],
)
def test_a_patch_that_replaces_the_whole_record_is_no_way_around(patch: Patch) -> None:
    edited = jsonpatch.apply_patch(copy.deepcopy(order()), patch)
    whole = [{"op": "replace", "path": "", "value": edited}]
    assert_refused(opened(), whole, EDIT_REFUSED if patch in RETYPES.values() else APPROVAL_NEEDED)


@pytest.mark.parametrize("op", ["replace", "add"])
@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [
        ("/order/payment/card/number", PAN, "4000056655665556"),
        ("/order/customer/ssn", SSN, "219-09-9990"),
        (
            "/order/customer",
            order()["order"]["customer"],
            {**order()["order"]["customer"], "ssn": "219-09-9990"},
        ),
        ("/order/customer", order()["order"]["customer"], {**order()["order"]["customer"], "name": "Eve"}),
        ("", order(), order(payment={"method": "card", "card": {"number": PAN}})),
    ],
)
def test_a_value_written_over_a_sensitive_one_is_no_guess_at_it(
    path: str, right: Any, wrong: Any, op: str
) -> None:
    """A value that is there already would be no change: neither the answer nor a request for approval may tell that it was."""
    told = []
    for value in (right, wrong):
        attempt = attempted(opened(), [{"op": op, "path": path, "value": value}])
        assert isinstance(attempt.result, Refused)
        told.append((attempt.result.code, str(attempt.result), attempt.named))
    assert told[0] == told[1]
    assert told[0][0] == APPROVAL_NEEDED


@SOURCES
@pytest.mark.parametrize(
    "patch", [patch for attacks in (MOVES, GUESSES, WRITTEN, RETYPES) for patch in attacks.values()]
)
def test_no_approval_lets_a_value_out(patch: Patch, source: LetterSource) -> None:
    attempt = attempted(opened(source), patch, approved=True)
    assert attempt.facts()["refused"] == EDIT_REFUSED


def test_a_record_that_is_no_json_cannot_be_rearranged() -> None:
    broken = Opened(QUEUE, json.dumps(order()).encode() + b",")
    for approved in (False, True):
        for record, value in ((broken, order(order_id=PAN)), (opened(), "{"), (opened(), [])):
            attempt = attempted(record, [{"op": "replace", "path": "", "value": value}], approved=approved)
            assert attempt.facts()["refused"] == EDIT_REFUSED


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "replace", "path": "/order/total", "value": "12.00"}],
        [{"op": "add", "path": "/order/items/0/quantity", "value": 2}],
        [{"op": "copy", "from": "/order/order_id", "path": "/order/items/0/sku"}],
        [{"op": "test", "path": "/order/currency", "value": "USD"}],
        [{"op": "remove", "path": "/order/notes"}],
        [{"op": "replace", "path": "/order/notes", "value": "ring twice"}],
    ],
)
def test_what_is_public_is_repaired_by_one_operator(patch: Patch) -> None:
    attempt = attempted(opened(), patch)
    assert isinstance(attempt.result, Opened)
    assert "refused" not in attempt.facts()


def test_a_version_that_nobody_knows_is_set_right() -> None:
    wrong = Opened(QUEUE, json.dumps({**order(), "schema_version": 99}).encode())
    patch = [{"op": "replace", "path": "/schema_version", "value": 1}]
    assert isinstance(attempted(wrong, patch).result, Opened)


class _OneLetter:
    def open(self, _: str) -> Opened:
        return opened()


class _Never:
    def tokenize(self, *_: Any) -> None:
        pytest.fail("a refused edit is published")


@pytest.mark.parametrize(
    "path",
    ["/order/payment/card/number", "/order/customer", "", "/order/preferences/ratio", "/order/customer/name"],
)
def test_the_editor_opens_no_sensitive_field(path: str) -> None:
    with pytest.raises(Refused):
        public_fields(opened(), ["/order/total", path])


def test_the_editor_opens_public_fields_and_such_as_are_missing() -> None:
    record = Opened(QUEUE, json.dumps(order(total="12,00")).encode())
    fields, missing = public_fields(record, ["/order/total", "/order/delivered_at"])
    assert fields == {"/order/total": "12,00", "/order/delivered_at": None}
    assert missing == ["/order/delivered_at"]


@pytest.mark.parametrize("patch", [GUESSES["the number"], WRITTEN["in two pieces"], TOUCHES["no customer"]])
def test_the_line_is_written_before_a_refusal_is_answered(patch: Patch) -> None:
    replaying = Replaying(_OneLetter(), _Never(), FakeAudit())
    with pytest.raises(Refused):
        replaying.ask("edit", letters=["letter"], ids=["id"], purpose="typo", patch=patch)
    (line,) = replaying.audit.lines
    assert line["action"] == "edit"
    assert line["refused"] == (APPROVAL_NEEDED if patch in TOUCHES.values() else EDIT_REFUSED)
    assert line["paths"]
    assert not [each for each in CANARIES if each in json.dumps(line)]


def test_without_a_line_there_is_no_answer() -> None:
    replaying = Replaying(_OneLetter(), _Never(), FakeAudit())
    replaying.audit.down = True
    with pytest.raises(Unavailable):
        replaying.ask("edit", letters=["l"], purpose="p", patch=GUESSES["the number"])
