"""The attacker is an operator who may replay letters, and edits one again and again.

They want to learn a value by guesses that they write into a public field (refused if right, published or failed if
wrong), to make many orders out of one letter, or to put a record in the place of somebody else's order.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.samples import OF_QUEUE as QUEUE
from tests.support.samples import OF_STREAM as STREAM
from tests.support.samples import order
from tokenizer.authorization.edit_limits import ALONE, TOO_MANY_EDITS
from tokenizer.aws.replay.edits import attempted
from tokenizer.aws.replay.letters import Opened
from tokenizer.callers import Caller
from tokenizer.errors import Refused, Unavailable
from tokenizer.pipeline.catalog import EventPlan, catalog
from tokenizer.replay.messages import APPROVAL_NEEDED, EDIT_REFUSED

ANN, EVE = Caller("ann", ("operators",)), Caller("eve", ("compliance",), mfa=True)
SAMPLES = Path("schemas/samples")
SSN = "219-09-9999"
SOURCES = pytest.mark.parametrize("source", [STREAM, QUEUE], ids=["stream", "queue"])


@dataclass
class Letters:
    """Opens letters of one source, or of another one by its message id."""

    source: LetterSource = QUEUE

    def open(self, body: str) -> Opened:
        source = self.source if body == "letter" else QUEUE.model_copy(update={"message_id": body})
        return Opened(source, json.dumps(order()).encode())


@dataclass
class Tokenizers:
    """Publishes every record, or has it fail."""

    status: str = "published"
    seen: list[Any] = field(default_factory=list)

    def tokenize(self, entries: Any, *_: Any) -> list[dict[str, str]]:
        self.seen += entries
        return [{"status": self.status} for _ in entries]


def patched(path: str = "/order/items/0/sku", value: Any = "SKU-2") -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value}]


@pytest.fixture
def replaying() -> Replaying:
    return Replaying(Letters(), Tokenizers(), FakeAudit())


def tried(replaying: Replaying, patch: Any, letter: str = "letter", **more: Any) -> str:
    """Returns what an operator learns of an edit."""
    caller = more.pop("caller", None)
    asked = {"letters": [letter], "purpose": "typo", "patch": patch, **more}
    try:
        (result,) = replaying.ask("edit", caller, **asked)["results"]
    except Refused as why:
        return why.code
    return str(result["status"])


def asked(replaying: Replaying, patch: Any, caller: Caller = ANN) -> str:
    """Returns what an operator learns from asking a second person about an edit."""
    try:
        replaying.ask(
            "ask_approval", caller, letters=["letter"], ids=["0f"], purpose="typo", patch=patch, id_token="t"
        )
    except Refused as why:
        return why.code
    return "asked"


_IDS = count(1)
WAYS: dict[str, Callable[[Replaying, Any], str]] = {
    "by edits": tried,
    "by asking for approval": asked,
    "by edits of a letter that they say is another": lambda replaying, patch: tried(
        replaying, patch, ids=[f"{next(_IDS):08x}"]
    ),
    "by edits under ever new names": lambda replaying, patch: tried(
        replaying, patch, operator=f"arn:aws:sts::123456789012:assumed-role/r/{next(_IDS)}"
    ),
    "by edits and requests in turn": lambda replaying, patch: (
        tried(replaying, patch) if next(_IDS) % 2 else asked(replaying, patch)
    ),
}


@SOURCES
@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_after_a_few_guesses_right_and_wrong_ones_look_alike(
    way: Callable[[Replaying, Any], str], source: LetterSource, replaying: Replaying
) -> None:
    replaying.letters.source = source
    replaying.tokenizers.status = "failed"  # the record stays bad, so the letter stays, too
    told = [way(replaying, patched(value=f"219-09-{at:04}")) for at in range(ALONE)]
    assert EDIT_REFUSED not in told
    right, wrong = way(replaying, patched(value=SSN)), way(replaying, patched(value="219-09-0000"))
    assert {right, wrong} <= {APPROVAL_NEEDED, "asked"}
    assert len(replaying.tokenizers.seen) <= ALONE


def test_each_attempt_has_a_line_before_its_answer_with_the_letter_and_the_paths(
    replaying: Replaying,
) -> None:
    replaying.tokenizers.status = "failed"
    for _ in range(ALONE + 2):
        tried(replaying, patched(value=SSN))
        asked(replaying, patched(value=SSN))
    lines = [each for each in replaying.audit.lines if each["action"] in {"edit", "ask approval"}]
    assert len(lines) == 2 * (ALONE + 2)
    assert all(each["paths"] == ["/order/items/0/sku"] for each in lines)
    assert [each["refused"] for each in lines if each["action"] == "edit"][-2:] == [APPROVAL_NEEDED] * 2
    replaying.audit.down = True
    for ask in (tried, asked):
        with pytest.raises(Unavailable):
            ask(replaying, patched(value=SSN))


def test_many_guesses_in_one_edit_are_answered_as_one(replaying: Replaying) -> None:
    said = set()
    for at in range(2):
        guesses = ["219-09-0000", "219-09-0001"]
        guesses[at] = SSN
        paths = ("/order/items/0/sku", "/order/items/0/name")
        patch = [patched(path, value)[0] for path, value in zip(paths, guesses, strict=True)]
        with pytest.raises(Refused) as why:
            replaying.ask("edit", letters=["letter"], purpose="typo", patch=patch)
        said.add(str(why.value))
    (text,) = said
    assert "sku" not in text
    assert "name" not in text


def test_letter_after_letter_the_budget_ends_whatever_name_is_told(replaying: Replaying) -> None:
    replaying.tokenizers.status = "failed"
    limit = replaying.revealing.limits.edits.hour
    for at in range(limit):
        name = f"arn:aws:sts::123456789012:assumed-role/r/{at}"
        assert tried(replaying, patched(), letter=f"m-{at}", operator=name) == "failed"
    assert tried(replaying, patched(), letter="another") == TOO_MANY_EDITS
    assert replaying.revealing.signals["BudgetExceeded"] == 1
    # Who signs in has a budget of their own, and no way around the letter's.
    assert tried(replaying, patched(), letter="one more", caller=ANN, id_token="t") == "failed"


def test_many_attempts_at_once_are_counted_one_by_one(replaying: Replaying) -> None:
    replaying.tokenizers.status = "failed"
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda at: tried(replaying, patched(value=f"S-{at}")), range(20)))
    assert len([each for each in told if each != APPROVAL_NEEDED]) <= ALONE


def test_without_its_counts_nothing_is_answered(replaying: Replaying) -> None:
    replaying.counts.down = Unavailable("down")
    for ask in (tried, asked):
        with pytest.raises(Unavailable):
            ask(replaying, patched(value=SSN))
    assert not replaying.tokenizers.seen


def test_a_second_person_opens_the_way_again_for_one_edit(replaying: Replaying) -> None:
    replaying.tokenizers.status = "failed"
    for at in range(ALONE):
        tried(replaying, patched(value=f"S-{at}"))
    patch = patched(value="S-9")
    assert asked(replaying, patch) == "asked"
    (name,) = replaying.store.kept
    approve = {"letters": ["letter"], "approval": name, "patch": patch, "id_token": "t"}
    replaying.ask("approve", EVE, alias="approve", **approve)
    by_ann: dict[str, Any] = {"caller": ANN, "approval": name, "id_token": "t"}
    assert tried(replaying, patch, **by_ann) == "failed"
    assert tried(replaying, patched(value="S-10")) == APPROVAL_NEEDED


@SOURCES
def test_a_letter_is_published_as_one_edit(source: LetterSource, replaying: Replaying) -> None:
    replaying.letters.source = source
    assert tried(replaying, patched("/order/total", "1.00")) == "published"
    assert tried(replaying, patched("/order/total", "2.00")) == EDIT_REFUSED
    assert tried(replaying, patched("/order/total", "1.00")) == "published"
    identities = [
        (each.get("messageId") or each["kinesis"]["sequenceNumber"], each["edited"])
        for each in replaying.tokenizers.seen
    ]
    assert len(set(identities)) == 1


@pytest.mark.parametrize(("status", "then"), [("failed", "published"), ("unavailable", EDIT_REFUSED)])
def test_an_edit_that_failed_for_good_leaves_room_and_one_that_may_have_been_published_does_not(
    status: str, then: str, replaying: Replaying
) -> None:
    replaying.tokenizers.status = status
    assert tried(replaying, patched("/order/total", "1.00")) == status
    replaying.tokenizers.status = "published"
    assert tried(replaying, patched("/order/total", "2.00")) == then


NAMED = [
    (plan, path)
    for plan in catalog().plans()
    for path in ("/order/order_id", "/refund/order_id", "/refund/refund_id")
    if path.split("/")[1] in plan.data.fields
]


@pytest.mark.parametrize(("plan", "path"), NAMED, ids=[f"{plan.name} {path}" for plan, path in NAMED])
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "value": "SO-OF-SOMEBODY-ELSE"},
        {"op": "add", "value": "SO-OF-SOMEBODY-ELSE"},
        {"op": "replace", "value": None},
        {"op": "replace", "value": {"id": "SO-2"}},
        {"op": "remove"},
    ],
    ids=lambda each: f"{each['op']} {each.get('value')}",
)
def test_no_record_takes_the_place_of_another_order(
    plan: EventPlan, path: str, operation: dict[str, Any]
) -> None:
    sample = SAMPLES / f"{plan.name.event_type}.{plan.name.schema_version}.json"
    attempt = attempted(Opened(QUEUE, sample.read_bytes()), [{**operation, "path": path}])
    assert attempt.facts()["refused"] == APPROVAL_NEEDED
    assert "what the record is about" in str(attempt.result)


@pytest.mark.parametrize(
    "patch",
    [
        [{"op": "copy", "from": "/order/items/0/sku", "path": "/order/order_id"}],
        [{"op": "move", "from": "/event_id", "path": "/order/order_id"}],
        [{"op": "replace", "path": "", "value": order(order_id="SO-2")}],
        [{"op": "replace", "path": "/order", "value": order(order_id="SO-2")["order"]}],
        [
            {"op": "replace", "path": "/schema_version", "value": 99},
            {"op": "replace", "path": "/order/order_id", "value": "SO-2"},
        ],
    ],
    ids=["copied", "moved", "the whole record", "the whole order", "under a version that nobody knows"],
)
@SOURCES
def test_no_other_operation_gives_a_record_another_orders_id(patch: Any, source: LetterSource) -> None:
    record = Opened(source, json.dumps(order()).encode())
    assert attempted(record, patch).facts()["refused"] == APPROVAL_NEEDED


def test_an_orders_id_that_is_no_text_is_set_right_by_one_person() -> None:
    record = Opened(QUEUE, json.dumps(order(order_id=1001)).encode())
    assert isinstance(attempted(record, patched("/order/order_id", "1001")).result, Opened)
    assert attempted(record, patched("/order/order_id", "1002")).facts()["refused"] == APPROVAL_NEEDED
