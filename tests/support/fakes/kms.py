"""KMS in memory, and a clock that tests move."""

from collections import Counter
from typing import Any


class Kms:
    """Gives a new key at each call and opens those it gave."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.down = False
        self.told: dict[str, Any] = {}
        self.under = "arn"

    def generate_data_key(self, **_: Any) -> dict[str, Any]:
        self._call("generate")
        number = bytes([self.calls["generate"]])
        return {"Plaintext": b"canary" + number * 26, "CiphertextBlob": number, "KeyId": self.under}

    def decrypt(self, **told: Any) -> dict[str, Any]:
        self._call("decrypt")
        self.told = told
        return {"Plaintext": b"canary", "KeyId": self.under}

    def _call(self, name: str) -> None:
        if self.down:
            raise ConnectionError("canary")
        self.calls[name] += 1


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now
