"""Data keys: made by KMS, reused for a bounded number of items and a bounded time, then dropped.

The bounds are a security setting: for as long as they last a revoked permission goes on working, and a KMS
outage goes unnoticed.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tokenizer.aws.faults import translated

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

_READER_KEYS = (
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


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key of 32 bytes in clear, and the same key as KMS encrypted it."""

    plaintext: bytes = field(repr=False)
    wrapped: bytes


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
        """A writer under one KMS key and encryption context; `clock` counts seconds and never goes back."""
        self._kms = kms
        self._key_arn = key_arn
        self._context = dict(context)
        self._bounds = bounds
        self._clock = clock
        self._key: DataKey | None = None
        self._uses = 0
        self._expires = 0.0

    def take(self) -> DataKey:
        """The data key for one more item.

        Raises:
            PipelineError: KMS gave none.
        """
        if self._uses >= self._bounds.items or self._clock() >= self._expires:
            self._key = None
        key = self._key
        if key is None:
            key = self._key = self._generate()
            self._uses = 0
            self._expires = self._clock() + self._bounds.seconds
        self._uses += 1
        return key

    @translated("generating a data key")
    def _generate(self) -> DataKey:
        answer = self._kms.generate_data_key(
            KeyId=self._key_arn, NumberOfBytes=32, EncryptionContext=self._context
        )
        return DataKey(answer["Plaintext"], answer["CiphertextBlob"])


class DataKeyReader:
    """Opens wrapped data keys; needs kms:Decrypt. Each use of a key counts against the same bounds."""

    def __init__(
        self,
        kms: "KMSClient",
        key_arn: str,
        context: Mapping[str, str],
        bounds: Bounds,
        clock: Callable[[], float],
    ) -> None:
        """A reader under one KMS key and encryption context; `clock` counts seconds and never goes back."""
        self._kms = kms
        self._key_arn = key_arn
        self._context = dict(context)
        self._bounds = bounds
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[DataKey, float, int]] = OrderedDict()

    def open(self, wrapped: bytes) -> DataKey:
        """The data key behind its wrapped form.

        Raises:
            VaultIntegrity: it was not made under this KMS key and encryption context.
            PipelineError: KMS did not open it.
        """
        key, expires, uses = self._known.pop(wrapped, (None, 0.0, 0))
        if key is None or self._clock() >= expires or uses >= self._bounds.items:
            key, expires, uses = self._decrypt(wrapped), self._clock() + self._bounds.seconds, 0
        self._known[wrapped] = (key, expires, uses + 1)
        if len(self._known) > _READER_KEYS:
            self._known.popitem(last=False)
        return key

    @translated("opening a data key")
    def _decrypt(self, wrapped: bytes) -> DataKey:
        answer = self._kms.decrypt(
            KeyId=self._key_arn, CiphertextBlob=wrapped, EncryptionContext=self._context
        )
        return DataKey(answer["Plaintext"], wrapped)
