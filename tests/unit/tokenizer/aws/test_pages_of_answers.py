"""AWS answers a list in pages, some of them empty: whoever reads one reads it to its end.

`CASES` has every reader of pages in the product; a new one has to be added to it.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ops.audit.store import AwsTrail
from ops.lake import athena, files
from ops.rekey.restore import put_back
from ops.status.sources import alarms, letters_by_code
from replay.letters import LetterQueue
from tests.support.fakes.calls import callers
from tests.support.fakes.world import SUBJECT_KEYS, ample_budget
from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.authorization.approvals import DynamoApprovals
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.honeytokens.keeper import HoneyKeeper
from tokenizer.aws.pipeline.shares import DynamoShares
from tokenizer.aws.rekey.held_keys import HeldKeys
from tokenizer.aws.rekey.movable_vault import DynamoMovableVault
from tokenizer.aws.rekey.progress import DynamoProgress
from tokenizer.aws.replay.queues import Quarantine, Unprocessed
from tokenizer.aws.replay.stream import StreamReplay
from tokenizer.aws.vault import token_keys
from tokenizer.replay.messages import EXPIRED, PUBLISHED

READERS = {
    "get_paginator",
    "get_query_results",
    "get_records",
    "list_objects_v2",
    "list_object_versions",
    "list_shards",
    "list_stack_resources",
    "query",
    "receive_message",
    "scan",
}
NAMES = ["a0", "a1", "a2"]
RECORD = b"r" * 12

Item = dict[str, Any]
Made = Callable[[str], Item]


class Pages:
    """AWS's paginators: two names on the first page, nothing on the second, one on the last."""

    def __init__(self, **makers: tuple[str, Made]) -> None:
        """Takes, by operation, the key that a page's entries stand under, and what makes one of a name."""
        self._makers = makers
        self.asked: list[Item] = []

    def get_paginator(self, operation: str) -> "_Paginator":
        return _Paginator(self, *self._makers[operation])

    def __getattr__(self, operation: str) -> Any:
        """Answers a single call with the first page alone, as AWS would."""
        if operation not in self._makers:
            raise AttributeError(operation)
        return lambda **asked: next(self.get_paginator(operation).paginate(**asked))


class _Paginator:
    def __init__(self, aws: Pages, under: str, make: Made) -> None:
        self._aws, self._under, self._make = aws, under, make

    def paginate(self, **asked: Any) -> Iterator[Item]:
        self._aws.asked.append(asked)
        for names in (NAMES[:2], [], NAMES[2:]):
            yield {self._under: [self._make(name) for name in names]}


def _text(name: str) -> Item:
    return {"S": name}


def _number(at: int) -> Item:
    return {"N": str(at)}


def _share(name: str) -> Item:
    return {
        "record": _text(RECORD.hex()),
        "subject": _text(name),
        "arrived": _number(1),
        "owner": _text("o"),
        "owned_since": _number(1),
    }


def estate(_: Path) -> list[str]:
    aws: Any = Pages(query=("Items", _share))
    # Under sixteen keys, each with its pages.
    found = DynamoSubjectData(aws, "vault", "index", "shares", SUBJECT_KEYS).shares("s")
    return sorted({each.subject for each in found})


def shares(_: Path) -> list[str]:
    aws: Any = Pages(query=("Items", _share))
    found = DynamoShares(aws, "shares").of([RECORD], ample_budget())[RECORD]
    assert isinstance(found, list)
    return [each.subject for each in found]


def ledger(_: Path) -> list[str]:
    def certificate(name: str) -> Item:
        texts = ("subject", "requested_by", "purpose")
        numbers = ("requested_at", "erased_until", "records", "kept_for_others", "sweeps", "next_sweep")
        return {
            "id": _text(name),
            **{each: _text("t") for each in texts},
            **{each: _number(1) for each in numbers},
            "pending": {"L": []},
            "also": {"L": []},
            "failed": {"BOOL": False},
        }

    aws: Any = Pages(query=("Items", certificate))
    return [each.erasure_id for each in DynamoErasureStore(aws, "erasures").due(1)]


def stretches(_: Path) -> list[str]:
    def stretch(name: str) -> Item:
        return {
            "part": _text(f"1 move {NAMES.index(name)}"),
            "after": _text(name),
            "done": {"BOOL": True},
            "counts": {"M": {}},
            "unreadable": {"L": []},
        }

    class Run:
        begun_at = 1

    aws: Any = Pages(query=("Items", stretch))
    run: Any = Run()  # all that is asked of one
    return [each.after for each in DynamoProgress(aws, "rekey").stretches(run)]


