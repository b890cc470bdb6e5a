"""An audit trail in memory: what a writer leaves, and what somebody may do to it."""

import base64
from collections.abc import Iterator, Mapping

from ops.audit.chain import Stored
from tokenizer.audit.lines import Head, Line, Place, seal

DAY = "2026-11-24"


class FakeTrail:
    """Objects with their versions, heads, and the keys that KMS would open."""

    def __init__(self) -> None:
        self.objects: dict[str, list[bytes]] = {}  # the oldest version first
        self.markers: set[str] = set()
        self.unlocked: set[str] = set()
        self.ends: dict[tuple[str, str], Head] = {}
        self.secrets: dict[tuple[str, bytes], bytes] = {}

    def write(self, chain: str, lines: int, day: str = DAY, *, acknowledged: int | None = None) -> list[str]:
        """Writes a chain as its writer leaves it; returns its objects' keys."""
        secret, wrapped = f"secret of {chain}".encode(), f"wrapped for {chain}".encode()
        self.secrets[chain, wrapped] = secret
        previous, keys, hashes = None, [], [""]
        for sequence in range(1, lines + 1):
            line = Line(
                Place(day, chain, sequence),
                f"{day}T10:00:{sequence % 60:02}.000+00:00",
                "reveal",
                "ann",
                {"purpose": "charge", "tokens": {"tok_" + "0" * 26: "ok"}, "n": sequence},
                previous,
                None if previous else base64.b64encode(wrapped).decode(),
            )
            sealed, body = seal(line, secret)
            self.objects[line.place.object_key] = [body]
            keys.append(line.place.object_key)
            previous = sealed.hash
            hashes.append(previous)
        known = lines if acknowledged is None else acknowledged
        if known:
            self.ends[day, chain] = Head(known, hashes[known])
        return keys

    def days(self) -> list[str]:
        return sorted({key.split("/")[1] for key in self.objects} | {day for day, _ in self.ends})

    def heads(self, day: str) -> Mapping[str, Head]:
        return {chain: head for (of, chain), head in self.ends.items() if of == day}

    def head(self, day: str, chain: str) -> Head | None:
        return self.ends.get((day, chain))

    def open_key(self, chain: str, wrapped: bytes) -> bytes | None:
        return self.secrets.get((chain, wrapped))

    def lines(self, day: str) -> Iterator[Stored | str]:
        for key in sorted(self.objects.keys() | self.markers):
            if not key.startswith(f"audit/{day}/"):
                continue
            place, versions = Place.parse(key), self.objects.get(key, [])
            if place is None:
                yield key
                continue
            locked = None if key in self.unlocked else 3653
            body = versions[0] if versions else None
            yield Stored(place, body, len(versions), key in self.markers, locked)
