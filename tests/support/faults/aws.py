"""AWS behind botocore's hooks: the calls that the use case makes, their effects, and faults before, within and after.

Real clients serialize and validate what the adapters send; `before-call` answers in the place of the network. What
AWS refuses (26 puts, a duplicate key, eleven entries, too many bytes) is refused here too, so that a kind emulator can't
hide a mistake. Time is virtual: a call takes a little of it, a wait takes what it says.
"""

import json
import marshal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest import mock

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from tokenizer.aws.compose import invocation, tokenize
from tokenizer.aws.platform.workers import InTurn, Workers

_READ_TIMEOUT = 5.0
_CALL = 0.01
_ITEM_BYTES = 400 * 1024
_ENTRY_BYTES = 256_000
_MESSAGE_BYTES = 1_048_576

Params = dict[str, Any]


class Killed(BaseException):
    """The execution environment is gone: a crash, or Lambda's timeout."""


class Kind(StrEnum):
    """A fault of one call."""

    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    DENIED = "access denied"
    EXPIRED = "expired credentials"
    UNREACHABLE = "unreachable"
    RESET_BEFORE = "reset before the effect"
    RESET_AFTER = "reset after the effect"
    TIMEOUT_BEFORE = "timeout before the effect"
    TIMEOUT_AFTER = "timeout after the effect"
    SLOW = "slow answer"
    PARTIAL = "partial batch"
    KILL_BEFORE = "killed before the call"
    KILL_AFTER = "killed after its effect"


_CODES = {
    Kind.THROTTLED: (400, "ThrottlingException"),
    Kind.SERVER_ERROR: (503, "ServiceUnavailable"),
    Kind.DENIED: (400, "AccessDeniedException"),
    Kind.EXPIRED: (400, "ExpiredTokenException"),
}
AFTER = frozenset({Kind.RESET_AFTER, Kind.TIMEOUT_AFTER, Kind.SLOW, Kind.PARTIAL, Kind.KILL_AFTER})
_PARTIAL_CALLS = frozenset({"BatchWriteItem", "BatchGetItem", "PutEvents", "SendMessageBatch"})


