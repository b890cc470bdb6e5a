"""The table of error codes against AWS's own: the models that botocore ships, and what their texts list."""

import ast
import gzip
import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import botocore
import pytest
from botocore import exceptions as lower
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape
from botocore.retries import standard

from tests.support.source import in_rooms
from tokenizer.aws.platform import error_codes
from tokenizer.aws.platform.error_mapping import mapped
from tokenizer.errors import Denied, Unavailable, Unforeseen

FOLDERS = ("tokenizer", "handlers", "replay", "ops")
TABLE = {name: codes for name, codes in vars(error_codes).items() if isinstance(codes, frozenset)}

# "Common error types" of the API references, for any call of a JSON service.
COMMON = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InternalFailure",
    "InvalidClientTokenId",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "InvalidSignatureException",
    "MalformedHttpRequestException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "MissingParameter",
    "NotAuthorized",
    "OptInRequired",
    "RequestAbortedException",
    "RequestEntityTooLargeException",
    "RequestExpired",
    "RequestTimeoutException",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationError",
    "ValidationException",
]
# "Error responses" of the API reference of S3, and what SQS answers for one entry of a batch.
OTHERS = [
    "AccessDenied",
    "BadDigest",
    "ConditionalRequestConflict",
    "EntityTooLarge",
    "ExpiredToken",
    "InternalError",
    "InvalidAccessKeyId",
    "InvalidArgument",
    "InvalidMessageContents",
    "InvalidToken",
    "KeyTooLongError",
    "MethodNotAllowed",
    "NoSuchBucket",
    "NoSuchKey",
    "OperationAborted",
    "PreconditionFailed",
    "RequestTimeTooSkewed",
    "RequestTimeout",
    "SignatureDoesNotMatch",
    "SlowDown",
]


def trees() -> Iterator[ast.AST]:
    for source in in_rooms(*FOLDERS):
        yield from ast.walk(source.tree)


@cache
def model_of(service: str) -> ServiceModel:
    """Returns what botocore ships; tests that ran before may have let a stand-in for AWS change what it has in memory."""
    newest = max((Path(botocore.__file__).parent / "data" / service).iterdir())
    return ServiceModel(json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes())), service)


@cache
def called() -> dict[str, OperationModel]:
    """Returns the operations of AWS that the product may call: any method of that name, on a service it has a client of."""
    services: set[str] = set()
    names: set[str] = set()
    not_to_call: set[ast.AST] = set()  # clients that are asked for their endpoint alone
    for node in trees():
        if isinstance(node, ast.Attribute) and node.attr == "meta":
            not_to_call.add(node.value)
        if not isinstance(node, ast.Call) or node in not_to_call:
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        first = str(node.args[0].value) if node.args and isinstance(node.args[0], ast.Constant) else ""
        if name == "client" and first:
            services.add(first)
        names.add(first if name == "get_paginator" else name)
    found = {}
    for service in sorted(services):
        model = model_of(service)
        for operation in model.operation_names:
            if xform_name(operation) in names:
                found[f"{service}.{operation}"] = model.operation_model(operation)
    return found


def named(shape: Shape) -> str:
    return str(shape.metadata.get("error", {}).get("code", shape.name))


@cache
def errors() -> dict[tuple[str, str], Shape]:
    """Returns every error of every operation that may be called, by its code and the operation's name."""
    return {(named(shape), name): shape for name, each in called().items() for shape in each.error_shapes}


THROTTLED_BY_BOTOCORE = set(standard.ThrottledRetryableChecker._THROTTLED_ERROR_CODES)  # type: ignore[attr-defined]
PASSING_BY_BOTOCORE = set(standard.TransientRetryableChecker._TRANSIENT_ERROR_CODES)  # type: ignore[attr-defined]


def kind(code: str) -> str:
    (found,) = [name for name, codes in TABLE.items() if code in codes] or ["not sorted"]
    return found


def listed(service: str, shape: str, member: str = "") -> str:
    found = model_of(service).shape_for(shape)
    text = found.members[member].documentation if member else found.documentation  # type: ignore[attr-defined]
    return re.sub("<[^>]+>", " ", text)


CODE = re.compile(r"\b([A-Z]\w+(?:Exception|Failure|Argument|Detail))\b")


def of_entries() -> tuple[set[str], set[str]]:
    """Returns the codes of an entry of PutEvents: those to try again, and those never to."""
    again, never = listed("events", "PutEventsResultEntry", "ErrorCode").split("Non-retryable errors")
    return set(CODE.findall(again)), set(CODE.findall(never))


def reasons() -> set[str]:
    """Returns why a transaction may be cancelled."""
    return set(re.findall(r"Code:\s+(\w+)", listed("dynamodb", "TransactionCanceledException")))


def test_the_walk_finds_the_calls() -> None:
    wanted = {
        "dynamodb.BatchGetItem",
        "dynamodb.BatchWriteItem",
        "dynamodb.Query",
        "dynamodb.PutItem",
        "events.PutEvents",
        "kinesis.GetRecords",
        "kms.Decrypt",
        "kms.GenerateDataKey",
        "lambda.Invoke",
        "s3.PutObject",
        "sqs.ReceiveMessage",
        "sqs.SendMessageBatch",
    }
    assert wanted <= called().keys()


