"""Where the product computes something from one record, stage by stage: the places at which a record can be poison.

A place is a function that is given the record, or a part of it. While it is broken, it raises for one record alone, which
is known by marks that nothing of another record holds.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from typing import Any
from unittest import mock

from tests.support.faults.aws import Refusal
from tests.support.faults.lambda_service import QUEUE, SHARD, STREAM
from tests.support.faults.pipeline import Pipeline, Sent
from tests.support.faults.releases import Release, writing
from tokenizer.identity import Identity
from tokenizer.pipeline.aliases import Draws
from tokenizer.pipeline.in_flight import Stage
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.vault.tokens import Pointer

_CONSISTENT = ("/order/customer/email", "/order/customer/phone")
_PIPELINE, _AWS = "tokenizer.pipeline", "tokenizer.aws"


@dataclass(frozen=True)
class Place:
    """One function of a stage.

    Args:
        stage: the stage that a letter has to name.
        path: module and name.
        by: how the record is known: by anything that is made of it (`record`), by its order id where others may hold its
            tokens (`order`), or by its subject, so that all records of the customer are at fault (`subject`).
        bad: True if only records that are bad already get there.
        sources: whose records get there.
    """

    stage: Stage
    path: str
    by: str = "record"
    bad: bool = False
    sources: tuple[str, ...] = ("stream", "queue")

    def __str__(self) -> str:
        return f"{self.stage}: {self.path.rpartition(':')[2]}"


PLACES = (
    Place(Stage.READING, f"{_PIPELINE}.aggregates:_parts", sources=("stream",)),
    Place(Stage.READING, "tokenizer.json_text:parse"),
    Place(Stage.READING, f"{_PIPELINE}.cleaning:may_hold_authentication_data"),
    Place(Stage.READING, f"{_PIPELINE}.catalog:Catalog.settled"),
    Place(Stage.READING, f"{_PIPELINE}.record_reader:check_fields"),
    Place(Stage.READING, f"{_PIPELINE}.catalog:EventPlan.validate"),
    Place(Stage.SANITIZING, f"{_PIPELINE}.sanitize:Sanitizer.sanitize"),
    Place(Stage.SANITIZING, f"{_PIPELINE}.sanitize:own_values"),
    Place(Stage.SANITIZING, f"{_PIPELINE}.batch:Tokenizer._check_size"),
    Place(Stage.ALIASING, f"{_PIPELINE}.aliases:Draws.draw"),
    Place(Stage.RESOLVING, f"{_PIPELINE}.resolve_consistent:ConsistentValues.missing"),
    Place(Stage.RESOLVING, f"{_PIPELINE}.resolve_consistent:ConsistentValues.shares_of"),
    Place(Stage.RESOLVING, f"{_AWS}.pipeline.blind_index:DynamoBlindIndex._put"),
    Place(Stage.RESOLVING, f"{_AWS}.pipeline.blind_index:DynamoBlindIndex._share", by="subject"),
    Place(Stage.SEALING, f"{_AWS}.vault.vault:VaultWriter.seal"),
    Place(Stage.SEALING, f"{_AWS}.vault.vault:packed"),
    Place(Stage.SEALING, f"{_AWS}.vault.vault:encrypt_dynamodb_item"),
    Place(Stage.WRITING, f"{_AWS}.vault.vault:VaultWriter._put"),
    Place(Stage.SERIALIZING, f"{_PIPELINE}.resolve_consistent:ConsistentValues.event_of"),
    Place(Stage.PUBLISHING, f"{_AWS}.pipeline.bus:EventBridgeBus._entry", by="order"),
    Place(Stage.PUBLISHING, f"{_AWS}.pipeline.bus:EventBridgeBus._put", by="order"),
    Place(Stage.LETTER, f"{_AWS}.pipeline.sealing:Sealer.seal", bad=True),
    Place(Stage.LETTER, f"{_AWS}.pipeline.dead_letters:SqsDeadLetters._body", bad=True),
)


class Marks:
    """Knows one order in all that is made of its record, under the rules of each of some releases."""

    def __init__(
        self,
        readers: Mapping[Release, RecordReader],
        identity: Identity,
        arrived: int,
        number: int,
        customer: str,
    ) -> None:
        """Makes the marks of a record that arrived then, in milliseconds since 1970."""
        self.order = f'"SO-{number}"'
        self.record_ids, self.emails, ids, unders = set[str](), set[str](), set[bytes](), set[bytes]()
        tokens: list[str] = []
        for release, reader in readers.items():
            plan = reader.catalog.plan({"event_type": "order.placed", "schema_version": 1})
            key = reader.sanitizer.token_keys.at(arrived)
            with writing(release.writes):
                under = identity.under(reader.sanitizer.rules(plan))
            lifetimes = ("", *(f"{days} days" for _, days in reader.sanitizer.lifetimes.sorted_days))
            own = {key.record_id(under, each) for each in lifetimes}
            named = reader.sanitizer.subject_keys.at(arrived)
            pointers = [
                Pointer(named.value_record_id(key.record_id(under), at), key.tag(under, path))
                for at, path in enumerate(_CONSISTENT)
            ]
            self.subject = named.subject(customer)
            self.record_ids |= {each.hex() for each in own}
            self.emails.add(pointers[0].token)
            tokens += [pointer.token for pointer in pointers]
            ids |= own | {pointer.record_id for pointer in pointers}
            unders.add(under.canonical)
        # Another order's number may begin with this one's.
        self._whole = {f"SO-{number}", f"canaryname{number}"}
        self._texts = (*(f'"{each}"' for each in self._whole), *tokens, *(each.hex() for each in ids))
        self._bytes = (*ids, identity.canonical, *unders, *(text.encode() for text in self._texts))

    def known_in(self, value: Any) -> bool:
        """Returns True if a value is of the record, or holds something that is."""
        match value:
            case str():
                return value in self._whole or any(mark in value for mark in self._texts)
            case bytes():
                return any(mark in value for mark in self._bytes)
            case Mapping():
                return any(self.known_in(each) for pair in value.items() for each in pair)
            case list() | tuple() | set() | frozenset():
                return any(map(self.known_in, value))
            case _ if is_dataclass(value):
                return any(self.known_in(getattr(value, each.name)) for each in fields(value))
            case _:
                return False


def marks_of(pipeline: Pipeline, sent: Sent, number: int, customer: int) -> Marks:
    """Returns the marks of an order that was sent. No fault may be on."""
    if sent.source == "stream":
        identity, arrived = (
            Identity.of_kinesis(STREAM, SHARD, sent.place, None),
            pipeline.stream.arrived(sent.place),
        )
    else:
        identity, arrived = Identity.of_sqs(QUEUE, sent.place), pipeline.queue.messages[sent.place].sent
    return Marks(pipeline.readers(), identity, int(arrived * 1000), number, f"C-{customer}")


class _Text:
    """Knows records by a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def known_in(self, value: Any) -> bool:
        return self._text in repr(value) or self._text in str([getattr(each, "detail", "") for each in value])


