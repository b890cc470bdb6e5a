"""Provides the user pool's public keys to the functions that verify callers: on a schedule, and when the stack is deployed."""

import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.cloudformation import serve
from handlers.runtime import logger, redact_errors
from tokenizer.aws.compose.sign_in import provide_sign_in_keys
from tokenizer.aws.platform.settings import SignInKeysSettings

REFRESH = {"refresh": True}  # what the schedule sends


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answers CloudFormation's custom resource `Custom::SignInKeys`, or the schedule."""
    if event == REFRESH:
        _refresh(event, context)
    else:
        serve(
            event,
            context,
            physical_id="sign-in-keys",
            done="the sign-in keys are there",
            change=_provide,
        )


@redact_errors
def _refresh(_: Any, __: LambdaContext) -> None:
    _provide({})


def _provide(_: dict[str, Any]) -> None:
    provide_sign_in_keys(SignInKeysSettings.load(os.environ))
    logger.info("the sign-in keys were written")