def test_every_error_of_every_call_is_sorted() -> None:
    codes = {code for code, _ in errors()}
    assert len(codes) > 50
    assert {code for code in codes if kind(code) == "not sorted"} == set()


def test_the_table_agrees_with_what_the_models_say() -> None:
    wrong = []
    for (code, operation), shape in sorted(errors().items(), key=lambda pair: pair[0]):
        status = shape.metadata.get("error", {}).get("httpStatusCode", 0)
        retryable = shape.metadata.get("retryable")
        if (retryable is not None or status >= 500) and kind(code) == "FINAL":
            wrong.append(f"{operation}: {code} is final, and the model lets it be retried")
        if (status == 429 or (retryable or {}).get("throttling")) and kind(code) != "THROTTLING":
            wrong.append(f"{operation}: {code} is throttling")
    assert not wrong


def test_what_botocore_itself_retries_is_sorted_alike() -> None:
    assert THROTTLED_BY_BOTOCORE <= error_codes.THROTTLING
    assert PASSING_BY_BOTOCORE <= error_codes.RETRYABLE | error_codes.THROTTLING
    assert not retried_by_policy() & error_codes.FINAL


def retried_by_policy() -> set[str]:
    policies = Loader().load_data("_retry")["retry"]
    services = {name.partition(".")[0] for name in called()}
    return {
        code
        for service in services & policies.keys()
        for policy in policies[service]["__default__"]["policies"].values()
        if (code := policy["applies_when"]["response"].get("service_error_code"))
    }


def test_an_entry_of_put_events_is_sorted_as_its_model_says() -> None:
    again, never = of_entries()
    assert again == {"InternalFailure", "ThrottlingException"}
    assert {"InvalidAccountIdException", "RedactionFailure", "MalformedDetail", "InvalidArgument"} <= never
    assert {kind(code) for code in again} == {"RETRYABLE", "THROTTLING"}
    assert {code: kind(code) for code in never if kind(code) not in {"FINAL", "DENIED"}} == {}
    assert {code for code in never if kind(code) == "DENIED"} == {
        "AccessDeniedException",
        "NotAuthorizedForSourceException",
        "NotAuthorizedForDetailTypeException",
    }


def test_every_reason_of_a_cancelled_transaction_is_sorted() -> None:
    assert {"ConditionalCheckFailed", "TransactionConflict", "ValidationError"} <= reasons()
    assert [code for code in reasons() if code != "None" and kind(code) == "not sorted"] == []


@pytest.mark.parametrize("code", [*COMMON, *OTHERS])
def test_every_error_of_any_call_is_sorted(code: str) -> None:
    assert kind(code) != "not sorted"


def test_no_code_stands_twice_and_none_without_a_source() -> None:
    every = [code for codes in TABLE.values() for code in codes]
    assert len(every) == len(set(every))
    modelled = {shape.name for shape in errors().values()} | {code for code, _ in errors()}
    documented = set().union(*of_entries(), reasons(), COMMON, OTHERS)
    sourced = modelled | THROTTLED_BY_BOTOCORE | PASSING_BY_BOTOCORE | documented
    assert set(every) - sourced == set()


def test_who_asks_in_vain_for_their_rights_credentials_or_clock_is_denied() -> None:
    codes = (
        *(
            "AccessDenied",
            "AccessDeniedException",
            "KMSAccessDeniedException",
            "KmsAccessDenied",
            "NotAuthorized",
        ),
        *(
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidToken",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
        ),
        *("UnrecognizedClientException", "MissingAuthenticationToken", "MissingAuthenticationTokenException"),
        *("RequestExpired", "RequestTimeTooSkewed", "SignatureDoesNotMatch", "InvalidSignatureException"),
        *("OptInRequired", "RegionDisabledException", "IncompleteSignature"),
    )
    assert {code: kind(code) for code in codes if kind(code) != "DENIED"} == {}


LOWER = [
    cls
    for _, cls in inspect.getmembers(lower, inspect.isclass)
    if issubclass(cls, lower.BotoCoreError) and not issubclass(cls, lower.ClientError)
]
WORLD = {
    "ChecksumError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "ConnectionError",
    "CredentialRetrievalError",
    "EndpointConnectionError",
    "FlexibleChecksumError",
    "HTTPClientError",
    "IncompleteReadError",
    "MetadataRetrievalError",
    "ProxyConnectionError",
    "ReadTimeoutError",
    "ResponseStreamingError",
    "SSLError",
}


@pytest.mark.parametrize("cls", LOWER, ids=lambda cls: cls.__name__)
def test_only_an_answer_that_did_not_arrive_is_the_worlds_fault(cls: type[lower.BotoCoreError]) -> None:
    found = type(mapped(cls.__new__(cls), "doing"))
    if cls.__name__ in WORLD:
        assert found is Unavailable
    elif cls.__name__ in {"NoCredentialsError", "PartialCredentialsError"}:
        assert found is Denied
    else:
        assert found is Unforeseen