@dataclass
class Clock:
    """Virtual time, in seconds."""

    now: float = 1_763_892_900.0

    def advance(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Published:
    """An event on the bus, and what it rested on without its being there when the event came."""

    detail_type: str
    detail: str
    missing: list[str]


@dataclass(frozen=True)
class Refusal:
    """One entry of a kind of call that AWS never takes.

    Args:
        call: the call's name.
        matches: tells the entry.
        code: AWS's code for it.
        named: True if AWS says which entry it is and takes the others; False if it refuses the call as a whole.
    """

    call: str
    matches: Callable[[Any], bool]
    code: str = "ValidationException"
    named: bool = False


@dataclass
class Aws:
    """The account.

    Args:
        refusals: entries that are refused for ever.
        fault: asked before each call, by its number and name; what it answers befalls the call.
        missing: what an event rests on and is not there now.
        meanwhile: what another function does just before the next call of that name.
        workers: make the calls that go side by side: without threads, so that a seed says all.
    """

    clock: Clock = field(default_factory=Clock)
    refusals: list[Refusal] = field(default_factory=list)
    fault: Callable[[int, str], Kind | None] = lambda _number, _name: None
    missing: Callable[[str], list[str]] = lambda _detail: []
    random: Random = field(default_factory=lambda: Random(0))
    tables: dict[str, dict[str, Params]] = field(default_factory=dict)
    bus: list[Published] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    deadline: float = float("inf")
    meanwhile: tuple[str, Callable[[], None]] | None = None
    workers: Callable[[], Workers] = InTurn
    calls: Counter[str] = field(default_factory=Counter)
    numbered: int = 0
    timeouts: int = 0
    _data_keys: int = 0
    _elsewhere: Callable[[str, Params], tuple[Any, Params]] | None = None

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Returns what the composition root gets, together with the virtual clock."""
        time = SimpleNamespace(
            sleep=self._sleep, monotonic=lambda: self.clock.now, time=lambda: self.clock.now
        )
        with (
            mock.patch.object(tokenize, "client", self.client),
            mock.patch.object(tokenize, "Threads", self.workers),
            mock.patch.object(tokenize, "time", time),
            mock.patch.object(invocation, "time", time),
        ):
            yield

    def client(self, service: str, **_: Any) -> Any:
        """Returns the service's client, which answers for this account from here on."""
        _ACCOUNTS[service] = self
        return _client(service)

    def table(self, name: str) -> dict[str, Params]:
        return self.tables.setdefault(name, {})

    def _sleep(self, seconds: float) -> None:
        self._pass(seconds)

    def _pass(self, seconds: float) -> None:
        self.clock.advance(seconds)
        if self.clock.now >= self.deadline:
            self.timeouts += 1
            raise Killed("Lambda's timeout")

    def ask_elsewhere(self, ask: Callable[[str, Params], tuple[Any, Params]]) -> None:
        """Sends all calls of this process to the account of another one."""
        self._elsewhere = ask

    def answer(self, name: str, params: Params) -> Params:
        """Does a call of another process, without a fault."""
        self.calls[name] += 1
        self.clock.advance(_CALL)
        answer: Params = getattr(self, f"_{_snake(name)}")(params)
        return answer

    def _answer(self, model: Any, context: Any, **_: Any) -> tuple[Any, Params]:
        name, params = model.name, _copied(context["api_params"])
        if self._elsewhere is not None:
            return self._elsewhere(name, params)
        self.numbered += 1
        self.calls[name] += 1
        self._pass(_CALL)
        if self.meanwhile and self.meanwhile[0] == name:
            other, self.meanwhile = self.meanwhile[1], None
            other()
        kind = self.fault(self.numbered, name)
        if kind is not None:
            self._before(kind)
            refused = refusal(kind)
            if refused is not None:
                return _http(refused["Error"].pop("Status")), refused
        refused = self._refused(name, params)
        if refused is not None:
            return _http(400 if "Error" in refused else 200), refused
        if kind is Kind.PARTIAL and name in _PARTIAL_CALLS:
            answer = getattr(self, f"_part_of_{_snake(name)}")(params)
        else:
            answer = getattr(self, f"_{_snake(name)}")(params)
            if kind is not None:
                self._after(kind)
        return http_answer(answer), answer

    def _before(self, kind: Kind) -> None:
        match kind:
            case Kind.KILL_BEFORE:
                raise Killed
            case Kind.RESET_BEFORE:
                raise ConnectionClosedError(endpoint_url="https://aws.test")
            case Kind.UNREACHABLE:
                raise EndpointConnectionError(endpoint_url="https://aws.test")
            case Kind.TIMEOUT_BEFORE:
                self._pass(_READ_TIMEOUT)
                raise ReadTimeoutError(endpoint_url="https://aws.test")

    def _after(self, kind: Kind) -> None:
        match kind:
            case Kind.KILL_AFTER:
                raise Killed
            case Kind.RESET_AFTER:
                raise ConnectionClosedError(endpoint_url="https://aws.test")
            case Kind.TIMEOUT_AFTER:
                self._pass(_READ_TIMEOUT)
                raise ReadTimeoutError(endpoint_url="https://aws.test")
            case Kind.SLOW:
                self._pass(_READ_TIMEOUT - 1)

    def _refused(self, name: str, params: Params) -> Params | None:
        """Returns the answer to a call that holds what is refused for ever, and does the rest if AWS would."""
        entries = _entries(name, params)
        refusals = [each for each in self.refusals if each.call == name]
        # AWS checks the call as a whole before it takes any of its entries.
        for refusal in refusals:
            if not refusal.named and any(map(refusal.matches, entries)):
                return _error(refusal.code)
        codes = {
            at: each.code for at, entry in enumerate(entries) for each in refusals if each.matches(entry)
        }
        if not codes:
            return None
        rest = [each for at, each in enumerate(entries) if at not in codes]
        if rest:
            getattr(self, f"_{_snake(name)}")({**params, "Entries": rest})
        if name == "PutEvents":
            told = [
                {"ErrorCode": codes[at]} if at in codes else {"EventId": "e"} for at in range(len(entries))
            ]
            return {"FailedEntryCount": len(codes), "Entries": told}
        failed = [{"Id": entries[at]["Id"], "Code": code, "SenderFault": True} for at, code in codes.items()]
        return {"Successful": [{"Id": each["Id"]} for each in rest], "Failed": failed}

    def _half(self, things: list[Any]) -> set[int]:
        """Returns which entries of a batch are not taken: at least one."""
        return set(self.random.sample(range(len(things)), self.random.randint(1, len(things))))

    # DynamoDB

    def _batch_write_item(self, params: Params) -> Params:
        for table, requests in params["RequestItems"].items():
            puts = {
                _key(each["PutRequest"]["Item"]): each["PutRequest"]["Item"]
                for each in requests
                if "PutRequest" in each
            }
            deletes = {_key(each["DeleteRequest"]["Key"]) for each in requests if "DeleteRequest" in each}
            if len(requests) > 25 or len(puts.keys() | deletes) < len(requests):
                return _error("ValidationException")
            if any(_item_bytes(item) > _ITEM_BYTES for item in puts.values()):
                return _error("ValidationException")
            self.table(table).update(puts)
            for key in deletes:
                self.table(table).pop(key, None)
        return {"UnprocessedItems": {}}

    def _part_of_batch_write_item(self, params: Params) -> Params:
        table, requests = next(iter(params["RequestItems"].items()))
        left = self._half(requests)
        self._batch_write_item(
            {"RequestItems": {table: [r for at, r in enumerate(requests) if at not in left]}}
        )
        return {"UnprocessedItems": {table: [r for at, r in enumerate(requests) if at in left]}}

    def _batch_get_item(self, params: Params) -> Params:
        ((table, wanted),) = params["RequestItems"].items()
        keys = [each["id"]["S"] for each in wanted["Keys"]]
        if len(keys) > 100 or len(set(keys)) < len(keys):
            return _error("ValidationException")
        found = [_copied(item) for key in keys if (item := self.table(table).get(key))]
        return {"Responses": {table: found}, "UnprocessedKeys": {}}

    def _part_of_batch_get_item(self, params: Params) -> Params:
        ((table, wanted),) = params["RequestItems"].items()
        left = self._half(wanted["Keys"])
        some = [key for at, key in enumerate(wanted["Keys"]) if at not in left]
        answer = self._batch_get_item({"RequestItems": {table: {"Keys": some}}})
        rest = [key for at, key in enumerate(wanted["Keys"]) if at in left]
        return {**answer, "UnprocessedKeys": {table: {**wanted, "Keys": rest}}}

    def _scan(self, params: Params) -> Params:
        return {"Items": _copied(list(self.table(params["TableName"]).values()))}

    def _put_item(self, params: Params) -> Params:
        if not self._condition(params):
            return _error("ConditionalCheckFailedException")
        self.table(params["TableName"])[params["Item"]["id"]["S"]] = params["Item"]
        return {}

    def _condition(self, put: Params) -> bool:
        there = self.table(put["TableName"]).get(put["Item"]["id"]["S"])
        condition = put.get("ConditionExpression")
        if condition is None or there is None:
            return True
        return (
            "OR #token = :token" in condition and there["token"] == put["ExpressionAttributeValues"][":token"]
        )

    # KMS: a wrapped key is the key itself with its KMS key and context in front, which is what the real one keeps secret

    def _generate_data_key(self, params: Params) -> Params:
        self._data_keys += 1
        plaintext = self._data_keys.to_bytes(32)
        return {
            "Plaintext": plaintext,
            "CiphertextBlob": _wrapped(params, plaintext),
            "KeyId": params["KeyId"],
        }

    def _generate_data_key_without_plaintext(self, params: Params) -> Params:
        answer = self._generate_data_key(params)
        del answer["Plaintext"]
        return answer

    def _decrypt(self, params: Params) -> Params:
        plaintext = params["CiphertextBlob"][-32:]
        if params["CiphertextBlob"] != _wrapped(params, plaintext):
            return _error("InvalidCiphertextException")
        return {"Plaintext": plaintext, "KeyId": params["KeyId"]}

    # EventBridge, SQS, S3

    def _put_events(self, params: Params) -> Params:
        entries = params["Entries"]
        size = sum(len(e["Source"]) + len(e["DetailType"]) + len(e["Detail"].encode()) for e in entries)
        if len(entries) > 10 or size > _ENTRY_BYTES:
            return _error("ValidationException")
        for entry in entries:
            missing = self.missing(entry["Detail"])
            self.bus.append(Published(entry["DetailType"], entry["Detail"], missing))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "e"} for _ in entries]}

    def _part_of_put_events(self, params: Params) -> Params:
        entries = params["Entries"]
        left = self._half(entries)
        self._put_events({"Entries": [entry for at, entry in enumerate(entries) if at not in left]})
        codes = [self.random.choice(("ThrottlingException", "InternalFailure")) for _ in entries]
        return {
            "FailedEntryCount": len(left),
            "Entries": [
                {"ErrorCode": codes[at]} if at in left else {"EventId": "e"} for at in range(len(entries))
            ],
        }

    def _send_message_batch(self, params: Params) -> Params:
        entries = params["Entries"]
        if len(entries) > 10 or sum(len(each["MessageBody"].encode()) for each in entries) > _MESSAGE_BYTES:
            return _error("AWS.SimpleQueueService.BatchRequestTooLong")
        self.messages += [each["MessageBody"] for each in entries]
        return {"Successful": [{"Id": each["Id"]} for each in entries], "Failed": []}

    def _part_of_send_message_batch(self, params: Params) -> Params:
        entries = params["Entries"]
        left = self._half(entries)
        done = self._send_message_batch(
            {"Entries": [each for at, each in enumerate(entries) if at not in left]}
        )
        failed = [
            {"Id": each["Id"], "Code": "InternalError", "SenderFault": False}
            for at, each in enumerate(entries)
            if at in left
        ]
        return {**done, "Failed": failed}

    def _put_object(self, params: Params) -> Params:
        self.objects[f"s3://{params['Bucket']}/{params['Key']}"] = bytes(params["Body"])
        return {}


