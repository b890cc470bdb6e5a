"""An item is sealed under the data key that it names, also when that key changes within an invocation."""

import base64
from typing import Any

import pytest
from dynamodb_encryption_sdk.structures import EncryptionContext

from tests.support.fakes.kms import Clock, Kms
from tokenizer.aws.vault.data_keys import Bounds, DataKey, DataKeyWriter
from tokenizer.aws.vault.materials import WRAPPED_DATA_KEY, VaultWriterMaterials

ITEMS = 7
CONTEXT = EncryptionContext("vault", "id")


@pytest.mark.parametrize(
    ("bounds", "seconds"),
    [(Bounds(items=2, seconds=300), 0.0), (Bounds(items=100, seconds=300), 150.0)],
    ids=["its items are used up", "its time is over"],
)
def test_each_item_names_the_key_that_it_is_sealed_under(bounds: Bounds, seconds: float) -> None:
    clock = Clock()
    kms: Any = Kms()
    materials = VaultWriterMaterials(DataKeyWriter(kms, "arn", {}, bounds, clock))
    used: list[DataKey] = []
    for at in range(ITEMS):
        clock.now = at * seconds
        given = materials.encryption_materials(CONTEXT)
        assert materials._derived is not None
        key, pair = materials._derived
        assert given.signing_key is pair.signing
        assert base64.b85decode(given.material_description[WRAPPED_DATA_KEY]) == key.wrapped
        used.append(key)

    assert len({id(each) for each in used}) > 2
