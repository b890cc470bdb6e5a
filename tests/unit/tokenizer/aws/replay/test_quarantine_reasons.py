"""A reason for a quarantine is kept with the letter and in the audit trail, without the values that somebody typed."""

from typing import Any

import pytest

from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.samples import OF_QUEUE
from tokenizer.aws.replay.letters import Opened


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
    ],
)
def test_a_reason_keeps_no_value(typed: str, kept: str) -> None:
    audit, quarantine = FakeAudit(), Kept()
    nothing: Any = None
    replaying = Replaying(Letters(), nothing, audit, others=quarantine)
    replaying.ask("quarantine", letters=["letter"], reason=typed)
    assert quarantine.reasons == [kept]
    assert [line["reason"] for line in audit.lines if line["action"] == "quarantine"] == [kept]
