"""Maps errors of AWS and libraries to ours.

An error that no rule names is transient, so that it never loses an order.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from dynamodb_encryption_sdk import exceptions as sdk

from tokenizer.errors import Denied, PipelineError, Throttled, Transient, Unavailable, VaultIntegrity

P = ParamSpec("P")
R = TypeVar("R")

THROTTLED = frozenset(
    {
        "LimitExceededException",
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
    }
)
DENIED = frozenset(
    {
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
    }
)
# KMS returns this code for a data key that was not made under this key and encryption context.
TAMPERED = frozenset({"InvalidCiphertextException"})

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
    """Returns our error for an AWS error code.

    Args:
        code: the code of a call or of one entry of a batch.
        doing: names the action in the message.
    """
    text = f"{doing}: {code}"
    if code in THROTTLED:
        return Throttled(text)
    if code in DENIED:
        return Denied(text)
    if code in TAMPERED:
        return VaultIntegrity(text)
    return Unavailable(text)


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
            return by_code(str(each.response.get("Error", {}).get("Code", "Unknown")), doing)
        if isinstance(each, NoCredentialsError):
            return Denied(f"{doing}: no credentials")
        if isinstance(each, BotoCoreError):
            return Unavailable(f"{doing}: {type(each).__name__}")
    if isinstance(error, _INTEGRITY):
        return VaultIntegrity(f"{doing}: {type(error).__name__}")
    return Unavailable(f"{doing}: {type(error).__name__}")


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


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
