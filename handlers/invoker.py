"""Identifies the caller of a function: by an ID token that the function verifies, or as an administrator by an alias."""

import os
from functools import cache

from aws_lambda_powertools.utilities.typing import LambdaContext

from tokenizer.aws.authorization.pool_tokens import PoolTokens
from tokenizer.aws.compose.sign_in import pool_tokens
from tokenizer.aws.platform.settings import SignInSettings
from tokenizer.callers import DIRECT, Caller, administrator
from tokenizer.errors import InvalidRequest, Refused

_QUALIFIER = 7  # where an ARN of Lambda has the alias, after the function's name


@cache
def _pool_tokens() -> PoolTokens:
    return pool_tokens(SignInSettings.load(os.environ).sign_in_bucket)


def alias(context: LambdaContext) -> str:
    """Returns the alias by which the function was invoked; empty if by none."""
    return ":".join(context.invoked_function_arn.split(":")[_QUALIFIER:])


def identified_caller(id_token: str | None, context: LambdaContext) -> Caller:
    """Returns the caller of an invocation.

    Args:
        id_token: of the request.
        context: Lambda's, which says by which ARN the function was invoked.

    Raises:
        Refused: there is neither a valid ID token nor the alias.
        InvalidRequest: there are both.
        PipelineError: the keys can't be read.
    """
    directly = alias(context) == DIRECT
    if id_token is not None:
        if directly:
            raise InvalidRequest(f"id_token: not by the alias {DIRECT}")
        return _pool_tokens().person(id_token)
    if not directly:
        raise Refused("unauthorized", f"an ID token is needed; administrators invoke the alias {DIRECT}")
    return administrator()
