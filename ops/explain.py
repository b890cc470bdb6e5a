"""Turns the errors of AWS into ones that an operator can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from ops.errors import CommandError

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"})  # fmt: skip
_ROLE = "replay needs the stack's ReplayOperatorRoleArn"


@contextmanager
def explained(doing: str, role: str = _ROLE) -> Iterator[None]:
    """Turns AWS's errors into ones that an operator can act on.

    Args:
        doing: names the action in messages.
        role: a hint at the role that the action needs.

    Raises:
        CommandError: for every error of botocore.
    """
    try:
        yield
    except NoRegionError:
        raise CommandError(
            f"{doing}: no AWS region is set", "--region REGION, or set AWS_DEFAULT_REGION"
        ) from None
    except ProfileNotFound:
        raise CommandError(f"{doing}: there is no such profile", "aws configure list-profiles") from None
    except EndpointConnectionError:
        raise CommandError(
            f"{doing}: the stack can't be reached", "is it up? `make up` starts a local one"
        ) from None
    except NoCredentialsError:
        raise CommandError(
            f"{doing}: there are no AWS credentials", "aws sso login, or set AWS_PROFILE"
        ) from None
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        if code in _DENIED:
            raise CommandError(f"{doing}: {code}", f"{role}: --role-arn ARN") from None
        raise CommandError(f"{doing}: {code}", "try again; if it stays, see docs/runbook.md") from None
    except BotoCoreError as error:
        raise CommandError(f"{doing}: {type(error).__name__}", "is AWS reachable from here?") from None
