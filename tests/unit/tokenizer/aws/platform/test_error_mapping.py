import inspect
import ssl

import pytest
from botocore import exceptions as botocore_exceptions
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from botocore.parsers import ResponseParserError
from dynamodb_encryption_sdk import exceptions as sdk
from urllib3.exceptions import HTTPError

from tests.support.members import for_all
from tokenizer import errors
from tokenizer.aws.platform.error_mapping import mapped, translated, worth_retrying
from tokenizer.errors import (
    BadRecord,
    Denied,
    PipelineError,
    Rejected,
    Throttled,
    Transient,
    Unavailable,
    Unforeseen,
    VaultIntegrity,
)

SDK_ERRORS = [cls for _, cls in inspect.getmembers(sdk, inspect.isclass) if issubclass(cls, Exception)]
OURS = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, PipelineError)]


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "canary"}}, "Anything")


# Written out, since a code that is dropped from the map has to be missed here.
CODES = {
    Throttled: (
        "LimitExceededException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingError",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    ),
    Denied: (
        "AccessDenied",
        "AccessDeniedException",
        "DisabledException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncorrectKeyException",
        "InvalidClientTokenId",
        "KMSInvalidStateException",
        "KmsAccessDenied",
        "KmsDisabled",
        "KmsInvalidState",
        "KmsNotFound",
        "NotAuthorizedForDetailTypeException",
        "NotAuthorizedForSourceException",
        "NotFoundException",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
    ),
    VaultIntegrity: ("InvalidCiphertextException",),
    Rejected: (
        "ValidationException",
        "ValidationError",
        "ItemCollectionSizeLimitExceeded",
        "MalformedDetail",
        "InvalidArgument",
        "InvalidAccountIdException",
        "RedactionFailure",
        "InvalidMessageContents",
        "BatchRequestTooLong",
    ),
    Unavailable: (
        "InternalServerError",
        "ServiceUnavailable",
        "KMSInternalException",
        "ReplicatedWriteConflictException",
    ),
}


@pytest.mark.parametrize(
    ("expected", "code"), [(cls, code) for cls, codes in CODES.items() for code in codes]
)
def test_every_known_code_has_its_class(expected: type[PipelineError], code: str) -> None:
    found = mapped(client_error(code), "doing")
    assert type(found) is expected
    assert str(found) == f"doing: {code}"


# What the encryption SDK says of an item that is not as it was written.
TAMPERED = [
    sdk.SignatureVerificationError,
    sdk.DecryptionError,
    sdk.UnwrappingError,
    sdk.DeserializationError,
    sdk.DelegatedKeyError,
    sdk.JceTransformationError,
    sdk.InvalidArgumentError,
]


@pytest.mark.parametrize("error", SDK_ERRORS, ids=lambda cls: cls.__name__)
def test_what_is_not_as_it_was_written_raises_the_alarm_and_nothing_else_does(error: type[Exception]) -> None:
    tampered = any(issubclass(error, cls) for cls in TAMPERED)
    assert type(mapped(error(), "x")) is (VaultIntegrity if tampered else Unforeseen)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (Throttled("x"), True),
        (Unavailable("x"), True),
        (errors.OutOfTime("x"), True),
        (Denied("x"), False),
        (VaultIntegrity("x"), False),
        (Rejected("x"), False),
        (Unforeseen("x"), False),
        (errors.Configuration("x"), False),
        (errors.Refused("c", "x"), False),
    ],
)
def test_what_is_sent_again_at_once(error: PipelineError, again: bool) -> None:
    assert worth_retrying(error) is again


def test_an_unknown_code_is_transient() -> None:
    assert type(mapped(client_error("NeverHeardOf"), "x")) is Unavailable


def test_an_older_code_that_botocore_puts_in_front_hides_none() -> None:
    said = {
        "Code": "AWS.SimpleQueueService.NonExistentQueue",
        "QueryErrorCode": "QueueDoesNotExist",
        "Message": "",
    }
    assert type(mapped(ClientError({"Error": said}, "SendMessageBatch"), "x")) is Denied  # type: ignore[typeddict-item]


