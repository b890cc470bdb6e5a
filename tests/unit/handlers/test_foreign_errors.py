"""Tests that a library's message about a value is never passed on: not to the caller, not to Lambda's log."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from handlers import erase, reveal

TOLD = "4111111111111111"
REVEAL = {"tokens": ["tok_" + "0" * 26], "purpose": "charge"}
ERASE = {"customer_id": "C-77", "purpose": "erasure_request"}


class Context:
    aws_request_id = "request-1"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:orders-any:direct"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Choking:
    """Raises what a parser raises: its input, in the text of a ValueError."""

    def answer(self, *_: object) -> None:
        raise ValueError(f"invalid literal for int() with base 10: '{TOLD}'")

    erase = answer


@pytest.fixture
def choking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reveal, "_reveals", Choking)
    monkeypatch.setattr(erase, "_service", Choking)


@pytest.mark.usefixtures("choking")
@pytest.mark.parametrize(("handler", "event"), [(reveal.handler, REVEAL), (erase.handler, ERASE)])
def test_the_text_of_a_librarys_error_leaves_no_handler(
    handler: Callable[..., Any], event: dict[str, Any], log: io.StringIO
) -> None:
    with pytest.raises(RuntimeError) as raised:
        handler(event, Context())
    assert str(raised.value) == "ValueError"
    assert "ValueError" in log.getvalue()
    assert TOLD not in log.getvalue()


@pytest.mark.usefixtures("choking")
@pytest.mark.parametrize(("handler", "event"), [(reveal.handler, REVEAL), (erase.handler, ERASE)])
def test_a_token_that_is_none_is_told_what_a_token_is(
    handler: Callable[..., Any], event: dict[str, Any]
) -> None:
    answer = handler(event | {"id_token": 4111111111111111}, Context())
    assert answer == {
        "error": {"code": "invalid_request", "message": "id_token: Input should be a valid string"}
    }
