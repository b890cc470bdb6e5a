"""A letter has one edit that is published: another one takes its place only if it failed for good."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.samples import OF_QUEUE, OF_STREAM, order
from tokenizer.aws.replay.letters import Opened
from tokenizer.errors import Refused, Unavailable
from tokenizer.replay import messages
from tokenizer.replay.messages import EDIT_REFUSED, Entry, Result

# Whether an edit with this status leaves room for another one. Only a record that failed is known not to be published,
# and not to become so: an answer that was lost may be about one that was.
ROOM = {
    "published": False,
    "failed": True,
    "unavailable": False,
    "refused": False,
    "expired": False,
    "skipped": False,
    "partly": False,
    "split": False,
}


class Letters:
    """Opens any letter, of the queue or of the stream."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def open(self, _: str) -> Opened:
        return Opened(self._source, json.dumps(order()).encode())


class Tokenizers:
    """Answers with a status or an error."""

    def __init__(self) -> None:
        self.answer: str | Exception = "published"
        self.given: list[Entry] = []

    def tokenize(self, entries: Sequence[Entry]) -> list[Result]:
        self.given += entries
        if isinstance(self.answer, Exception):
            raise self.answer
        return [{"status": self.answer} for _ in entries]


@pytest.fixture(params=[OF_QUEUE, OF_STREAM], ids=["queue", "stream"])
def replaying(request: pytest.FixtureRequest) -> Replaying:
    return Replaying(Letters(request.param), Tokenizers(), FakeAudit())


def edit(replaying: Replaying, total: str) -> str:
    """Returns the status of an edit, or the code of its refusal."""
    patch = [{"op": "replace", "path": "/order/total", "value": total}]
    try:
        (result,) = replaying.ask("edit", letters=["letter"], purpose="typo", patch=patch)["results"]
    except Refused as why:
        return why.code
    return str(result["status"])


def test_the_table_has_every_status() -> None:
    words = {value for name, value in vars(messages).items() if name.isupper() and isinstance(value, str)}
    no_status = {messages.EDIT_REFUSED, messages.APPROVAL_NEEDED, messages.NO_LETTER}
    assert words - no_status == ROOM.keys()


@pytest.mark.parametrize("status", ROOM)
def test_only_an_edit_that_failed_for_good_leaves_room_for_another(status: str, replaying: Replaying) -> None:
    tokenizers, claims = replaying.tokenizers, replaying.counts.published
    tokenizers.answer = status
    assert edit(replaying, "1.00") == status
    assert bool(claims) is not ROOM[status]
    tokenizers.answer = "published"
    assert edit(replaying, "2.00") == ("published" if ROOM[status] else EDIT_REFUSED)
    assert len(tokenizers.given) == 1 + ROOM[status]


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("defect")], ids=["outage", "defect"])
def test_an_edit_that_was_not_answered_leaves_no_room(error: Exception, replaying: Replaying) -> None:
    replaying.tokenizers.answer = error
    with pytest.raises(type(error)):
        edit(replaying, "1.00")
    replaying.tokenizers.answer = "published"
    assert edit(replaying, "2.00") == EDIT_REFUSED


@pytest.mark.parametrize("status", ROOM)
def test_the_same_edit_may_always_come_again(status: str, replaying: Replaying) -> None:
    replaying.tokenizers.answer = status
    assert [edit(replaying, "1.00") for _ in range(3)] == [status] * 3
    first, *others = replaying.tokenizers.given
    assert others == [first, first]


def test_a_claim_without_its_audit_line_stays(replaying: Replaying) -> None:
    """The line of the result fails after the record was published."""
    lines = replaying.audit

    def write(action: str, *_: Any, **__: Any) -> None:
        if action == "replay edited":
            raise Unavailable("down")

    lines.write = write
    with pytest.raises(Unavailable):
        edit(replaying, "1.00")
    assert edit(replaying, "2.00") == EDIT_REFUSED
