"""Tests that the simulation notices when any wall is removed that the emulator can't enforce.

What the emulator can't enforce is found in the policies by machine: what `local/emulator/bends.py` takes out for it, what stands in
an endpoint, a bus's policy or a service's permission, and conditions on keys that it does not know.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from itertools import pairwise, zip_longest
from typing import Any

import pytest

from local.emulator.bends import OMITTED_STATEMENTS
from local.emulator.package import ROOT
from tests.support.security.access_page import PAGE, page
from tests.support.security.cases import Case, Stack, requests_of, table
from tests.support.security.circumstances import ROWS
from tests.support.security.deployed import listed
from tests.support.security.iam_calls import Needed
from tests.support.security.simulated import cases, wrongly_decided
from tests.support.security.simulation import Policies, Request, decide, decide_all
from tests.support.security.walls import ACTIONS, ROLES
from tools.lint.settled import settled_sets
from tools.lint.witness import Unavailable, may_skip

# Keys whose conditions the emulator enforces as AWS does; a condition on any other is the simulator's to try.
ENFORCED = frozenset({"aws:PrincipalArn", "s3:prefix"})
FULLEST = "rekeying"  # the set in which every role of the table is there


@dataclass(frozen=True)
class Wall:
    """Something that can be taken down.

    Args:
        policy: by name.
        statement: its place in the policy.
        key: of the condition that is dropped; empty for the whole statement.
        widened: whether its resources become all, instead.
    """

    policy: str
    statement: int
    key: str = ""
    widened: bool = False

    def __str__(self) -> str:
        statement = stack().policies.documents[self.policy]["Statement"][self.statement]
        what = "for every resource" if self.widened else f"without {self.key or 'the statement'}"
        return f"{self.policy}, {statement.get('Sid', self.statement)}: {what}"


@pytest.fixture(scope="module", autouse=True)
def simulator() -> None:
    """Skips where there is no simulator, and fails under CI."""
    try:
        decide(stack().policies, [])
    except Unavailable as missing:
        if not may_skip():
            raise
        pytest.skip(str(missing))


@cache
def stack() -> Stack:
    return Stack(settled_sets(ROOT / "template.yaml")[FULLEST])


@cache
def tried() -> tuple[Case, ...]:
    return tuple(cases(stack(), FULLEST))


def walls(policies: Policies) -> Iterator[Wall]:
    """Returns every statement and condition that the emulator does not enforce."""
    for name, document in policies.documents.items():
        for place, statement in enumerate(document["Statement"]):
            if covered(statement, document["Statement"]):
                continue
            if beyond_the_emulator(policies, name, statement):
                yield Wall(name, place)
            if of_endpoint(policies, name) and statement["Resource"] != "*":
                yield Wall(name, place, widened=True)
            yield from (
                Wall(name, place, key)
                for tests in statement.get("Condition", {}).values()
                for key in tests
                if key not in ENFORCED
            )


def beyond_the_emulator(policies: Policies, name: str, statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = isinstance(principal, dict) and "Service" in principal
    return (
        of_endpoint(policies, name)
        or services
        or ":event-bus/" in name
        or statement.get("Sid") in OMITTED_STATEMENTS
        or (statement["Effect"] == "Deny" and "Condition" in statement)
    )


def of_endpoint(policies: Policies, name: str) -> bool:
    return bool(policies.resources.get(name, {}).get("Type") == "AWS::EC2::VPCEndpoint")


def covered(statement: dict[str, Any], beside: list[dict[str, Any]]) -> bool:
    """Returns whether another permission of Lambda's lets the same in: SAM writes one for each path of an API."""
    source = statement.get("Condition", {}).get("ArnLike", {}).get("aws:SourceArn", "")
    others = [
        each.get("Condition", {}).get("ArnLike", {}).get("aws:SourceArn", "")
        for each in beside
        if each is not statement
    ]
    return ":execute-api:" in source and any(fnmatch(source, other) for other in others)


def without(wall: Wall) -> Policies:
    """Returns the policies with a wall taken down."""
    weak = copy.copy(stack().policies)
    document = copy.deepcopy(weak.documents[wall.policy])
    weak.documents = {**weak.documents, wall.policy: document}
    statements = document["Statement"]
    if wall.widened:
        statements[wall.statement]["Resource"] = "*"
    elif wall.key:
        statements[wall.statement] = _without_test(statements[wall.statement], wall.key)
    else:
        del statements[wall.statement]
    # A policy of no statement is no policy: one about nothing stands in.
    document["Statement"] = statements or [_of_nothing(weak, wall.policy)]
    return weak


def _without_test(statement: dict[str, Any], key: str) -> dict[str, Any]:
    tests = {
        operator: {name: value for name, value in each.items() if name != key}
        for operator, each in statement["Condition"].items()
    }
    left = {operator: each for operator, each in tests.items() if each}
    rest = {name: value for name, value in statement.items() if name != "Condition"}
    return {**rest, "Condition": left} if left else rest


