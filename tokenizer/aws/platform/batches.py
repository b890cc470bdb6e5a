"""Batch calls that are answered in part: only what was not taken is sent again, within the time budget."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from tokenizer.aws.platform import counters
from tokenizer.aws.platform.error_mapping import mapped, worth_retrying
from tokenizer.errors import OutOfTime, PipelineError, Throttled
from tokenizer.time_budget import Budget

Key = TypeVar("Key")


def chunks(keys: Sequence[Key], most: int) -> Iterator[Sequence[Key]]:
    """Cut a sequence into pieces of at most `most`."""
    for start in range(0, len(keys), most):
        yield keys[start : start + most]


def packed(sizes: Mapping[Key, int], most: int, max_bytes: int) -> Iterator[list[Key]]:
    """Keys in their order, grouped into calls within limits on count and bytes; one that is larger goes alone.

    Args:
        sizes: bytes by key.
        most: entries of a call.
        max_bytes: of all entries of a call together.
    """
    call: list[Key] = []
    total = 0
    for key, size in sizes.items():
        if call and (len(call) == most or total + size > max_bytes):
            yield call
            call, total = [], 0
        call.append(key)
        total += size
    if call:
        yield call


def unprocessed(keys: Iterable[Key], doing: str) -> dict[Key, PipelineError]:
    """What DynamoDB left undone for want of capacity."""
    return {key: Throttled(f"{doing}: left unprocessed") for key in keys}


def resend(
    keys: Sequence[Key],
    send: Callable[[Sequence[Key]], Mapping[Key, PipelineError]],
    budget: Budget,
    doing: str,
) -> dict[Key, PipelineError]:
    """Send entries until all are taken, what is left can't be, or the budget is spent.

    Args:
        keys: which entries to send.
        send: one call for some of them; answers with an error for each that was not taken. A call that raises has
            taken none that we know of.
        budget: the time that is left.
        doing: what is being done, for messages.

    Returns:
        Why an entry was not taken, for each that was not.
    """
    failures: dict[Key, PipelineError] = {}
    left = list(keys)
    undone: dict[Key, PipelineError] = dict.fromkeys(left, OutOfTime(f"{doing}: no time left"))
    for attempt in budget.attempts():
        if attempt:
            counters.count(counters.RETRIED, len(left))
        try:
            undone = dict(send(left))
        except Exception as error:  # noqa: BLE001 -- the map decides, and names the class
            undone = dict.fromkeys(left, mapped(error, doing))
        failures |= {key: why for key, why in undone.items() if not worth_retrying(why)}
        left = [key for key, why in undone.items() if worth_retrying(why)]
        if not left:
            return failures
    return failures | {key: undone[key] for key in left}
