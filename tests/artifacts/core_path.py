"""Run by Lambda's Python with nothing but the built layer: each package that was trimmed is put to its use once."""

import hashlib
import json
import sys
from datetime import UTC, datetime
from typing import Any

import jsonpatch

from schemas.dead_letter import LetterSource
from tests.support.fakes.world import SUBJECT_KEYS, World, ample_budget
from tests.support.samples import CANARIES, data, order, stream_record
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.payments.fake_gateway import FakeGateway
from tokenizer.aws.platform.clients import client
from tokenizer.aws.vault.data_keys import Bounds, DataKeyReader, DataKeyWriter
from tokenizer.aws.vault.materials import VaultReaderMaterials, VaultWriterMaterials
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.vault import VaultReader, VaultWriter
from tokenizer.callers import Caller
from tokenizer.payments.cashier import Card
from tokenizer.pipeline import kpl
from tokenizer.reveal.ports import Action, RevealRequest


class Cloud:
    """KMS and DynamoDB of one key and one table."""

    def __init__(self) -> None:
        self.items: dict[str, Any] = {}

    def generate_data_key(self, **asked: Any) -> dict[str, Any]:
        return {"Plaintext": b"k" * 32, "CiphertextBlob": b"wrapped", "KeyId": "arn"}

    def decrypt(self, **asked: Any) -> dict[str, Any]:
        return {"Plaintext": b"k" * 32, "KeyId": "arn"}

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 -- boto3's name
        self.items |= {
            each["PutRequest"]["Item"]["id"]["S"]: each["PutRequest"]["Item"]
            for each in RequestItems["vault"]
        }
        return {}

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 -- boto3's name
        keys = [each["id"]["S"] for each in RequestItems["vault"]["Keys"]]
        return {"Responses": {"vault": [self.items[key] for key in keys]}}


def an_order_is_tokenized_and_the_guard_finds_what_stands_in_prose() -> World:
    world = World()
    notes = (
        "call +44 20 7946 0018",
        "IBAN GB82 WEST 1234 5698 7654 32",
        "card 5555 5555 5555 4444",
        "ring twice",
    )
    records = [stream_record(order(notes=note), at) for at, note in enumerate(notes)]
    outcomes = world.tokenizer.tokenize_batch(records, ample_budget())
    assert all(each.published for each in outcomes), outcomes
    shown = [detail["data"]["order"]["notes"] for detail in world.bus.details()]
    assert [note.startswith("tok_") for note in shown] == [True, True, True, False]
    assert not [canary for canary in CANARIES if canary in json.dumps(world.bus.details())]
    return world


def an_aggregate_is_taken_apart() -> None:
    event = data(order())
    user = b"\x08\x00\x1a" + _varint(len(event)) + event
    body = b"\x0a\x01k\x1a" + _varint(len(user)) + user
    packed = kpl.MAGIC + body + hashlib.md5(body, usedforsecurity=False).digest()
    assert kpl.disaggregated(packed) == [event]


def _varint(number: int) -> bytes:
    return bytes([number & 0x7F | 0x80, number >> 7]) if number > 0x7F else bytes([number])


def policies_are_found_and_evaluated() -> None:
    policies = CedarPolicies()
    assert policies.problems() == []
    wish = RevealRequest(("t",), "charge", Action.REVEAL)
    permitted = policies.permitted(Caller("c", ("payments",)), wish, 12)[Action.REVEAL]
    assert ("card_number" in permitted, "email" in permitted) == (True, False)


def a_vault_record_is_sealed_and_opened(world: World) -> None:
    cloud: Any = Cloud()
    bounds: Any = ({}, Bounds(), lambda: 0.0)
    records = list(world.vault.stored.values())
    materials = VaultWriterMaterials(DataKeyWriter(cloud, "arn", *bounds))
    writer = VaultWriter(cloud, "vault", "vault", materials, ValueLists(SUBJECT_KEYS))
    assert not any(writer.put([writer.seal(each) for each in records], ample_budget()))
    assert "Canaryname" not in str(cloud.items)
    reader = VaultReader(
        cloud, "vault", "vault", VaultReaderMaterials(DataKeyReader(cloud, ("arn",), *bounds)), lambda: 0.0
    )
    ids = [each.record_id for each in records]
    assert reader.get_decrypted(ids, ample_budget()) == dict(zip(ids, records, strict=True))


def the_rest_of_what_functions_call_works() -> None:
    for service in sys.argv[1:]:
        client(service)
    gateway = FakeGateway(lambda: datetime(2026, 11, 24, tzinfo=UTC))
    assert gateway.charge("p", Card("4111111111111111", "12/29"), "1.00", "USD").status == "charged"
    assert jsonpatch.apply_patch({"a": 1}, [{"op": "replace", "path": "/a", "value": 2}]) == {"a": 2}
    assert LetterSource(arrived_at="2026-11-23T10:15:01.250Z").arrived_at


a_vault_record_is_sealed_and_opened(an_order_is_tokenized_and_the_guard_finds_what_stands_in_prose())
an_aggregate_is_taken_apart()
policies_are_found_and_evaluated()
the_rest_of_what_functions_call_works()
print("works")
