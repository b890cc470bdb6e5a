"""The vault refuses whatever is not what was written under that key, and tells failures apart."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.aws_account import Aws, make_table
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tokenizer import formats
from tokenizer.aws.platform import clients
from tokenizer.aws.vault import vault
from tokenizer.errors import BadRecord, Denied, PipelineError, Throttled, Unavailable, VaultIntegrity
from tokenizer.records import VaultField, VaultRecord

A, B = b"a" * 12, b"b" * 12


def write(aws: Aws, *ids: bytes, expires_at: int = 0) -> None:
    records = [
        VaultRecord(each, {b"tag0": VaultField("/path", "token", each.hex())}, expires_at) for each in ids
    ]
    vault = aws.tokenizer().vault_stage.vault
    assert vault.put([vault.seal(each) for each in records], ample_budget()) == [None] * len(ids)


def read(aws: Aws, record_id: bytes = A, **changes: Any) -> VaultRecord | PipelineError | None:
    return aws.reader(**changes).get_decrypted([record_id], ample_budget())[record_id]


def item(aws: Aws, record_id: bytes = A) -> dict[str, Any]:
    found = aws.reader().get_stored(record_id, ample_budget())
    assert found is not None
    return found


def put(aws: Aws, stored: dict[str, Any], table: str = "vault") -> None:
    aws.client("dynamodb").put_item(TableName=table, Item=stored)


def test_what_was_written_is_read_back(aws: Aws) -> None:
    write(aws, A)
    record = read(aws)
    assert isinstance(record, VaultRecord)
    assert record.fields == {b"tag0": VaultField("/path", "token", A.hex())}


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_record_is_taken_up_to_the_size_of_an_item(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, off: int
) -> None:
    assert vault.ITEM_BYTES == 400 * 1024, "DynamoDB's limit"
    write(aws, A)
    size = sum(
        len(name) + sum(len(value) for value in attribute.values()) for name, attribute in item(aws).items()
    )
    monkeypatch.setattr(vault, "ITEM_BYTES", size + off)
    record = VaultRecord(B, {b"tag0": VaultField("/path", "token", A.hex())})
    if off < 0:
        with pytest.raises(BadRecord):
            aws.tokenizer().vault_stage.vault.seal(record)
    else:
        assert aws.tokenizer().vault_stage.vault.seal(record).record_id == B


def test_the_stored_item_is_ciphertext(aws: Aws) -> None:
    write(aws, A)
    stored = item(aws)
    assert A.hex().encode() not in stored["values"]["B"]
    assert b"/path" not in stored["values"]["B"]


def _edit_values(stored: dict[str, Any]) -> None:
    stored["values"]["B"] = bytes([stored["values"]["B"][0] ^ 1]) + stored["values"]["B"][1:]


def _edit_signature(stored: dict[str, Any]) -> None:
    stored["*amzn-ddb-map-sig*"]["B"] = bytes(32)


def _edit_expiry(stored: dict[str, Any]) -> None:
    stored["exp"]["S"] = "99999999999"


def _strip(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda stored: stored.pop(name) and None


def _extend(stored: dict[str, Any]) -> None:
    stored["more"] = {"S": "planted"}


def _plaintext(stored: dict[str, Any]) -> None:
    for name in [name for name in stored if name != "id"]:
        del stored[name]
    stored |= {"values": {"B": b'{"tag":["/path","token","planted"]}'}, "exp": {"S": "0"}}


@pytest.mark.parametrize(
    "tamper",
    [
        _edit_values,
        _edit_signature,
        _edit_expiry,
        _strip("exp"),
        _strip("values"),
        _strip("*amzn-ddb-map-sig*"),
        _strip("*amzn-ddb-map-desc*"),
        _extend,
        _plaintext,
    ],
    ids=lambda tamper: tamper.__qualname__,
)
def test_an_edited_or_stripped_item_is_refused(aws: Aws, tamper: Callable[[dict[str, Any]], None]) -> None:
    write(aws, A)
    stored = copy.deepcopy(item(aws))
    tamper(stored)
    put(aws, stored)
    assert isinstance(read(aws), VaultIntegrity)


def test_an_item_swapped_with_another_is_refused(aws: Aws) -> None:
    write(aws, A, B)
    put(aws, item(aws, A) | {"id": {"S": B.hex()}})
    assert isinstance(read(aws, B), VaultIntegrity)
    assert isinstance(read(aws, A), VaultRecord)


def test_an_item_moved_to_another_table_is_refused_and_a_restored_table_is_read_by_its_old_name(
    aws: Aws,
) -> None:
    write(aws, A)
    make_table(aws.client("dynamodb"), "restored")
    put(aws, item(aws), "restored")
    assert isinstance(read(aws, vault_table="restored", vault_crypto_name="restored"), VaultIntegrity)
    assert isinstance(read(aws, vault_table="restored"), VaultRecord)


def test_an_expired_record_is_gone_whatever_dynamodb_still_holds(aws: Aws) -> None:
    write(aws, A, expires_at=1)
    assert read(aws) is None
    stored = item(aws)
    stored["expires_at"]["N"] = "99999999999"  # unsigned, and so never believed
    put(aws, stored)
    assert read(aws) is None


def test_who_writes_the_vault_can_not_read_it(aws: Aws) -> None:
    write(aws, A)
    writer = aws.tokenizer().vault_stage.vault
    with pytest.raises(Denied):
        writer._config.materials_provider.decryption_materials(None)  # type: ignore[attr-defined]
    with pytest.raises(Denied):
        aws.reader()._config.materials_provider.encryption_materials(None)


@pytest.mark.parametrize("method", ["transact_write_items", "execute_statement", "put_item", "update_item"])
def test_no_adapter_hands_out_a_way_past_the_encryption(aws: Aws, method: str) -> None:
    assert not hasattr(aws.tokenizer().vault_stage.vault, method)
    assert not hasattr(aws.reader(), method)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ThrottlingException", Throttled),
        ("AccessDeniedException", Denied),
        ("DisabledException", Denied),
        ("KMSInvalidStateException", Denied),
        ("InvalidCiphertextException", VaultIntegrity),
        ("KMSInternalException", Unavailable),
    ],
)
def test_throttling_denial_and_tampering_at_kms_are_different_errors(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, code: str, expected: type[PipelineError]
) -> None:
    write(aws, A)
    make = clients.client

    def failing(service: str) -> Any:
        made = make(service)
        if service == "kms":

            def fail(**_: Any) -> None:
                raise ClientError({"Error": {"Code": code, "Message": "injected"}}, "Decrypt")

            made.decrypt = fail
        return made

    monkeypatch.setattr(clients, "client", failing)
    found = read(aws)
    assert isinstance(found, expected)
    assert "injected" not in str(found)


def test_what_dynamodb_leaves_unprocessed_is_sent_again_alone(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = aws.tokenizer()
    dynamodb = tokenizer.vault_stage.vault._dynamodb  # type: ignore[attr-defined]
    sent: list[int] = []
    put_all = dynamodb.batch_write_item

    def partial(RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803 -- botocore's name
        requests = RequestItems["vault"]
        sent.append(len(requests))
        if len(sent) > 2:
            return dict(put_all(RequestItems=RequestItems))
        put_all(RequestItems={"vault": requests[:-2]})
        return {"UnprocessedItems": {"vault": requests[-2:]}}

    monkeypatch.setattr(dynamodb, "batch_write_item", partial)
    records = [VaultRecord(bytes([at]) * 12, {}, 0) for at in range(10)]
    writer = tokenizer.vault_stage.vault
    assert writer.put([writer.seal(each) for each in records], ample_budget()) == [None] * 10
    assert sent == [10, 2, 2]
    assert len(aws.stored("vault")) == 10


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize(
    "forged",
    [
        {"token": {"S": "tok_" + "0" * 26}},
        {"subject": {"S": "0" * 64}},
        {"arrived": {"N": "1"}},
        {"owned": {"B": bytes(32)}},
        {"seal": {"B": bytes(32)}},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_a_forged_index_entry_is_refused(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, forged: dict[str, Any], version: int
) -> None:
    tokenizer = aws.tokenizer()
    with monkeypatch.context() as written:
        format_of_then = replace(formats.INDEX_ENTRY, written=version)
        written.setattr("tokenizer.aws.pipeline.blind_index.INDEX_ENTRY", format_of_then)
        tokenizer.tokenize_batch([stream_record(order(), 1)], ample_budget())
    aws.events()
    for entry in aws.stored("blind-index"):
        assert entry.keys() >= forged.keys()
        put(aws, entry | forged, "blind-index")
    (outcome,) = tokenizer.tokenize_batch([stream_record(order(), 2)], ample_budget())
    # It would be forged in the next delivery, too, so it holds up nobody: the alarm rings, and replay finds the letter.
    assert isinstance(outcome.cause, VaultIntegrity)
    assert outcome.letter is not None
    assert outcome.letter.message == "resolving consistent values: an entry of the blind index is forged"
    assert not aws.events()
