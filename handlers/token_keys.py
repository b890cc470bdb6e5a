"""The custom resource `Custom::TokenKeys`: makes the wrapped token keys when the stack is deployed."""

import os
import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.cloudformation import answer
from handlers.shell import fail
from tokenizer.aws.clients import client
from tokenizer.aws.settings import TokenKeysSettings
from tokenizer.aws.token_keys import SUBJECT_KEY, TOKEN_KEY, provision
from tokenizer.errors import PipelineError

_VERSIONS = {TOKEN_KEY: "TokenKey", SUBJECT_KEY: "SubjectKey"}


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer CloudFormation; deleting the resource keeps the keys, since tokens hang on them."""
    status, reason = "SUCCESS", "the token keys are there"
    if event["RequestType"] in {"Create", "Update"}:
        try:
            settings = TokenKeysSettings.load(os.environ)
            told = event["ResourceProperties"]
            versions = {name: int(told[f"{shown}Version"]) for name, shown in _VERSIONS.items()}
            provision(
                client("dynamodb"),
                client("kms"),
                settings.token_keys_table,
                settings.token_key_arn,
                versions=versions,
                now=int(time.time() * 1000),
            )
        except PipelineError as error:
            status, reason = "FAILED", str(error)
            fail(type(error).__name__, reason)
        except Exception as error:  # noqa: BLE001 -- unanswered, CloudFormation would wait for an hour
            status, reason = "FAILED", type(error).__name__
            fail(reason)
    answer(event, "token-keys", status, f"{reason}; log stream {context.log_stream_name}")
