"""Lists callers without any of the stack's roles: administrators, other accounts, services on somebody's behalf.

Then each wall alone: what a key, a queue, a bucket or an endpoint refuses by itself, when everything else is open to everybody, so
that a mistake elsewhere opens nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.support.security.cases import Case, Stack
from tests.support.security.iam_calls import Context, Needed
from tests.support.security.simulation import OPEN, Caller, HeldBy, Request
from tools.lint.rendered import ACCOUNT
from tools.lint.settled import REGION

CONSUMER, STRANGER = "444455556666", "999988887777"
KEY_USES = (
    "Decrypt",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "ReEncryptFrom",
    "ReEncryptTo",
    "VerifyMac",
)
WAIT = "kms:ScheduleKeyDeletionPendingWindowInDays"
LATE, SOON = "30", "7"


def session(account: str, name: str) -> Caller:
    """Returns a session of a role that may do everything in its account."""
    return Caller(
        f"arn:aws:sts::{account}:assumed-role/{name}/session",
        (OPEN,),
        context={"aws:PrincipalArn": f"arn:aws:iam::{account}:role/{name}", "aws:PrincipalAccount": account},
    )


ADMINISTRATOR = session(ACCOUNT, "Administrator")
KEY_ADMINISTRATOR = session(ACCOUNT, "key-administrator")
CONSUMER_ROLE, STRANGER_ROLE = session(CONSUMER, "Consumer"), session(STRANGER, "Stranger")
ROOT = Caller(
    f"arn:aws:iam::{ACCOUNT}:root",
    (OPEN,),
    context={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:root", "aws:PrincipalAccount": ACCOUNT},
)


def service(name: str, source: str, account: str = ACCOUNT) -> Caller:
    """Returns a service that acts for a resource of an account; without any where the text is empty."""
    context: Context = {"aws:PrincipalIsAWSService": "true"}
    if source:
        context |= {"aws:SourceArn": source, "aws:SourceAccount": account}
    return Caller(f"{name}.amazonaws.com", context=context)


@dataclass(frozen=True)
class Claim:
    """One thing that somebody else may or may not do.

    Args:
        who: in words.
        does: in words.
        caller: the principal.
        needed: what for.
        allowed: what is expected.
    """

    who: str
    does: str
    caller: Caller
    needed: Needed
    allowed: bool

    def case(self) -> Case:
        """Returns it for the simulator."""
        return Case(f"{self.who}: {self.does}", (Request(self.caller, self.needed),), self.allowed)


def others(stack: Stack, name: str) -> Iterator[Case]:
    """Returns the cases of a parameter set."""
    yield from (each.case() for each in claims(stack, name))
    yield from alone(stack)


def claims(stack: Stack, name: str) -> Iterator[Claim]:
    """Returns what others may do, and may not."""
    yield from _on_keys(stack, name)
    yield from _administrators(stack)
    yield from _accounts(stack, name)
    yield from _services(stack)


def _on_keys(stack: Stack, name: str) -> Iterator[Claim]:
    named = name == "rekeying"  # in that set administrators of keys are named, and whoever IAM lets is none
    whose = ", where administrators are named" if named else ""
    for key in stack.of_type("AWS::KMS::Key"):
        arn = stack.policies.arns[key]
        tries = [
            ("the account's administrator", ADMINISTRATOR, not named),
            ("an administrator of keys", KEY_ADMINISTRATOR, True),
            ("the account's root user", ROOT, not named),
            ("another account", STRANGER_ROLE, False),
        ]
        for who, caller, may in tries:
            for action, allowed, context in _tries(may, may or caller is ROOT):
                days = f" in {context[WAIT]} days" if context else ""
                needed = Needed(f"kms:{action}", arn, context)
                yield Claim(f"{who}{whose}", f"{action} of {key}{days}", caller, needed, allowed)


def _tries(administers: bool, recovers: bool) -> Iterator[tuple[str, bool, Context]]:
    """Returns what somebody tries with a key, and whether it may be."""
    yield "PutKeyPolicy", recovers, {}
    yield "DisableKey", administers, {}
    yield "ScheduleKeyDeletion", administers, {WAIT: LATE}
    yield "ScheduleKeyDeletion", False, {WAIT: SOON}
    yield "CreateGrant", False, {}
    yield from ((use, False, {}) for use in KEY_USES)


def _administrators(stack: Stack) -> Iterator[Claim]:
    arns = stack.policies.arns
    who = "the account's administrator"
    line = f"{arns['AuditBucket']}/audit/line"
    for action, resource in (
        ("s3:DeleteObject", line),
        ("s3:DeleteObjectVersion", line),
        ("s3:BypassGovernanceRetention", line),
        ("s3:DeleteBucket", arns["AuditBucket"]),
        ("sqs:ReceiveMessage", arns["UnprocessedQueue"]),
        ("sqs:StartMessageMoveTask", arns["UnprocessedQueue"]),
    ):
        for caller in (ADMINISTRATOR, ROOT):
            yield Claim(who if caller is ADMINISTRATOR else "the account's root user", action, caller, Needed(action, resource), allowed=False)  # fmt: skip
    over: Context = {"s3:ObjectCreationOperation": "true"}
    keys = Needed("s3:PutObject", f"{arns['SignInBucket']}/sign-in-keys.json", over)
    yield Claim(who, "write sign-in keys", ADMINISTRATOR, keys, allowed=False)
    yield Claim(
        who, "write over an audit line", ADMINISTRATOR, Needed("s3:PutObject", line, over), allowed=False
    )
    part: Context = {"s3:ObjectCreationOperation": "false"}
    yield Claim(
        who, "upload a part of an audit line", ADMINISTRATOR, Needed("s3:PutObject", line, part), allowed=True
    )
    new: Context = {**over, "s3:if-none-match": "*"}
    yield Claim(who, "write a new audit line", ADMINISTRATOR, Needed("s3:PutObject", line, new), allowed=True)


def _accounts(stack: Stack, name: str) -> Iterator[Claim]:
    bus = stack.policies.arns["SanitizedBus"]
    rules = bus.replace(":event-bus/", ":rule/")
    known = name == "rekeying"  # in that set an account is a consumer
    consumer = "a consumer's account" if known else "an account that is not named as a consumer's"
    own: Context = {"events:creatorAccount": CONSUMER}
    foreign: Context = {"events:creatorAccount": ACCOUNT}
    ours: Context = {"events:source": ["orders.tokenizer"]}
    for call in ("DescribeRule", "EnableRule", "DisableRule", "DeleteRule", "PutTargets", "RemoveTargets", "ListTargetsByRule"):  # fmt: skip
        mine, theirs, other = (
            Needed(f"events:{call}", f"{rules}/consumer-x", own),
            Needed(f"events:{call}", f"{rules}/consumer-x", foreign),
            Needed(f"events:{call}", f"{rules}/orders-lake", own),
        )
        yield Claim(consumer, f"{call} of its own rule", CONSUMER_ROLE, mine, allowed=known)
        yield Claim(consumer, f"{call} of our rule", CONSUMER_ROLE, theirs, allowed=False)
        yield Claim(consumer, f"{call} under another name", CONSUMER_ROLE, other, allowed=False)
        yield Claim("another account", f"{call} of a rule", STRANGER_ROLE, mine, allowed=False)
    make = Needed("events:PutRule", f"{rules}/consumer-x", ours)
    all_sources = Needed("events:PutRule", f"{rules}/consumer-x", {"events:source": ["aws.health"]})
    yield Claim(consumer, "make a rule", CONSUMER_ROLE, make, allowed=known)
    yield Claim(consumer, "make a rule on another source", CONSUMER_ROLE, all_sources, allowed=False)
    publish = Needed("events:PutEvents", bus, {"events:source": ["orders.tokenizer"]})
    for who, caller in ((consumer, CONSUMER_ROLE), ("another account", STRANGER_ROLE)):
        yield Claim(who, "publish on the bus", caller, publish, allowed=False)
        for role in stack.of_type("AWS::IAM::Role"):
            assume = Needed("sts:AssumeRole", stack.policies.arns[role])
            yield Claim(who, f"assume {role}", caller, assume, allowed=False)
        for kind, action in (("AWS::SQS::Queue", "sqs:ReceiveMessage"), ("AWS::Lambda::Function", "lambda:InvokeFunction")):  # fmt: skip
            for each in stack.of_type(kind):
                yield Claim(who, f"{action} of {each}", caller, Needed(action, stack.policies.arns[each]), allowed=False)  # fmt: skip
        for each in stack.of_type("AWS::S3::Bucket"):
            needed = Needed("s3:GetObject", f"{stack.policies.arns[each]}/events/none")
            yield Claim(who, f"read {each}", caller, needed, allowed=False)


def _services(stack: Stack) -> Iterator[Claim]:
    arns = stack.policies.arns
    for queue, rule in (
        ("OrdersQueue", "OrdersRule"),
        ("ConsumerDeadLetterQueue", "OrdersRule"),
        ("LakeDeadLetterQueue", "LakeRule"),
        ("KeyChangesQueue", "KeyChangesRule"),
    ):
        needed = Needed("sqs:SendMessage", arns[queue])
        yield from _by_source("events", f"send to {queue}", needed, arns[rule])
    nowhere = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:orders-Api/v1/GET/nowhere"
    caller = service("apigateway", nowhere)
    yield Claim(
        "apigateway for us",
        "call the API's function for a path that is none",
        caller,
        ask_api(stack),
        allowed=True,
    )
    sweep = Needed("lambda:InvokeFunction", arns["EraseFunction"])
    yield from _by_source("events", "start the sweep", sweep, arns["EraseFunctionSweep"])
    refresh = Needed("lambda:InvokeFunction", arns["SignInKeysFunction"])
    yield from _by_source("events", "fetch the sign-in keys", refresh, arns["SignInKeysFunctionRefresh"])
    api = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:orders-Api/v1/POST/tokens"
    yield from _by_source("apigateway", "call the API's function", ask_api(stack), api)
    log = Needed(
        "s3:PutObject", f"{arns['AuditAccessBucket']}/audit/log", {"s3:ObjectCreationOperation": "true"}
    )
    yield from _by_source("logging.s3", "write access logs", log, arns["AuditBucket"])
    for role in stack.of_type("AWS::IAM::Role"):
        yield from _taking_on(stack, role)


def ask_api(stack: Stack) -> Needed:
    """Returns what API Gateway needs."""
    return Needed("lambda:InvokeFunction", stack.policies.arns["ApiFunction"])


def _by_source(name: str, does: str, needed: Needed, source: str) -> Iterator[Claim]:
    """Returns that a service may do something for one resource of this account, and for nobody else's."""
    foreign = source.replace(ACCOUNT, STRANGER) if ACCOUNT in source else f"{source}-2"
    elsewhere = f"{source.rpartition(':')[0]}:other/other"
    yield Claim(f"{name} for us", does, service(name, source), needed, allowed=True)
    for who, caller in (
        (f"{name} for another account", service(name, foreign, STRANGER)),
        (f"{name} for another resource", service(name, elsewhere)),
        (f"{name} for another account that names our resource", service(name, source, STRANGER)),
        ("ec2 for us", service("ec2", source)),
    ):
        # Lambda's permissions that SAM writes test the ARN alone, which holds the account.
        if needed.action.startswith("lambda:") and "names our resource" in who:
            continue
        yield Claim(who, does, caller, needed, allowed=False)