@contextmanager
def broken(place: Place, poisons: Sequence[tuple[Marks, Exception]]) -> Iterator[set[Exception]]:
    """Makes a place raise an error for each of some records; yields the errors that were raised."""
    module, _, name = place.path.partition(":")
    holder: Any = importlib.import_module(module)
    *parents, last = name.split(".")
    for parent in parents:
        holder = getattr(holder, parent)
    real = getattr(holder, last)
    known = [
        (marks if place.by == "record" else _Text(getattr(marks, place.by)), error)
        for marks, error in poisons
    ]
    struck: set[Exception] = set()

    def breaking(*args: Any, **kwargs: Any) -> Any:
        given = (*_given(args, method=bool(parents)), *kwargs.values())
        for marks, error in known:
            if marks.known_in(given):
                struck.add(error)
                raise error
        return real(*args, **kwargs)

    with mock.patch.object(holder, last, breaking):
        yield struck


def _given(args: tuple[Any, ...], *, method: bool) -> tuple[Any, ...]:
    """Returns the arguments of a function that tell of which records it is asked."""
    if method and isinstance(args[0], Draws):  # which belongs to one record
        return args
    given = args[1:] if method else args
    match given:
        case (list() as keys, dict() as entries):  # a call with some of all entries
            return tuple(entries[key] for key in keys)
        case _:
            return given


# Entries that AWS refuses for ever: the stage, whether other orders of the customer can go without it, and how the entry
# of a record is told from others.
REFUSALS: dict[str, tuple[Stage, bool, Callable[[Marks], Refusal]]] = {
    "a vault item": (
        Stage.WRITING,
        True,
        lambda marks: Refusal("BatchWriteItem", lambda item: item.get("id", {}).get("S") in marks.record_ids),
    ),
    "a consistent value's vault item": (
        Stage.WRITING,
        True,
        lambda marks: Refusal("BatchWriteItem", lambda item: item.get("id", {}).get("S") in {Pointer.parse(each).record_id.hex() for each in marks.emails}),
    ),
    "a share": (
        Stage.RESOLVING,
        False,
        lambda marks: Refusal("BatchWriteItem", lambda item: "record" in item and item.get("subject") == {"S": marks.subject}),
    ),
    "an index entry": (
        Stage.RESOLVING,
        True,
        lambda marks: Refusal("PutItem", lambda item: item.get("token", {}).get("S") in marks.emails),
    ),
    "an erasure's key": (
        Stage.RESOLVING,
        False,
        lambda marks: Refusal("BatchGetItem", lambda key: key == {"id": {"S": marks.subject}}),
    ),
    "an event": (
        Stage.PUBLISHING,
        True,
        lambda marks: Refusal("PutEvents", lambda entry: marks.order in entry["Detail"]),
    ),
    "an event that is named": (
        Stage.PUBLISHING,
        True,
        lambda marks: Refusal("PutEvents", lambda entry: marks.order in entry["Detail"], "MalformedDetail", named=True),
    ),
}  # fmt: skip
