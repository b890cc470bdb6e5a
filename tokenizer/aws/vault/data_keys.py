"""Data keys: made by KMS, reused for a bounded number of items and a bounded time, then dropped.

The bounds are a security setting: for as long as they last a revoked permission goes on working, and a KMS
outage goes unnoticed.
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

READER_KEYS = (
    256  # a reader meets at most this many keys within one time bound; older ones are asked for again
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a data key may be used.

    Args:
        items: uses of one key.
        seconds: from when KMS gave it.
    """

    items: int = 10_000
    seconds: float = 300.0

    def allow(self, uses: int, age: float) -> bool:
        """Whether a key of some age in seconds, used so often, may be used once more; a clock that was set back ends it too."""
        return uses < self.items and 0 <= age < self.seconds


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key of 32 bytes in clear, the same key as KMS encrypted it, and the KMS key that KMS says it did so under."""

    plaintext: bytes = field(repr=False)
    wrapped: bytes
    key_arn: str


class DataKeyWriter:
    """Gives out data keys to seal with; needs kms:GenerateDataKey and nothing else."""

    def __init__(
        self,
        kms: "KMSClient",
        key_arn: str,
        context: Mapping[str, str],
        bounds: Bounds,
        clock: Callable[[], float],
    ) -> None:
        """A writer under one KMS key and encryption context; `clock` counts seconds, those too for which a function stands still."""
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
        """The data key for one more item.

        Raises:
            PipelineError: KMS gave none.
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
        """Whether a data key may still be used."""
        self.drop_expired()
        return self._key is key

    def drop_expired(self) -> None:
        """Let go of the data key if its bounds are over."""
        if not self._bounds.allow(self._uses, self._clock() - self._made):
            self._key = None

    @translated("generating a data key")
    def _generate(self) -> DataKey:
        answer = self._kms.generate_data_key(
            KeyId=self.key_arn, NumberOfBytes=32, EncryptionContext=self._context
        )
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"], answer["KeyId"])


class DataKeyReader:
    """Opens wrapped data keys; needs kms:Decrypt. Each use of a key counts against the same bounds."""

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
        """A reader under one encryption context.

        Args:
            kms: a client.
            key_arns: the KMS keys that data keys may be under; more than one while records move to another.
            context: the encryption context.
            bounds: of each data key's use.
            clock: counts seconds, those too for which a function stands still.
            most: data keys that are kept at once.
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
        """The data key behind its wrapped form.

        Raises:
            VaultIntegrity: it was not made under one of these KMS keys and this encryption context.
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
        """Let go of the data keys whose bounds are over."""
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
        # One key: KMS is told which. More: KMS says which, and it has to be one of them. What a record says of itself is
        # believed in neither case.
        told = {"KeyId": self._key_arns[0]} if len(self._key_arns) == 1 else {}
        answer = self._kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=self._context, **told)  # type: ignore[arg-type]
        if answer["KeyId"] not in self._key_arns:
            raise VaultIntegrity("a data key is under a KMS key that is none of ours")
        return DataKey(answer["Plaintext"], wrapped, answer["KeyId"])