def _taking_on(stack: Stack, role: str) -> Iterator[Claim]:
    """Returns which service may take on a role: for this account alone, where it says for whom."""
    trusted = stack.resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    needed = Needed("sts:AssumeRole", stack.policies.arns[role])
    for name in ("lambda", "firehose", "events", "apigateway", "ec2"):
        may = TAKEN_ON_BY.get(role, "" if "AWS" in trusted else "lambda") == name
        source = SOURCES.get(role, f"arn:aws:{name}:{REGION}:{ACCOUNT}:function:orders-x")
        yield Claim(f"{name} for us", f"take on {role}", service(name, source), needed, allowed=may)
        foreign = service(name, source.replace(ACCOUNT, STRANGER), STRANGER)
        yield Claim(f"{name} for another account", f"take on {role}", foreign, needed, allowed=False)
        claimed = service(name, source, STRANGER)
        yield Claim(
            f"{name} for another account that names our resource",
            f"take on {role}",
            claimed,
            needed,
            allowed=False,
        )
        elsewhere = service(name, f"{source}-2")
        of_any = may and role not in SOURCES
        yield Claim(f"{name} for another resource", f"take on {role}", elsewhere, needed, allowed=of_any)
        # Not every service says for whom it takes on a role: decision 0017.
        yield Claim(f"{name} for nobody it names", f"take on {role}", service(name, ""), needed, allowed=may)


