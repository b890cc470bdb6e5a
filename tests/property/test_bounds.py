"""Tests that what is just within a limit is accepted and what is just beyond it is not. Sizes are counted in bytes."""

import itertools
from typing import Any

import pytest
from hypothesis import strategies as st

from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import ample_budget as ample
from tests.support.property.tried import tried
from tokenizer import json_text
from tokenizer.aws.pipeline.bus import EventBridgeBus, entry_bytes
from tokenizer.aws.platform.batches import in_calls
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data import strip_authentication_data
from tokenizer.records import SanitizedRecord

DEEPEST = 100
SOURCE = "orders.tokenizer"
_wide_texts = st.text(alphabet=st.sampled_from("aéł漢\U0001f600"), max_size=60)


@st.composite
def nested(draw: st.DrawFn) -> tuple[int, bytes]:
    """Returns a depth near the limit, and a text of that depth: lists and objects, with brackets inside strings."""
    depth = draw(st.integers(DEEPEST - 3, DEEPEST + 3))
    kinds = draw(st.lists(st.booleans(), min_size=depth, max_size=depth))
    beside = draw(st.sampled_from(("", '"[[[{{{",', '"\\"[",', "[],[],")))
    key = draw(st.sampled_from(("a", "[{")))
    opened = "".join(
        f"[{beside}" if each or at == depth - 1 else f'{{"{key}": ' for at, each in enumerate(kinds)
    )
    # Lists beside the innermost value would be a level deeper than it.
    text = (
        opened
        + "1"
        + "".join("]" if each or at == depth - 1 else "}" for at, each in reversed(list(enumerate(kinds))))
    )
    return depth + ("[]" in beside), text.encode()


@tried(nested(), times=4)
def test_a_text_is_taken_up_to_its_hundredth_level(case: tuple[int, bytes]) -> None:
    depth, text = case
    if depth <= DEEPEST:
        value = json_text.parse(text)
        assert strip_authentication_data(value) == (value, 0)
        assert json_text.parse(json_text.dump(value)) == value
    else:
        with pytest.raises(BadRecord) as caught:
            json_text.parse(text)
        assert caught.value.code is ErrorCode.MALFORMED_JSON


def event(text: str, name: str = "order.placed") -> SanitizedRecord:
    return SanitizedRecord(name, text.encode(), "ing_1")


def size_of(text: str, name: str = "order.placed") -> int:
    return len(SOURCE.encode() + name.encode() + text.encode())


@tried(_wide_texts, st.sampled_from(("order.placed", "bestellung.geändert")), st.integers(-2, 2), times=2)
def test_an_event_is_too_large_from_one_byte_beyond(text: str, name: str, room: int) -> None:
    size = size_of(text, name)
    nobody: Any = None
    assert entry_bytes(event(text, name)) == size
    assert (EventBridgeBus(nobody, "bus", size + room).oversize(name, len(text.encode())) is not None) == (
        room < 0
    )


class Taking:
    """EventBridge as far as a call's limits go."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken: list[str] = []

    def put_events(self, *, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803 -- botocore's name
        assert 1 <= len(Entries) <= 10
        sizes = [len((each["Source"] + each["DetailType"] + each["Detail"]).encode()) for each in Entries]
        assert sum(sizes) <= self.limit
        self.taken += [each["Detail"] for each in Entries]
        return {"Entries": [{"EventId": "1"} for _ in Entries]}


@tried(st.lists(_wide_texts, max_size=25), st.integers(0, 300))
def test_no_call_of_the_bus_is_larger_than_it_may_be(texts: list[str], room: int) -> None:
    limit = max([size_of(text) for text in texts], default=0) + room
    events: Any = Taking(limit)
    failures = EventBridgeBus(events, "bus", limit).publish([event(each) for each in texts], ample())
    assert failures == [None] * len(texts)
    assert sorted(events.taken) == sorted(texts)


@tried(st.lists(st.integers(0, 20), max_size=30), st.integers(1, 5), st.integers(20, 40), times=2)
def test_packs_keep_both_limits_and_lose_nothing(sizes: list[int], count: int, limit: int) -> None:
    packs = [list(each) for each in in_calls(dict(enumerate(sizes)), count, limit)]
    assert [key for pack in packs for key in pack] == list(range(len(sizes)))
    assert all(len(pack) <= count and sum(sizes[key] for key in pack) <= limit for pack in packs)
    for pack, after in itertools.pairwise(packs):
        assert len(pack) == count or sum(sizes[key] for key in pack) + sizes[after[0]] > limit
