"""Repeats batch calls that succeed in part, within the budget, with only the entries that were not accepted."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from tokenizer.aws.platform import counters
from tokenizer.aws.platform.error_mapping import mapped, worth_retrying
from tokenizer.errors import OutOfTime, PipelineError, Throttled
from tokenizer.time_budget import Budget

Key = TypeVar("Key")


def chunks(keys: Sequence[Key], most: int) -> Iterator[Sequence[Key]]:
    """Cuts a sequence into pieces of at most `most`."""
    for start in range(0, len(keys), most):
        yield keys[start : start + most]


def in_calls(sizes: Mapping[Key, int], most: int, max_bytes: int) -> Iterator[list[Key]]:
    """Groups keys into calls within limits on count and bytes, in their order. A key that is larger gets its own call.

    Args:
        sizes: the bytes of each key's entry.
        most: the most entries of one call.
        max_bytes: the most bytes of all entries of one call together.
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
    """Returns an error for each key that DynamoDB left unprocessed because its capacity was used up."""
    return {key: Throttled(f"{doing}: left unprocessed") for key in keys}


def resend(
    keys: Sequence[Key],
    send: Callable[[Sequence[Key]], Mapping[Key, PipelineError]],
    budget: Budget,
    doing: str,
) -> dict[Key, PipelineError]:
    """Sends entries until all are accepted, the rest never will be, or the budget is spent.

    Args:
        keys: the entries to send.
        send: makes one call for some entries and returns the error of each that was not accepted. If it raises, none
            counts as accepted.
        budget: the time that is left.
        doing: names the action in messages.

    Returns:
        The error of each entry that was not accepted.
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
