"""Tests the advice that an operator gets for each error of AWS."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from ops.errors import CommandError
from ops.explain import explained

# Written out, since a code that is dropped from the list has to be missed here.
DENIED = (
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
)


def hint(error: Exception) -> tuple[str, str]:
    with pytest.raises(CommandError) as raised, explained("doing", "needs a role"):
        raise error
    assert raised.value.__suppress_context__
    assert "canary" not in str(raised.value)
    return str(raised.value), raised.value.hint


@pytest.mark.parametrize("code", DENIED)
def test_who_may_not_is_told_which_role_may(code: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "canary"}}, "Anything")
    assert hint(error) == (f"doing: {code}", "needs a role: --role-arn ARN")


@pytest.mark.parametrize("code", ["Throttling", "InternalError", "NeverHeardOf"])
def test_of_another_error_one_is_told_to_try_again(code: str) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "canary"}}, "Anything")
    assert hint(error) == (f"doing: {code}", "try again; if it stays, see docs/runbook.md")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (EndpointConnectionError(endpoint_url="canary"), "make up"),
        (NoCredentialsError(), "aws sso login"),
        (ReadTimeoutError(endpoint_url="canary"), "is AWS reachable"),
    ],
)
def test_where_aws_is_not_reached_the_next_step_is_told(error: Exception, told: str) -> None:
    assert told in hint(error)[1]
