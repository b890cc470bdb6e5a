"""Tests the scope of keys: an id, context or index that is made for one thing is of no use for another.

Each is made once as it is and again with one part changed at a time; all of them must differ. Parts that run together are tried, too.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import pytest
from pydantic import create_model

from schemas.base import Envelope, EventModel
from schemas.dead_letter import DeadLetter, ErrorCode, LetterError, LetterSource
from schemas.kinds import ConsistentToken, NormalForm, OneWayToken, Public
from schemas.registry import EventName
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.calls import callers
from tests.support.fakes.reveals import NOON, FakeHoney
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEY, World, ample_budget
from tests.support.samples import OF_QUEUE, OF_STREAM, data, order, stream_record
from tokenizer.audit.lines import key_context
from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.api.fingerprints import Asked, Fingerprints
from tokenizer.aws.api.idempotency import IdempotencyKeys
from tokenizer.aws.api.order_service import OrderService
from tokenizer.aws.api.synchronous_tokenizer import SynchronousTokenizer
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.compose.data_keys import LETTER_CONTEXT, vault_context
from tokenizer.aws.replay.letters import Letters
from tokenizer.aws.vault import token_keys
from tokenizer.callers import Caller
from tokenizer.errors import Refused
from tokenizer.payments.cashier import Cashier, NoGateway
from tokenizer.pipeline.catalog import Catalog
from tokenizer.records import Share
from tokenizer.replay.messages import letter_id
from tokenizer.vault.tokens import Pointer, ScopeKeys, SubjectKey, is_order


def all_differ(made: list[Any]) -> None:
    """Asserts that no two are the same."""
    assert len({repr(each) for each in made}) == len(made) > 1


# Pairs of texts that read the same where they are put one after the other, with or without what may stand between.
RUN_TOGETHER = [("a", "b"), ("a#", "b"), ("a", "#b"), ("a1", "b"), ("a", "1b"), ("1:a", "b"), ("ab", "c"), ("a", "bc"), ("a#b", "c"), ("a", "b#c")]  # fmt: skip


class Stopped(Exception):
    """Ends a call once the test knows what it asked for."""


def payment_id(order_id: str, key: str, caller: str) -> str:
    class Payments:
        def find(self, payment_id: str) -> None:
            raise Stopped(payment_id)

    payments: Any = Payments()
    policies: Any = SimpleNamespace(permits=lambda *_: True)
    nothing: Any = None
    till = Cashier(nothing, policies, nothing, nothing, NoGateway(), payments, nothing, FakeAudit(), FakeHoney(), lambda *_: None, lambda: NOON)  # fmt: skip
    with pytest.raises(Stopped) as caught:
        till.pay(order_id, key, Caller(caller), ample_budget())
    return str(caught.value)


def test_a_payment_is_an_orders_a_keys_and_a_callers() -> None:
    all_differ([payment_id(*parts) for parts in product(("SO-1", "SO-2"), ("k", "l"), ("ann", "bob"))])
    assert payment_id("SO-1", "k", "ann") == payment_id("SO-1", "k", "ann")


@pytest.mark.parametrize(("order_id", "caller"), RUN_TOGETHER)
def test_a_payments_order_and_caller_do_not_run_together(order_id: str, caller: str) -> None:
    others = [pair for pair in RUN_TOGETHER if pair != (order_id, caller)]
    assert payment_id(order_id, "k", caller) not in [payment_id(a, "k", b) for a, b in others]


@pytest.mark.parametrize(("caller", "key"), [(caller, key) for caller, key in RUN_TOGETHER if "#" not in key])
def test_a_payments_caller_and_key_do_not_run_together(caller: str, key: str) -> None:
    others = [pair for pair in RUN_TOGETHER if pair != (caller, key) and "#" not in pair[1]]
    assert payment_id("SO-1", key, caller) not in [payment_id("SO-1", b, a) for a, b in others]


class Table:
    """A table that keeps the ids that it is asked for."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def put_item(self, Item: dict[str, Any], **_: Any) -> None:  # noqa: N803 -- boto3's
        self.ids.append(Item["id"]["S"])

    def update_item(self, Key: dict[str, Any], **asked: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        self.ids.append(Key["id"]["S"])
        return {"Attributes": {name: {"N": "1"} for name in asked["ExpressionAttributeNames"].values()}}


class Macs:
    """A KMS whose MAC is the message."""

    def generate_mac(self, Message: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        return {"Mac": Message}


def claim_id(caller: str, key: str) -> str:
    table: Any = Table()
    kms: Any = Macs()
    keys = IdempotencyKeys(table, "idempotency", Fingerprints(kms, "arn"))
    with pytest.raises(Stopped):
        keys.once(Asked("order", caller, key, b"{}"), lambda _: (_ for _ in ()).throw(Stopped))
    assert len(set(table.ids)) == 1, "claimed and released under one id"
    return str(table.ids[0])


def test_an_idempotency_key_is_its_callers() -> None:
    all_differ([claim_id(*parts) for parts in product(("ann", "bob"), ("k", "l"))])
    pairs = [(a, b) for a, b in RUN_TOGETHER if (a, b) != ("a#", "b")]
    all_differ([claim_id(*pair) for pair in pairs])


def fingerprint(operation: str, caller: str, key: str, body: bytes) -> bytes:
    kms: Any = Macs()
    return Fingerprints(kms, "arn").of(Asked(operation, caller, key, body))


def test_a_fingerprint_is_of_each_part_of_a_request() -> None:
    parts = product(("order", "tokens"), ("ann", "bob"), ("k", "l"), (b"{}", b"[]"))
    all_differ([fingerprint(*each) for each in parts])


def fingerprint_of_value(value: str, caller: str) -> str:
    kms: Any = Macs()
    return Fingerprints(kms, "arn").of_value(value, caller)


def test_a_fingerprint_of_a_value_is_its_callers_and_none_of_a_request() -> None:
    all_differ([fingerprint_of_value(*parts) for parts in product(("v", "w"), ("ann", "bob"))])
    all_differ([fingerprint_of_value(value, caller) for caller, value in RUN_TOGETHER])
    # A request whose parts are framed as those of a value are.
    requests = {
        fingerprint(*parts, b"v").hex() for parts in product(("value", "", "ann"), ("ann", ""), ("v", ""))
    }
    assert fingerprint_of_value("v", "ann") not in requests


def test_the_parts_of_a_fingerprint_do_not_run_together() -> None:
    all_differ([fingerprint(a, b, "c", b"d") for a, b in RUN_TOGETHER])
    all_differ([fingerprint("o", a, b, b"d") for a, b in RUN_TOGETHER])
    all_differ([fingerprint("o", "a", a, b.encode()) for a, b in RUN_TOGETHER])


def test_a_letters_id_is_of_where_its_record_came_from_edited_or_not() -> None:
    sources = [OF_QUEUE, OF_STREAM, OF_STREAM.model_copy(update={"sub_sequence_number": 0})]
    all_differ([letter_id(each) for each in sources])
    for each in sources:
        edited = [each.model_copy(update={"edited": edit}) for edit in ("a" * 32, "b" * 32)]
        assert {letter_id(each), *map(letter_id, edited)} == {letter_id(each)}


class Keys:
    """Idempotency keys that keep what they are asked for."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def once(self, asked: Asked, _: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {"tokens": ["t"]}


def operations(order_id: str = "SO-1", caller: str = "ann") -> list[Asked]:
    """Returns what each route with an idempotency key asks for, with one key."""
    nothing: Any = None
    keys: Any = Keys()
    desk = OrderService(nothing, "s", nothing, keys, nothing, "reveal", "pay", "erase")
    waiting = SynchronousTokenizer(nothing, "tokenize", "api", keys)
    body = data(order())
    desk.take(body, caller, "k")
    desk.pay(order_id, "k", Caller(caller), "eyJ.e30.c2ln")
    waiting.order(body, caller, "k")
    waiting.values([("name", "Ann")], caller, "k", None)
    found: list[Asked] = keys.asked
    return found


def test_no_route_answers_with_what_another_was_asked_under_the_same_key() -> None:
    assert len(operations()) == len(callers({"Asked"})), "every request under a key is tried"
    all_differ([each.operation for each in operations()])
    assert {(each.caller, each.key) for each in operations()} == {("ann", "k")}


def test_a_payment_of_another_order_is_another_request() -> None:
    one, other = ([fingerprint(*_parts(each)) for each in operations(name)] for name in ("SO-1", "SO-2"))
    assert [at for at, each in enumerate(one) if each != other[at]] == [1]


def test_a_request_for_tokens_is_of_each_value_also_of_those_that_are_left_out() -> None:
    keys: Any = Keys()
    nothing: Any = None
    waiting = SynchronousTokenizer(nothing, "tokenize", "api", keys)
    values = [("name", "Ann"), ("email", "ann@example.com")]
    for each in (
        values,
        [values[0], ("email", "bob@example.com")],
        values[:1],
        values[::-1],
        [*values, values[1]],
    ):
        waiting.values(each, "ann", "k", "C-1", hidden={"email"})
    waiting.values(values, "ann", "k", "C-2", hidden={"email"})
    waiting.values(values, "ann", "k", None, hidden={"email"})
    all_differ([each.body for each in keys.asked])


def _parts(asked: Asked) -> tuple[str, str, str, bytes]:
    return asked.operation, asked.caller, asked.key or "", asked.body


def test_a_budget_is_a_callers_and_a_windows() -> None:
    table: Any = Table()
    counters = DynamoCounters(table, "budgets")
    moments = (NOON, NOON + timedelta(hours=1), NOON + timedelta(days=1))
    for caller, window, moment in product(("ann", "bob"), Window, moments):
        counters.add(caller, window, moment, {"misses": 1})
    # An hour later is another hour and the same day.
    assert len(table.ids) == 12
    assert len(set(table.ids)) == 2 * (3 + 2)


def test_the_encryption_contexts_are_these_and_name_what_they_are_for() -> None:
    """Data keys are bound to them: what is sealed under one opens under no other, nor under later code."""
    item = {"id": {"S": "token-key/2"}, "begins": {"N": "7"}}
    assert vault_context("vault-a") == {"purpose": "vault", "table": "vault-a"}
    assert LETTER_CONTEXT == {"purpose": "letter"}
    assert key_context("chain-1") == {"purpose": "audit", "chain": "chain-1"}
    assert token_keys._context(item) == {"purpose": "token-keys", "name": "token-key/2", "begins": "7"}


KEY_PARTS: dict[str, Callable[[ScopeKeys], list[bytes]]] = {
    "blind_index": lambda keys: [keys.blind_index(*parts) for parts in product(("s", "t"), ("a", "b"))],
    "seal": lambda keys: [
        keys.seal(*parts) for parts in product(("s", "t"), (b"a", b"b"), ("x", "y"), (1, 2, 3))
    ],
}


@pytest.mark.parametrize("name", KEY_PARTS)
def test_what_a_scopes_key_makes_differs_by_each_part(name: str) -> None:
    all_differ([each for keys in (SCOPE_KEYS, ScopeKeys(b"o" * 32)) for each in KEY_PARTS[name](keys)])


SUBJECT_KEY_PARTS: dict[str, Callable[[SubjectKey], list[bytes]]] = {
    "owned": lambda key: [
        key.owned(*parts) for parts in product((b"a", b"b"), ("x", "y"), ("o", "p"), (1, 2))
    ],
    "listed": lambda key: [key.owned(b"a", "x", "o", 1, listed=each) for each in (False, True)],
    "value_record_id": lambda key: [
        key.value_record_id(*parts) for parts in product((b"a", b"b"), (0, 1, 10))
    ],
    "list_key": lambda key: [key.list_key(each) for each in (b"a", b"b")],
    "shared": lambda key: [
        key.shared(*parts) for parts in product((b"a", b"b"), ("s", "t"), (1, 2), ("o", "p"), (1, 2))
    ],
}


@pytest.mark.parametrize("name", SUBJECT_KEY_PARTS)
def test_what_a_subject_key_seals_differs_by_each_part(name: str) -> None:
    keys = (SUBJECT_KEY, SubjectKey(b"o" * 32))
    all_differ([each for key in keys for each in SUBJECT_KEY_PARTS[name](key)])


def test_an_orders_name_is_no_customers_name() -> None:
    names = [
        (key.subject(each), key.order(each)) for key in (SUBJECT_KEY, SubjectKey(b"o" * 32)) for each in "ab"
    ]
    all_differ([name[:32] for pair in names for name in pair])
    assert {(is_order(customer), is_order(order)) for customer, order in names} == {(False, True)}


def test_a_seal_of_an_owner_is_none_of_a_share() -> None:
    assert SUBJECT_KEY.owned(b"a", "x", "o", 1) != SUBJECT_KEY.shared(b"a", "x", 1, "o", 1)


# A value that every normal form leaves as it is: an email, a phone number and an id that are written alike.
ALIKE = "12025550123"
DOMAINS = ("orders", "ads")
KINDS: dict[str, ConsistentToken | OneWayToken] = {
    f"{kind.__name__}_{form}_{domain}".lower(): kind(domain, form)
    for kind, form, domain in product((ConsistentToken, OneWayToken), NormalForm, DOMAINS)
}
SCOPES = {
    f"{'token' if isinstance(kind, ConsistentToken) else 'one-way'}:{kind.normal_form}:{kind.scope}"
    for kind in KINDS.values()
}
fields: dict[str, Any] = {name: (Annotated[str, kind], ...) for name, kind in KINDS.items()}
Alike = create_model("Alike", __base__=EventModel, **fields)


class Thing(Envelope):
    event_type: Annotated[Literal["thing"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    alike: Alike


def test_a_value_has_unrelated_tokens_in_each_scope_normal_form_and_direction() -> None:
    world = World(catalog=Catalog({EventName("thing", 1): Thing}))
    event = {
        "event_id": "e",
        "event_type": "thing",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
    }
    (outcome,) = world.tokenizer.tokenize_batch(
        [stream_record(event | {"alike": dict.fromkeys(KINDS, ALIKE)})], ample_budget()
    )
    assert outcome.published
    all_differ(list(world.bus.details()[0]["data"]["alike"].values()))
    assert {entry.scope for entry in world.index.entries.values()} == SCOPES
    assert len(world.index.entries) == len(KINDS) == 12


def customer(customer_id: str) -> dict[str, Any]:
    """Somebody whose email and phone are everybody's."""
    return order(customer={"customer_id": customer_id, "email": "ann@example.com", "phone": "+12025550123"})


def test_each_shared_value_is_noted_for_each_subject_who_shares_it() -> None:
    world = World()
    for customers in (["C-1"], ["C-2", "C-3"]):
        records = [stream_record(customer(each), int(each[2:])) for each in customers]
        assert all(each.published for each in world.tokenizer.tokenize_batch(records, ample_budget()))
    shown = world.bus.details()[0]["data"]["order"]["customer"]
    values = {Pointer.parse(shown[name]).record_id for name in ("email", "phone")}
    keys = world.tokenizer.reader.sanitizer.subject_keys.at(0)
    owner, *sharers = (keys.subject(each) for each in ("C-1", "C-2", "C-3"))
    arrived = next(iter(world.index.entries.values())).arrived
    assert set(world.index.shares.values()) == {
        Share(value, sharer, arrived, owner, arrived) for value in values for sharer in sharers
    }


@pytest.mark.parametrize(
    ("queue", "ours"),
    [
        ("arn:aws:sqs:us-east-1:000000000000:raw", True),
        ("arn:aws:sqs:us-east-1:111111111111:raw", False),
        ("arn:aws:sqs:us-west-1:000000000000:raw", False),
        ("arn:aws:sqs:us-east-1:000000000000:other", False),
    ],
)
def test_a_letter_is_a_stacks_by_its_sources_whole_name(queue: str, ours: bool) -> None:
    opener: Any = SimpleNamespace(open=lambda _sealed, _identity: b"{}")
    s3: Any = None  # the seal is in the letter
    letters = Letters(opener, s3, ["arn:aws:sqs:us-east-1:000000000000:raw"], time.time)
    body = DeadLetter(
        error=LetterError(code=ErrorCode.INVALID_FIELD, message="m"),
        source=LetterSource(queue=queue, message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z"),
        attempts=1,
        sealed="AAAA",
    ).model_dump_json(exclude_none=True)
    if ours:
        assert letters.open(body).data == b"{}"
    else:
        with pytest.raises(Refused, match="another stack"):
            letters.open(body)
