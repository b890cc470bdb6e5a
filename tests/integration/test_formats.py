"""Tests that what releases have stored is read for ever, and that nothing is stored in a format without samples."""

import ast
import base64
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ops.audit.chain import Stored
from ops.audit.findings import Kind
from ops.audit.trail import check
from schemas.dead_letter import DeadLetter, LetterSource
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tests.support.format_samples import (
    ARRIVED,
    ERASED,
    MAKERS,
    SUBJECT,
    FixedKms,
    Sample,
    kept,
    made,
    plain,
    tables,
)
from tokenizer.audit.lines import Head, Place
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.pipeline.alias_lookup import AliasLookup
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.pipeline.shares import DynamoShares
from tokenizer.aws.replay.letters import Letters
from tokenizer.aws.vault import token_keys
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader
from tokenizer.aws.vault.materials import VaultReaderMaterials
from tokenizer.aws.vault.values import unpacked
from tokenizer.aws.vault.vault import VaultReader
from tokenizer.errors import NewerFormat, PipelineError, VaultIntegrity
from tokenizer.formats import FORMATS, LETTER, StoredFormat
from tokenizer.records import VaultRecord

VERSIONS = [(each, version) for each in FORMATS for version in range(1, each.newest + 1)]
NEXT = 99
OPENS: Any = FixedKms()

# Where something is written that is in no format of `tokenizer/formats.py`, with the reason.
WRITES_NO_FORMAT = {
    "tokenizer/aws/api/idempotency.py": "kept for a day, and an answer that can't be read is an error for that request",
    "tokenizer/aws/api/order_service.py": "the raw record, as the producer sent it",
    "tokenizer/aws/api/orders_table.py": "the sanitized event, whose form the contract and its schema version say",
    "tokenizer/aws/authorization/approvals.py": "an approval ends within a day (docs/decisions/0028)",
    "tokenizer/aws/authorization/budget_counters.py": "counts that end with their window",
    "tokenizer/aws/authorization/seen_values.py": "sets that end with their window",
    "tokenizer/aws/authorization/sign_in_keys.py": "the pool's public keys, in the form of RFC 7517; written anew every few minutes",
    "tokenizer/aws/honeytokens/keeper.py": "only the token is read to decide, which is the key",
    "tokenizer/aws/payments/table.py": "results for a caller, read field by field; a missing one is an error",
    "tokenizer/aws/pipeline/bus.py": "the sanitized event",
    "tokenizer/aws/pipeline/starts.py": "a count that is kept for a fortnight; without it work goes on",
    "tokenizer/aws/platform/conditional_puts.py": "sends what other modules write",
    "tokenizer/aws/rekey/held_keys.py": "the state of one move, which begins anew",
    "tokenizer/aws/rekey/progress.py": "the state of one move, which begins anew",
    "tokenizer/aws/replay/edit_counts.py": "a count of each letter, and the name of its one edit",
    "tokenizer/aws/replay/queues.py": "letters as they came",
    "ops/rekey/restore.py": "items as they came",
}
# Which formats a module writes.
WRITERS = {
    "tokenizer/aws/audit/trail.py": {"audit_line"},
    "tokenizer/aws/erasure/store.py": {"erasure_mark", "certificate"},
    "tokenizer/aws/erasure/subject_data.py": {"index_entry"},
    "tokenizer/aws/pipeline/aliases.py": {"alias"},
    "tokenizer/aws/pipeline/blind_index.py": {"index_entry", "share"},
    "tokenizer/aws/pipeline/dead_letters.py": {"letter"},
    "tokenizer/aws/rekey/movable_vault.py": {"vault_record"},
    "tokenizer/aws/vault/token_keys.py": {"token_key"},
    "tokenizer/aws/vault/vault.py": {"vault_record", "vault_values"},
}
_WRITES = {
    "put_item", "update_item", "batch_write_item", "transact_write_items", "put_each", "put_object", "put_record",
    "put_records", "put_events", "send_message", "send_message_batch", "execute_statement",
}  # fmt: skip


