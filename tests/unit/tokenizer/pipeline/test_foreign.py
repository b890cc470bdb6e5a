"""Tests that bodies in a producer's own form become the events that their type says, by body and by attribute."""

import json
from decimal import Decimal
from typing import Annotated, Any

import pytest

from schemas import check as check_module
from schemas.check import check
from schemas.dead_letter import ErrorCode
from schemas.erased import ErasedCustomer
from schemas.events.order_placed_v1 import OrderPlaced
from schemas.fault import Fault
from schemas.foreign import Body, Foreign, Unit
from schemas.json_schema import raw_schema
from schemas.kinds import Subject, Token
from schemas.registry import EventName
from schemas.wrappers import MESSAGE, wrapper_of
from tests.support.fakes.world import World, ample_budget
from tests.support.members import for_all
from tests.support.samples import CANARIES, data, order, stream_record
from tests.support.webhooks import MODELS, Relayed, Webhook, catalog, message, relayed, webhook
from tokenizer import json_text
from tokenizer.pipeline.catalog import Catalog, EventPlan
from tokenizer.pipeline.schema_rules import SchemaRefused
from tokenizer.records import Outcome, RawRecord
from tokenizer.reveal.lookup import Status

ATTRIBUTES = {"topic": "relayed.order", "delivery": "d-1", "trace": "t-1"}


def tokenized(record: RawRecord, world: World | None = None) -> tuple[Outcome, World]:
    world = world or World(catalog=catalog())
    (outcome,) = world.tokenizer.tokenize_batch([record], ample_budget())
    return outcome, world


def published(raw: Any) -> dict[str, Any]:
    outcome, world = tokenized(raw if isinstance(raw, RawRecord) else stream_record(raw))
    assert outcome.published, outcome
    return dict(json_text.parse(world.bus.events[0].detail))


def letter_of(raw: Any) -> tuple[str, str]:
    outcome, _ = tokenized(raw if isinstance(raw, RawRecord) else stream_record(raw))
    assert outcome.letter is not None
    assert not [canary for canary in CANARIES if canary in outcome.letter.message]
    return str(outcome.letter.code), outcome.letter.message


def time_in_text(text: str, unit: Unit) -> str:
    foreign = Foreign("/id", "/topic", "/at", types=("t",), unit=unit)
    return str(Body({"id": "1", "topic": "t", "at": text}, {}).event(foreign, "thing.sold", 1)["occurred_at"])


@for_all(
    ("text", "unit", "occurred_at"),
    [
        ("0", Unit.SECONDS, "1970-01-01T00:00:00Z"),
        ("1782891000", Unit.SECONDS, "2026-07-01T07:30:00Z"),
        ("1782891000.120001", Unit.SECONDS, "2026-07-01T07:30:00.120001Z"),
        ("253402300799.999999", Unit.SECONDS, "9999-12-31T23:59:59.999999Z"),
        ("1782891000120", Unit.MILLISECONDS, "2026-07-01T07:30:00.120000Z"),
        ("1782891000120.5", Unit.MILLISECONDS, "2026-07-01T07:30:00.120500Z"),
        ("178289100012345", Unit.MILLISECONDS, "7619-10-04T06:00:12.345000Z"),
        ("253402300799999", Unit.MILLISECONDS, "9999-12-31T23:59:59.999000Z"),
    ],
)
def test_a_number_in_text_as_attributes_have_it_is_a_time(text: str, unit: Unit, occurred_at: str) -> None:
    assert time_in_text(text, unit) == occurred_at


@for_all("unit", Unit)
@for_all(
    "text", ["", "-1", "1e9", "1 782", "1782891000120000", "1782891000.1234567", "1782891000.", "yesterday"]
)
def test_a_text_that_is_no_such_number_is_no_time(text: str, unit: Unit) -> None:
    with pytest.raises(Fault) as raised:
        time_in_text(text, unit)
    assert raised.value.code is ErrorCode.INVALID_FIELD
    assert not text or text not in str(raised.value)