def _entries(name: str, params: Params) -> list[Any]:
    """Returns the entries of a call that may be refused one by one."""
    match name:
        case "BatchWriteItem":
            ((_, requests),) = params["RequestItems"].items()
            return [
                each["PutRequest"]["Item"] if "PutRequest" in each else each["DeleteRequest"]["Key"]
                for each in requests
            ]
        case "BatchGetItem":
            ((_, wanted),) = params["RequestItems"].items()
            return list(wanted["Keys"])
        case "PutItem":
            return [params["Item"]]
        case "PutEvents" | "SendMessageBatch":
            return list(params["Entries"])
        case _:
            return []


_ACCOUNTS: dict[str, Aws] = {}  # by the service whose client answers for it


@cache
def _client(service: str) -> Any:
    made = boto3.client(
        service,  # type: ignore[call-overload]
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        # Without a name of its own, a client writes a long one anew for each call.
        config=Config(retries={"total_max_attempts": 1}, user_agent="tests"),
    )

    made._ruleset_resolver = None  # no request leaves, so nobody asks where to

    def answer(**call: Any) -> tuple[Any, Params]:
        return _ACCOUNTS[service]._answer(**call)

    # Registered once: with each registration a client forgets which handlers its events have.
    made.meta.events.register("before-parameter-build", _keep_params)
    made.meta.events.register("before-call", answer)
    return made