@pytest.mark.parametrize("cls", [RuntimeError, MemoryError, RecursionError, ValueError, KeyError, OSError])
def test_an_error_that_did_not_come_from_aws_is_not_an_outage(cls: type[Exception]) -> None:
    found = mapped(cls("canary"), "doing")
    assert type(found) is Unforeseen
    assert not isinstance(found, Transient)
    assert str(found) == f"doing: {cls.__name__}"


@pytest.mark.parametrize(
    "error",
    [ConnectionResetError("canary"), TimeoutError("canary"), ssl.SSLError("canary"), HTTPError("canary")],
)
def test_a_broken_connection_is_an_outage_whoever_reports_it(error: Exception) -> None:
    found = mapped(error, "doing")
    assert type(found) is Unavailable
    assert "canary" not in str(found)


@for_all(
    "kind",
    [
        *(ConnectionError, TimeoutError, ssl.SSLError, HTTPError, ResponseParserError),
        botocore_exceptions.ChecksumError,
        botocore_exceptions.ConnectionError,
        botocore_exceptions.CredentialRetrievalError,
        botocore_exceptions.FlexibleChecksumError,
        botocore_exceptions.HTTPClientError,
        botocore_exceptions.IncompleteReadError,
        botocore_exceptions.MetadataRetrievalError,
    ],
)
def test_an_answer_that_did_not_arrive_whole_is_an_outage(kind: type[Exception]) -> None:
    found = mapped(kind.__new__(kind), "doing")
    assert type(found) is Unavailable
    assert str(found) == f"doing: {kind.__name__}"


@for_all("kind", [NoCredentialsError, botocore_exceptions.PartialCredentialsError])
def test_no_credentials_are_a_denial(kind: type[Exception]) -> None:
    assert type(mapped(kind.__new__(kind), "doing")) is Denied


@pytest.mark.parametrize("error", SDK_ERRORS, ids=lambda cls: cls.__name__)
def test_every_error_of_the_encryption_sdk_is_ours_and_repeats_nothing(error: type[Exception]) -> None:
    found = mapped(error("canary"), "doing")
    assert isinstance(found, (Unforeseen, VaultIntegrity))
    assert "canary" not in str(found)


def test_every_error_of_botocore_is_transient() -> None:
    lower = [
        ReadTimeoutError(endpoint_url="https://canary"),
        EndpointConnectionError(endpoint_url="https://canary"),
        botocore_exceptions.ConnectionClosedError(endpoint_url="https://canary"),
        NoCredentialsError(),
    ]
    found = [mapped(error, "doing") for error in lower]
    assert [type(each) for each in found] == [Unavailable, Unavailable, Unavailable, Denied]
    assert not [each for each in found if "canary" in str(each)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [("ThrottlingException", Throttled), ("AccessDeniedException", Denied), ("Boom", Unavailable)],
)
def test_what_aws_said_is_found_behind_the_sdks_error(code: str, expected: type[PipelineError]) -> None:
    def unwrap() -> None:
        try:
            raise client_error(code)
        except ClientError:
            raise sdk.UnwrappingError("canary")  # noqa: B904 -- as the SDK does it

    with pytest.raises(sdk.UnwrappingError) as caught:
        unwrap()
    assert type(mapped(caught.value, "doing")) is expected


def test_a_translated_error_carries_no_cause() -> None:
    @translated("doing")
    def fail() -> None:
        raise ValueError("canary")

    with pytest.raises(Unforeseen) as caught:
        fail()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("cls", OURS, ids=lambda cls: cls.__name__)
def test_the_drawn_tree_of_errors_is_the_real_one(cls: type[PipelineError]) -> None:
    assert errors.__doc__ is not None
    assert cls.__name__ in errors.__doc__
    branches = (
        BadRecord,
        Transient,
        Rejected,
        Unforeseen,
        errors.Refused,
        VaultIntegrity,
        errors.Configuration,
    )
    assert issubclass(cls, branches) or cls is PipelineError
