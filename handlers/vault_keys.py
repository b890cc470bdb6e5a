"""The custom resource `Custom::VaultKeys`: lets no vault key out of the stack that records may still be under."""

import os
import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.cloudformation import answer
from handlers.shell import fail
from tokenizer.aws.clients import client
from tokenizer.aws.held_keys import HeldKeys
from tokenizer.aws.rekey_progress import DynamoProgress
from tokenizer.aws.settings import VaultKeysSettings
from tokenizer.errors import PipelineError


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer CloudFormation; the keys themselves outlive the stack, so deleting it is let through."""
    status, reason = "SUCCESS", "the stack holds its vault keys"
    if event["RequestType"] in {"Create", "Update"}:
        try:
            _change(event["ResourceProperties"])
        except PipelineError as error:
            status, reason = "FAILED", str(error)
            fail(type(error).__name__, reason)
        except Exception as error:  # noqa: BLE001 -- unanswered, CloudFormation would wait for an hour
            status, reason = "FAILED", type(error).__name__
            fail(reason)
    answer(event, "vault-keys", status, f"{reason}; log stream {context.log_stream_name}")


def _change(properties: dict[str, Any]) -> None:
    table = VaultKeysSettings.load(os.environ).rekey_table
    dynamodb = client("dynamodb")
    keys = HeldKeys(dynamodb, table, DynamoProgress(dynamodb, table), lambda: int(time.time() * 1000))
    keys.change(properties["Active"], properties["Held"])
