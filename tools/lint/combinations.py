"""Chooses sets of parameters so that the template is seen with every switch together with every other.

Each parameter that decides a condition is a choice between its default and another value, and what only goes together is one choice.
All combinations of the modules' switches are there, and of all choices every pair of values.
"""

import random
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations as chosen
from itertools import product
from typing import Any

from local.emulator.switches import Module
from local.emulator.template import load
from tools.lint.settled import PARAMETER_SETS, TEMPLATE

Given = dict[str, str]

# What the template refuses one of without the other (`Rules`), or does nothing with.
TOGETHER = (
    ("VpcId", "PrivateSubnetIds"),
    ("FirstZone", "SecondZone"),
    ("DynamoDbPrefixListId", "S3PrefixListId"),
)
_SEED = 20_261_130
_CANDIDATES = 40  # drawn for each set, of which that with the most new pairs is taken


@cache
def choices() -> tuple[tuple[Given, Given], ...]:
    """Returns the two values of each choice: nothing given, and something else than the default."""
    template = load(TEMPLATE)
    deciding = set(_parameters(template["Conditions"]))
    alone = deciding - {name for group in TOGETHER for name in group}
    return tuple(
        ({}, {name: _other(name, template["Parameters"][name]) for name in group})
        for group in sorted([*TOGETHER, *((name,) for name in alone)])
    )


def _parameters(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node["Ref"],) if "Ref" in node else ()
        for each in node.values():
            yield from _parameters(each)
    elif isinstance(node, list):
        for each in node:
            yield from _parameters(each)


def _other(name: str, stated: Mapping[str, Any]) -> str:
    """Returns a value that is not the default: one of the sets', or one of those that are allowed."""
    known = [given[name] for given in PARAMETER_SETS.values() if name in given]
    return str(next(each for each in [*known, *stated.get("AllowedValues", ())] if each != stated["Default"]))


def combinations() -> list[Given]:
    """Returns all combinations of the modules' switches."""
    switches = [each.parameter for each in Module]
    return [
        {name: "false" for name, on in zip(switches, each, strict=True) if not on}
        for each in product((True, False), repeat=len(switches))
    ]


@cache
def sets() -> tuple[Given, ...]:
    """Returns all combinations of the modules' switches, and then what it takes for every pair of values of all choices."""
    found = combinations()
    draw = random.Random(_SEED)  # noqa: S311 -- the same sets every time, and no secret
    missing = pairs() - {pair for given in found for pair in pairs_of(given)}
    while missing:
        drawn = [_drawn(draw) for _ in range(_CANDIDATES)]
        best = max(drawn, key=lambda given: len(missing & pairs_of(given)))
        missing -= pairs_of(best)
        found.append(best)
    return tuple(found)


def _drawn(draw: random.Random) -> Given:
    return {name: value for choice in choices() for name, value in draw.choice(choice).items()}


Pair = frozenset[tuple[int, bool]]


def pairs() -> set[Pair]:
    """Returns every pair of values of two choices, each as the choice's number and whether it is not the default."""
    numbers = chosen(range(len(choices())), 2)
    values = list(product((False, True), repeat=2))
    return {frozenset({(one, a), (other, b)}) for one, other in numbers for a, b in values}


def pairs_of(given: Given) -> set[Pair]:
    """Returns the pairs of values that a set of parameters has."""
    taken = [(number, given.keys() >= other.keys()) for number, (_, other) in enumerate(choices())]
    return {frozenset(pair) for pair in chosen(taken, 2)}


def named(given: Given) -> str:
    """Returns a short name of a set of parameters for a test."""
    return (
        " ".join(f"{name.removesuffix('Enabled')}={value[:5]}" for name, value in given.items()) or "default"
    )
