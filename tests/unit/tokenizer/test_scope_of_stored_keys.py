"""Two things never share one item or object: the key of each write differs by each part that tells one thing from another.

`WRITES` has every write of the tokenizer under a key of its own. What a key is derived from has its tests in
test_scope_of_keys.py and test_identity.py.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from itertools import combinations, product
from typing import Any

from schemas.dead_letter import DeadLetter, ErrorCode, LetterError
from tests.support.fakes.calls import callers
from tests.support.fakes.reveals import NOON
from tests.support.fakes.world import SUBJECT_KEYS, ample_budget
from tests.support.members import for_all
from tests.support.samples import OF_QUEUE, data, order, stream_record
from tokenizer.audit.lines import Place
from tokenizer.authorization.approvals import Approval
from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.api.order_service import OrderService
from tokenizer.aws.authorization.approvals import DynamoApprovals
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.authorization.seen_values import DynamoSeenValues
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.payments.table import PaymentsTable
from tokenizer.aws.pipeline.dead_letters import SqsDeadLetters
from tokenizer.aws.rekey.progress import DynamoProgress
from tokenizer.aws.replay.edit_counts import DynamoEditCounts
from tokenizer.aws.replay.queues import Quarantine, quarantine_id
from tokenizer.aws.vault import token_keys
from tokenizer.payments.attempts import Attempt, AttemptState
from tokenizer.payments.cashier import Payment, PaymentStatus
from tokenizer.records import Letter, Share
from tokenizer.rekey.progress import Phase, Run, Stretch

APPROVAL = Approval("a1", "edit_letter", "d", "typo", "m", ("/p",), "ann", 7)
PAYMENT = Payment("p1", "SO-1", "1", "USD", "1111", PaymentStatus.CHARGED, "ref", None)
ATTEMPT = Attempt("SO-1", 1, "1", "1", "USD", ("n", "e"), "p1", "now", AttemptState.TRYING)
LETTER = Letter(
    ErrorCode.INVALID_FIELD, "m", stream_record(b"").identity, stream_record(b"").source, 1, b"s" * 500, "i"
)
# What names an item: the attributes of each table's key.
KEYS = ("id", "run", "part", "record", "subject", "blind_index")


class Stop(BaseException):
    """Ends a call at the write that is looked at."""


class Service:
    """A client of any service: keeps what each call is asked, and ends it at one of them."""

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**asked: Any) -> dict[str, Any]:
            if name == self._operation:
                self.asked.append(asked)
                raise Stop
            return {"CiphertextBlob": b"w"}

        return call


class Plain:
    """Seals nothing."""

    def seal(self, sealed: bytes, _source: object) -> bytes:
        return sealed


class Once:
    """Idempotency keys, none of which was used before."""

    def once(self, _: object, work: Callable[[Any], Any]) -> Any:
        return work(None)


def take(kinesis: Any, customer_id: str) -> None:
    no: Any = None
    keys: Any = Once()
    event = order(customer={"customer_id": customer_id})
    OrderService(kinesis, "s", no, keys, no, "reveal", "pay", "erase").take(data(event), "ann", "k")


def send(s3: Any, letter_id: str) -> None:
    plain: Any = Plain()
    SqsDeadLetters(s3, "url", s3, "bucket", plain, 100).send(
        [replace(LETTER, letter_id=letter_id)], ample_budget()
    )


def body(sealed_object: str | None = None, message: str = "m") -> str:
    sealed = None if sealed_object else "s"
    error = LetterError(code=ErrorCode.INVALID_FIELD, message=message)
    return DeadLetter(
        error=error, source=OF_QUEUE, attempts=1, sealed=sealed, sealed_object=sealed_object
    ).model_dump_json(exclude_none=True)


def keep_letter(s3: Any, letter_id: str) -> None:
    Quarantine(s3, "bucket", s3, "url").keep(letter_id, body(), "why")


def keep_object(s3: Any, letter_id: str) -> None:
    Quarantine(s3, "bucket", s3, "url").keep(letter_id, body("s3://bucket/letters/i"), "why")


@dataclass(frozen=True)
class Write:
    """A write: what makes it with a client, and for each part of its key two that differ."""

    make: Callable[..., Any]
    parts: Sequence[tuple[Any, Any]]

    def key(self, operation: str, parts: Sequence[Any]) -> str:
        service = Service(operation)
        with suppress(Stop):
            self.make(service, *parts)
        (asked,) = service.asked
        return repr(sorted(_key(asked)))


def _key(asked: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    given = asked.get("Key") or asked.get("PartitionKey") or asked["Item"]
    if isinstance(given, str):
        yield "key", given
    else:
        yield from ((name, str(value)) for name, value in given.items() if name in KEYS)


CALLERS = ("ann", "bob")
WINDOWS = (Window.HOUR, Window.DAY)
DAYS = (NOON, NOON + timedelta(days=1))
IDS = ("a", "b")
WRITES: dict[str, Write] = {
    "DynamoApprovals._set update_item": Write(lambda c, i: DynamoApprovals(c, "t").use(i), [IDS]),
    "DynamoApprovals.add put_item": Write(
        lambda c, i: DynamoApprovals(c, "t").add(replace(APPROVAL, approval_id=i)), [IDS]
    ),
    "DynamoCounters.add update_item": Write(
        lambda c, who, window, at: DynamoCounters(c, "t").add(who, window, at, {"misses": 1}),
        [CALLERS, WINDOWS, DAYS],
    ),
    "DynamoEditCounts._change update_item": Write(lambda c, i: DynamoEditCounts(c, "t").claim(i, "r"), [IDS]),
    "DynamoEditCounts.attempt update_item": Write(lambda c, i: DynamoEditCounts(c, "t").attempt(i), [IDS]),
    "DynamoErasureStore.mark update_item": Write(lambda c, s: DynamoErasureStore(c, "t").mark(s, 7), [IDS]),
    "DynamoErasureStore.note_found update_item": Write(
        lambda c, s: DynamoErasureStore(c, "t").note_found(s), [IDS]
    ),
    "DynamoProgress.keep_stretch put_item": Write(
        lambda c, begun_at, number, phase, segment: DynamoProgress(c, "t").keep_stretch(
            Run("arn", 4, begun_at, "ann"), Stretch(number, phase, segment)
        ),
        [(1, 2), (1, 11), (Phase.MOVE, Phase.VERIFY), (1, 11)],
    ),
    "DynamoSeenValues.add update_item": Write(
        lambda c, who, window, at: DynamoSeenValues(c, "t").add(who, window, at, ["v"], 3),
        [CALLERS, WINDOWS, DAYS],
    ),
    "DynamoSubjectData.drop_share delete_item": Write(
        lambda c, record, subject: DynamoSubjectData(c, "vault", "index", "shares", SUBJECT_KEYS).drop_share(
            Share(record, subject, 7, "o", 5)
        ),
        [(b"a" * 12, b"b" * 12), IDS],
    ),
    "OrderService.take put_record": Write(take, [("C-1", "C-2")]),
    "PaymentsTable.keep put_item": Write(
        lambda c, i: PaymentsTable(c, "t").keep(replace(PAYMENT, payment_id=i)), [IDS]
    ),
    "PaymentsTable.put_attempt put_item": Write(
        lambda c, i: PaymentsTable(c, "t").put_attempt(replace(ATTEMPT, order_id=i), None), [IDS]
    ),
    "Quarantine._with_object copy_object": Write(keep_object, [IDS]),
    "Quarantine.keep put_object": Write(keep_letter, [IDS]),
    "SqsDeadLetters._body put_object": Write(send, [IDS]),
}
# Writes under a key that is given as it is, or that other tests look at, and which.
ELSEWHERE = {
    "AuditTrail._advance put_item": "tests/integration/test_audit.py",
    "AuditTrail._append put_object": "below, with the places of lines",
    "DynamoBlindIndex.share batch_write_item": "tests/unit/tokenizer/aws/test_partial_answers.py",
    "DynamoErasureStore.keep put_item": "an erasure's id, which is drawn",
    "DynamoMovableVault._replaced put_item": "the item that was read",
    "DynamoProgress.keep_run put_item": "there is one: the latest",
    "DynamoStarts.note batch_write_item": "tests/unit/tokenizer/aws/test_partial_answers.py",
    "DynamoSubjectData._forget update_item": "tests/integration/test_erase.py",
    "DynamoSubjectData.drop_entry delete_item": "tests/integration/test_erase.py",
    "DynamoSubjectData.hand_over update_item": "tests/integration/test_erase.py",
    "HeldKeys._keep put_item": "tests/integration/test_held_keys.py",
    "HoneyKeeper.note put_item": "the token",
    "IdempotencyKeys._claim put_item": "test_scope_of_keys.py",
    "IdempotencyKeys._finish update_item": "test_scope_of_keys.py",
    "IdempotencyKeys._lease update_item": "test_scope_of_keys.py",
    "OrdersWriter.keep put_item": "the order's id",
    "VaultWriter._put batch_write_item": "tests/unit/tokenizer/aws/test_partial_answers.py",
    "_put put_item": "tests/unit/tokenizer/aws/test_partial_answers.py",
    "provision put_item": "below, with the names of keys",
    "write_sign_in_keys put_object": "there is one for each user pool",
}
# Who writes outside of the tokenizer.
OTHERS = {"DynamoDBSeen.claim put_item", "DynamoDBSeen.complete update_item", "DynamoDBSeen.release delete_item", "put_back put_item"}  # fmt: skip
OPERATIONS = {
    "put_item", "update_item", "delete_item", "batch_write_item", "transact_write_items", "put_object", "copy_object",
    "put_record", "put_records",
}  # fmt: skip


def test_every_write_is_in_a_table() -> None:
    assert callers(OPERATIONS) - OTHERS == WRITES.keys() | ELSEWHERE.keys()
    assert not WRITES.keys() & ELSEWHERE.keys()


@for_all("name", WRITES)
def test_a_key_differs_by_each_of_its_parts(name: str) -> None:
    write, operation = WRITES[name], name.split()[1]
    made = {parts: write.key(operation, parts) for parts in product(*write.parts)}
    assert len(set(made.values())) == len(made) > 1
    assert made == {parts: write.key(operation, parts) for parts in made}, "the same thing has the same key"


# Writers that share a table, and where each has its caller, letter, payment or order in the parts of its key.
TABLES = {
    "budgets": (
        *("DynamoCounters.add update_item", "DynamoSeenValues.add update_item"),
        "DynamoEditCounts.attempt update_item",
    ),
    "payments": ("PaymentsTable.keep put_item", "PaymentsTable.put_attempt put_item"),
}
NAMES = ("a", "hour", "day", "look_up", "letter", "order", "look_up#a", "letter#a", "hour#2026-11-24T12#a")


@for_all("table", TABLES)
def test_no_two_writers_of_one_table_have_a_key_in_common(table: str) -> None:
    made: dict[str, set[str]] = {}
    for name in TABLES[table]:
        write = WRITES[name]
        every = product(NAMES, *write.parts[1:])
        made[name] = {write.key(name.split()[1], parts) for parts in every}
    for one, other in combinations(made.values(), 2):
        assert not one & other


def test_an_edit_is_counted_and_claimed_under_one_key() -> None:
    counted, claimed = (
        WRITES[f"DynamoEditCounts.{each} update_item"].key("update_item", ["m"])
        for each in ("attempt", "_change")
    )
    assert counted == claimed


def test_an_hour_later_is_another_hour_of_look_ups_and_the_same_day() -> None:
    def key(*parts: Any) -> str:
        return WRITES["DynamoSeenValues.add update_item"].key("update_item", parts)

    later = NOON + timedelta(hours=1)
    assert key("ann", Window.HOUR, NOON) != key("ann", Window.HOUR, later)
    assert key("ann", Window.DAY, NOON) == key("ann", Window.DAY, later)


def test_look_ups_of_two_values_are_two() -> None:
    service = Service("update_item")
    with suppress(Stop):
        DynamoSeenValues(service, "t").add("ann", Window.HOUR, NOON, ["a", "b", "ab", "ba", "", "a"], 3)  # type: ignore[arg-type]  # all that is asked of it
    (asked,) = service.asked
    names = asked["ExpressionAttributeValues"][":values"]["SS"]
    assert len(set(names)) == 5
    assert names[0] == names[-1]


class Bucket:
    """S3 and SQS, which keep the key of each object that is written or read."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    def put_object(self, *, Key: str, **_: Any) -> None:  # noqa: N803 -- boto3's
        self.keys.append(Key)

    copy_object = put_object

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        self.keys.append(Key)
        return {"Body": BytesIO(body("s3://bucket/letters/i").encode())}

    def send_message(self, **_: Any) -> dict[str, str]:
        return {"MessageId": "m"}

    def delete_object(self, **_: Any) -> None:
        pass