def held_keys(_: Path) -> list[str]:
    def held(name: str) -> Item:
        return {
            "part": _text(name),
            "active_since": _number(1),
            "used": {"BOOL": True},
            "held": {"BOOL": True},
        }

    aws: Any = Pages(query=("Items", held))
    progress: Any = None  # not asked
    return list(HeldKeys(aws, "rekey", progress, lambda: 1)._known())


def honey(_: Path) -> list[str]:
    aws: Any = Pages(scan=("Items", lambda name: {
        "id": _text(name), "kind": _text("k"), "note": _text("n"), "seeded_at": _text("t")
    }))  # fmt: skip
    return [each.token for each in HoneyKeeper(aws, "honey").all()]


def approvals(_: Path) -> list[str]:
    texts = ("action", "digest", "purpose", "letter", "proposer")
    aws: Any = Pages(scan=("Items", lambda name: {
        "id": _text(name), **{each: _text("t") for each in texts}, "paths": {"L": []}, "valid_until": {"N": "1"}
    }))  # fmt: skip
    return [each.approval_id for each in DynamoApprovals(aws, "approvals").every()]


def wrapped_keys(_: Path) -> list[str]:
    aws: Any = Pages(scan=("Items", lambda name: {"id": _text(name)}))
    return [item["id"]["S"] for item in token_keys._items(aws, "token-keys")]


def quarantine(_: Path) -> list[str]:
    moment = datetime(2026, 11, 24, tzinfo=UTC)
    aws: Any = Pages(
        list_objects_v2=("Contents", lambda name: {"Key": f"quarantine/{name}", "LastModified": moment})
    )
    aws.head_object = lambda **_: {"Metadata": {}}
    sqs: Any = None  # not asked
    return list(Quarantine(aws, "bucket", sqs, "url").listed()["ids"])


class _Stack:
    def __init__(self, aws: Any) -> None:
        self._aws = aws

    def client(self, _: str) -> Any:
        return self._aws

    def output(self, name: str) -> str:
        return name


def _trail(**makers: tuple[str, Made]) -> AwsTrail:
    stack: Any = _Stack(Pages(**makers))
    return AwsTrail(stack)


def days_of_lines(_: Path) -> list[str]:
    return _trail(
        list_object_versions=("CommonPrefixes", lambda name: {"Prefix": f"audit/{name}/"}),
        scan=("Items", lambda _: {"day": _text(NAMES[0])}),
    ).days()


def days_of_heads(_: Path) -> list[str]:
    return _trail(
        list_object_versions=("CommonPrefixes", lambda _: {"Prefix": f"audit/{NAMES[0]}/"}),
        scan=("Items", lambda name: {"day": _text(name)}),
    ).days()


def heads(_: Path) -> list[str]:
    head = {"sequence": _number(1), "hash": _text("h")}
    return list(_trail(query=("Items", lambda name: {"chain": _text(name), **head})).heads("day"))


def lines(_: Path) -> list[str]:
    trail = _trail(list_object_versions=("Versions", lambda name: {"Key": name, "Size": 1}))
    return [str(each) for each in trail.lines("day")]  # the key alone, where no line can lie


def restored(_: Path) -> list[str]:
    put: list[str] = []

    class Tables(Pages):
        def describe_table(self, **_: Any) -> Item:
            return {"Table": {"KeySchema": [{"AttributeName": "id"}]}}

        def put_item(self, Item: Item, **_: Any) -> None:  # noqa: N803 -- boto3's
            put.append(Item["id"]["S"])

    put_back(
        Tables(scan=("Items", lambda name: {"id": _text(name)})), "restored", "vault", lambda _count: None
    )
    return sorted(put)


def lake_files(folder: Path) -> list[str]:
    class Bucket(Pages):
        def get_object(self, Key: str, **_: Any) -> Item:  # noqa: N803 -- boto3's
            return {"Body": BytesIO(Key.encode())}

    aws = Bucket(list_objects_v2=("Contents", lambda name: {"Key": f"events/{name}"}))
    assert files.fetch(aws, "lake", folder) == len(NAMES)
    return sorted(each.name for each in (folder / "events").iterdir())


