"""A key whose bounds are over is let go of by everything that holds it, though nobody asks for it again."""

import gc
from datetime import UTC, datetime, timedelta
from typing import Any
from weakref import ref

import pytest
from dynamodb_encryption_sdk.structures import EncryptionContext

from tests.support.fakes.kms import Clock, Kms
from tokenizer.aws.audit.trail import AuditStore, AuditTrail
from tokenizer.aws.platform import key_expiry
from tokenizer.aws.platform.expiring_cache import ExpiringCache
from tokenizer.aws.vault.data_keys import Bounds, DataKey, DataKeyReader, DataKeyWriter
from tokenizer.aws.vault.materials import VaultWriterMaterials

BOUNDS = Bounds(items=3, seconds=300)


def held(plaintext: bytes) -> int:
    """Returns how many data keys and chains hold a plaintext key, by the garbage collector's count."""
    return sum(type(each).__name__ in {"DataKey", "_Chain"} for each in gc.get_referrers(plaintext))


class Remembering(Kms):
    """Remembers the plaintext keys that it gave, the objects themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[bytes] = []

    def generate_data_key(self, **asked: Any) -> dict[str, Any]:
        return self._remember(super().generate_data_key(**asked))

    def decrypt(self, **asked: Any) -> dict[str, Any]:
        answer = super().decrypt(**asked)
        return self._remember(answer | {"Plaintext": b"canary %d" % self.calls["decrypt"]})

    def _remember(self, answer: dict[str, Any]) -> dict[str, Any]:
        self.given.append(answer["Plaintext"])
        return answer


@pytest.fixture
def kms() -> Remembering:
    return Remembering()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def writer(kms: Any, clock: Clock) -> DataKeyWriter:
    return DataKeyWriter(kms, "arn", {}, BOUNDS, clock)


@pytest.mark.parametrize("later", [300.0, -1.0], ids=["its time is over", "the clock was set back"])
def test_a_writer_lets_go_of_its_key(kms: Remembering, clock: Clock, later: float) -> None:
    keys = writer(kms, clock)
    keys.take()
    key_expiry.drop_expired()
    assert held(kms.given[0]) == 1
    clock.now = later
    key_expiry.drop_expired()
    assert held(kms.given[0]) == 0
    assert keys._key is None


def test_a_writer_lets_go_of_a_key_that_is_used_up(kms: Remembering, clock: Clock) -> None:
    keys = writer(kms, clock)
    for _ in range(BOUNDS.items):
        keys.take()
    key_expiry.drop_expired()
    assert held(kms.given[0]) == 0


def test_a_reader_lets_go_of_each_key_in_its_time(kms: Remembering, clock: Clock) -> None:
    keys = DataKeyReader(kms, ["arn"], {}, BOUNDS, clock)  # type: ignore[arg-type]
    keys.open(b"first")
    clock.now = 200.0
    keys.open(b"second")
    clock.now = 300.0
    key_expiry.drop_expired()
    assert [held(each) for each in kms.given] == [0, 1]
    clock.now = 500.0
    key_expiry.drop_expired()
    assert [held(each) for each in kms.given] == [0, 0]
    assert not keys._known


def test_what_is_derived_of_a_key_goes_with_it(kms: Remembering, clock: Clock) -> None:
    keys = writer(kms, clock)
    materials = VaultWriterMaterials(keys)
    materials.encryption_materials(EncryptionContext("vault", "id"))
    derived = materials._derived
    assert derived is not None
    pair, key = ref(derived[1]), derived[0]
    del derived
    assert isinstance(key, DataKey)
    assert pair() is not None
    clock.now = 300.0
    key_expiry.drop_expired()
    assert pair() is None


def test_token_keys_go_when_their_time_is_over(clock: Clock) -> None:
    class Keys:
        pass

    kept = ExpiringCache(Keys, 300.0, clock)
    keys = ref(kept.current())
    key_expiry.drop_expired()
    assert keys() is not None
    clock.now = 300.0
    key_expiry.drop_expired()
    assert keys() is None


class Taking:
    """S3 and DynamoDB that take everything."""

    def put_object(self, **_: Any) -> None:
        """An audit line."""

    def put_item(self, **_: Any) -> None:
        """A chain's head."""


def test_the_key_of_an_audit_chain_goes_with_its_day(kms: Remembering) -> None:
    now = [datetime(2026, 11, 24, 23, 59, tzinfo=UTC)]
    store: Any = AuditStore(Taking(), "bucket", Taking(), "heads", kms, "arn")  # type: ignore[arg-type]
    trail = AuditTrail(store, lambda: now[0])
    trail.write("reveal", "ann")
    key_expiry.drop_expired()
    assert held(kms.given[0]) == 1
    now[0] += timedelta(minutes=1)
    key_expiry.drop_expired()
    assert held(kms.given[0]) == 0


def test_a_holder_that_is_gone_is_not_kept_by_being_watched(kms: Remembering, clock: Clock) -> None:
    keys = ref(writer(kms, clock))
    assert keys() is None