def test_a_letter_in_quarantine_its_object_and_the_restored_one_lie_apart() -> None:
    bucket: Any = Bucket()
    quarantine = Quarantine(bucket, "bucket", bucket, "url")
    for letter_id in IDS:
        quarantine.keep(letter_id, body("s3://bucket/letters/i"), "why")
        quarantine.restore(letter_id)
    of_a, of_b = bucket.keys[:4], bucket.keys[4:]
    for content, kept, read, restored in (of_a, of_b):
        assert read == kept
        assert len({content, kept, restored}) == 3
    assert not set(of_a) & set(of_b)


def test_letters_that_differ_in_anything_have_places_of_their_own_in_quarantine() -> None:
    bodies = [body(), body(message="n"), body("s3://bucket/letters/i"), body("s3://bucket/letters/j"), ""]
    assert len({quarantine_id(each) for each in bodies}) == len(bodies)
    assert len({quarantine_id("x" * 5_000 + each) for each in "abc"}) == 3


def test_each_line_of_the_audit_trail_has_an_object_of_its_own() -> None:
    places = [
        Place(*each)
        for each in product(("2026-11-24", "2026-11-25"), ("a" * 32, "b" * 32), (1, 2, 11, 21, 9_999_999_999))
    ]
    assert len({each.object_key for each in places}) == len(places)
    assert [Place.parse(each.object_key) for each in places] == places


def test_each_version_of_each_token_key_has_an_item_of_its_own() -> None:
    put: list[str] = []

    class Aws:
        def generate_data_key_without_plaintext(self, **_: Any) -> dict[str, bytes]:
            return {"CiphertextBlob": b"w"}

        def put_item(self, *, Item: dict[str, Any], **_: Any) -> None:  # noqa: N803 -- boto3's
            put.append(Item["id"]["S"])

    aws: Any = Aws()
    names = ("token-key", "scope-root", "subject-key")
    token_keys.provision(aws, aws, "t", "arn", versions=dict.fromkeys(names, 12), now=7)
    assert put == [f"{name}/{version}" for name in names for version in range(1, 13)]
