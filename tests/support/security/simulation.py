"""Tries requests on the template's policies with a simulator of IAM: what the emulator does not enforce among them.

It renders every policy of the settled template, puts those together that AWS would ask for a request (the caller's own, its
boundary, the endpoint's on the way, the resource's), and hands all requests to one process of node (`tools/lint/simulator`).
"""

import json
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from tests.support.security.iam_calls import Context, Needed
from tools.lint.rendered import ACCOUNT, arns, rendered
from tools.lint.settled import REGION, Template
from tools.lint.witness import Unavailable

Policy = dict[str, Any]
SIMULATOR = Path(__file__).parents[3] / "tools/lint/simulator"

# Keys of this form are passed over by the simulator: it reads them as tags, on both sides.
ENCRYPTION_CONTEXT, AS_TAG = "kms:EncryptionContext:", "aws:PrincipalTag/kms-context-"

# Calls to a service go through the endpoint of this name.
ENDPOINT_NAMES = {"kinesis": "kinesis-streams"}


class HeldBy(Enum):
    """The walls that stand alone in a request, to show that each holds without the others."""

    ALL = "all"
    DENIALS = "what the resource's own policy denies"
    GRANTS = "what the policies allow, without the denials"
    ENDPOINT = "the endpoint's policy"


OPEN, OPENED, UNDENIED = "everything", " opened to everybody", " without denials"
NOBODY = "arn:aws:iam::000000000000:role/nobody"
ALLOW_ALL: Policy = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Caller:
    """Somebody who asks.

    Args:
        arn: of the principal: a session, a role, a service.
        identity: names of its identity policies.
        boundary: names of its boundaries.
        context: condition keys that it brings along.
    """

    arn: str
    identity: tuple[str, ...] = ()
    boundary: tuple[str, ...] = ()
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One request to decide.

    Args:
        caller: who asks.
        needed: for what.
        inside: whether it comes from inside of the network, by the endpoint of its service where there is one.
        context: condition keys of the circumstances, over all others.
        held_by: which walls stand; all others are as if somebody had opened them to everybody.
    """

    caller: Caller
    needed: Needed
    inside: bool = False
    context: Context = field(default_factory=dict)
    held_by: HeldBy = HeldBy.ALL


class Policies:
    """The policies of a settled template, by name, and which of them AWS asks for what."""

    def __init__(self, template: Template) -> None:
        self.resources: Mapping[str, Any] = rendered(template)["Resources"]
        self.documents: dict[str, Policy] = {OPEN: {"Version": "2012-10-17", "Statement": [ALLOW_ALL]}}
        self.arns = arns(template)
        self._identity: dict[str, list[str]] = defaultdict(list)
        self._endpoints: dict[str, str] = {}
        self._by_resource: dict[str, str] = {}
        for name, resource in self.resources.items():
            collect = _COLLECTORS.get(resource["Type"])
            if collect is not None:
                collect(self, name, resource.get("Properties", {}))

    def role(self, name: str, session: str = "session") -> Caller:
        """Returns a session of one of the template's roles."""
        arn = self.arns[name]
        boundary = self.resources[name]["Properties"].get("PermissionsBoundary")
        return Caller(
            f"arn:aws:sts::{ACCOUNT}:assumed-role/{arn.rpartition('/')[2]}/{session}",
            tuple(self._identity[arn.rpartition("/")[2]]),
            tuple(each for each in self.documents if boundary and self.arns.get(each) == boundary),
            context={"aws:PrincipalArn": arn, "aws:PrincipalAccount": ACCOUNT},
        )

    def vpc(self) -> str:
        """Returns the id of the network that the functions run in."""
        return str(self.resources["FunctionsSecurityGroup"]["Properties"]["VpcId"])

    def endpoint(self, action: str) -> str:
        """Returns the logical name of the endpoint that takes an action's calls; empty where none does."""
        service = action.partition(":")[0]
        return self._endpoints.get(ENDPOINT_NAMES.get(service, service), "")

    def of_resource(self, arn: str) -> str:
        """Returns the name of a resource's own policy; empty where it has none."""
        if ":rule/" in arn:  # rules are made under the policy of their bus
            before, _, rule = arn.partition(":rule/")
            arn = f"{before}:event-bus/{rule.split('/')[0]}"
        if arn.startswith("arn:aws:s3:::"):
            arn = arn.split("/")[0]
        return self._by_resource.get(arn, "")

    def of_resources(self) -> set[str]:
        """Returns the names of the policies that belong to resources."""
        return set(self._by_resource.values())

    @property
    def has_endpoints(self) -> bool:
        """Returns True for the stack's own network; an existing one has endpoints that the template does not know."""
        return bool(self._endpoints)

    def own(self, name: str, properties: Policy) -> None:
        """Takes in a policy of roles, a boundary or an endpoint's."""
        self.documents[name] = properties["PolicyDocument"]
        for role in properties.get("Roles", ()):
            self._identity[role].append(name)
        if "ServiceName" in properties:
            self._endpoints[properties["ServiceName"].rpartition(".")[2]] = name

    def attach(self, arn: str, name: str, statements: Iterable[Policy]) -> None:
        """Takes in statements of the policy of a resource."""
        known = self._by_resource.setdefault(arn, name)
        document = self.documents.setdefault(known, {"Version": "2012-10-17", "Statement": []})
        document["Statement"] = [*document["Statement"], *statements]