def test_every_module_that_writes_to_aws_writes_a_format_or_has_a_reason() -> None:
    found = {
        str(path)
        for folder in ("tokenizer", "handlers", "replay", "ops")
        for path in Path(folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and _name(node.func) in _WRITES
    }
    assert found == WRITERS.keys() | WRITES_NO_FORMAT.keys()
    assert {name for names in WRITERS.values() for name in names} == {each.name for each in FORMATS}


def _name(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def test_every_format_has_a_writer_of_samples() -> None:
    assert [each.name for each in FORMATS] == list(MAKERS)


@pytest.mark.parametrize(("stored_format", "version"), VERSIONS, ids=str)
def test_every_version_that_is_read_has_samples(stored_format: StoredFormat, version: int) -> None:
    assert kept(stored_format, version), "run python -m tests.support.format_samples"
    assert stored_format.written <= stored_format.newest, "a version is read before it is written"


def _shape(value: Any) -> Any:
    """Returns the names and types in what is stored, without its contents."""
    match value:
        case str() if value.startswith("{"):
            return _shape(json.loads(value))
        case Mapping():
            return {name: _shape(each) for name, each in value.items()}
        case list():
            return [_shape(each) for each in value]
        case _:
            return type(value).__name__


@pytest.mark.parametrize("stored_format", FORMATS, ids=lambda each: each.name)
def test_todays_writers_write_the_shape_of_the_samples(stored_format: StoredFormat) -> None:
    samples = {each.name: _shape(each.stored) for each in kept(stored_format, stored_format.written)}
    assert {each.name: _shape(each.stored) for each in made(stored_format)} == samples, "another version?"


# Readers: each returns what a sample says to somebody who asks today, in the form of what the writer was given.


def _vault(dynamodb: Any) -> VaultReader:
    keys = DataKeyReader(OPENS, ["arn"], {}, Bounds(), lambda: 0.0)
    return VaultReader(dynamodb, "vault", "vault", VaultReaderMaterials(keys), lambda: 0.0)


def _put(dynamodb: Any, table: str, item: Any) -> None:
    dynamodb.put_item(TableName=table, Item=item)


def _vault_record(dynamodb: Any, sample: Sample) -> Any:
    _put(dynamodb, "vault", sample.stored)
    record_id = bytes.fromhex(sample.stored["id"]["S"])
    record = _vault(dynamodb).get_decrypted([record_id], ample_budget())[record_id]
    if isinstance(record, VaultRecord) and "uses" in sample.stored:
        (owned,) = _subject_data(dynamodb).records(SUBJECT, ample_budget())
        assert (owned.erased, owned.forged) == (bool(record.erased), False)
        return replace(record, uses=owned.uses)
    return record


def _vault_values(_: Any, sample: Sample) -> Any:
    fields = {tag.hex(): vars_of(each) for tag, each in unpacked(sample.stored).items()}
    return {**sample.given, "fields": fields}


def vars_of(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _index_entry(dynamodb: Any, sample: Sample) -> Any:
    _put(dynamodb, "blind-index", sample.stored)
    index = DynamoBlindIndex(dynamodb, "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    value = bytes.fromhex(sample.stored["id"]["S"])
    answer = index.lookup([("contact", value)], ample_budget())
    found = answer.failed.get(value) or answer.found[value]
    if not isinstance(found, PipelineError) and found.owner:
        (owned,) = _subject_data(dynamodb).entries(SUBJECT, [value], ample_budget())
        # The erasing function asks for what an entry notes of an erased value only when it removes the entry.
        assert plain(owned) == {**plain(replace(found, erased_token="", erased_until=0)), "scope": ""}
    return found


def _subject_data(dynamodb: Any) -> DynamoSubjectData:
    return DynamoSubjectData(dynamodb, "vault", "blind-index", "shares", SUBJECT_KEYS)


def _share(dynamodb: Any, sample: Sample) -> Any:
    _put(dynamodb, "shares", sample.stored)
    record_id = bytes.fromhex(sample.stored["record"]["S"])
    shares = DynamoShares(dynamodb, "shares").of([record_id], ample_budget())[record_id]
    if isinstance(shares, PipelineError):
        return shares
    assert _subject_data(dynamodb).shares(sample.given["subject"]) == shares
    return shares[0]


def _alias(dynamodb: Any, sample: Sample) -> Any:
    _put(dynamodb, "aliases", sample.stored)
    answer = AliasLookup(dynamodb, "aliases").lookup(list(sample.given), ample_budget())
    errors = [each for each in answer.values() if isinstance(each, PipelineError)]
    return errors[0] if errors else answer


def _token_key(dynamodb: Any, sample: Sample) -> Any:
    # One version of a key is of no use without those before it.
    name, _, version = sample.stored["id"]["S"].partition("/")
    for before in range(1, int(version)):
        _put(dynamodb, "token-keys", {**sample.stored, "id": {"S": f"{name}/{before}"}})
    for other in (token_keys.TOKEN_KEY, token_keys.SCOPE_ROOT, token_keys.SUBJECT_KEY):
        if other != name:
            _put(
                dynamodb,
                "token-keys",
                {"id": {"S": f"{other}/1"}, "begins": {"N": "0"}, "wrapped": {"B": b"wrapped"}},
            )
    _put(dynamodb, "token-keys", sample.stored)
    tokens, scopes, subjects = token_keys.load(dynamodb, OPENS, "token-keys", "arn")
    secrets = {each.secret for _, each in tokens.keys} | {each.secret for _, each in subjects.keys}
    assert secrets | {scopes.root} == {FixedKms.PLAIN}
    by_name = {token_keys.TOKEN_KEY: tokens.keys, token_keys.SUBJECT_KEY: subjects.keys}
    return {"begins": by_name.get(name, ((0, None),))[-1][0]}


def _letter(_: Any, sample: Sample) -> Any:
    source = DeadLetter.model_validate_json(sample.stored).source
    nothing: Any = None
    keys: Any = SimpleNamespace(open=lambda _wrapped: SimpleNamespace(plaintext=FixedKms.PLAIN))
    opened = Letters(Opener(keys), nothing, [str(source.stream)], lambda: ARRIVED / 1000).open(sample.stored)
    assert opened.source == source
    return opened.data


def _erasure_mark(dynamodb: Any, sample: Sample) -> Any:
    _put(dynamodb, "erasures", sample.stored)
    answer = DynamoErasures(dynamodb, "erasures").until([SUBJECT], ample_budget())
    return answer[SUBJECT] if isinstance(answer[SUBJECT], PipelineError) else answer


def _certificate(dynamodb: Any, sample: Sample) -> Any:
    _put(dynamodb, "erasures", sample.stored)
    due = DynamoErasureStore(dynamodb, "erasures").due(ERASED * 2)
    return due[0] if due else NewerFormat("it waits for the release that wrote it")


class _StoredTrail:
    """Holds the objects and heads of a sample, all locked."""

    def __init__(self, sample: Sample) -> None:
        self._lines: dict[str, str] = sample.stored["lines"]
        self._heads = {
            item["chain"]["S"]: Head(int(item["sequence"]["N"]), item["hash"]["S"])
            for item in sample.stored["heads"]
        }

    def heads(self, day: str) -> Mapping[str, Head]:
        return self._heads

    def head(self, day: str, chain: str) -> Head | None:
        return self._heads.get(chain)

    def lines(self, day: str) -> Iterator[Stored | str]:
        for key, body in sorted(self._lines.items()):
            place = Place.parse(key)
            assert place is not None
            yield Stored(place, body.encode(), 1, hidden=False, locked_days=10)

    def open_key(self, chain: str, wrapped: bytes) -> bytes | None:
        return FixedKms.PLAIN if wrapped == FixedKms.WRAPPED else None


def _audit_line(_: Any, sample: Sample) -> Any:
    (day,) = check(_StoredTrail(sample), ["2026-11-24"])
    if {each.kind for each in day.findings} == {Kind.NEWER}:
        return NewerFormat("said by the command")
    assert (day.lines, day.findings) == (len(sample.given), [])
    return [json.loads(body)["action"] for _, body in sorted(sample.stored["lines"].items())]


READERS: dict[str, Callable[[Any, Sample], Any]] = {
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


def read(stored_format: StoredFormat, sample: Sample) -> Any:
    with tables() as dynamodb:
        try:
            return READERS[stored_format.name](dynamodb, sample)
        except PipelineError as error:
            return error


@pytest.mark.parametrize(("stored_format", "version"), VERSIONS, ids=str)
def test_what_any_release_wrote_is_read(stored_format: StoredFormat, version: int) -> None:
    for sample in kept(stored_format, version):
        assert plain(read(stored_format, sample)) == sample.given, sample.name


# What a later release may write: the same with another version.


def _with_byte(data: bytes, version: int) -> bytes:
    return bytes([version]) + data[1:]


def versioned(stored_format: StoredFormat, sample: Sample, version: int) -> Sample:
    """Returns a sample that says it is of another version."""
    stored = copy.deepcopy(sample.stored)
    match stored_format.name:
        case "vault_values":
            stored = _with_byte(stored, version)
        case "letter":
            letter = json.loads(stored)
            letter["sealed"] = base64.b64encode(
                _with_byte(base64.b64decode(letter["sealed"]), version)
            ).decode()
            stored = json.dumps(letter)
        case "audit_line":
            stored["lines"] = {
                key: json.dumps(
                    {**json.loads(body), "version": version}, sort_keys=True, separators=(",", ":")
                )
                for key, body in stored["lines"].items()
            }
        case _:
            stored["version"] = {"N": str(version)}
    made_of = Sample(sample.name, None, stored)
    made_of.given = sample.given
    return made_of


@pytest.mark.parametrize("off", [1, NEXT])
@pytest.mark.parametrize("stored_format", FORMATS, ids=lambda each: each.name)
def test_what_a_later_release_wrote_waits_and_is_neither_guessed_nor_called_tampered(
    stored_format: StoredFormat, off: int
) -> None:
    for sample in kept(stored_format, stored_format.newest):
        answer = read(stored_format, versioned(stored_format, sample, stored_format.newest + off))
        assert isinstance(answer, NewerFormat), sample.name


BINARY_OR_ITEM = [each for each in FORMATS if each.name not in {"audit_line", "certificate"}]


@pytest.mark.parametrize("stored_format", BINARY_OR_ITEM, ids=lambda each: each.name)
def test_a_version_that_no_release_wrote_is_tampering(stored_format: StoredFormat) -> None:
    for sample in kept(stored_format, stored_format.newest):
        answer = read(stored_format, versioned(stored_format, sample, 0))
        assert isinstance(answer, VaultIntegrity), sample.name


@pytest.mark.parametrize("version", [{"S": "1"}, {"N": "x"}, {}, "1", None], ids=str)
def test_a_version_that_is_no_number_is_tampering(version: Any) -> None:
    with pytest.raises(VaultIntegrity):
        FORMATS[0].of_item({"version": version})


def test_a_letter_of_the_version_before_is_bound_to_its_identity_alone() -> None:
    (sample,) = kept(LETTER, 1)
    letter = json.loads(sample.stored)
    for name in LetterSource.model_fields:
        changed = copy.deepcopy(letter)
        if name in {"stream", "shard", "sequence_number", "sub_sequence_number", "edited"}:
            changed["source"][name] = 1 if name == "sub_sequence_number" else f"{letter['source'][name]}0"
            answer = read(LETTER, Sample("changed", None, json.dumps(changed)))
            assert isinstance(answer, VaultIntegrity), name