def rows(_: Path) -> list[str]:
    class Athena(Pages):
        def start_query_execution(self, **_: Any) -> Item:
            return {"QueryExecutionId": "q"}

        def get_query_execution(self, **_: Any) -> Item:
            return {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}

        def get_paginator(self, operation: str) -> Any:
            inner = super().get_paginator(operation)

            class Results:
                def paginate(self, **asked: Any) -> Iterator[Item]:
                    header = [{"Data": [{"VarCharValue": "name"}]}]
                    for at, page in enumerate(inner.paginate(**asked)):
                        yield {
                            "ResultSet": {
                                "ResultSetMetadata": {"ColumnInfo": [{"Name": "name"}]},
                                "Rows": [*(header if at == 0 else []), *page["Rows"]],
                            }
                        }

            return Results()

    aws = Athena(get_query_results=("Rows", lambda name: {"Data": [{"VarCharValue": name}]}))
    return [row[0] for row in athena.ask(aws, "w", "d", "SELECT", lambda _: None).rows]


def shards(_: Path) -> list[str]:
    class Kinesis:
        """Names one shard a call, and the next call's token while there is one."""

        def list_shards(self, NextToken: str = "0", **_: Any) -> Item:  # noqa: N803 -- boto3's
            at = int(NextToken)
            more = {"NextToken": str(at + 1)} if at + 1 < len(NAMES) else {}
            return {"Shards": [{"ShardId": NAMES[at]}], **more}

    kinesis: Any = Kinesis()
    tokenizers: Any = None  # not asked
    return StreamReplay(kinesis, "arn", tokenizers).shards()


class _Tokenizers:
    """Publishes all, and remembers what it was given."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def tokenize(self, entries: list[Item], *_: Any) -> list[Item]:
        self.ran += [each["kinesis"]["sequenceNumber"] if "kinesis" in each else each["messageId"] for each in entries]  # fmt: skip
        return [{"status": PUBLISHED} for _ in entries]


class _Kinesis:
    """A shard that answers with some sequence numbers a call, and with none where it has a gap."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = answers

    def get_shard_iterator(self, **_: Any) -> Item:
        return {"ShardIterator": "0"}

    def get_records(self, ShardIterator: str, **_: Any) -> Item:  # noqa: N803 -- boto3's
        at = int(ShardIterator)
        arrived = datetime.fromtimestamp(1, UTC)
        found = [
            {"SequenceNumber": each, "ApproximateArrivalTimestamp": arrived, "Data": b"{}"}
            for each in self._answers[at]
        ]
        more = {"NextShardIterator": str(at + 1)} if at + 1 < len(self._answers) else {}
        return {"Records": found, **more, "MillisBehindLatest": 1_000}


def _positions(*answers: list[str]) -> tuple[str, list[str]]:
    """Replays a failure record of the three records from 10 to 12; returns what became of it, and what was tokenized."""
    kinesis: Any = _Kinesis(*answers)
    tokenizers: Any = _Tokenizers()
    told = StreamReplay(kinesis, "arn", tokenizers).positions(
        '{"KinesisBatchInfo": {"shardId": "s", "startSequenceNumber": "10", "endSequenceNumber": "12",'
        ' "streamArn": "arn", "batchSize": 3}}'
    )
    return told["status"], tokenizers.ran


def records(_: Path) -> list[str]:
    status, ran = _positions(["10"], [], ["11"], [], [], ["12"])
    assert status == PUBLISHED
    return [NAMES[int(each) - 10] for each in ran]


@pytest.mark.parametrize(
    "answers", [(["11"], ["12"]), (["10"], ["12"]), (["10"], ["11"]), (["10"], [], ["13"]), ([], ["13"])]
)
def test_records_of_which_the_stream_has_lost_some_are_not_told_of_as_published(
    answers: tuple[list[str], ...],
) -> None:
    assert _positions(*answers)[0] == EXPIRED


def test_the_gaps_of_a_shard_may_be_many_and_only_fifty_empty_answers_in_a_row_end_it() -> None:
    assert _positions(["10"], *[[]] * 49, ["11"], *[[]] * 49, ["12"]) == (PUBLISHED, ["10", "11", "12"])
    assert _positions(["10"], *[[]] * 50, ["11"], ["12"])[0] == EXPIRED


