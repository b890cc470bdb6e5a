"""A reason for a quarantine or an edit is kept with the letter and in the audit trail, without the values that somebody typed."""

from contextlib import suppress
from typing import Any

import pytest

from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.samples import OF_QUEUE
from tokenizer.audit.lines import clean
from tokenizer.aws.replay.letters import Opened
from tokenizer.callers import Caller
from tokenizer.errors import PipelineError

COMPLIANCE = Caller("carla", ("compliance",), mfa=True)


class Letters:
    """Opens any letter."""

    def open(self, _: str) -> Opened:
        return Opened(OF_QUEUE, b"{}")


class Kept:
    """The quarantine, which notes reasons."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def keep(self, letter_id: str, body: str, reason: str) -> None:
        assert letter_id not in reason
        assert body == "letter"
        self.reasons.append(reason)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("the producer is gone", "the producer is gone"),
        ("because of 4111 1111 1111 1111", "withheld: card_number"),
        ("ann@example.com asked for it", "withheld: email"),
        ("call +49 30 90182000 first", "withheld: phone"),
        (" " + "x" * 300 + " ", "x" * 200),
        ("x" * 190 + " 4111 1111 1111 1111", "withheld: card_number"),
    ],
)
def test_a_reason_keeps_no_value(typed: str, kept: str) -> None:
    audit, quarantine = FakeAudit(), Kept()
    nothing: Any = None
    replaying = Replaying(Letters(), nothing, audit, others=quarantine)
    replaying.ask("quarantine", letters=["letter"], reason=typed)
    assert quarantine.reasons == [kept]
    assert [line["reason"] for line in audit.lines if line["action"] == "quarantine"] == [kept]


def test_a_purpose_comes_to_the_audit_trail_whole_so_that_no_value_is_cut_before_it_is_seen() -> None:
    """The trail guards a text and cuts it then. The beginning of a card number by itself would be kept."""
    audit = FakeAudit()
    nothing: Any = None
    replaying = Replaying(Letters(), nothing, audit)
    purpose = "x" * 190 + " 4111 1111 1111 1111"
    patch = [{"op": "replace", "path": "/order/status", "value": "x"}]
    asked: list[tuple[str, dict[str, Any]]] = [
        ("open", {"paths": ["/order/status"]}),
        ("edit", {"patch": patch}),
        ("ask_approval", {"patch": patch, "id_token": "t", "ids": ["a"]}),
        ("ask_approval", {"id_token": "t", "ids": ["a"]}),
    ]
    for action, more in asked:
        audit.lines.clear()
        with suppress(PipelineError):
            replaying.ask(action, COMPLIANCE, letters=["letter"], purpose=purpose, **more)
        assert audit.lines, action
        assert [clean(line)["purpose"] for line in audit.lines] == ["withheld: card_number"] * len(
            audit.lines
        )
