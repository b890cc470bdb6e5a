"""Takes a raw event out of the wrapper that another service has put around it.

Three wrappers are known: a notification of SNS (without raw message delivery), an event of EventBridge, and a CloudEvent
in structured mode. A fourth is our own: a message of the queue together with its attributes. A record counts as wrapped only if it has none of our envelope's four fields and every mandatory field
of one wrapper. One layer is taken off. The wrapper's other fields go on as one field that no schema names, so they are
tokenized and not lost.

Sources: docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html,
docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html,
github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and formats/json-format.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas import strict_json
from schemas.base import Envelope
from schemas.dead_letter import ErrorCode
from schemas.fault import Fault
from schemas.foreign import NO_ATTRIBUTES
from schemas.sanitized import SOURCE

_ENVELOPE = Envelope.model_fields.keys()
OTHERS = "wrapper"  # the field that holds the wrapper's other fields


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Describes one kind of wrapper.

    Args:
        name: its name in messages.
        mandatory: the fields that every wrapper of this kind has.
        holds: the field that holds the event.
        as_text: True if the event is JSON text in a string there; False if it is a JSON object.
    """

    name: str
    mandatory: frozenset[str]
    holds: str
    as_text: bool = False

    def fits(self, record: Mapping[str, Any]) -> bool:
        """Returns True if a record is wrapped in this way."""
        if not record.keys() >= self.mandatory:
            return False
        return isinstance(record[self.holds], str) if self.as_text else isinstance(record[self.holds], dict)


SNS = Wrapper(
    "an SNS notification",
    frozenset({"Type", "MessageId", "TopicArn", "Message", "Timestamp"}),
    holds="Message",
    as_text=True,
)
EVENTBRIDGE = Wrapper(
    "an EventBridge event",
    frozenset({"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}),
    holds="detail",
)
CLOUDEVENT = Wrapper("a CloudEvent", frozenset({"specversion", "id", "source", "type", "data"}), holds="data")
# No producer sends this one: it is how a message of the queue is kept whose attributes an event type asks for.
MESSAGE = Wrapper("a message of SQS", frozenset({"messageAttributes", "body"}), holds="body", as_text=True)
WRAPPERS = (SNS, EVENTBRIDGE, CLOUDEVENT, MESSAGE)
# The field with the attributes of a message, and the field of each that holds its text.
_ATTRIBUTES = {SNS: ("MessageAttributes", "Value"), MESSAGE: ("messageAttributes", "stringValue")}


def wrapper_of(record: object) -> Wrapper | None:
    """Returns the kind of wrapper around a parsed record, or None if there is none."""
    if not isinstance(record, dict) or any(name in record for name in Envelope.model_fields):
        return None
    return next((each for each in WRAPPERS if each.fits(record)), None)


def event_in(record: Any) -> Any:
    """Returns the event in a parsed record: what its wrapper holds, or the record itself if it has no wrapper.

    Raises:
        Fault: the wrapper holds one of our own sanitized events, or no JSON object.
    """
    wrapper = wrapper_of(record)
    return record if wrapper is None else taken_out(record, wrapper)


def attributes_of(record: object) -> Mapping[str, str]:
    """Returns the attributes of a wrapped event: the message's own, or the texts beside the event in its wrapper."""
    wrapper = wrapper_of(record)
    if wrapper is None or not isinstance(record, dict):
        return NO_ATTRIBUTES
    beside = {
        name: value for name, value in record.items() if isinstance(value, str) and name != wrapper.holds
    }
    own = _ATTRIBUTES.get(wrapper)
    found = record.get(own[0]) if own else None
    if own is None or not isinstance(found, dict):
        return beside
    values = {name: each.get(own[1]) for name, each in found.items() if isinstance(each, dict)}
    return {**beside, **{name: value for name, value in values.items() if isinstance(value, str)}}


def places_of_attribute(name: str) -> list[tuple[str, ...]]:
    """Returns the keys that lead to an attribute in each kind of wrapper."""
    return [(name,), *((field, name, text) for field, text in _ATTRIBUTES.values())]


def message_with(body: str, attributes: Mapping[str, str]) -> str:
    """Returns a message of the queue in the form in which its attributes are kept with it.

    A body with our whole envelope, or in a wrapper of a producer's, has all that it needs, and stays as it is.
    """
    try:
        event = strict_json.parse(body.encode("utf-8", "surrogatepass"))
    except strict_json.NotStrictJson:
        event = {}  # its letter shows why; a corrected body needs the attributes
    if not isinstance(event, dict) or wrapper_of(event) or event.keys() >= _ENVELOPE:
        return body
    kept = {name: {"stringValue": attributes[name]} for name in sorted(attributes)}
    return str(strict_json.ENCODER.encode({"messageAttributes": kept, "body": body}))


def taken_out(record: Mapping[str, Any], wrapper: Wrapper) -> dict[str, Any]:
    """Returns the event in a wrapped record, with the wrapper's other fields in one field behind its own.

    Raises:
        Fault: the wrapper holds one of our own sanitized events, or no JSON object.
    """
    if wrapper is EVENTBRIDGE and record["source"] == SOURCE:
        raise Fault(ErrorCode.INVALID_FIELD, "/source: an event of this pipeline is no raw event")
    event = _held(record[wrapper.holds], wrapper)
    return {**event, _free(event): {key: value for key, value in record.items() if key != wrapper.holds}}


def wrapped_again(event: Mapping[str, Any], wrapper: Wrapper) -> dict[str, Any]:
    """Returns the wrapped record from which an event was taken out; the event may have lost fields since."""
    inner = dict(event)
    others = inner.popitem()[1]  # it stands behind the event's own fields
    return {**others, wrapper.holds: str(strict_json.ENCODER.encode(inner)) if wrapper.as_text else inner}


def _free(event: Mapping[str, Any]) -> str:
    """Returns a name for the wrapper's other fields that no field of the event has."""
    name = OTHERS
    while name in event:
        name += "_"
    return name


def _held(held: Any, wrapper: Wrapper) -> dict[str, Any]:
    if not wrapper.as_text:
        return dict(held)
    # Of a message of the queue the body is the record as a whole: no producer knows that we keep attributes with it.
    where = "" if wrapper is MESSAGE else f"/{wrapper.holds}: "
    try:
        event = strict_json.parse(held.encode("utf-8", "surrogatepass"))
    except strict_json.NotStrictJson as refused:
        raise Fault(ErrorCode.MALFORMED_JSON, f"{where}{refused}") from None
    if not isinstance(event, dict):
        raise Fault(ErrorCode.NOT_AN_OBJECT, f"{where}{wrapper.name} holds JSON, but no object")
    return event