class _Messages:
    """A queue that answers in pieces."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = iter(answers)

    def receive_message(self, **_: Any) -> Item:
        return {
            "Messages": [
                {
                    "MessageId": each,
                    "ReceiptHandle": each,
                    "Body": "{}",
                    "Attributes": {"SentTimestamp": "1"},
                }
                for each in next(self._answers, [])
            ]
        }

    def delete_message(self, **_: Any) -> None:
        pass


def letters(_: Path) -> list[str]:
    return [each.letter_id for each in LetterQueue(_Messages(NAMES[:2], NAMES[2:]), "url", 60).take()]


def letters_looked_at(_: Path) -> list[str]:
    """Returns the letters that were seen: each is given back."""
    given_back: list[str] = []

    class Queue(_Messages):
        def change_message_visibility(self, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803 -- boto3's
            given_back.append(ReceiptHandle)

    class Stack:
        def client(self, _: str) -> Queue:
            return Queue(NAMES[:2], NAMES[2:])

        def output(self, _: str) -> str:
            return "url"

    stack: Any = Stack()
    (counted,) = letters_by_code(stack)
    assert counted["letters"] == len(NAMES)
    return given_back


def orders_of_an_email(_: Path) -> list[str]:
    reader: Any = Pages(query=("Items", lambda name: {"order_id": _text(name), "customer_id": _text("C")}))
    return [each.order_id for each in OrdersReader(reader, "orders").with_email("tok_1")]


def alarms_of_a_stack(_: Path) -> list[str]:
    class Stack:
        def client(self, _: str) -> Pages:
            made = ("MetricAlarms", lambda name: {"StateValue": "ALARM", "AlarmName": f"orders-{name}"})
            return Pages(describe_alarms=made)

    stack: Any = Stack()
    return alarms(stack, "orders")["ALARM"]


def unprocessed(_: Path) -> list[str]:
    """Calls once for each batch, until nothing is left."""
    sqs: Any = _Messages(NAMES[:2], [], NAMES[2:])
    tokenizers: Any = _Tokenizers()
    waiting = Unprocessed(sqs, "url", "arn", tokenizers)
    return [each["message_id"] for _ in range(3) for each in waiting.replay()]


def vault_items(_: Path) -> list[str]:
    """Reads the vault as its callers do: each goes on after the last id, until an answer has none."""

    class Table:
        def scan(self, ExclusiveStartKey: Item | None = None, **_: Any) -> Item:  # noqa: N803 -- boto3's
            at = NAMES.index(ExclusiveStartKey["id"]["S"]) + 1 if ExclusiveStartKey else 0
            last = {"LastEvaluatedKey": {"id": _text(NAMES[at])}} if at + 1 < len(NAMES) else {}
            return {"Items": [{"id": _text(NAMES[at])}], **last}

    class Keys:
        key_arn = "arn"

    table: Any = Table()
    keys: Any = Keys()
    vault = DynamoMovableVault(table, "vault", "vault", keys, keys)
    found, after = vault.page(0, 1, "")
    while after:
        page, after = vault.page(0, 1, after)
        found |= page
    return list(found)


CASES: Mapping[str, tuple[Callable[[Path], list[str]], ...]] = {
    "AwsTrail._entries": (lines,),
    "AwsTrail.days": (days_of_lines, days_of_heads),
    "AwsTrail.heads": (heads,),
    "DynamoApprovals.every": (approvals,),
    "DynamoSubjectData._query": (estate,),
    "DynamoErasureStore._due": (ledger,),
    "DynamoMovableVault.page": (vault_items,),
    "DynamoProgress.stretches": (stretches,),
    "DynamoShares._of": (shares,),
    "HeldKeys._known": (held_keys,),
    "HoneyKeeper._items": (honey,),
    "LetterQueue._received": (letters,),
    "OrdersReader.with_email": (orders_of_an_email,),
    "Quarantine.listed": (quarantine,),
    "StreamReplay._next": (records,),
    "StreamReplay.shards": (shards,),
    "Unprocessed.replay": (unprocessed,),
    "_items": (wrapped_keys,),
    "alarms": (alarms_of_a_stack,),
    "ask": (rows,),
    "fetch": (lake_files,),
    "letters_by_code": (letters_looked_at,),
    "put_back": (restored,),
}


def test_every_reader_of_pages_is_in_the_table() -> None:
    assert {each.partition(" ")[0] for each in callers(READERS)} == CASES.keys()


@pytest.mark.parametrize(
    "read", [each for cases in CASES.values() for each in cases], ids=lambda each: each.__name__
)
def test_a_list_is_read_to_its_end(read: Callable[[Path], list[str]], tmp_path: Path) -> None:
    assert read(tmp_path) == NAMES
