"""The custom resource `Custom::TokenKeys`: makes the wrapped token keys when the stack is deployed."""

import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.cloudformation import answer
from handlers.shell import fail
from tokenizer.aws.clients import client
from tokenizer.aws.settings import TokenKeysSettings
from tokenizer.aws.token_keys import provision
from tokenizer.errors import PipelineError


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer CloudFormation; deleting the resource keeps the keys, since tokens hang on them."""
    status, reason = "SUCCESS", "the token keys are there"
    if event["RequestType"] in {"Create", "Update"}:
        try:
            settings = TokenKeysSettings.load(os.environ)
            provision(client("dynamodb"), client("kms"), settings.token_keys_table, settings.token_key_arn)
        except PipelineError as error:
            status, reason = "FAILED", str(error)
            fail(type(error).__name__, reason)
    answer(event, "token-keys", status, f"{reason}; log stream {context.log_stream_name}")
