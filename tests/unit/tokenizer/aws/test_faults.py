import inspect

import pytest
from botocore import exceptions as botocore_exceptions
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError
from dynamodb_encryption_sdk import exceptions as sdk

from tokenizer import errors
from tokenizer.aws.faults import DENIED, TAMPERED, THROTTLED, mapped, translated
from tokenizer.errors import (
    BadRecord,
    Denied,
    PipelineError,
    Throttled,
    Transient,
    Unavailable,
    VaultIntegrity,
)

SDK_ERRORS = [cls for _, cls in inspect.getmembers(sdk, inspect.isclass) if issubclass(cls, Exception)]
OURS = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, PipelineError)]


def client_error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "canary"}}, "Anything")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [(THROTTLED, Throttled), (DENIED, Denied), (TAMPERED, VaultIntegrity)],
    ids=["throttled", "denied", "tampered"],
)
def test_every_known_code_has_its_class(codes: frozenset[str], expected: type[PipelineError]) -> None:
    assert {type(mapped(client_error(code), "x")) for code in codes} == {expected}


@pytest.mark.parametrize(
    "code", ["InternalServerError", "ServiceUnavailable", "KMSInternalException", "NeverHeardOf"]
)
def test_an_unknown_code_is_transient(code: str) -> None:
    assert type(mapped(client_error(code), "x")) is Unavailable


@pytest.mark.parametrize("error", SDK_ERRORS, ids=lambda cls: cls.__name__)
def test_every_error_of_the_encryption_sdk_is_ours_and_repeats_nothing(error: type[Exception]) -> None:
    found = mapped(error("canary"), "doing")
    assert isinstance(found, (Transient, VaultIntegrity))
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

    with pytest.raises(Unavailable) as caught:
        fail()
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("cls", OURS, ids=lambda cls: cls.__name__)
def test_the_drawn_tree_of_errors_is_the_real_one(cls: type[PipelineError]) -> None:
    assert errors.__doc__ is not None
    assert cls.__name__ in errors.__doc__
    branches = (BadRecord, Transient, errors.Refusal, VaultIntegrity, errors.Configuration)
    assert issubclass(cls, branches) or cls is PipelineError
