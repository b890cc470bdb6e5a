"""Tests that honey tokens are made in requests of at most 25, and all are shown."""

import json
from typing import Any

import pytest

from ops.honeytokens import cli


def test_all_are_shown_however_many_requests_they_take(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[dict[str, Any]] = []

    def made(_: Any, **request: Any) -> list[dict[str, str]]:
        asked.append(request)
        return [{"token": f"tok {len(asked)} {at}"} for at in range(request["count"])]

    monkeypatch.setattr(cli, "_stack", lambda: None)
    monkeypatch.setattr(cli, "_asked", made)
    cli.seed("wiki", 60, "email", as_json=True)
    assert asked == [
        {"action": "seed", "kind": "email", "count": count, "note": "wiki"} for count in (25, 25, 10)
    ]
    shown = json.loads(capsys.readouterr().out)
    assert shown == [
        {"token": f"tok {call} {at}"} for call, count in ((1, 25), (2, 25), (3, 10)) for at in range(count)
    ]
