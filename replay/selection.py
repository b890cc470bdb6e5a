"""Takes letters from the queue for a command, and gives back those that it doesn't want."""

from collections.abc import Collection, Iterator, Sequence

from ops.errors import CommandError
from replay.filters import Filter
from replay.letters import Letter, LetterQueue

_WHOLE_ID = 36  # characters of SQS's ids
_SHORTEST = 8


def selected(
    queue: LetterQueue, wanted: Filter, aside: list[str], tried: Collection[str] = frozenset()
) -> Iterator[Letter]:
    """Yields the selected letters that were not tried yet; notes the others in `aside`, to be given back at the end."""
    taken = 0
    for letter in queue.take(tried):
        if wanted.limit is not None and taken >= wanted.limit:
            aside.append(letter.receipt)
            return
        if wanted.takes(letter):
            taken += 1
            yield letter
        else:
            aside.append(letter.receipt)


def the_letter(queue: LetterQueue, letter_id: str) -> Letter:
    """Returns the one letter whose id begins with a text.

    Raises:
        CommandError: none does, or more than one.
    """
    receipts: list[str] = []
    found: list[Letter] = []
    held = queue.counts()["held"]  # before we hold any
    try:
        for letter in queue.take():
            receipts.append(letter.receipt)
            if letter.letter_id.startswith(letter_id):
                found.append(letter)
            if letter.letter_id == letter_id and len(letter_id) == _WHOLE_ID:
                break
    finally:
        queue.give_back(receipts)
        queue.give_back_unread()
    if not found:
        raise no_such_letter([letter_id], held)
    if len(found) > 1:
        ids = [each.letter_id for each in found]
        length = short_length(ids)
        raise CommandError(
            f"{len(found)} letters begin with {letter_id}",
            f"`replay show {ids[0][:length]}`, or another of {', '.join(each[:length] for each in ids[1:10])}",
        )
    return found[0]


def no_such_letter(ids: Sequence[str], held: int) -> CommandError:
    """Returns the error for ids that no letter has.

    Args:
        ids: the beginnings of ids that were asked for.
        held: the number of letters that somebody else holds, and that may be the ones asked for.
    """
    what = f"no such letter: {', '.join(ids)}"
    if held:
        return CommandError(
            f"{what}; somebody else holds {held}, which may be among them",
            "`replay list` shows the others; a hold ends by itself, after --hold seconds at most",
        )
    return CommandError(what, "`replay list` shows the letters, `replay restore` those in quarantine")


def short_length(ids: Collection[str]) -> int:
    """Returns how many characters of some ids are enough to tell them apart; eight at least."""
    length = _SHORTEST
    longest = max(map(len, ids), default=_SHORTEST)
    while length < longest and len({each[:length] for each in ids}) < len(ids):
        length += 1
    return length
