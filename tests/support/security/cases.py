"""Turns the table of walls into requests for the simulator, and finds the happy paths that the table does not name.

A cell that is allowed is tried as the product makes the call; a cell that is denied is tried from inside and from outside of the network.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.security.circumstances import ROWS
from tests.support.security.deployed import listed
from tests.support.security.iam_calls import Context, Needed, needed
from tests.support.security.simulation import Caller, Policies, Request
from tests.support.security.walls import ACTIONS, FUNCTIONS, PEOPLE, Action, Names
from tools.lint.rendered import rendered
from tools.lint.settled import Template

# Functions whose environment, beside the outputs, names what the table speaks of.
TOLD = (
    "TokenizeStreamFunction",
    "PaymentFunction",
    "ApiFunction",
    "ReplayFunction",
    "RevealFunction",
    "EraseFunction",
    "VaultKeysFunction",
)
# Lambda itself calls these with a function's role: to write its log and to reach its network.
BY_LAMBDA = ("logs:", "ec2:")


@dataclass(frozen=True)
class Case:
    """Holds what is expected of some requests that belong together.

    Args:
        what: who does what, in words.
        requests: what is needed for it.
        allowed: what is expected.
    """

    what: str
    requests: tuple[Request, ...]
    allowed: bool

    def as_expected(self, decided: Sequence[bool | None]) -> bool:
        """Returns whether the requests were decided as expected: all allowed, or one of them denied.

        Of a permission on several resources, those are passed over that its action does not know.
        """
        known = [each for each in decided if each is not None]
        if self.allowed:
            return bool(known) and all(known)
        return False in known


class Stack:
    """A settled template, as the table of walls looks at it."""

    def __init__(self, template: Template) -> None:
        self.policies = Policies(template)
        self.resources: Mapping[str, Any] = self.policies.resources
        outputs = rendered(template)["Outputs"]
        self.names: Names = {name: each["Value"] for name, each in outputs.items()} | {
            name: str(value)
            for function in TOLD
            for name, value in self.resources[function]["Properties"]["Environment"]["Variables"].items()
        }

    def role(self, of: str) -> str:
        """Returns the logical name of a role of the table; empty where the template has it not."""
        if of in PEOPLE:
            name = PEOPLE[of].removesuffix("Arn")
            return name if name in self.resources else ""
        function = self.resources.get(FUNCTIONS[of])
        arn = function["Properties"]["Role"] if function else ""
        return next((name for name in self.resources if self.policies.arns.get(name) == arn), "")

    def of_type(self, kind: str) -> list[str]:
        """Returns the logical names of the resources of a type."""
        return [name for name, each in self.resources.items() if each["Type"] == kind]

    def within(self, role: str) -> bool:
        """Returns whether a role's function runs in the network."""
        return any("VpcConfig" in each["Properties"] for each in self.functions_of(role))

    def functions_of(self, role: str) -> list[dict[str, Any]]:
        """Returns the functions that run with a role."""
        return [
            each
            for each in self.resources.values()
            if each["Type"] == "AWS::Lambda::Function"
            and each["Properties"]["Role"] == self.policies.arns[role]
        ]

    def polled(self, role: str) -> set[str]:
        """Returns the ARNs that Lambda polls for the functions of a role, from outside of the network."""
        names = {each["Properties"]["FunctionName"] for each in self.functions_of(role)}
        return {
            each["Properties"]["EventSourceArn"]
            for each in self.resources.values()
            if each["Type"] == "AWS::Lambda::EventSourceMapping"
            and each["Properties"]["FunctionName"] in names
        }

    def inside(self, role: str, one: Needed) -> bool:
        """Returns whether a role's call of this kind comes from inside of the network."""
        by_lambda = one.action.startswith(BY_LAMBDA) or one.resource in self.polled(role)
        return self.within(role) and not by_lambda


