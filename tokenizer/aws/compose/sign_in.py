"""Wires what verifies callers, and what provides the keys for it."""

from tokenizer.aws.authorization.pool_tokens import PoolTokens
from tokenizer.aws.authorization.sign_in_keys import SignInKeys, write_sign_in_keys
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import SignInKeysSettings


def pool_tokens(bucket: str) -> PoolTokens:
    """Returns what tells who the caller is by a token of the pool, whose keys are in the bucket."""
    return PoolTokens(SignInKeys(clients.client("s3"), bucket))


def provide_sign_in_keys(settings: SignInKeysSettings) -> None:
    """Writes the pool's keys where the functions read them.

    Raises:
        PipelineError: the pool or S3 failed.
    """
    pool = clients.client("cognito-idp").meta.endpoint_url
    url = f"{pool}/{settings.user_pool_id}/.well-known/jwks.json"
    write_sign_in_keys(
        clients.client("s3"), settings.sign_in_bucket, settings.issuer, settings.client_id, url
    )