def test_a_body_becomes_the_event_that_its_type_says() -> None:
    shown = published(webhook())
    metadata = {name: shown["metadata"][name] for name in ("event_id", "schema_version", "occurred_at")}
    assert metadata == {
        "event_id": "820982911946154508",
        "schema_version": 1,
        "occurred_at": "2026-07-01T09:30:00.120+02:00",
    }
    assert shown["data"].keys() == webhook().keys()
    assert (shown["data"]["id"], shown["data"]["created"]) == (820982911946154508, "2026-07-01 09:30:00.120")
    assert (shown["data"]["total"], shown["data"]["express"]) == ("129.90", True)
    assert shown["data"]["lines"] == [{"quantity": Decimal("1.5"), "price": 20}]


@pytest.mark.parametrize(
    ("created", "occurred_at"),
    [
        ("2026-01-15T09:30:00", "2026-01-15T09:30:00+01:00"),
        ("2026-07-15 09:30", "2026-07-15T09:30:00+02:00"),
        ("2026-07-15 09:30:00.123456789", "2026-07-15T09:30:00.123456789+02:00"),
        (
            "2026-10-25T02:30:00",
            "2026-10-25T02:30:00+02:00",
        ),  # the clocks show it twice; the first one counts
        ("2026-03-29T02:30:00", "2026-03-29T02:30:00+01:00"),  # the clocks never show it
        ("1880-01-01T00:00:00", "1879-12-31T23:06:32Z"),  # local mean time, whose offset has seconds
        ("2026-07-15T09:30:00Z", "2026-07-15T09:30:00Z"),
        ("2026-07-15 09:30:00 UTC", "2026-07-15T09:30:00Z"),
        ("2026-07-15T09:30:00-0500", "2026-07-15T09:30:00-05:00"),
        ("2026-07-15T09:30:00.5+05:30", "2026-07-15T09:30:00.5+05:30"),
        (1782891000120, "2026-07-01T07:30:00.120000Z"),
        (Decimal("1782891000000.0"), "2026-07-01T07:30:00Z"),
        (0, "1970-01-01T00:00:00Z"),
        (253402300799999, "9999-12-31T23:59:59.999000Z"),
        ("9999-12-31T23:59:59", "9999-12-31T23:59:59+01:00"),
    ],
)
def test_a_time_is_given_with_its_zone(created: Any, occurred_at: str) -> None:
    assert published(json_text.dump(webhook(created=created)))["metadata"]["occurred_at"] == occurred_at


@pytest.mark.parametrize(
    "created",
    [
        None,
        True,
        [],
        "",
        "yesterday",
        "2026-02-30T10:00:00",
        "2026-02-30T10:00:00Z",
        "2026-07-15T09:30:00+99:00",
        "2026-07-15T25:00:00",
        "0001-01-01T00:00:00",
        -1,
        10**18,
    ],
)
def test_what_is_no_time_is_a_letter_that_names_its_place(created: Any) -> None:
    code, text = letter_of(webhook(created=created))
    assert (code, text.partition(":")[0]) == ("invalid_field", "/created")


def test_a_time_without_a_zone_is_a_letter_where_the_type_declares_none() -> None:
    record = message(json.dumps(relayed(at="2026-07-01 09:30:00")), ATTRIBUTES)
    code, text = letter_of(record)
    assert (code, "names no zone" in text) == ("invalid_field", True)


@pytest.mark.parametrize("found", [None, True, {}, [1]])
def test_without_an_id_it_is_a_letter(found: Any) -> None:
    assert letter_of(webhook(id=found)) == (
        "invalid_field",
        "/id: a text or an integer is required for event_id",
    )


@pytest.mark.parametrize("found", ["", "x" * 257, 10**256])
def test_an_id_that_is_empty_or_too_long_is_a_letter_that_names_its_place(found: Any) -> None:
    assert letter_of(webhook(id=found)) == ("invalid_field", "/id: an event_id has from 1 to 256 characters")


