"""Tests that a line missing from the audit trail is counted, whichever function was to write it."""

from types import SimpleNamespace
from typing import Any

import pytest

from handlers import erase, honeytokens, pay, rekey, replay, reveal
from tests.support.fakes.unwritten import unwritten
from tests.support.handlers import Emitted
from tokenizer.errors import PipelineError

CONTEXT: Any = SimpleNamespace(
    aws_request_id="r",
    get_remaining_time_in_millis=lambda: 30_000,
    invoked_function_arn="arn:aws:lambda:us-east-1:000000000000:function:orders-any:direct",
)


WRITERS: dict[str, tuple[Any, str, Any, dict[str, Any]]] = {
    "reveal": (reveal, "_reveals", SimpleNamespace(answer=unwritten), {"tokens": ["t"], "purpose": "charge"}),
    "pay": (
        pay,
        "_cashier",
        SimpleNamespace(pay=unwritten),
        {"order_id": "o", "key": "k"},
    ),
    "erase": (erase, "_service", SimpleNamespace(erase=unwritten), {"customer_id": "c", "purpose": "p"}),
    "sweep": (erase, "_service", SimpleNamespace(sweep=unwritten), {"sweep": True}),
    "replay": (replay, "_service", SimpleNamespace(serve=unwritten), {"letters": []}),
    "rekey": (rekey, "_rekeying", SimpleNamespace(begin=unwritten), {"action": "begin"}),
    "honey": (honeytokens, "_service", SimpleNamespace(serve=unwritten), {"action": "list"}),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_a_line_that_is_not_written_is_counted(
    writer: str, monkeypatch: pytest.MonkeyPatch, emitted: Emitted
) -> None:
    module, factory, part, event = WRITERS[writer]
    monkeypatch.setattr(module, factory, lambda: part)
    if writer == "sweep":  # nobody waits for its answer
        with pytest.raises(RuntimeError, match="Unavailable"):
            module.handler(event, CONTEXT)
    else:
        assert module.handler(event, CONTEXT)["error"]["code"] == "unavailable"
    assert emitted()["AuditFailed"] == (1, "OrderTokenizer", [["service"]])


def test_what_fails_without_the_trail_is_not_counted(
    monkeypatch: pytest.MonkeyPatch, emitted: Emitted
) -> None:
    def down(*_: Any) -> None:
        raise PipelineError("the vault")

    monkeypatch.setattr(reveal, "_reveals", lambda: SimpleNamespace(answer=down))
    assert reveal.handler({"tokens": ["t"], "purpose": "charge"}, CONTEXT)["error"]["code"] == "unavailable"
    assert "AuditFailed" not in emitted()
