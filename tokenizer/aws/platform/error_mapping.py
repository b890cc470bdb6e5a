"""Maps errors of AWS and libraries to ours.

Only what AWS answered, and what kept an answer from arriving, is somebody else's fault and worth another delivery. Any
other error is `Unforeseen`: it would come back each time, and belongs to the record that was being worked on.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from ssl import SSLError
from typing import ParamSpec, TypeVar

from botocore import exceptions as lower
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from dynamodb_encryption_sdk import exceptions as sdk
from urllib3.exceptions import HTTPError

from tokenizer.aws.platform.error_codes import DENIED, FINAL, RETRYABLE, TAMPERED, THROTTLING
from tokenizer.errors import (
    Denied,
    PipelineError,
    Rejected,
    Throttled,
    Transient,
    Unavailable,
    Unforeseen,
    VaultIntegrity,
)

P = ParamSpec("P")
R = TypeVar("R")

_SORTED: dict[type[PipelineError], frozenset[str]] = {
    Throttled: THROTTLING,
    Unavailable: RETRYABLE,
    Denied: DENIED,
    VaultIntegrity: TAMPERED,
    Rejected: FINAL,
}
_BY_CODE = {code: kind for kind, codes in _SORTED.items() for code in codes}

# An answer did not arrive, or arrived damaged.
_UNANSWERED = (
    ConnectionError,
    TimeoutError,
    SSLError,
    HTTPError,
    ResponseParserError,
    lower.ChecksumError,
    lower.ConnectionError,
    lower.CredentialRetrievalError,
    lower.FlexibleChecksumError,
    lower.HTTPClientError,
    lower.IncompleteReadError,
    lower.MetadataRetrievalError,
)
_NO_CREDENTIALS = (lower.NoCredentialsError, lower.PartialCredentialsError)
_INTEGRITY = (
    sdk.SignatureVerificationError,
    sdk.DecryptionError,
    sdk.UnwrappingError,
    sdk.DeserializationError,
    sdk.DelegatedKeyError,
    sdk.JceTransformationError,
    sdk.InvalidArgumentError,
)


def by_code(code: str, doing: str) -> PipelineError:
    """Returns our error for an AWS error code. A code that nobody has sorted is transient.

    Args:
        code: the code of a call or of one entry of a batch.
        doing: names the action in the message.
    """
    return _BY_CODE.get(code, Unavailable)(f"{doing}: {code}")


def mapped(error: BaseException, doing: str) -> PipelineError:
    """Returns our error for a lower error. None of the lower error's own text is kept.

    The encryption SDK hides KMS errors in `__context__`, so the whole chain is searched. An error of AWS counts before
    the one that the SDK made of it.
    """
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, PipelineError):
            return each
    for each in chain:
        if isinstance(each, ClientError):
            return by_code(_code(each), doing)
        if isinstance(each, _NO_CREDENTIALS):
            return Denied(f"{doing}: no credentials")
        if isinstance(each, _UNANSWERED):
            return Unavailable(f"{doing}: {type(each).__name__}")
    if isinstance(error, _INTEGRITY):
        return VaultIntegrity(f"{doing}: {type(error).__name__}")
    return Unforeseen(f"{doing}: {type(error).__name__}")


def translated(doing: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a function raise only our errors, without a cause that could carry a value."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except PipelineError:
                raise
            except Exception as error:  # noqa: BLE001 -- the map decides, and names the class
                raise mapped(error, doing) from None

        return call

    return decorate


def worth_retrying(error: PipelineError) -> bool:
    """Returns True if trying again at once may help. A denial lasts longer than an invocation."""
    return isinstance(error, Transient) and not isinstance(error, Denied)


def _code(error: ClientError) -> str:
    """Returns the code as the service's model names it. For SQS, botocore puts an older one in its place."""
    said = error.response.get("Error", {})
    return str(said.get("QueryErrorCode") or said.get("Code", "Unknown"))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