def _of_nothing(policies: Policies, name: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "sns:Publish",
        "Resource": "arn:aws:sns:eu-central-1:111122223333:none",
    }
    if of_endpoint(policies, name):
        return {**statement, "Principal": "*"}
    nobody = {"AWS": "arn:aws:iam::000000000000:role/nobody"}
    return {**statement, "Principal": nobody} if name in policies.of_resources() else statement


def touching(wall: Wall) -> list[Case]:
    """Returns the cases that could come out otherwise without a wall: they ask its policy for one of its actions."""
    statement = stack().policies.documents[wall.policy]["Statement"][wall.statement]
    actions = [each.lower() for each in listed(statement["Action"])]
    return [
        case
        for case, policies in asked_of()
        if wall.policy in policies
        and any(fnmatch(each.needed.action.lower(), action) for each in case.requests for action in actions)
    ]


@cache
def asked_of() -> list[tuple[Case, frozenset[str]]]:
    """Returns the policies that each case asks."""
    return [(case, frozenset().union(*map(asked, case.requests))) for case in tried()]


def asked(request: Request) -> frozenset[str]:
    policies = stack().policies
    named = {
        *request.caller.identity,
        *request.caller.boundary,
        policies.of_resource(request.needed.resource),
    }
    return frozenset(named | ({policies.endpoint(request.needed.action)} if request.inside else set()))


# Most walls are missed by one of the first cases or of the last, so the others are only tried where none of these noticed.
ROUNDS = (0, 8, 32, 96, None)


def weak_points(found: Sequence[Wall]) -> list[Wall]:
    """Returns the walls that could be taken down without any case noticing."""
    left = [(wall, without(wall), from_both_ends(touching(wall))) for wall in found]
    for start, end in pairwise(ROUNDS):
        decided = decide_all([(policies, requests_of(some[start:end])) for _, policies, some in left])
        left = [
            each
            for each, verdicts in zip(left, decided, strict=True)
            if not wrongly_decided(each[2][start:end], verdicts)
        ]
    return [wall for wall, _, _ in left]


def from_both_ends(some: Sequence[Case]) -> list[Case]:
    """Returns cases in the order first, last, second, last but one."""
    half = (len(some) + 1) // 2
    both = zip_longest(some[:half], some[: half - 1 : -1])
    return [each for pair in both for each in pair if each is not None]


def test_every_case_is_tried_from_both_ends() -> None:
    for number in range(6):
        some = tried()[:number]
        assert len(from_both_ends(some)) == number
        assert set(map(id, from_both_ends(some))) == set(map(id, some))
    assert from_both_ends(tried()[:3]) == [tried()[0], tried()[2], tried()[1]]


def test_a_wall_that_no_case_misses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(walls(stack().policies))[:3]
    monkeypatch.setattr(f"{__name__}.without", lambda _: stack().policies)
    assert weak_points(found) == found


def test_each_wall_that_the_emulator_does_not_enforce_is_missed_when_it_is_down() -> None:
    found = list(walls(stack().policies))
    assert len(found) > 150
    assert [str(each) for each in weak_points(found)] == []


def test_the_simulation_asks_both_ways_and_for_every_function() -> None:
    assert sum(each.allowed for each in tried()) > 200
    assert sum(not each.allowed for each in tried()) > 200
    happy = {case.what.partition(":")[0] for case in tried() if case.allowed}
    functions = [
        each["Properties"]["Role"]
        for each in stack().resources.values()
        if each["Type"] == "AWS::Lambda::Function"
    ]
    assert {name for name, arn in stack().policies.arns.items() if arn in functions} <= happy


def test_every_cell_of_the_table_is_tried_where_everything_is_there() -> None:
    cells = {f"{role}: {action.does}" for action in (*ACTIONS, *ROWS) for role in ROLES}
    assert cells == {case.what for case in table(stack())}


def test_the_page_says_what_is_tried() -> None:
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page()


def test_a_request_that_is_none_is_an_error_and_no_denial() -> None:
    caller = stack().policies.role("RevealRole")
    with pytest.raises(ValueError, match=r"invalid\.action"):
        decide(
            stack().policies, [Request(caller, Needed("kms:DecryptAll", stack().policies.arns["VaultKey"]))]
        )


def test_a_condition_key_that_would_be_passed_over_is_an_error() -> None:
    weak = copy.copy(stack().policies)
    document = copy.deepcopy(weak.documents["ReplayPolicy"])
    document["Statement"][0]["Condition"] = {"StringEquals": {"s3:NoSuchKey": "x"}}
    weak.documents = {**weak.documents, "ReplayPolicy": document}
    needed = Needed("s3:GetObject", f"{weak.arns['LetterBucket']}/letters/x", {"s3:NoSuchKey": "x"})
    with pytest.raises(ValueError, match="nosuchkey"):
        decide(weak, [Request(weak.role("ReplayRole"), needed)])
