"""Repeats batch calls that succeed in part, within the budget, with only the entries that were not accepted.

A call is never blamed on all of its entries: if it is refused for good, it is cut in halves until the one entry that it
is refused for remains.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from tokenizer.aws.platform import counters
from tokenizer.aws.platform.error_mapping import mapped, worth_retrying
from tokenizer.errors import OutOfTime, PipelineError, Throttled, Transient
from tokenizer.time_budget import Budget

Key = TypeVar("Key")
T = TypeVar("T")
Entry = TypeVar("Entry")


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


def in_lanes(
    sizes: Mapping[Key, int], groups: Mapping[Key, str | None], most: int, max_bytes: int
) -> list[list[list[Key]]]:
    """Groups keys into calls as `in_calls` does, and the calls into lanes.

    The calls of one lane are made one after the other, different lanes side by side. Keys of one group keep their
    order: they share a call, or have a lane of their own. A key without a group is a group by itself.

    Args:
        sizes: the bytes of each key's entry.
        groups: the group of each key.
        most: the most entries of one call.
        max_bytes: the most bytes of all entries of one call together.
    """
    named = [group for group in groups.values() if group is not None]
    if len(set(named)) == len(named):
        return [[call] for call in in_calls(sizes, most, max_bytes)]
    members: dict[object, dict[Key, int]] = {}
    for key, size in sizes.items():
        group = groups[key]
        members.setdefault((key,) if group is None else group, {})[key] = size
    lanes: list[list[list[Key]]] = []
    shared: list[Key] = []
    total = 0
    for group_sizes in members.values():
        size = sum(group_sizes.values())
        if len(group_sizes) > most or (size > max_bytes and len(group_sizes) > 1):
            lanes.append(list(in_calls(group_sizes, most, max_bytes)))
            continue
        if shared and (len(shared) + len(group_sizes) > most or total + size > max_bytes):
            lanes.append([shared])
            shared, total = [], 0
        shared.extend(group_sizes)
        total += size
    if shared:
        lanes.append([shared])
    return lanes


def prepare(
    given: Mapping[Key, T], make: Callable[[T], Entry], doing: str
) -> tuple[dict[Key, Entry], dict[Key, PipelineError]]:
    """Makes the entries of calls, each once, however often it is sent.

    Args:
        given: what the entries are made of.
        make: returns one entry.
        doing: names the action in messages.

    Returns:
        The entries, and the error of each that can't be made.
    """
    entries: dict[Key, Entry] = {}
    failures: dict[Key, PipelineError] = {}
    for key, each in given.items():
        try:
            entries[key] = make(each)
        except Exception as error:  # noqa: BLE001 -- the map decides, and names the class
            failures[key] = mapped(error, doing)
    return entries, failures


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
            counts as accepted. If it raises what trying again doesn't help against, each half is sent on its own.
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
            failure = mapped(error, doing)
            if len(left) > 1 and not isinstance(failure, Transient):
                half = len(left) // 2
                failures |= resend(left[:half], send, budget, doing)
                return failures | resend(left[half:], send, budget, doing)
            undone = dict.fromkeys(left, failure)
        failures |= {key: why for key, why in undone.items() if not worth_retrying(why)}
        left = [key for key, why in undone.items() if worth_retrying(why)]
        if not left:
            return failures
    return failures | {key: undone[key] for key in left}
