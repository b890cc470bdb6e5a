"""Makes strings that match a pattern, for the part of regular expressions that the event schemas use.

It knows literals, escapes, classes, groups, alternatives and the usual repetitions, and refuses anything else. An
unlimited repetition gives at most eight.
"""

from collections.abc import Callable
from functools import cache
from random import Random

_Draw = Callable[[Random], str]
_MORE = 8
_REPEATS = {"*": (0, _MORE), "+": (1, _MORE), "?": (0, 1)}


@cache
def matching(pattern: str) -> _Draw:
    """Returns a function that draws strings that match an anchored pattern.

    Raises:
        ValueError: the pattern uses something that is not known here.
    """
    if not (pattern.startswith("^") and pattern.endswith("$")):
        raise ValueError("a pattern needs both anchors")
    reader = _Reader(pattern[1:-1])
    draw = reader.alternatives()
    if reader.rest:
        raise ValueError(f"not understood in a pattern: {reader.rest[0]}")
    return draw


class _Reader:
    """Reads a pattern once, from left to right."""

    def __init__(self, pattern: str) -> None:
        self.rest = pattern

    def alternatives(self) -> _Draw:
        arms = [self._sequence()]
        while self.rest.startswith("|"):
            self._take(1)
            arms.append(self._sequence())
        return lambda rng: rng.choice(arms)(rng)

    def _sequence(self) -> _Draw:
        items: list[_Draw] = []
        while self.rest and self.rest[0] not in "|)":
            items.append(self._repeated(self._atom()))
        return lambda rng: "".join(item(rng) for item in items)

    def _atom(self) -> _Draw:
        first = self._take(1)
        if first == "[":
            characters = self._class()
            return lambda rng: rng.choice(characters)
        if first == "(":
            inner = self.alternatives()
            if self._take(1) != ")":
                raise ValueError("a group in a pattern does not end")
            return inner
        if first in ".^$*+?{":
            raise ValueError(f"not understood in a pattern: {first}")
        literal = self._escaped() if first == "\\" else first
        return lambda _: literal

    def _class(self) -> str:
        characters = ""
        while (each := self._take(1)) != "]":
            each = self._escaped() if each == "\\" else each
            if each == "^" and not characters:
                raise ValueError("not understood in a pattern: [^")
            if self.rest.startswith("-") and not self.rest.startswith("-]"):
                self._take(1)
                characters += "".join(map(chr, range(ord(each), ord(self._take(1)) + 1)))
            else:
                characters += each
        return characters

    def _repeated(self, atom: _Draw) -> _Draw:
        if self.rest[:1] in _REPEATS:
            fewest, most = _REPEATS[self._take(1)]
        elif self.rest.startswith("{"):
            bounds, _, self.rest = self.rest[1:].partition("}")
            low, comma, high = bounds.partition(",")
            fewest = int(low)
            most = int(high) if high else fewest + _MORE * bool(comma)
        else:
            return atom
        return lambda rng: "".join(atom(rng) for _ in range(rng.randint(fewest, most)))

    def _escaped(self) -> str:
        character = self._take(1)
        if character.isalnum():
            raise ValueError(f"not understood in a pattern: \\{character}")
        return character

    def _take(self, count: int) -> str:
        taken, self.rest = self.rest[:count], self.rest[count:]
        if not taken:
            raise ValueError("a pattern ends too early")
        return taken
