"""Keeps a sample of each version of each stored format, as the real writers made it, to be read for ever.

`python -m tests.support.format_samples` writes the samples of versions that have none yet. It never replaces one: what a
release has written stays in its tables.
"""

import base64
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from moto import mock_aws

from schemas.dead_letter import DeadLetter, ErrorCode, LetterError, LetterSource
from tests.support.aws_account import OWNER, REGION, Aliases, make_erasures, make_shares, make_table
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tokenizer.aws.audit.trail import AuditStore, AuditTrail
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.pipeline.sealing import Sealer
from tokenizer.aws.vault import token_keys
from tokenizer.aws.vault.data_keys import Bounds, DataKey, DataKeyWriter
from tokenizer.aws.vault.materials import VaultWriterMaterials
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.values import packed
from tokenizer.aws.vault.vault import VaultWriter
from tokenizer.erasure.certificates import Certificate, event_of
from tokenizer.formats import FORMATS, StoredFormat
from tokenizer.records import IndexEntry, ListedValue, SanitizedRecord, Share, VaultField, VaultRecord
from tokenizer.vault.tokens import Pointer

FOLDER = Path("tests/integration/samples")
SUBJECT, OTHER = "5" * 32, "6" * 32
ARRIVED, ERASED = 1_795_428_901_250, 1_795_600_000_000  # milliseconds since 1970
RECORD = b'{"event_id":"e-1","order":{"customer":{"name":"Ann Canaryname"}}}'
SOURCE = LetterSource(
    stream="arn:aws:kinesis:eu-west-1:000000000000:stream/raw",
    shard="shardId-000000000000",
    sequence_number="49650000000000000000000000000000000000000000000000000007",
    sub_sequence_number=0,
    arrived_at="2026-11-23T10:15:01.250Z",
    edited="aa",
)
# Fields that later samples have if they are set.
LATER = {"unproven", "left", "erased_token", "erased_until", "lost_by", "listed", "uses"}
_TOKEN = Pointer(b"consistent01", b"tag0").token


