"""`validate`, `preview` and the stream agree on the same bytes, whatever form, wrapper and attributes a record has.

The commands read a file with the attributes that its messages have; the stream reads what the queue's function makes of
such a message. A letter is sent again as a replay sends it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st

from ops.files import FileEvent, events
from ops.preview.outcomes import Preview
from schemas.check import check
from schemas.fault import Fault
from schemas.sanitized import SOURCE
from tests.support.fakes.world import World, ample_budget
from tests.support.further_types import example, put_in_force
from tests.support.property.events import raw_events, unnamed
from tests.support.property.tried import tried
from tests.support.webhooks import MODELS, message, relayed, webhook
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import ENVELOPE, Catalog, catalog
from tokenizer.records import Outcome, RawRecord

SHOP = json.loads(Path("docs/examples/shop.order.1.json").read_text())
ATTRIBUTES = {
    "X-Shop-Topic": ("orders/create", "orders/updated", "orders/vanished"),
    "X-Shop-Webhook-Id": ("wh-1", ""),
    "topic": ("relayed.order", "web.order"),
    "delivery": ("d-1",),
    "trace": ("t-1",),
}
WRAPPERS: dict[str, dict[str, Any]] = {
    "Message": {"Type": "Notification", "MessageId": "n-1", "TopicArn": "arn", "Timestamp": "2026-11-23T10:15:00Z"},
    "data": {"specversion": "1.0", "id": "c-1", "source": "/shop", "type": "relayed.order", "delivery": "d-7"},
    "detail": {"version": "0", "id": "e", "detail-type": "t", "source": "shop", "account": "1", "time": "t",
               "region": "r", "resources": []},
}  # fmt: skip
MORE = re.compile(r"; and [0-9]+ more$")
# What differs between two deliveries: tokens, and what is made of the record's place and time.
DIFFERS = re.compile(
    r'tok_[0-9a-z]{26}|(?<="ingested_at":")[^"]*|(?<="ingest_id":")[^"]*|(?<="loyalty_number":")[^"]*'
)
values = st.one_of(
    unnamed, st.sampled_from(("", 0, 1.5, [], {}, "2026-07-01 09:30", 1782891000, "12,00", "order.placed", 10**19))
)  # fmt: skip

rarely = st.sampled_from((*[False] * 11, True))


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Returns an event in its own envelope, or a foreign body; two in three are changed somewhere."""
    kind = draw(st.sampled_from(("own", "web", "relayed", "shop")))
    shop = {name: value for name, value in SHOP.items() if name not in ENVELOPE}
    foreign: dict[str, dict[str, Any]] = {"web": webhook(), "relayed": relayed(), "shop": shop}
    body = foreign[kind] if kind in foreign else draw(raw_events()).event
    for _ in range(draw(st.integers(0, 2))):
        key = draw(st.sampled_from(sorted(body) or ["x"]))
        match draw(st.sampled_from(("change", "drop", "add", "inside"))):
            case "change":
                body = {**body, key: draw(values)}
            case "drop":
                body = {name: value for name, value in body.items() if name != key}
            case "add":
                body = {
                    **body,
                    draw(st.sampled_from(("extra", "wrapper", "Message", *ENVELOPE))): draw(values),
                }
            case _ if isinstance(body[key], dict):
                body = {
                    **body,
                    key: {**body[key], draw(st.sampled_from(sorted(body[key]) or ["x"])): draw(values)},
                }
            case _:
                pass
    return body


@st.composite
def records(draw: st.DrawFn) -> tuple[bytes, dict[str, str]]:
    """Returns a message's body and attributes."""
    event: Any = draw(bodies())
    holds = draw(st.sampled_from((None, None, *WRAPPERS)))
    if holds is not None:
        wrapper = dict(WRAPPERS[holds])
        if draw(rarely):
            wrapper["source"] = SOURCE
        text = json_text.dump(event).decode()
        event = {
            **wrapper,
            holds: text[: len(text) - draw(rarely)] if holds == "Message" else event,
        }
    data = json_text.dump([event] if draw(rarely) else event)
    if draw(rarely):
        data = data[:-1]
    names = draw(
        st.one_of(st.just(sorted(ATTRIBUTES)), st.lists(st.sampled_from(sorted(ATTRIBUTES)), unique=True))
    )
    return data, {name: draw(st.sampled_from(ATTRIBUTES[name])) for name in names}


@pytest.fixture(scope="module", autouse=True)
def known() -> Iterator[Catalog]:
    with pytest.MonkeyPatch.context() as patch:
        yield put_in_force(patch, {**example(), **MODELS})


def in_a_file(data: bytes, attributes: Mapping[str, str]) -> FileEvent:
    """Returns the event as the commands read it from a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        path.write_bytes(data)
        (event,) = events(str(path), lines=True, attributes=attributes)
        return event


def streamed(record: RawRecord, world: World) -> Outcome:
    (outcome,) = world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.failure is None
    return outcome


def same(detail: bytes) -> str:
    return DIFFERS.sub("", detail.decode())


@tried(records())
def test_the_commands_and_the_stream_agree(sent: tuple[bytes, dict[str, str]]) -> None:
    data, attributes = sent
    event, record = (
        in_a_file(data, attributes),
        message(data.decode(), attributes, known=catalog()),
    )
    assert event.record == record.data
    world = World(catalog=catalog())
    outcome = streamed(record, world)
    preview = Preview(world.tokenizer.reader.catalog)
    if outcome.letter is None:
        check(event.record)
        assert same(preview.sanitized(event.record)[1]) == same(world.bus.events[0].detail)
        return
    letter = outcome.letter
    with pytest.raises(Fault) as validated:
        check(event.record)
    with pytest.raises(BadRecord) as previewed:
        preview.sanitized(event.record)
    assert (letter.code, letter.message, letter.paths) == (
        previewed.value.code,
        previewed.value.message,
        previewed.value.paths,
    )
    fault = validated.value
    assert (letter.code, letter.paths) == (fault.code, fault.paths[: len(letter.paths)])
    assert str(fault).startswith(MORE.sub("", letter.message))
    assert bool(letter.paths) == bool(fault.paths)


@tried(records())
def test_a_letter_that_is_sent_again_gives_the_same_letter(sent: tuple[bytes, dict[str, str]]) -> None:
    data, attributes = sent
    world = World(catalog=catalog())
    outcome = streamed(message(data.decode(), attributes, known=catalog()), world)
    if outcome.letter is None:
        return
    (letter,) = world.letters.sent
    again = streamed(message(letter.data.decode(), known=catalog()), world)
    assert again.letter is not None
    assert (again.letter.code, again.letter.message) == (outcome.letter.code, outcome.letter.message)
    assert world.letters.sent[1].data == letter.data