TAKEN_ON_BY = {"ApiGatewayLogsRole": "apigateway", "LakeFeedRole": "events", "LakeDeliveryRole": "firehose"}
SOURCES = {
    "LakeFeedRole": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/orders-sanitized/orders-lake",
    "LakeDeliveryRole": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/orders-lake",
}


def alone(stack: Stack) -> Iterator[Case]:
    """Returns what each wall refuses when all others are open."""
    yield from _keys_alone(stack)
    yield from _plain_http_alone(stack)
    yield from _endpoints_alone(stack)


def _keys_alone(stack: Stack) -> Iterator[Case]:
    for key in stack.of_type("AWS::KMS::Key"):
        arn = stack.policies.arns[key]
        for use in KEY_USES:
            asked = Request(ADMINISTRATOR, Needed(f"kms:{use}", arn), inside=True, held_by=HeldBy.DENIALS)
            yield Case(f"{key} alone: {use} by an administrator", (asked,), allowed=False)
        bounds: list[tuple[str, Context]] = [("CreateGrant", {}), ("ScheduleKeyDeletion", {WAIT: SOON})]
        for action, context in bounds:
            needed = Needed(f"kms:{action}", arn, context)
            asked = Request(ADMINISTRATOR, needed, held_by=HeldBy.DENIALS)
            yield Case(f"{key} alone: {action}", (asked,), allowed=False)
        for role, use, bound in uses(key):
            yield from _use_alone(stack, key, role, Needed(f"kms:{use}", arn, bound))


