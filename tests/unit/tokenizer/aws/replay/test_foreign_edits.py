"""Edits of letters whose record is a foreign body, or wrapped: by the paths of the event, as its message names them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, Literal

import pytest

from schemas.dead_letter import LetterSource
from schemas.kinds import Public
from schemas.registry import EventName
from tests.support.fakes.world import World, ample_budget
from tests.support.further_types import example, put_in_force
from tests.support.samples import order, stream_record
from tests.support.webhooks import MODELS, Webhook, message, relayed, webhook
from tokenizer.aws.replay.edits import attempted, public_fields
from tokenizer.aws.replay.letters import Opened
from tokenizer.errors import Refused
from tokenizer.pipeline.catalog import Catalog
from tokenizer.replay.messages import APPROVAL_NEEDED, EDIT_REFUSED
from tokenizer.replay.outline import outline

QUEUE = LetterSource(queue="q", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")
ATTRIBUTES = {"topic": "relayed.order", "delivery": "d-1"}
SNS = {"Type": "Notification", "MessageId": "n-1", "TopicArn": "arn", "Timestamp": "2026-11-23T10:15:00Z"}
CLOUD = {
    "specversion": "1.0",
    "id": "c-1",
    "source": "/shop",
    "type": "x",
    "datacontenttype": "application/json",
}
BRIDGE = {"version": "0", "id": "e", "detail-type": "t", "source": "shop", "account": "1", "time": "t",
          "region": "r", "resources": []}  # fmt: skip


def of_message(**changes: Any) -> bytes:
    return message(json.dumps(relayed(**changes)), ATTRIBUTES).data


def raw(event: Any) -> bytes:
    return json.dumps(event).encode()


# A record, the path that its letter's message names, what stands there, and what the operator writes there.
LETTERS: dict[str, tuple[bytes, str, Any, Any]] = {
    "a time beside attributes": (of_message(at="yesterday"), "/at", "yesterday", 1782891000),
    "a field": (raw(webhook(total="12,00")), "/total", "12,00", "12.00"),
    "a time": (raw(webhook(created="never")), "/created", "never", "2026-07-01 09:30"),
    "an id": (raw(webhook(id="")), "/id", "", "o-1"),
    "a missing id": (raw({key: value for key, value in webhook().items() if key != "id"}), "/id", None, 7),
    "a version": (raw(webhook(meta={"topic": "order.created", "api": "9"})), "/meta/api", "9", "2026-10"),
    "SNS": (raw({**SNS, "Message": json.dumps(order(total="12,00"))}), "/order/total", "12,00", "12.00"),
    "SNS and a foreign body": (
        raw({**SNS, "Message": json.dumps(webhook(total="12,00"))}), "/total", "12,00", "12.00",
    ),
    "a CloudEvent": (raw({**CLOUD, "data": order(total="12,00")}), "/order/total", "12,00", "12.00"),
    "EventBridge": (raw({**BRIDGE, "detail": order(total="12,00")}), "/order/total", "12,00", "12.00"),
}  # fmt: skip
EACH = pytest.mark.parametrize("name", LETTERS)


class Returned(Webhook):
    """Is a second type of the same shop: a body that is read as one type could be read as the other."""

    foreign = replace(Webhook.foreign, types=("order.returned",))

    event_type: Annotated[Literal["web.return"], Public()]  # type: ignore[assignment]  # another type


@pytest.fixture(autouse=True)
def known() -> Iterator[Catalog]:
    with pytest.MonkeyPatch.context() as patch:
        yield put_in_force(patch, {**example(), **MODELS, EventName("web.return", 1): Returned})


@EACH
def test_the_message_names_the_path_that_the_editor_opens(known: Catalog, name: str) -> None:
    data, path, value, _ = LETTERS[name]
    world = World(catalog=known)
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(data)], ample_budget())
    assert outcome.letter is not None
    assert outcome.letter.message.startswith(f"{path}: ")
    fields, missing = public_fields(Opened(QUEUE, data), [path])
    assert fields == {path: value}
    assert missing == ([path] if value is None else [])


@EACH
def test_an_edited_record_is_published_and_only_the_field_has_changed(known: Catalog, name: str) -> None:
    data, path, value, new = LETTERS[name]
    operation = {"op": "add" if value is None else "replace", "path": path, "value": new}
    # The id of an order that the record has not had yet may be somebody else's, so it takes a second person.
    attempt = attempted(Opened(QUEUE, data), [operation], approved=path == "/id")
    edited = attempt.allowed()
    assert attempt.facts()["paths"] == [path]
    assert edited.source.edited
    world = World(catalog=known)
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(edited.data)], ample_budget())
    assert outcome.published, outcome
    before, after = json.loads(data), json.loads(edited.data)
    assert after.keys() | {path[1:]} == before.keys() | {path[1:]}
    held = {"Message", "body", "data", "detail", path.split("/")[1]}
    assert {key: each for key, each in after.items() if key not in held} == {
        key: each for key, each in before.items() if key not in held
    }


@EACH
def test_the_outline_has_the_paths_of_the_event_and_the_filter_its_type(name: str) -> None:
    data, path, value, _ = LETTERS[name]
    paths = {each["path"] for each in outline(data)["fields"]}
    assert (path in paths) == (value is not None)
    assert not {each for each in paths if each.startswith(("/Message", "/body", "/data", "/detail"))}
    assert Opened(QUEUE, data).event_type in {"relayed.order", "web.order", "order.placed"}


OWN = {
    "event_id": "e",
    "event_type": "order.placed",
    "schema_version": 1,
    "occurred_at": "2026-11-23T10:15:00Z",
}
FOREIGN, MESSAGE = raw(webhook(total="12,00")), of_message(at="yesterday")
REFUSED: dict[str, tuple[bytes, list[dict[str, Any]]]] = {
    "a sensitive field": (FOREIGN, [{"op": "replace", "path": "/buyer/name", "value": "x"}]),
    "a field that no schema names": (FOREIGN, [{"op": "replace", "path": "/express", "value": False}]),
    "another subject": (FOREIGN, [{"op": "replace", "path": "/buyer/ref", "value": "B-2"}]),
    "a copy": (FOREIGN, [{"op": "copy", "from": "/buyer/name", "path": "/id"}]),
    "a guess": (FOREIGN, [{"op": "test", "path": "/buyer/name", "value": "Ann Canaryname"}]),
    "a value in a public field": (FOREIGN, [{"op": "replace", "path": "/total", "value": "Ann.Canary@example.com"}]),
    "another type": (FOREIGN, [{"op": "replace", "path": "/meta/topic", "value": "orders/create"}]),
    "another type that is known": (FOREIGN, [{"op": "replace", "path": "/meta/topic", "value": "order.returned"}]),
    "the type of another envelope": (FOREIGN, [{"op": "add", "path": f"/{key}", "value": value} for key, value in OWN.items()]),
    "a field named like the envelope's": (
        raw(webhook(total="12,00", event_id="Ann Canaryname")), [{"op": "replace", "path": "/event_id", "value": "x"}],
    ),
    "an attribute": (
        MESSAGE, [{"op": "replace", "path": "/wrapper/messageAttributes/delivery/stringValue", "value": "d-2"}],
    ),
    "the type's attribute": (
        MESSAGE, [{"op": "replace", "path": "/wrapper/messageAttributes/topic/stringValue", "value": "orders/create"}],
    ),
    "a new attribute": (
        MESSAGE, [{"op": "add", "path": "/wrapper/messageAttributes/other", "value": {"stringValue": "x"}}],
    ),
}  # fmt: skip


BY_TWO = {  # may be changed if a second person approves
    "a sensitive field",
    "a field that no schema names",
    "another subject",
    "a field named like the envelope's",
    "an attribute",
    "a new attribute",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_sensitive_or_names_the_type_stays(name: str) -> None:
    data, patch = REFUSED[name]
    attempt = attempted(Opened(QUEUE, data), patch)
    assert attempt.facts()["refused"] == (APPROVAL_NEEDED if name in BY_TWO else EDIT_REFUSED)
    assert "canary" not in str(attempt.result).lower()
    assert (attempted(Opened(QUEUE, data), patch, approved=True).facts().get("refused") is None) == (
        name in BY_TWO
    )


@pytest.mark.parametrize("path", ["", "/wrapper"])
def test_the_wrapper_is_not_taken_away(path: str) -> None:
    patch: list[dict[str, Any]] = [{"op": "replace" if not path else "remove", "path": path, "value": {}}]
    with pytest.raises(Refused):
        attempted(Opened(QUEUE, MESSAGE), patch).allowed()


@pytest.mark.parametrize(
    "path", ["/buyer/name", "/express", "/wrapper/messageAttributes/delivery/stringValue"]
)
def test_the_editor_opens_nothing_that_is_sensitive(path: str) -> None:
    data = MESSAGE if path.startswith("/wrapper") else FOREIGN
    with pytest.raises(Refused, match="only a public field"):
        public_fields(Opened(QUEUE, data), [path])