def table(stack: Stack) -> Iterator[Case]:
    """Returns the cases of each cell of docs/access.md, of the roles that the template has."""
    roles = {of: stack.role(of) for of in (*FUNCTIONS, *PEOPLE)}
    callers = {of: stack.policies.role(role) for of, role in roles.items() if role}
    for action in (*ACTIONS, *ROWS):
        try:
            needs = needed(action.service, action.call, action.arguments(stack.names))
        except KeyError:
            continue  # of something that this set of parameters leaves out; a test sees that the fullest set tries every row
        for of, caller in callers.items():
            yield from _cell(stack, action, of, caller, needs)


def _cell(stack: Stack, action: Action, of: str, caller: Caller, needs: list[Needed]) -> Iterator[Case]:
    role, allowed = stack.role(of), of in action.allowed
    context: Context = dict(action.under.context) if action.under else {}
    ways = [[stack.inside(role, one) for one in needs]]
    if not allowed and stack.within(role):
        ways.append([False for _ in needs])
    if action.under and action.under.outside:
        ways = ways[-1:]
    for way in ways:
        asked = [
            Request(caller, one, inside=inside, context=context)
            for one, inside in zip(needs, way, strict=True)
        ]
        yield Case(f"{of}: {action.does}", tuple(asked), allowed)


def happy_paths(stack: Stack) -> Iterator[Case]:
    """Returns a case for each permission that a role's policies grant: no boundary, endpoint or key may stand in its way.

    So a permission is seen that only looks as if it were one. Each must be of use for one resource at least that it names.
    """
    for name, resource in stack.resources.items():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        caller = stack.policies.role(name)
        for policy in caller.identity:
            for statement in stack.policies.documents[policy]["Statement"]:
                yield from _permissions(stack, name, caller, statement)


def _permissions(stack: Stack, role: str, caller: Caller, statement: dict[str, Any]) -> Iterator[Case]:
    if statement["Effect"] != "Allow":
        return
    context = satisfying(statement.get("Condition", {}))
    for action in listed(statement["Action"]):
        asked = []
        for pattern in listed(statement["Resource"]):
            one = Needed(action, concrete(action, pattern), {**context, **_of_call(action, pattern)})
            asked.append(Request(caller, one, inside=stack.inside(role, one)))
        yield Case(f"{role}: {action} of {statement['Sid']}", tuple(asked), allowed=True)


def _of_call(action: str, pattern: str) -> Context:
    """Returns the context of a call as the product makes it: lines of the audit trail are only written where none is."""
    if action == "s3:PutObject":
        written_once = {"s3:if-none-match": "*"} if "-audit-" in pattern else {}
        return {"s3:ObjectCreationOperation": "true", **written_once}
    return {}


def concrete(action: str, pattern: str) -> str:
    """Returns a resource that a pattern of a policy names."""
    if pattern == "*":
        return "*" if action.startswith("xray:") else _NETWORK.get(action, "*")
    if ":log-group:" in pattern and pattern.endswith(":*"):
        return f"{pattern.removesuffix('*')}log-stream:probe"
    return pattern.replace("*", "probe")


_EC2 = "arn:aws:ec2:eu-central-1:111122223333"
_NETWORK = {
    f"ec2:{name}": f"{_EC2}:network-interface/eni-0123456789abcdef0"
    for name in (
        "AssignPrivateIpAddresses",
        "CreateNetworkInterface",
        "DeleteNetworkInterface",
        "UnassignPrivateIpAddresses",
    )
}


def satisfying(condition: Mapping[str, Mapping[str, Any]]) -> Context:
    """Returns a context under which a statement's condition is met; that of a `Null` test by the others' values."""
    context: Context = {}
    for operator, tests in condition.items():
        for key, value in tests.items():
            if operator != "Null":
                one = listed(value)[0].replace("*", "probe")
                context[key] = [one] if operator.startswith("ForA") else one
    return context


def requests_of(cases: Iterable[Case]) -> list[Request]:
    """Returns the requests of all cases, in order."""
    return [request for case in cases for request in case.requests]