def _trust(policies: Policies, name: str, properties: Policy) -> None:
    # A trust policy names no resource: it is its role's.
    statements = properties["AssumeRolePolicyDocument"]["Statement"]
    policies.attach(
        policies.arns[name], name, [{**each, "Resource": policies.arns[name]} for each in statements]
    )


def _key(policies: Policies, name: str, properties: Policy) -> None:
    policies.attach(policies.arns[name], name, properties["KeyPolicy"]["Statement"])


def _queues(policies: Policies, name: str, properties: Policy) -> None:
    for url in properties["Queues"]:
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{url.rpartition('/')[2]}"
        policies.attach(arn, f"{name} {arn}", properties["PolicyDocument"]["Statement"])


def _bucket(policies: Policies, name: str, properties: Policy) -> None:
    policies.attach(f"arn:aws:s3:::{properties['Bucket']}", name, properties["PolicyDocument"]["Statement"])


def _bus(policies: Policies, name: str, properties: Policy) -> None:
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{properties['EventBusName']}"
    policies.attach(bus, f"policy of {bus}", [properties["Statement"]])


def _permission(policies: Policies, name: str, properties: Policy) -> None:
    # As Lambda writes it: https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
    function = properties["FunctionName"]
    arn = (
        function if function.startswith("arn:") else f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}"
    )
    tests: Policy = (
        {"ArnLike": {"aws:SourceArn": properties["SourceArn"]}} if "SourceArn" in properties else {}
    )
    if "SourceAccount" in properties:
        tests["StringEquals"] = {"aws:SourceAccount": properties["SourceAccount"]}
    statement = {
        "Sid": name,
        "Effect": "Allow",
        "Principal": {"Service": properties["Principal"]},
        "Action": properties["Action"],
        "Resource": arn,
    }
    policies.attach(arn, f"policy of {arn}", [{**statement, "Condition": tests} if tests else statement])


_COLLECTORS: dict[str, Callable[[Policies, str, Policy], None]] = {
    "AWS::EC2::VPCEndpoint": Policies.own,
    "AWS::Events::EventBusPolicy": _bus,
    "AWS::IAM::ManagedPolicy": Policies.own,
    "AWS::IAM::Policy": Policies.own,
    "AWS::IAM::Role": _trust,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::Permission": _permission,
    "AWS::S3::BucketPolicy": _bucket,
    "AWS::SQS::QueuePolicy": _queues,
}


def decide(policies: Policies, requests: Sequence[Request]) -> list[bool | None]:
    """Returns whether each request is allowed; None where the action does not know such a resource.

    Raises:
        Unavailable: node, or the simulator's packages, are not there.
        ValueError: the simulator refuses a request or a policy, or would pass over a condition key.
    """
    return decide_all([(policies, requests)])[0]


def decide_all(tries: Iterable[tuple[Policies, Sequence[Request]]]) -> list[list[bool | None]]:
    """Returns the same for several sets of policies, by one process of node; policies that they share are sent once."""
    documents: dict[str, Policy] = {}
    asked, together = [], []
    for number, (policies, requests) in enumerate(tries):
        names = _sent(documents, _variants(policies), number)
        asked += [_renamed(_asked(policies, each), names) for each in requests]
        together.append((set(_keys(policies.documents)), requests))
    # The same request on the same policies is decided once: sets of policies differ in few.
    keys = [json.dumps(each, sort_keys=True) for each in asked]
    different = dict(zip(keys, asked, strict=True))
    decided = _simulated({"policies": _as_tags(documents), "requests": list(different.values())})
    by_key = dict(zip(different, decided, strict=True))
    verdicts = (by_key[each] for each in keys)
    return [[_allowed(each, next(verdicts), tested) for each in requests] for tested, requests in together]


def _sent(documents: dict[str, Policy], variants: Mapping[str, Policy], number: int) -> dict[str, str]:
    """Adds documents that are not there yet; returns under which name each is."""
    names = {}
    for name, document in variants.items():
        first = documents.setdefault(name, document)
        names[name] = name if first is document or first == document else f"{name} #{number}"
        documents.setdefault(names[name], document)
    return names


