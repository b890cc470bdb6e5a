"""What goes wrong for an operator: what happened, and the next command to type."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, NoCredentialsError

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"})  # fmt: skip


class ReplayError(Exception):
    """Ends the command with exit code 2.

    Args:
        message: what happened, without values.
        hint: the next command to type.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


_ROLE = "replay needs the stack's ReplayOperatorRoleArn"


@contextmanager
def explained(doing: str, role: str = _ROLE) -> Iterator[None]:
    """Turn AWS's errors into ones that an operator can act on.

    Args:
        doing: what was being done.
        role: which role that needs, for who has another.

    Raises:
        ReplayError: for every error of botocore's.
    """
    try:
        yield
    except EndpointConnectionError:
        raise ReplayError(
            f"{doing}: the stack can't be reached", "is it up? `make up` starts a local one"
        ) from None
    except NoCredentialsError:
        raise ReplayError(
            f"{doing}: there are no AWS credentials", "aws sso login, or set AWS_PROFILE"
        ) from None
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        if code in _DENIED:
            raise ReplayError(f"{doing}: {code}", f"{role}: --role-arn ARN") from None
        raise ReplayError(f"{doing}: {code}", "try again; if it stays, see docs/runbook.md") from None
    except BotoCoreError as error:
        raise ReplayError(f"{doing}: {type(error).__name__}", "is AWS reachable from here?") from None
