"""Makes and opens data keys, which are reused for a limited number of items and a limited time.

The limits are a security setting: until they are reached a revoked permission keeps working, and a KMS outage goes
unnoticed.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tokenizer.aws.platform import key_expiry
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import VaultIntegrity

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

READER_KEYS = 256  # a reader keeps at most this many keys; it asks KMS again for older ones


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits the use of a data key.

    Args:
        items: how often one key may be used.
        seconds: the time since KMS returned the key.
    """

    items: int = 10_000
    seconds: float = 300.0

    def allow(self, uses: int, age: float) -> bool:
        """Returns True if a key of this age in seconds may be used again.

        A negative age (a clock was set back) ends its use too.
        """
        return uses < self.items and 0 <= age < self.seconds


@dataclass(frozen=True, slots=True)
class DataKey:
    """Holds a key of 32 bytes in clear, its form as KMS encrypted it, and the KMS key that KMS says it used."""

    plaintext: bytes = field(repr=False)
    wrapped: bytes
    key_arn: str


class DataKeyWriter:
    """Provides data keys for sealing. It needs kms:GenerateDataKey and no other permission."""

    def __init__(
        self,
        kms: "KMSClient",
        key_arn: str,
        context: Mapping[str, str],
        bounds: Bounds,
        clock: Callable[[], float],
    ) -> None:
        """Uses one KMS key and one encryption context.

        `clock` returns seconds and must not stop while the function is frozen.
        """
        self._kms = kms
        self.key_arn = key_arn
        self._context = dict(context)
        self._bounds = bounds
        self._clock = clock
        self._key: DataKey | None = None
        self._uses = 0
        self._made = 0.0
        key_expiry.watch(self)

    def take(self) -> DataKey:
        """Returns the data key for one more item.

        Raises:
            PipelineError: KMS returned none.
        """
        self.drop_expired()
        key = self._key
        if key is None:
            key = self._key = self._generate()
            self._uses = 0
            self._made = self._clock()
        self._uses += 1
        return key

    def holds(self, key: DataKey) -> bool:
        """Returns True if a data key may still be used."""
        self.drop_expired()
        return self._key is key

    def drop_expired(self) -> None:
        """Drops the data key if its limits are reached."""
        if not self._bounds.allow(self._uses, self._clock() - self._made):
            self._key = None

    @translated("generating a data key")
    def _generate(self) -> DataKey:
        answer = self._kms.generate_data_key(
            KeyId=self.key_arn, NumberOfBytes=32, EncryptionContext=self._context
        )
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"], answer["KeyId"])


class DataKeyReader:
    """Opens wrapped data keys. It needs kms:Decrypt. Each use of a key counts towards the same limits."""

    def __init__(
        self,
        kms: "KMSClient",
        key_arns: Sequence[str],
        context: Mapping[str, str],
        bounds: Bounds,
        clock: Callable[[], float],
        *,
        most: int = READER_KEYS,
    ) -> None:
        """Uses one encryption context.

        Args:
            kms: a KMS client.
            key_arns: the KMS keys under which data keys may be; more than one while records move to another key.
            context: the encryption context.
            bounds: the limits of each data key's use.
            clock: returns seconds; must not stop while the function is frozen.
            most: the number of data keys that are kept at once.
        """
        self._kms = kms
        self._key_arns = tuple(key_arns)
        self._context = dict(context)
        self._bounds = bounds
        self._clock = clock
        self._most = most
        self._known: OrderedDict[bytes, tuple[DataKey, float, int]] = OrderedDict()
        key_expiry.watch(self)

    def open(self, wrapped: bytes) -> DataKey:
        """Returns the data key in a wrapped form.

        Raises:
            VaultIntegrity: the data key was not made under one of these KMS keys and this encryption context.
            PipelineError: KMS did not open it.
        """
        key, made, uses = self._known.pop(wrapped, (None, 0.0, 0))
        if key is None or not self._bounds.allow(uses, self._clock() - made):
            key, made, uses = self._decrypt(wrapped), self._clock(), 0
        self._known[wrapped] = (key, made, uses + 1)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return key

    def drop_expired(self) -> None:
        """Drops the data keys whose limits are reached."""
        now = self._clock()
        over = [
            wrapped
            for wrapped, (_, made, uses) in self._known.items()
            if not self._bounds.allow(uses, now - made)
        ]
        for wrapped in over:
            del self._known[wrapped]

    @translated("opening a data key")
    def _decrypt(self, wrapped: bytes) -> DataKey:
        # With one key, we tell KMS which one to use. With several, KMS tells us which it used, and that must be one of
        # them. What a record says about itself is never believed.
        key_id = {"KeyId": self._key_arns[0]} if len(self._key_arns) == 1 else {}
        answer = self._kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=self._context, **key_id)  # type: ignore[arg-type]
        if answer["KeyId"] not in self._key_arns:
            raise VaultIntegrity("a data key is under a KMS key that is not ours")
        return DataKey(answer["Plaintext"], wrapped, answer["KeyId"])