def _use_alone(stack: Stack, key: str, role: str, needed: Needed) -> Iterator[Case]:
    """Returns that a use needs network and purpose, by the denials alone and by the grants alone."""
    if role not in stack.resources:
        return
    caller = stack.policies.role(role)
    what = f"{key} alone: {role}, {needed.action}"
    asked = Request(caller, needed, inside=stack.within(role), held_by=HeldBy.GRANTS)
    yield Case(f"{what}, as ever", (asked, replace(asked, held_by=HeldBy.ALL)), allowed=True)
    if stack.within(role):
        for held_by in (HeldBy.DENIALS, HeldBy.GRANTS):
            outside = replace(asked, inside=False, held_by=held_by)
            yield Case(f"{what}, from outside, {held_by.value}", (outside,), allowed=False)
    for name in needed.context:
        other = replace(asked, context={name: "something-else"})
        yield Case(f"{what}, with another {name}", (other,), allowed=False)


# Who uses a key, for what, and bound to what, as the product does.
USES: dict[str, list[tuple[tuple[str, ...], str, dict[str, str]]]] = {
    "VaultKey": [
        (("TokenizeStreamRole", "TokenizeQueueRole", "EraseRole", "RekeyRole"), "GenerateDataKey", {"purpose": "vault"}),
        (("RevealRole", "PaymentRole", "RekeyRole"), "Decrypt", {"purpose": "vault"}),
    ],
    "LetterKey": [
        (("TokenizeStreamRole", "TokenizeQueueRole"), "GenerateDataKey", {"purpose": "letter"}),
        (("ReplayRole",), "Decrypt", {"purpose": "letter"}),
    ],
    "TokenKey": [
        (("TokenizeStreamRole", "TokenizeQueueRole"), "Decrypt", {"purpose": "token-keys"}),
        (("EraseRole",), "Decrypt", {"purpose": "token-keys", "name": "subject-key/1"}),
        (("TokenKeysRole",), "GenerateDataKeyWithoutPlaintext", {"purpose": "token-keys"}),
    ],
    "AuditKey": [
        (("RevealRole", "PaymentRole", "EraseRole", "ReplayRole", "HoneyRole", "ApiRole", "RekeyRole"), "GenerateDataKey", {"purpose": "audit"}),
        (("AuditReaderRole",), "Decrypt", {"purpose": "audit"}),
    ],
    "FingerprintKey": [(("ApiRole",), "GenerateMac", {})],
}  # fmt: skip


def uses(key: str) -> Iterator[tuple[str, str, Context]]:
    """Returns the uses of a key: the role, the call, and its encryption context."""
    for roles, use, bound in USES[key.removesuffix("Green")]:
        for role in roles:
            yield role, use, {f"kms:EncryptionContext:{name}": value for name, value in bound.items()}


