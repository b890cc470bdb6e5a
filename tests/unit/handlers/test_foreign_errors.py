"""What a library's error says may hold a value: no caller is told it."""

from typing import Any

import pytest

from handlers import erase, reveal

CANARY = "4111111111111111"


class Context:
    aws_request_id = "r"

    def get_remaining_time_in_millis(self) -> int:
        return 30_000


class Breaking:
    """A desk whose library breaks with a value in its text."""

    def answer(self, *_: Any) -> Any:
        raise ValueError(CANARY)

    erase = answer


REQUESTS = [
    (reveal, "_reveals", {"tokens": ["t"], "purpose": "charge"}),
    (erase, "_desk", {"customer_id": "C-1", "purpose": "erasure_request"}),
]


@pytest.mark.parametrize(("module", "desk", "request_"), REQUESTS)
def test_the_text_of_a_librarys_error_reaches_neither_caller_nor_log(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    module: Any,
    desk: str,
    request_: dict[str, Any],
) -> None:
    monkeypatch.setattr(module, desk, Breaking)
    with pytest.raises(RuntimeError, match=r"^ValueError$"):
        module.handler(request_, Context())
    assert CANARY not in "".join(capsys.readouterr())


@pytest.mark.parametrize(("module", "desk", "request_"), REQUESTS)
def test_a_caller_that_is_none_is_told_so(module: Any, desk: str, request_: dict[str, Any]) -> None:
    answer = module.handler({**request_, "caller": {"name": 1}}, Context())
    assert answer["error"] == {"code": "invalid_request", "message": "caller: name, groups and mfa"}