@pytest.mark.parametrize(
    ("api", "code"),
    [
        ("2026-10", None),
        (7, None),
        ("2025-01", "unsupported_schema_version"),
        (None, "unsupported_schema_version"),
        (True, "unsupported_schema_version"),
    ],
)
def test_the_version_is_the_one_that_the_body_names(api: Any, code: str | None) -> None:
    raw = webhook(meta={"topic": "order.changed", "api": api})
    assert code is None if tokenized(stream_record(raw))[0].published else letter_of(raw)[0] == code


def test_a_body_whose_type_is_unknown_or_missing_is_a_letter_that_names_the_place() -> None:
    for raw, place in (
        (webhook(meta={"topic": "cart.created", "api": "2026-10"}), "/meta/topic"),
        (message(json.dumps(relayed()), {"topic": "cart.created"}), "attribute:topic"),
        ({**webhook(meta=None), "event_type": "cart.created"}, "/event_type"),
    ):
        assert letter_of(raw) == ("unknown_event_type", f"{place}: no schema has this type")
    for raw in (webhook(meta=None), message(json.dumps(relayed()), {"delivery": "d-1"}), relayed()):
        assert letter_of(raw) == (
            "invalid_field",
            "/event_type: a string is required, or in a foreign body one at /meta/topic, attribute:topic",
        )


def test_an_event_that_names_its_version_is_no_foreign_body() -> None:
    assert letter_of({**webhook(), "meta": {"topic": "t"}, "schema_version": 1}) == (
        "invalid_field",
        "/event_type: a string is required",
    )


def test_an_event_in_our_envelope_stays_as_it_is() -> None:
    own = {
        "event_id": "e",
        "event_type": "web.order",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
    }
    shown = published({**own, **webhook()})
    assert (shown["metadata"]["event_id"], shown["metadata"]["occurred_at"]) == ("e", own["occurred_at"])
    world = World(catalog=Catalog({**MODELS, EventName("order.placed", 1): OrderPlaced}))
    outcome, _ = tokenized(stream_record({**order(), **webhook()}), world)
    assert outcome.event is not None
    assert outcome.event.event_type == "order.placed"


def test_a_field_that_is_named_like_one_of_the_envelopes_is_kept() -> None:
    outcome, world = tokenized(
        stream_record(webhook(event_id="other", occurred_at=None, schema_version=True))
    )
    assert outcome.published
    shown = world.bus.details()[0]
    assert shown["metadata"]["event_id"] == "820982911946154508"
    token = shown["data"]["event_id_"]
    (answer,) = world.reveal(token).values()
    assert answer.status is Status.OK
    assert answer.found is not None
    assert answer.found.value == "other"
    assert (shown["data"]["occurred_at_"], shown["data"]["schema_version_"]) == (None, True)


def test_a_letter_holds_the_body_as_it_came_and_its_replay_gives_the_same_letter() -> None:
    raw = data(webhook(total="a lot"))
    outcome, world = tokenized(stream_record(raw))
    assert outcome.letter is not None
    assert outcome.letter.message.startswith("/total")
    (letter,) = world.letters.sent
    assert (letter.data, letter.identity) == (raw, stream_record(raw).identity)
    again, other = tokenized(stream_record(letter.data))
    assert again.letter is not None
    assert other.letters.sent[0].message == letter.message


def test_a_replay_under_a_catalog_that_knows_the_type_publishes_it() -> None:
    unknown = World(catalog=Catalog({EventName("relayed.order", 1): Relayed}))
    outcome, _ = tokenized(stream_record(webhook()), unknown)
    assert outcome.letter is not None
    (letter,) = unknown.letters.sent
    assert published(stream_record(letter.data)) == published(webhook())