def _plain_http_alone(stack: Stack) -> Iterator[Case]:
    http: Context = {"aws:SecureTransport": "false"}
    for kind, action, suffix in (
        ("AWS::S3::Bucket", "s3:GetObject", "/audit/none"),
        ("AWS::S3::Bucket", "s3:ListBucket", ""),
        ("AWS::SQS::Queue", "sqs:ReceiveMessage", ""),
        ("AWS::KMS::Key", "kms:DescribeKey", ""),
    ):
        for name in stack.of_type(kind):
            needed = Needed(action, f"{stack.policies.arns[name]}{suffix}")
            asked = Request(ADMINISTRATOR, needed, context=http, held_by=HeldBy.DENIALS)
            yield Case(f"{name} alone: {action} over plain HTTP", (asked,), allowed=False)


# What goes through the endpoint of each service, and what must not even if every policy behind it let it.
THROUGH = {
    "dynamodb": ("dynamodb:GetItem", "VaultTable", "dynamodb:DeleteTable", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/other"),
    "events": ("events:PutEvents", "SanitizedBus", "events:PutRule", f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/other"),
    "kinesis": ("kinesis:PutRecord", "RawOrdersStream", "kinesis:DeleteStream", f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/other"),
    "kms": ("kms:Decrypt", "VaultKey", "kms:PutKeyPolicy", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/other"),
    "lambda": ("lambda:InvokeFunction", "RevealFunction", "lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:other"),
    "s3": ("s3:PutObject", "LetterBucket", "s3:PutBucketPolicy", "arn:aws:s3:::other"),
    "sqs": ("sqs:SendMessage", "DeadLetterQueue", "sqs:PurgeQueue", f"arn:aws:sqs:{REGION}:{ACCOUNT}:other"),
}  # fmt: skip


def _endpoints_alone(stack: Stack) -> Iterator[Case]:
    if not stack.policies.has_endpoints:
        return
    for name, (action, resource, elsewise, elsewhere) in THROUGH.items():
        own = stack.policies.arns.get(resource) or stack.policies.arns[f"{resource}Green"]
        suffix = "/x" if name == "s3" else ""
        for what, caller, needed, allowed in (
            ("what is its use", ADMINISTRATOR, Needed(action, f"{own}{suffix}"), True),
            ("with another account's keys", STRANGER_ROLE, Needed(action, f"{own}{suffix}"), False),
            ("another action", ADMINISTRATOR, Needed(elsewise, _for_action(elsewise, own)), False),
            ("to another resource", ADMINISTRATOR, Needed(action, f"{elsewhere}{suffix}"), False),
        ):
            asked = Request(caller, needed, inside=True, held_by=HeldBy.ENDPOINT)
            yield Case(f"the endpoint of {name} alone: {what}", (asked,), allowed)
    yield from _edges_of_endpoints(stack)


def _for_action(action: str, own: str) -> str:
    return f"{own.replace(':event-bus/', ':rule/')}/consumer-x" if action == "events:PutRule" else own


def _edges_of_endpoints(stack: Stack) -> Iterator[Case]:
    """Returns what lies closest to what an endpoint lets through."""
    audit, sign_in = stack.policies.arns["AuditBucket"], stack.policies.arns["SignInBucket"]
    for what, caller, needed in (
        ("read the audit trail", ADMINISTRATOR, Needed("s3:GetObject", f"{audit}/audit/x")),
        ("write outside of the audit trail's folder", ADMINISTRATOR, Needed("s3:PutObject", f"{audit}/x")),
        ("write lines with another account's keys", STRANGER_ROLE, Needed("s3:PutObject", f"{audit}/audit/x")),
        ("read sign-in keys with another account's keys", STRANGER_ROLE, Needed("s3:GetObject", f"{sign_in}/sign-in-keys.json")),
        ("list honey tokens with another account's keys", STRANGER_ROLE, Needed("dynamodb:Scan", stack.policies.arns["HoneyTokensTable"])),
        ("receive raw orders", ADMINISTRATOR, Needed("sqs:ReceiveMessage", stack.policies.arns["RawOrdersQueue"])),
        ("trace with another account's keys", STRANGER_ROLE, Needed("xray:PutTraceSegments", "*")),
        ("read traces", ADMINISTRATOR, Needed("xray:GetTraceSummaries", "*")),
    ):  # fmt: skip
        if not stack.policies.endpoint(needed.action):
            continue
        asked = Request(caller, needed, inside=True, held_by=HeldBy.ENDPOINT)
        yield Case(f"an endpoint alone: {what}", (asked,), allowed=False)
