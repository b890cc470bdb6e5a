"""Turns the errors of AWS into ones that an operator can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as aws

from ops.errors import CommandError

# Who asks is known, but may not.
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"})
# Who asks is not known: the credentials are wrong, incomplete or too old.
_UNKNOWN_CALLER = frozenset({"AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException", "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException", "InvalidToken", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "SignatureDoesNotMatch", "UnrecognizedClientException"})  # fmt: skip
_BUSY = frozenset({"KMSThrottlingException", "LimitExceededException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"})  # fmt: skip
_GONE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "NoSuchBucket", "NoSuchEntity", "NotFoundException", "QueueDoesNotExist", "ResourceNotFoundException"})  # fmt: skip

CREDENTIALS = (
    "`aws sts get-caller-identity` shows whether they work; sign in again, or name others by --profile NAME"
)
REGION = "--region REGION, or `aws configure set region REGION`"
PROFILE = "~/.aws/config and ~/.aws/credentials have the names that --profile takes"
NETWORK = "`aws sts get-caller-identity` shows whether AWS is reachable; `make up` starts a local stack"
SETTINGS = "`aws configure list` shows what is set, and where"
USAGE = "the same command with --help shows the form that each option takes"
BUSY = "run the same command again in a minute; `order-tokenizer status` shows the stack"
GONE = "`aws cloudformation describe-stacks` shows whether the stack is whole; `order-tokenizer status` looks at it"
AGAIN = "run the same command again; `order-tokenizer status` shows what is wrong with the stack"
ANY_ROLE = "--role-arn ARN, for a role that may"

# What is wrong, and its hint, for the errors that the client itself raises: the first row that fits.
_REGION = (aws.NoRegionError, aws.InvalidRegionError, aws.UnknownRegionError, aws.BaseEndpointResolverError, aws.ServiceNotInRegionError)  # fmt: skip
_CREDENTIALS = (aws.CredentialRetrievalError, aws.LoginError, aws.MetadataRetrievalError, aws.NoAuthTokenError, aws.PartialCredentialsError, aws.RefreshWithMFAUnsupportedError, aws.SSOError, aws.TokenRetrievalError, aws.UnknownCredentialError, aws.UnknownTokenProviderError)  # fmt: skip
_SETTINGS = (aws.ConfigNotFound, aws.ConfigParseError, aws.InvalidConfigError, aws.InvalidDefaultsMode, aws.InvalidProxiesConfigError, aws.InvalidRetryConfigurationError)  # fmt: skip
_BY_KIND: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
    ((aws.NoRegionError,), "no AWS region is set", REGION),
    (_REGION, "there is no such region", REGION),
    ((aws.ProfileNotFound,), "there is no such profile", PROFILE),
    ((aws.NoCredentialsError,), "there are no AWS credentials", CREDENTIALS),
    (_CREDENTIALS, "the AWS credentials can't be used", CREDENTIALS),
    (_SETTINGS, "the AWS configuration can't be used", SETTINGS),
    ((aws.ParamValidationError, aws.ValidationError), "AWS does not accept what was given", USAGE),
    ((aws.ConnectionError, aws.HTTPClientError), "the stack can't be reached", NETWORK),
)


@contextmanager
def explained(doing: str, role: str = "") -> Iterator[None]:
    """Turns AWS's errors into ones that an operator can act on.

    Args:
        doing: names the action in messages.
        role: says which role the action needs; empty if any may do.

    Raises:
        CommandError: for every error of botocore.
    """
    try:
        yield
    except aws.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "Unknown"))
        raise CommandError(f"{doing}: {code}", _hint_for(code, role)) from None
    except aws.BotoCoreError as error:
        what, hint = _kind_of(error)
        raise CommandError(f"{doing}: {what}", hint) from None


def _hint_for(code: str, role: str) -> str:
    if code in _DENIED:
        return f"{role}: --role-arn ARN" if role else ANY_ROLE
    if code in _UNKNOWN_CALLER:
        return CREDENTIALS
    return BUSY if code in _BUSY else GONE if code in _GONE else AGAIN


def _kind_of(error: aws.BotoCoreError) -> tuple[str, str]:
    fits = ((what, hint) for kinds, what, hint in _BY_KIND if isinstance(error, kinds))
    return next(fits, (type(error).__name__, AGAIN))
