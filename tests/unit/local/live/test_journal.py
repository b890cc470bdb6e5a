"""Tests what the page knows of orders: which event and letter belong to which, and how many there were."""

import json
from typing import Any

import pytest

from local.live.journal import Journal
from replay.letters import Letter
from tests.support.samples import order

FIX = [{"op": "replace", "path": "/schema_version", "value": 1}]


@pytest.fixture
def journal() -> Journal:
    return Journal()


def raw(event_id: str) -> bytes:
    return json.dumps({**order(), "event_id": event_id}).encode()


def event(event_id: str) -> str:
    return json.dumps({"detail": {"metadata": {"event_id": event_id}, "data": {}}})


def letter(letter_id: str, place: str) -> Letter:
    return Letter(letter_id, "sealed", "invalid_field", "stream", place, None, 1, 1, "why", "body", "receipt")


def figures(journal: Journal) -> dict[str, int]:
    return {name: count for name, count in journal.to_dict()["figures"].items() if count}


def states(journal: Journal) -> list[str]:
    return [each["state"] for each in journal.to_dict()["orders"]]


def test_an_order_waits_until_its_event_comes(journal: Journal) -> None:
    number = journal.sent("order", "stream", "1", raw("a"))
    assert states(journal) == ["waiting"]
    journal.received(event("a"))
    assert states(journal) == ["published"]
    found: Any = journal.order(number)
    assert json.loads(found["raw"])["event_id"] == found["event"]["detail"]["metadata"]["event_id"] == "a"
    assert figures(journal) == {"sent": 1, "published": 1}


def test_an_event_that_comes_twice_is_one(journal: Journal) -> None:
    journal.sent("order", "stream", "1", raw("a"))
    journal.received(event("a"))
    journal.received(event("a"))
    assert figures(journal) == {"sent": 1, "published": 1}


def test_an_event_of_anothers_order_is_counted_apart(journal: Journal) -> None:
    journal.sent("order", "stream", "1", raw("a"))
    journal.received(event("b"))
    assert figures(journal) == {"sent": 1, "waiting": 1, "elsewhere": 1}


@pytest.mark.parametrize("data", [b"{", b"[1]", b"\xff", b"null"])
def test_a_record_that_cannot_be_read_belongs_to_no_event(journal: Journal, data: bytes) -> None:
    journal.sent("broken JSON", "stream", "1", data)
    journal.received(event("None"))
    assert states(journal) == ["waiting"]


def test_a_letter_is_known_by_its_place_and_has_the_fix_of_its_poison(journal: Journal) -> None:
    journal.sent("order", "stream", "1", raw("a"))
    number = journal.sent("version 99", "stream", "2", raw("b"), FIX)
    journal.letters([letter("x", "2"), letter("y", "3")])
    assert states(journal) == ["dead letter", "waiting"]
    ours, others = journal.to_dict()["letters"]
    assert (ours["order"], ours["fix"]) == (number, FIX)
    assert (others["order"], others["fix"]) == (None, None)
    assert journal.fix_of(letter("x", "2")) == FIX
    assert "body" not in str(journal.to_dict())


def test_a_letter_that_is_seen_again_is_counted_once(journal: Journal) -> None:
    for _ in range(2):
        journal.letters([letter("x", "2")])
    assert figures(journal) == {"lettered": 1}


def test_a_letter_that_failed_again_stays_and_says_so_and_one_that_was_published_goes(
    journal: Journal,
) -> None:
    journal.letters([letter("x", "1"), letter("y", "2")])
    journal.replayed("x", "failed: invalid_field", gone=False)
    journal.replayed("y", "published", gone=True)
    (left,) = journal.to_dict()["letters"]
    assert (left["id"], left["result"]) == ("x", "failed: invalid_field")
    assert figures(journal) == {"lettered": 2, "replayed": 1}


def test_the_oldest_orders_are_forgotten_and_still_counted(journal: Journal) -> None:
    for number in range(1, 101):
        journal.sent("order", "stream", str(number), raw(str(number)))
    assert figures(journal)["sent"] == 100
    assert len(states(journal)) == 40
    assert journal.order(1) is None
    assert journal.order(100) is not None


def test_a_large_record_is_shown_in_part(journal: Journal) -> None:
    found: Any = journal.order(journal.sent("too large", "stream", "1", b"x" * 400_000))
    assert len(found["raw"]) + found["left"] == 400_000
    assert len(found["raw"]) < 50_000


def test_each_change_has_a_version_of_its_own(journal: Journal) -> None:
    seen = [journal.version]
    for change in (
        lambda: journal.sent("order", "stream", "1", raw("a")),
        lambda: journal.received(event("a")),
        lambda: journal.letters([letter("x", "1")]),
        lambda: journal.replayed("x", "published", gone=True),
        lambda: journal.told_of("Throttling"),
        lambda: journal.told_of(None),
    ):
        change()
        seen.append(journal.version)
    assert seen == sorted(set(seen))
    journal.told_of(None)
    assert journal.version == seen[-1]