@pytest.mark.parametrize(
    "wrapped",
    [lambda body: {"specversion": "1.0", "id": "c-1", "source": "/shop", "type": "x", "data": body}],
)
def test_a_wrapped_body_is_taken_out_first(wrapped: Any) -> None:
    shown = published(wrapped(webhook()))
    assert shown["metadata"]["event_id"] == "820982911946154508"
    assert shown["data"]["wrapper"].startswith("tok_")


def test_the_fields_of_a_wrapper_are_attributes() -> None:
    cloud = {"specversion": "1.0", "id": "c-1", "source": "/shop", "type": "relayed.order", "delivery": "d-7",
             "topic": "relayed.order", "data": relayed()}  # fmt: skip
    assert published(cloud)["metadata"]["event_id"] == "d-7"
    sns = {"Type": "Notification", "MessageId": "n-1", "TopicArn": "arn", "Timestamp": "2026-11-23T10:15:00.500Z",
           "Message": json.dumps(relayed()),
           "MessageAttributes": {name: {"Type": "String", "Value": value} for name, value in ATTRIBUTES.items()}}  # fmt: skip
    assert published(sns)["metadata"]["event_id"] == "d-1"


def test_attributes_of_a_message_make_its_envelope() -> None:
    shown = published(message(json.dumps(relayed()), ATTRIBUTES))
    assert (shown["metadata"]["event_id"], shown["metadata"]["occurred_at"]) == (
        "d-1",
        "2026-07-01T07:30:00Z",
    )
    assert shown["data"].keys() == {"at", "buyer", "wrapper"}


def in_another_case(names: dict[str, str]) -> list[dict[str, str]]:
    """Returns attributes as relays may write them: HTTP/2 and proxies change the case of a header's name."""
    cases = (str.lower, str.upper, str.title, str.swapcase)
    return [{change(name): value for name, value in names.items()} for change in cases]


@pytest.mark.parametrize("attributes", [ATTRIBUTES, *in_another_case(ATTRIBUTES)])
def test_an_attribute_in_another_case_is_found_if_only_one_fits(attributes: dict[str, str]) -> None:
    record = message(json.dumps(relayed()), attributes)
    assert json.loads(record.data)["messageAttributes"].keys() < attributes.keys()
    cloud = {
        "specversion": "1.0",
        "id": "c-1",
        "source": "/shop",
        "type": "x",
        **attributes,
        "data": relayed(),
    }
    sns = {"Type": "Notification", "MessageId": "n-1", "TopicArn": "arn", "Timestamp": "2026-11-23T10:15:00.500Z",
           "Message": json.dumps(relayed()),
           "MessageAttributes": {name: {"Type": "String", "Value": value} for name, value in attributes.items()}}  # fmt: skip
    for raw in (record, stream_record(cloud), stream_record(sns)):
        outcome, world = tokenized(raw)
        assert outcome.published, outcome.letter
        assert world.bus.details()[0]["metadata"]["event_id"] == "d-1"


def test_of_two_attributes_that_differ_by_case_the_exact_one_counts_or_none() -> None:
    exact = message(json.dumps(relayed()), {**ATTRIBUTES, "Delivery": "other", "TOPIC": "other"})
    assert tokenized(exact)[1].bus.details()[0]["metadata"]["event_id"] == "d-1"
    two = message(json.dumps(relayed()), {"topic": "relayed.order", "Delivery": "d-1", "DELIVERY": "d-2"})
    outcome, _ = tokenized(two)
    assert outcome.letter is not None
    assert outcome.letter.message.startswith("attribute:delivery: ")


def test_attributes_that_no_type_asks_for_are_left_out() -> None:
    record = message(json.dumps(relayed()), ATTRIBUTES)
    assert json.loads(record.data)["messageAttributes"].keys() == {"topic", "delivery"}
    assert message("{}", {"trace": "t-1"}).data == b"{}"


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(order()),
        json.dumps({"specversion": "1.0", "id": "c", "source": "s", "type": "t", "data": {}}),
        "[1]",
    ],
)
def test_a_message_with_an_envelope_or_a_wrapper_keeps_its_bytes(body: str) -> None:
    assert message(body, ATTRIBUTES).data == body.encode()


