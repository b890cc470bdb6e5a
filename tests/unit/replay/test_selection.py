"""Tests how letters are chosen: as many as were asked for, the others given back, and ids as short as tells them apart."""

from collections.abc import Sequence
from typing import Any

import pytest

from ops.errors import CommandError
from replay.filters import Filter
from replay.letters import LetterQueue
from replay.selection import selected, short_length, the_letter
from tests.support.fakes.replay_function import body


class Queue:
    """Holds messages with given ids; `held` are another operator's."""

    def __init__(self, ids: Sequence[str], held: int = 0) -> None:
        self._left = list(ids)
        self._held = held
        self.given_back: list[str] = []

    def receive_message(self, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        found, self._left = self._left[:MaxNumberOfMessages], self._left[MaxNumberOfMessages:]
        return {
            "Messages": [{"MessageId": each, "ReceiptHandle": f"r-{each}", "Body": body(1)} for each in found]
        }

    def change_message_visibility_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        assert all(each["VisibilityTimeout"] == 0 for each in Entries)
        self.given_back += [each["ReceiptHandle"] for each in Entries]
        return {}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": "0",
                "ApproximateNumberOfMessagesNotVisible": str(self._held),
            }
        }


IDS = [f"letter-{at}" for at in range(5)]


def take(wanted: Filter, tried: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    aside: list[str] = []
    found = [each.letter_id for each in selected(LetterQueue(Queue(IDS), "url", 60), wanted, aside, tried)]
    return found, aside


@pytest.mark.parametrize(("limit", "found"), [(None, IDS), (1, IDS[:1]), (4, IDS[:4]), (5, IDS), (9, IDS)])
def test_as_many_letters_are_taken_as_were_asked_for(limit: int | None, found: list[str]) -> None:
    taken, aside = take(Filter(limit=limit))
    assert taken == found
    assert aside == [f"r-{each}" for each in IDS[len(found) : len(found) + 1]]


def test_letters_that_are_not_wanted_are_put_aside() -> None:
    assert take(Filter(ids=("letter-2",))) == (["letter-2"], [f"r-letter-{at}" for at in (0, 1, 3, 4)])


def test_letters_that_were_tried_are_not_taken_again() -> None:
    assert take(Filter(), tried=["letter-1"])[0] == ["letter-0", "letter-2", "letter-3", "letter-4"]


def test_a_letter_is_found_by_the_beginning_of_its_id_and_all_are_given_back() -> None:
    queue = Queue(["abc-1", "abd-2", "xyz-3"])
    assert the_letter(LetterQueue(queue, "url", 60), "abd").letter_id == "abd-2"
    assert sorted(queue.given_back) == ["r-abc-1", "r-abd-2", "r-xyz-3"]


def test_a_beginning_that_two_letters_have_is_refused_with_both() -> None:
    queue = Queue(["same-same-1", "same-same-2", "other-3"])
    with pytest.raises(CommandError, match="2 letters begin with same") as caught:
        the_letter(LetterQueue(queue, "url", 60), "same")
    assert caught.value.hint == "`replay show same-same-1`, or another of same-same-2"
    assert len(queue.given_back) == 3


@pytest.mark.parametrize(("held", "told"), [(0, "no such letter: zz"), (2, "somebody else holds 2")])
def test_an_id_of_nobody_is_refused_and_held_letters_are_told(held: int, told: str) -> None:
    with pytest.raises(CommandError, match=told):
        the_letter(LetterQueue(Queue(IDS, held), "url", 60), "zz")


@pytest.mark.parametrize(
    ("ids", "length"),
    [
        ([], 8),
        (["abc"], 8),
        (["12345678-1", "22345678-1"], 8),
        (["12345678-1", "12345678-2"], 10),
        # pragma: allowlist nextline secret
        (["12345678a1", "12345678b1"], 9),
        (["12345678", "12345678"], 8),
    ],
)
def test_ids_are_as_short_as_tells_them_apart_and_not_shorter(ids: list[str], length: int) -> None:
    assert short_length(ids) == length