def _renamed(asked: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    lists = {key: [names[each] for each in asked[key]] for key in ("identity", "boundary", "endpoint")}
    own = asked["resourcePolicy"]
    return {**asked, **lists, "resourcePolicy": names[own] if own else None}


def _simulated(asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    node = shutil.which("node")
    if node is None:
        raise Unavailable("there is no node", "install Node.js 20 or newer, with npm")
    if not (SIMULATOR / "node_modules/@cloud-copilot/iam-simulate").exists():
        raise Unavailable("the simulator is not installed", "`make lint` installs it by npm, from its lock")
    command = [node, str(SIMULATOR / "simulate.mjs")]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"the simulator ended with {done.returncode}: {done.stderr[-2000:]}")
    verdicts: list[dict[str, Any]] = json.loads(done.stdout)
    return verdicts


def _asked(policies: Policies, request: Request) -> dict[str, Any]:
    needed, caller = request.needed, request.caller
    endpoint = policies.endpoint(needed.action) if request.inside else ""
    on_the_way: Context = {"aws:SecureTransport": "true", "aws:ResourceAccount": ACCOUNT}
    if endpoint or (request.inside and not policies.has_endpoints):
        on_the_way["aws:SourceVpc"] = policies.vpc()
    return {
        "principal": caller.arn,
        "action": needed.action,
        "resource": needed.resource,
        "account": ACCOUNT,
        "context": _as_tags({**on_the_way, **caller.context, **needed.context, **request.context}),
        **_walls(policies, request, endpoint, policies.of_resource(needed.resource)),
    }


def _walls(policies: Policies, request: Request, endpoint: str, own: str) -> dict[str, Any]:
    """Returns the policies that decide a request, by their names."""
    standing = {
        "identity": request.caller.identity,
        "boundary": request.caller.boundary,
        "endpoint": [endpoint] if endpoint else [],
        "resourcePolicy": own or None,
    }
    opened = {"identity": [OPEN], "boundary": []}
    match request.held_by:
        case HeldBy.ALL:
            return standing
        case HeldBy.GRANTS:
            return {**standing, "endpoint": [], "resourcePolicy": f"{own}{UNDENIED}" if own else None}
        case HeldBy.DENIALS:
            return {**opened, "endpoint": [], "resourcePolicy": f"{own}{OPENED}" if own else None}
        case HeldBy.ENDPOINT:
            return {**opened, "endpoint": standing["endpoint"], "resourcePolicy": f"{OPEN}{OPENED}"}


def _variants(policies: Policies) -> dict[str, Policy]:
    """Returns all policies, and those of resources also without their denials, and also opened to everybody."""
    to_everybody = {**ALLOW_ALL, "Principal": "*"}
    documents = dict(policies.documents)
    documents[f"{OPEN}{OPENED}"] = {"Version": "2012-10-17", "Statement": [to_everybody]}
    for name in policies.of_resources():
        document = policies.documents[name]
        statements = document["Statement"]
        allowed = [each for each in statements if each["Effect"] == "Allow"]
        documents[f"{name}{OPENED}"] = {**document, "Statement": [*statements, to_everybody]}
        # A policy without statements is none; this one lets nobody in.
        nobody = {**to_everybody, "Principal": {"AWS": NOBODY}}
        documents[f"{name}{UNDENIED}"] = {**document, "Statement": allowed or [nobody]}
    return documents


def _allowed(request: Request, verdict: Mapping[str, Any], tested: set[str]) -> bool | None:
    if "no.resource.types" in verdict.get("error", ""):
        return None
    if "error" in verdict:
        raise ValueError(f"{request.needed}: {verdict['error']}")
    if passed_over := tested & {each.lower() for each in verdict["ignored"]}:
        raise ValueError(f"{request.needed}: the simulator passes over {', '.join(passed_over)}")
    return bool(verdict["result"] == "allowed")


def _keys(node: Any) -> Iterator[str]:
    """Returns the condition keys that policies test."""
    if isinstance(node, dict):
        for tests in node.get("Condition", {}).values() if "Effect" in node else ():
            yield from (key.lower() for key in tests if not key.startswith(ENCRYPTION_CONTEXT))
        for each in node.values():
            yield from _keys(each)
    elif isinstance(node, list):
        for each in node:
            yield from _keys(each)


def _as_tags(node: Any) -> Any:
    if isinstance(node, dict):
        return {key.replace(ENCRYPTION_CONTEXT, AS_TAG): _as_tags(value) for key, value in node.items()}
    return [_as_tags(each) for each in node] if isinstance(node, list) else node