@pytest.mark.parametrize("body", ["{", json.dumps(relayed(at="never"))])
def test_a_letter_of_a_message_keeps_its_attributes_for_a_replay(body: str) -> None:
    record = message(body, ATTRIBUTES)
    outcome, world = tokenized(record)
    assert outcome.letter is not None
    (letter,) = world.letters.sent
    assert wrapper_of(json.loads(letter.data)) is MESSAGE
    assert json.loads(letter.data)["body"] == body
    # A replay hands over the letter's bytes, without attributes.
    replayed = message(letter.data.decode())
    assert (replayed.data, replayed.identity) == (record.data, record.identity)
    again, _ = tokenized(replayed)
    assert again.letter is not None
    assert again.letter.message == outcome.letter.message


def test_authentication_data_is_removed_from_a_foreign_body_and_its_letter() -> None:
    card = {"number": "4111111111111111", "cvv": "737"}
    for raw in (
        message(json.dumps(relayed(card=card)), ATTRIBUTES),
        stream_record(webhook(card=card, total="bad")),
    ):
        outcome, world = tokenized(raw)
        written = json.dumps([str(each.fields) for each in world.vault.stored.values()])
        written += "".join(each.data.decode() for each in world.letters.sent)
        assert outcome.published or world.letters.sent
        assert "737" not in written


def test_validate_and_the_stream_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_module, "registry", lambda: MODELS)
    assert check(data(webhook()))["event_id"] == "820982911946154508"
    assert check(message(json.dumps(relayed()), ATTRIBUTES).data)["event_id"] == "d-1"
    for bad in (webhook(id=None), webhook(total="bad"), webhook(created="x")):
        with pytest.raises(Fault) as found:
            check(data(bad))
        assert (str(found.value.code), str(found.value)) == letter_of(bad)


def test_one_customer_is_the_subject_and_a_guest_is_nobody() -> None:
    for buyer, known in (({"ref": "B-1"}, True), (None, False), ({"ref": "guest"}, False)):
        _, world = tokenized(stream_record(webhook(buyer=buyer)))
        assert {bool(each.subject) for each in world.vault.stored.values()} == {known}


class _Numbered(Webhook):
    """Has its customers' ids as numbers, as WooCommerce has."""

    customer_id: Annotated[int, Subject()]
    buyer: Annotated[Any, Token()] = None


def test_a_subject_that_is_a_number_is_known_by_its_text() -> None:
    known = Catalog({EventName("web.order", 1): _Numbered})
    outcome, world = tokenized(stream_record(webhook(customer_id=26)), World(catalog=known))
    assert outcome.published
    assert world.bus.details()[0]["data"]["customer_id"] == 26
    (plan,) = known.plans()
    assert plan.subject_of({"customer_id": 26}) == plan.subject_of({"customer_id": "26"}) == "26"
    erased_id = ErasedCustomer.model_json_schema()["properties"]["customer_id"]
    assert erased_id["type"] == "string"


@pytest.mark.parametrize("place", ["", "id", "attribute:", "/a~2b", "attribute", "#/id"])
def test_a_place_is_a_pointer_or_an_attribute(place: str) -> None:
    good: dict[str, Any] = {"event_id": "/a", "event_type": "/b", "occurred_at": "/c"}
    for name in (*good, "schema_version"):
        with pytest.raises(ValueError, match="neither a JSON Pointer"):
            Foreign(**{**good, name: place})


