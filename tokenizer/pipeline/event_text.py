"""Holds the text of an event that is serialized already while some of its tokens are not known yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class EventText:
    """Holds the text in pieces, with a hole between two of them for each token that may still change.

    Args:
        pieces: UTF-8; one more than there are holes.
        drawn: the token that each hole holds if no other one is found.
        size: bytes of the text with the drawn tokens.
    """

    pieces: tuple[bytes, ...] = field(repr=False)
    drawn: tuple[str, ...]
    size: int

    @classmethod
    def of(cls, text: bytes, drawn: Sequence[str]) -> "EventText":
        """Cuts a text at tokens, each of which stands in it once.

        Args:
            text: the whole text.
            drawn: the tokens, in any order.
        """
        if not drawn:
            return cls((text,), (), len(text))
        places = sorted((text.index(token.encode()), token) for token in drawn)
        pieces, start = [], 0
        for place, token in places:
            pieces.append(text[start:place])
            start = place + len(token)
        return cls((*pieces, text[start:]), tuple(token for _, token in places), len(text))

    def filled(self, tokens: Mapping[str, str]) -> bytes:
        """Returns the text, with other tokens in place of the drawn ones that have one.

        Args:
            tokens: the token to show, by the drawn one.
        """
        if not self.drawn:
            return self.pieces[0]
        parts = [self.pieces[0]]
        for token, piece in zip(self.drawn, self.pieces[1:], strict=True):
            parts += (tokens.get(token, token).encode(), piece)
        return b"".join(parts)