def _copied(value: Any) -> Any:
    """Returns the same in dictionaries and lists of its own, which are all that is changed."""
    try:
        return marshal.loads(marshal.dumps(value))  # noqa: S302 -- our own; five times as quick as below
    except ValueError:  # it holds something else, as a time
        pass
    if isinstance(value, dict):
        return {name: _copied(each) for name, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _keep_params(params: Params, context: Params, **_: Any) -> None:
    context["api_params"] = params


def _http(status: int = 200) -> AWSResponse:
    return AWSResponse("https://aws.test", status, HTTPHeaders(), None)


def http_answer(answer: Params) -> AWSResponse:
    """Returns the HTTP response that goes with an answer."""
    return _http(400 if "Error" in answer else 200)


def _error(code: str) -> Params:
    return {"Error": {"Code": code, "Message": "refused"}, "ResponseMetadata": {}}


def refusal(kind: Kind) -> Params | None:
    """Returns the error answer of a fault that AWS gives before any effect."""
    if kind not in _CODES:
        return None
    status, code = _CODES[kind]
    return {"Error": {"Code": code, "Message": "injected", "Status": status}, "ResponseMetadata": {}}


def _wrapped(params: Params, plaintext: bytes) -> bytes:
    context = json.dumps(params.get("EncryptionContext", {}), sort_keys=True)
    return f"{params['KeyId']}|{context}|".encode() + plaintext


def _key(item: Params) -> str:
    return item["id"]["S"] if "id" in item else f"{item['record']['S']}/{item['subject']['S']}"


def _item_bytes(item: Params) -> int:
    return sum(len(name) + sum(len(v) for v in value.values()) for name, value in item.items())


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")