@pytest.mark.parametrize(
    "zone", ["", "Europe", "Europe/Atlantis", "../secrets", "Europe/../UTC", "/etc/localtime"]
)
def test_a_zone_is_one_that_the_tables_have(zone: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        Foreign("/a", "/b", "/c", zone=zone)


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/a~1b/c~0d", 1), ("/list/1/id", 2), ("/list/9", None), ("/list/x", None), ("/a~1b/c~0d/e", None)],
)
def test_pointers_follow_rfc_6901(pointer: str, value: Any) -> None:
    body = {
        "a/b": {"c~d": "1"},
        "list": [{}, {"id": "2"}],
        "meta": {"topic": "t"},
        "at": "2026-01-01T00:00:00Z",
    }

    class Pointed(Webhook):
        foreign = Foreign(pointer, "/meta/topic", "/at", types=("t",))

    known = Catalog({EventName("web.order", 1): Pointed})
    outcome, world = tokenized(stream_record({**body, "id": "i", "created": 0}), World(catalog=known))
    if value is None:
        assert outcome.letter is not None
    else:
        assert world.bus.details()[0]["metadata"]["event_id"] == str(value)


def _twin(foreign: Foreign) -> type[Webhook]:
    class Twin(Webhook):
        pass

    Twin.foreign = foreign
    return Twin


@pytest.mark.parametrize(
    ("foreign", "alike"),
    [
        (Foreign("/x", "/meta/topic", "/y", types=("order.changed",)), True),
        (
            Foreign(
                "/x", "/meta/topic", "/y", types=("order.changed",), schema_version="/meta/api", versions=(7,)
            ),
            True,
        ),
        (
            Foreign(
                "/x", "/meta/topic", "/y", types=("order.changed",), schema_version="/meta/api", versions=(8,)
            ),
            False,
        ),
        (Foreign("/x", "/meta/topic", "/y", types=("order.gone",)), False),
        (Foreign("/x", "/META/topic", "/y", types=("order.changed",)), False),
        (Foreign("/x", "/topic", "/y", types=("order.created",)), False),
    ],
)
def test_types_that_cannot_be_told_apart_are_refused(foreign: Foreign, alike: bool) -> None:
    models: dict[EventName, Any] = {
        EventName("web.order", 1): Webhook,
        EventName("web.order", 2): _twin(foreign),
    }
    if alike:
        with pytest.raises(SchemaRefused, match="can't be told apart"):
            Catalog(models)
    else:
        assert Catalog(models).plans()


def test_types_whose_attributes_differ_by_case_alone_are_refused() -> None:
    models: dict[EventName, Any] = {
        EventName("web.order", version): _twin(Foreign("/x", f"attribute:{name}", "/y", types=("sold",)))
        for version, name in ((1, "X-Topic"), (2, "x-topic"))
    }
    with pytest.raises(SchemaRefused, match="can't be told apart"):
        Catalog(models)


def test_types_whose_attributes_of_the_version_differ_by_case_alone_are_refused() -> None:
    def versions(*names: str) -> dict[EventName, Any]:
        return {
            EventName("web.order", at): _twin(
                Foreign(
                    "/x", "/topic", "/y", types=("sold",), schema_version=f"attribute:{name}", versions=(7,)
                )
            )
            for at, name in enumerate(names, 1)
        }

    with pytest.raises(SchemaRefused, match="can't be told apart"):
        Catalog(versions("X-Version", "x-version"))
    assert Catalog(versions("X-Version", "Y-Version")).plans()


def _digest(model: type[Webhook]) -> str:
    (plan,) = Catalog({EventName("web.order", 1): model}).plans()
    assert isinstance(plan, EventPlan)
    return plan.digest


def test_what_a_type_says_of_foreign_bodies_is_in_its_rules() -> None:
    other = _twin(Foreign("/id", "/meta/topic", "/created", zone="Europe/Paris"))
    assert len({_digest(Webhook), _digest(other)}) == 2


def test_the_raw_schema_says_where_the_envelope_stands() -> None:
    said = raw_schema(Webhook)["x-foreign"]
    assert (said["event_id"], said["occurred_at"], said["zone"]) == ("/id", "/created", "Europe/Berlin")
