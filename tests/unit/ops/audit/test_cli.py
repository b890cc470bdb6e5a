"""Tests `order-tokenizer audit verify`: its answers, its exit codes, and its `--help` in docs/audit.md."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ops.app import app
from ops.audit import cli
from ops.errors import CommandError
from tests.support.fakes.trail import DAY, FakeTrail

ONE, TWO = "1" * 32, "2" * 32


@pytest.fixture
def trail(monkeypatch: pytest.MonkeyPatch) -> FakeTrail:
    made = FakeTrail()
    made.write(ONE, 3)
    made.write(TWO, 2, "2026-11-22")
    monkeypatch.setattr(cli, "find", lambda *_: None)
    monkeypatch.setattr(cli, "AwsTrail", lambda _: made)
    return made


def run(*words: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "100", "TERMINAL_WIDTH": "100"}).invoke(
        app, ["audit", "verify", *words], prog_name="order-tokenizer"
    )
    if isinstance(result.exception, CommandError):
        raise result.exception
    return result.exit_code, result.stdout


def document(*words: str) -> dict[str, Any]:
    return dict(json.loads(run(*words, "--json")[1]))


def test_a_whole_trail_is_a_success(trail: FakeTrail) -> None:
    code, text = run()
    assert code == 0
    assert text.splitlines() == [
        "day\tchains\tlines\tfirst\tlast\tdays locked\tverdict",
        "2026-11-22\t1\t2\t10:00:01\t10:00:02\t3653\twhole",
        "2026-11-24\t1\t3\t10:00:01\t10:00:03\t3653\twhole",
        "whole: 5 lines in 2 chains",
    ]


def test_a_broken_one_is_none_and_says_where(trail: FakeTrail) -> None:
    del trail.objects[f"audit/{DAY}/{ONE}/0000000002.json"]
    trail.write("3" * 32, 2, acknowledged=1)
    code, text = run()
    assert code == 1
    assert f"{DAY}\t{ONE}\t2\tgap\tline 2 is missing" in text.splitlines()
    assert text.splitlines()[-1] == ("broken: 6 lines in 3 chains; 1 without an answer, since a write failed")
    told = document()
    assert (told["verdict"], told["broken"], told["lines"]) == ("broken", 1, 6)
    assert told["days"][1]["findings"] == [
        {"day": DAY, "chain": ONE, "sequence": 2, "kind": "gap", "what": "line 2 is missing"}
    ]


def test_where_nothing_is_that_is_said_and_not_taken_for_a_whole_trail(trail: FakeTrail) -> None:
    assert run("--until", "2026-11-21") == (0, "there is no line and no head on these days\n")


def test_findings_that_are_not_shown_are_counted(trail: FakeTrail) -> None:
    trail.write(ONE, 1010)
    trail.unlocked = set(trail.objects)
    assert "... and 10 more findings; --since and --until show fewer days" in run("--since", DAY)[1]


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ([], ["2026-11-22", DAY]),
        (["--since", "2026-11-23"], [DAY]),
        (["--since", "2026-11-01", "--until", "2026-11-23"], ["2026-11-22"]),
        (["--until", "2026-11-22"], ["2026-11-22"]),
        (["--until", "2026-11-21"], []),
    ],
)
def test_days_can_be_chosen(trail: FakeTrail, words: list[str], days: list[str]) -> None:
    assert [day["day"] for day in document(*words)["days"]] == days


def test_without_an_end_a_check_goes_up_to_today(trail: FakeTrail) -> None:
    today = datetime.now(UTC).date().isoformat()
    trail.write("4" * 32, 1, today)
    assert document("--since", today)["lines"] >= 1


def test_a_day_that_is_gone_from_the_bucket_is_missed(trail: FakeTrail) -> None:
    trail.objects = {key: bodies for key, bodies in trail.objects.items() if "2026-11-22" not in key}
    code, text = run()
    assert code == 1
    assert f"2026-11-22\t{TWO}\t\tmissing chain\tlines 1 to 2 are missing: all of it" in text.splitlines()


def test_a_day_that_is_none_is_bad_usage(trail: FakeTrail) -> None:
    with pytest.raises(CommandError) as raised:
        run("--since", "yesterday")
    assert raised.value.hint == "--since and --until take a day such as 2026-11-24"


def test_the_page_shows_the_help() -> None:
    _, text = run("--help")
    shown = re.sub(r" +$", "", text, flags=re.MULTILINE).strip()
    assert f"```\n{shown}\n```" in Path("docs/audit.md").read_text()
