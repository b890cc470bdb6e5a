"""Tests the advice that an operator gets for each error of AWS. The client's own errors are listed by machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore import exceptions as aws

from ops import explain
from ops.errors import CommandError
from ops.explain import explained

# Written out, since a code that is dropped from a list has to be missed here.
DENIED = ("AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation")
UNKNOWN_CALLER = (
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
)
BUSY = (
    "KMSThrottlingException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
)
GONE = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NoSuchEntity",
    "NotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
)
NO_SUBCLASSES_OF_OURS = "botocore"


def kinds(of: type[Exception] = aws.BotoCoreError) -> Iterator[type[Exception]]:
    for each in of.__subclasses__():
        if each.__module__.startswith(NO_SUBCLASSES_OF_OURS):
            yield each
            yield from kinds(each)


KINDS = sorted(set(kinds()), key=lambda each: each.__name__)


def raised(error: Exception, role: str = "needs a role") -> tuple[str, str]:
    with pytest.raises(CommandError) as caught, explained("doing", role):
        raise error
    assert caught.value.__suppress_context__
    assert "canary" not in str(caught.value)
    return str(caught.value), caught.value.hint


def refused(code: str) -> aws.ClientError:
    return aws.ClientError({"Error": {"Code": code, "Message": "canary"}}, "Anything")


@pytest.mark.parametrize("code", DENIED)
def test_who_may_not_is_told_which_role_may(code: str) -> None:
    assert raised(refused(code)) == (f"doing: {code}", "needs a role: --role-arn ARN")
    assert raised(refused(code), role="") == (f"doing: {code}", "--role-arn ARN, for a role that may")


@pytest.mark.parametrize("code", UNKNOWN_CALLER)
def test_whoever_has_wrong_credentials_is_not_sent_for_a_role(code: str) -> None:
    assert raised(refused(code)) == (f"doing: {code}", explain.CREDENTIALS)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        *((code, explain.BUSY) for code in BUSY),
        *((code, explain.GONE) for code in GONE),
        ("InternalError", explain.AGAIN),
        ("NeverHeardOf", explain.AGAIN),
    ],
)
def test_other_errors_have_a_command_to_type(code: str, hint: str) -> None:
    assert raised(refused(code)) == (f"doing: {code}", hint)


def test_many_errors_of_the_client_are_found() -> None:
    assert len(KINDS) > 60


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.__name__)
def test_each_error_of_the_client_has_a_command_to_type_and_shows_no_text_of_its_own(
    kind: type[Exception],
) -> None:
    error = kind.__new__(kind)
    error.args = ("canary",)
    told, hint = raised(error)
    assert told.startswith("doing: ")
    assert "`" in hint or "--" in hint


@pytest.mark.parametrize(
    ("kind", "told", "hint"),
    [
        (aws.NoRegionError, "no AWS region is set", explain.REGION),
        *(
            (kind, "there is no such region", explain.REGION)
            for kind in (
                aws.InvalidRegionError,
                aws.UnknownRegionError,
                aws.BaseEndpointResolverError,
                aws.ServiceNotInRegionError,
            )
        ),
        (aws.ProfileNotFound, "there is no such profile", explain.PROFILE),
        (aws.NoCredentialsError, "there are no AWS credentials", explain.CREDENTIALS),
        *(
            (kind, "the AWS credentials can't be used", explain.CREDENTIALS)
            for kind in (
                aws.CredentialRetrievalError,
                aws.LoginError,
                aws.MetadataRetrievalError,
                aws.NoAuthTokenError,
                aws.PartialCredentialsError,
                aws.RefreshWithMFAUnsupportedError,
                aws.SSOError,
                aws.TokenRetrievalError,
                aws.UnauthorizedSSOTokenError,
                aws.UnknownCredentialError,
                aws.UnknownTokenProviderError,
            )
        ),
        *(
            (kind, "the AWS configuration can't be used", explain.SETTINGS)
            for kind in (
                aws.ConfigNotFound,
                aws.ConfigParseError,
                aws.InvalidConfigError,
                aws.InvalidDefaultsMode,
                aws.InvalidProxiesConfigError,
                aws.InvalidRetryConfigurationError,
            )
        ),
        (aws.ParamValidationError, "AWS does not accept what was given", explain.USAGE),
        (aws.ValidationError, "AWS does not accept what was given", explain.USAGE),
        (aws.EndpointConnectionError, "the stack can't be reached", explain.NETWORK),
        (aws.ReadTimeoutError, "the stack can't be reached", explain.NETWORK),
        (aws.SSLError, "the stack can't be reached", explain.NETWORK),
    ],
)
def test_what_is_wrong_is_told_apart(kind: Any, told: str, hint: str) -> None:
    assert raised(kind.__new__(kind)) == (f"doing: {told}", hint)
