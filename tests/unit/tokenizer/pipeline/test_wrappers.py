"""Tests that events in the wrappers of other services are taken out of them, and that nothing else is."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ops.preview.outcomes import Preview
from schemas.check import check
from schemas.fault import Fault
from schemas.wrappers import CLOUDEVENT, EVENTBRIDGE, MESSAGE, SNS, WRAPPERS, Wrapper, wrapper_of
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import CANARIES, data, order, stream_record
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import ENVELOPE, catalog
from tokenizer.records import Outcome
from tokenizer.reveal.lookup import Status

# Written out from the documentation of each service, so that a field that is dropped from a list is missed here.
_SNS = {
    "Type": "Notification",
    "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
    "TopicArn": "arn:aws:sns:us-west-2:123456789012:orders",
    "Subject": "an order",
    "Timestamp": "2026-11-23T10:15:00.500Z",
    "SignatureVersion": "1",
    "Signature": "EXAMPLEw6JRN",
    "SigningCertURL": "https://sns.us-west-2.amazonaws.com/cert.pem",
    "UnsubscribeURL": "https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe",
}
_EVENTBRIDGE = {
    "version": "0",
    "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "OrderPlaced",
    "source": "shop.example",
    "account": "111122223333",
    "time": "2026-11-23T10:15:00Z",
    "region": "us-west-1",
    "resources": [],
}
_CLOUDEVENT = {
    "specversion": "1.0",
    "type": "com.example.order",
    "source": "/shop/1",
    "id": "A234-1234-1234",
    "time": "2026-11-23T10:15:00Z",
    "datacontenttype": "application/json",
    "subject": "SO-1001",
}
MANDATORY = {
    SNS: {"Type", "MessageId", "TopicArn", "Message", "Timestamp"},
    EVENTBRIDGE: {
        "version",
        "id",
        "detail-type",
        "source",
        "account",
        "time",
        "region",
        "resources",
        "detail",
    },
    CLOUDEVENT: {"specversion", "id", "source", "type", "data"},
    MESSAGE: {"messageAttributes", "body"},
}
WRAP: dict[Wrapper, Callable[[Any], dict[str, Any]]] = {
    SNS: lambda event: {**_SNS, "Message": json.dumps(event)},
    EVENTBRIDGE: lambda event: {**_EVENTBRIDGE, "detail": event},
    CLOUDEVENT: lambda event: {**_CLOUDEVENT, "data": event},
    MESSAGE: lambda event: {
        "messageAttributes": {"topic": {"stringValue": "x"}},
        "body": json.dumps(event),
    },
}
every_wrapper = pytest.mark.parametrize("wrapper", WRAPPERS, ids=lambda each: each.name)


def _tokenized(world: World, raw: Any, sequence: int = 1) -> Outcome:
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(raw, sequence)], ample_budget())
    return outcome


def _code(raw: Any) -> str:
    outcome = _tokenized(World(), raw)
    assert outcome.letter is not None
    return str(outcome.letter.code)


def test_every_wrapper_is_tried() -> None:
    assert set(WRAPPERS) == set(WRAP) == set(MANDATORY)
    assert {each: set(each.mandatory) for each in WRAPPERS} == MANDATORY


@every_wrapper
def test_a_wrapped_event_becomes_the_event_that_it_would_be_by_itself(wrapper: Wrapper) -> None:
    plain, wrapped = World(), World()
    assert _tokenized(plain, order()).published
    assert _tokenized(wrapped, WRAP[wrapper](order())).published
    (alone,), (inside,) = plain.bus.details(), wrapped.bus.details()
    token = inside["data"].pop("wrapper")
    assert alone == inside
    (answer,) = wrapped.reveal(token).values()
    assert answer.status is Status.OK
    assert answer.found is not None
    others = {name: value for name, value in WRAP[wrapper](order()).items() if name != wrapper.holds}
    assert json.loads(json.dumps(answer.found.value)) == others


@every_wrapper
def test_nothing_is_taken_out_where_a_mandatory_field_is_missing(wrapper: Wrapper) -> None:
    whole = WRAP[wrapper](order())
    for name in MANDATORY[wrapper]:
        assert wrapper_of({key: value for key, value in whole.items() if key != name}) is None
    assert wrapper_of(whole) is wrapper


@every_wrapper
@pytest.mark.parametrize("name", ENVELOPE)
def test_nothing_is_taken_out_of_an_event_with_a_field_of_our_envelope(wrapper: Wrapper, name: str) -> None:
    raw = {**WRAP[wrapper](order()), name: order()[name]}
    assert wrapper_of(raw) is None
    assert _code(raw) in {"unknown_event_type", "unsupported_schema_version", "invalid_field"}


@every_wrapper
def test_an_order_of_ours_that_has_a_wrappers_fields_stays_as_it_is(wrapper: Wrapper) -> None:
    world = World()
    assert _tokenized(world, {**WRAP[wrapper]({}), **order()}).published
    assert "wrapper" not in world.bus.details()[0]["data"]


@pytest.mark.parametrize("outer", WRAPPERS, ids=lambda each: each.name)
@pytest.mark.parametrize("inner", WRAPPERS, ids=lambda each: each.name)
def test_one_layer_is_taken_off(outer: Wrapper, inner: Wrapper) -> None:
    assert _code(WRAP[outer](WRAP[inner](order()))) == "invalid_field"


def test_an_event_of_our_own_is_no_raw_event() -> None:
    raw = {**WRAP[EVENTBRIDGE](order()), "source": "orders.tokenizer"}
    outcome = _tokenized(World(), raw)
    assert outcome.letter is not None
    assert (outcome.letter.code, outcome.letter.message.partition(":")[0]) == ("invalid_field", "/source")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "malformed_json"),
        ("", "malformed_json"),
        ("[1]", "not_an_object"),
        ('"x"', "not_an_object"),
        ('{"a":1,"a":2}', "malformed_json"),
    ],
)
def test_a_notification_without_an_object_is_a_letter_that_names_the_message(message: str, code: str) -> None:
    outcome = _tokenized(World(), {**_SNS, "Message": message})
    assert outcome.letter is not None
    assert outcome.letter.code == code
    assert outcome.letter.message.startswith("/Message: ")


@every_wrapper
def test_what_holds_no_event_is_not_taken_out(wrapper: Wrapper) -> None:
    for held in (None, 7, [order()], {} if wrapper.as_text else json.dumps(order())):
        assert wrapper_of({**WRAP[wrapper]({}), wrapper.holds: held}) is None


@every_wrapper
def test_a_letter_holds_the_wrapped_record_and_its_replay_gives_the_same_letter(wrapper: Wrapper) -> None:
    world, raw = World(), WRAP[wrapper](order(total="bad"))
    first = _tokenized(world, raw)
    assert first.letter is not None
    assert first.letter.message.startswith("/order/total")
    (letter,) = world.letters.sent
    assert letter.data == data(raw)
    assert letter.identity == stream_record(raw, 1).identity
    assert not [canary for canary in CANARIES if canary in letter.message]


CARD = {"number": "4111111111111111", "cvv": "737"}


@every_wrapper
@pytest.mark.parametrize("escaped", [False, True])
def test_authentication_data_is_removed_from_the_event_and_the_letter(
    wrapper: Wrapper, escaped: bool
) -> None:
    for changes in ({}, {"total": "bad"}):
        event = order(payment={"method": "card", "card": CARD}, **changes)
        body = json.dumps(WRAP[wrapper](event)).encode()
        if escaped:
            body = body.replace(b"cvv", rb"\\u0063vv" if wrapper.as_text else rb"\u0063vv")
        world = World()
        outcome = _tokenized(world, body)
        if changes:
            (letter,) = world.letters.sent
            assert b"737" not in letter.data
            again = World()
            _tokenized(again, letter.data)
            assert again.letters.sent[0].message == letter.message
        else:
            assert outcome.published
            kept = [field.value for each in world.vault.stored.values() for field in each.fields.values()]
            assert "737" not in json.dumps([str(each) for each in kept])


@every_wrapper
def test_a_field_of_the_events_own_keeps_its_name(wrapper: Wrapper) -> None:
    world = World()
    assert _tokenized(world, WRAP[wrapper]({**order(), "wrapper": "paper"})).published
    shown = world.bus.details()[0]["data"]
    found = [each.found for each in world.reveal(shown["wrapper"], shown["wrapper_"]).values()]
    assert found[0] is not None
    assert found[0].value == "paper"
    assert found[1] is not None
    assert isinstance(found[1].value, dict)


@every_wrapper
def test_checking_and_previewing_agree_with_the_stream(wrapper: Wrapper) -> None:
    good, bad = data(WRAP[wrapper](order())), data(WRAP[wrapper](order(total="bad")))
    assert check(good)["order"] == order()["order"]
    preview = Preview(catalog())
    outcomes = dict(preview.fields(good))
    assert outcomes["/order/total"] == "public"
    assert outcomes["/wrapper"] == "unknown"
    with pytest.raises(Fault, match=r"^/order/total"):
        check(bad)
    with pytest.raises(BadRecord, match=r"^/order/total"):
        preview.fields(bad)