class FixedKms:
    """Wraps each data key as the same bytes, and opens those into a key that never changes."""

    PLAIN, WRAPPED = bytes(range(32)), b"wrapped"

    def generate_data_key(self, *, KeyId: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- KMS's name
        return {"Plaintext": self.PLAIN, "CiphertextBlob": self.WRAPPED, "KeyId": KeyId}

    def generate_data_key_without_plaintext(self, **_: Any) -> dict[str, Any]:
        return {"CiphertextBlob": self.WRAPPED}

    def decrypt(self, *, CiphertextBlob: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803 -- KMS's name
        assert CiphertextBlob == self.WRAPPED
        return {"Plaintext": self.PLAIN, "KeyId": "arn"}


class Sample:
    """Holds what a writer was given, and what it stored of it."""

    def __init__(self, name: str, given: Any, stored: Any) -> None:
        self.name, self.given, self.stored = name, plain(given), stored

    @classmethod
    def read(cls, path: Path) -> "Sample":
        document = json.loads(path.read_text(encoding="utf-8"), object_hook=_from_json)
        return cls(path.stem, document["given"], document["stored"])

    def text(self) -> str:
        document = {"given": self.given, "stored": self.stored}
        return json.dumps(document, indent=1, sort_keys=True, default=_to_json) + "\n"


def plain(value: Any) -> Any:
    """Returns a value in the form that a sample keeps it in, whatever classes hold it."""
    match value:
        case VaultRecord():
            fields = {tag.hex(): plain(asdict(each)) for tag, each in value.fields.items()}
            given = {name: getattr(value, name) for name in value.__slots__} | {"fields": fields}
            return plain({name: each for name, each in given.items() if each or name not in LATER})
        case ListedValue() | IndexEntry() | Share() | Certificate() | SanitizedRecord():
            given = asdict(value)
            given.pop("seal", None)  # made when a share is stored
            if given.get("found"):
                del given["found"]  # so is every certificate of releases that didn't ask
            return plain({name: each for name, each in given.items() if each or name not in LATER})
        case bytes():
            return value.hex()
        case tuple() | list():
            return [plain(each) for each in value]
        case Mapping():
            return {str(name): plain(each) for name, each in value.items()}
        case _:
            return value


def vault_records() -> dict[str, VaultRecord]:
    """Returns what the vault's samples hold."""
    fields = {
        b"tag1": VaultField("/order/customer/name", "token", "Ann Canaryname"),
        b"tag2": VaultField(
            "/order/payment/card/number", "format_preserving_token", "4111111111111111", "9000"
        ),
        b"tag3": VaultField("/order/preferences", "unknown", {"newsletter": True, "tags": ["a", 1, None]}),
    }
    email = {b"tag0": VaultField("/order/customer/email", "consistent", "ann@example.com")}
    return {
        "values": VaultRecord(b"ordinary0001", fields, 2_000_000_000, SUBJECT, ARRIVED),
        "nobody": VaultRecord(b"nobodys00001", fields),
        "consistent": VaultRecord(b"consistent01", email, 0, SUBJECT, ARRIVED, consistent=True),
        "tombstone": VaultRecord(b"tombstone001", {}, erased=ERASED),
        "listing": VaultRecord(b"listing00001", fields, 0, SUBJECT, ARRIVED, uses=_listed(b"listing00001")),
        "listed": VaultRecord(b"listed000001", email, 0, SUBJECT, ARRIVED, consistent=True, listed=True),
        "emptied": VaultRecord(
            b"emptied00001", {}, 0, SUBJECT, ARRIVED, erased=ERASED, uses=_listed(b"emptied00001")
        ),
    }


def _listed(record_id: bytes) -> tuple[ListedValue, ...]:
    key = SUBJECT_KEYS.at(ARRIVED)
    return tuple(
        ListedValue(each * 32, key.value_record_id(record_id, at)) for at, each in enumerate((b"v", b"w"))
    )


def _vault_record(_: Any) -> Iterator[Sample]:
    keys = DataKeyWriter(_kms(), "arn", {}, Bounds(), lambda: 0.0)
    writer = VaultWriter(_nothing(), "vault", "vault", VaultWriterMaterials(keys), ValueLists(SUBJECT_KEYS))
    for name, record in vault_records().items():
        yield Sample(name, record, writer.seal(record).item)


def _vault_values(_: Any) -> Iterator[Sample]:
    for name in ("values", "nobody", "consistent", "tombstone"):
        record = vault_records()[name]
        yield Sample(name, record, packed(record.fields))


ENTRIES = {
    "owned": IndexEntry("contact", b"v" * 32, _TOKEN, SUBJECT, ARRIVED),
    "nobody": IndexEntry("contact", b"w" * 32, Pointer(b"nobodys00001", b"tag0").token),
    "erased": IndexEntry("contact", b"x" * 32, _TOKEN, SUBJECT, ARRIVED, _TOKEN, ERASED),
    "listed": IndexEntry("contact", b"y" * 32, _TOKEN, SUBJECT, ARRIVED, listed=True),
}
SHARES = {
    "share": Share(b"consistent01", OTHER, ARRIVED + 1, SUBJECT, ARRIVED),
    "of_nobodys_value": Share(b"nobodys00001", OTHER, ARRIVED + 1, "", 0),
}


def _index_entry(dynamodb: Any) -> Iterator[Sample]:
    index = DynamoBlindIndex(dynamodb, "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    for name, entry in ENTRIES.items():
        assert index.claim([entry], {}, ample_budget()).found == {entry.blind_index: entry}
        (item,) = (
            each for each in _items(dynamodb, "blind-index") if each["id"]["S"] == entry.blind_index.hex()
        )
        yield Sample(name, entry, item)


def _share(dynamodb: Any) -> Iterator[Sample]:
    index = DynamoBlindIndex(dynamodb, "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    for name, share in SHARES.items():
        assert index.share([share], ample_budget()) == [None]
        (item,) = (
            each for each in _items(dynamodb, "shares") if each["record"]["S"] == share.record_id.hex()
        )
        yield Sample(name, share, item)


def _alias(dynamodb: Any) -> Iterator[Sample]:
    assert Aliases(dynamodb, "aliases").claim({"900000000005": _TOKEN}, ample_budget()) == {
        "900000000005": True
    }
    yield Sample("alias", {"900000000005": _TOKEN}, _items(dynamodb, "aliases")[0])


def _token_key(dynamodb: Any) -> Iterator[Sample]:
    token_keys.provision(
        dynamodb, _kms(), "token-keys", "arn", versions={token_keys.TOKEN_KEY: 2}, now=ARRIVED
    )
    for item in _items(dynamodb, "token-keys"):
        yield Sample(item["id"]["S"].replace("/", "_"), {"begins": int(item["begins"]["N"])}, item)


def _letter(_: Any) -> Iterator[Sample]:
    key = DataKey(FixedKms.PLAIN, FixedKms.WRAPPED, "arn")
    keys: Any = SimpleNamespace(take=lambda: key)
    letter = DeadLetter(
        error=LetterError(code=ErrorCode.INVALID_FIELD, message="/order/total: is missing"),
        source=SOURCE,
        attempts=3,
        sealed=Sealer(keys).seal(RECORD, SOURCE).decode(),
    )
    yield Sample("letter", RECORD, letter.model_dump_json(exclude_none=True))


def certificates() -> dict[str, Certificate]:
    """Returns what the samples of certificates hold."""
    asked = Certificate("era_0123456789abcdef", SUBJECT, "carla", "erasure_request", ERASED, ERASED + 412, found=True)  # fmt: skip
    begun = Certificate(**{**_fields(asked), "next_sweep": ERASED + 1, "failed": True, "also": (OTHER,), "pending": (b"consistent01",), "unannounced": event_of(asked, "C-77")})  # fmt: skip
    done = Certificate(
        **{**_fields(asked), "records": 12, "kept_for_others": 1, "sweeps": 32, "next_sweep": 1}
    )
    value = Certificate(
        **{
            **_fields(asked),
            "subject": b"consistent01".hex(),
            "records": 1,
            "next_sweep": 1,
            "lost_by": (SUBJECT, OTHER),
        }
    )
    nothing = Certificate(**{**_fields(begun), "failed": False, "pending": (), "found": False})
    return {"begun": begun, "swept": done, "value": value, "nothing_found": nothing}


def _certificate(dynamodb: Any) -> Iterator[Sample]:
    for name, certificate in certificates().items():
        DynamoErasureStore(dynamodb, "erasures").keep(certificate)
        yield Sample(name, certificate, _items(dynamodb, "erasures")[0])


def _erasure_mark(dynamodb: Any) -> Iterator[Sample]:
    store = DynamoErasureStore(dynamodb, "erasures")
    store.mark(SUBJECT, ERASED)
    yield Sample("mark", {SUBJECT: ERASED}, _items(dynamodb, "erasures")[0])
    store.note_found(SUBJECT)
    yield Sample("found", {SUBJECT: ERASED}, _items(dynamodb, "erasures")[0])


def _audit_line(dynamodb: Any) -> Iterator[Sample]:
    bodies: dict[str, str] = {}
    s3: Any = SimpleNamespace(put_object=lambda *, Key, Body, **_: bodies.update({Key: Body.decode()}))  # noqa: N803
    store = AuditStore(s3, "audit", dynamodb, "audit-heads", _kms(), "arn")
    trail = AuditTrail(store, lambda: datetime(2026, 11, 24, 10, 0, 0, 42_000, UTC))
    with mock.patch("uuid.uuid4", return_value=SimpleNamespace(hex="c" * 32)):
        trail.write("reveal", "ann", purpose="charge", tokens={_TOKEN: "ok"})
        trail.write("erase", "carla", purpose="erasure_request", result="marked")
    yield Sample("chain", ["reveal", "erase"], {"lines": bodies, "heads": _items(dynamodb, "audit-heads")})


MAKERS: dict[str, Callable[[Any], Iterator[Sample]]] = {
    "vault_record": _vault_record,
    "vault_values": _vault_values,
    "index_entry": _index_entry,
    "share": _share,
    "alias": _alias,
    "token_key": _token_key,
    "letter": _letter,
    "erasure_mark": _erasure_mark,
    "certificate": _certificate,
    "audit_line": _audit_line,
}


@contextmanager
def tables() -> Iterator[Any]:
    """Yields a DynamoDB client of an account with empty tables (moto)."""
    with (
        mock.patch.dict("os.environ", {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}),
        mock_aws(),
    ):
        dynamodb = boto3.client("dynamodb", region_name=REGION)
        for name in ("vault", "blind-index"):
            make_table(dynamodb, name, OWNER)
        for name in ("aliases", "token-keys"):
            make_table(dynamodb, name)
        make_shares(dynamodb)
        make_erasures(dynamodb)
        dynamodb.create_table(
            TableName="audit-heads",
            KeySchema=[
                {"AttributeName": "day", "KeyType": "HASH"},
                {"AttributeName": "chain", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("day", "chain")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield dynamodb


def made(stored_format: StoredFormat) -> list[Sample]:
    """Returns the samples that today's writers make of a format."""
    with tables() as dynamodb:
        return list(MAKERS[stored_format.name](dynamodb))


def kept(stored_format: StoredFormat, version: int) -> list[Sample]:
    """Returns the samples of a version of a format."""
    folder = FOLDER / stored_format.name / str(version)
    return [Sample.read(path) for path in sorted(folder.glob("*.json"))]


def main() -> int:
    """Writes the samples that are missing of what today's writers write; says which."""
    for each in FORMATS:
        folder = FOLDER / each.name / str(each.written)
        for sample in made(each):
            path = folder / f"{sample.name}.json"
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(sample.text(), encoding="utf-8")
                sys.stdout.write(f"{path}\n")
    return 0


def _fields(certificate: Certificate) -> dict[str, Any]:
    return {name: getattr(certificate, name) for name in certificate.__slots__}


def _items(dynamodb: Any, table: str) -> list[dict[str, Any]]:
    return list(dynamodb.scan(TableName=table)["Items"])


def _kms() -> Any:
    return FixedKms()


def _nothing() -> Any:
    return None


def _to_json(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()}


def _from_json(value: dict[str, Any]) -> Any:
    return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value


if __name__ == "__main__":
    raise SystemExit(main())
