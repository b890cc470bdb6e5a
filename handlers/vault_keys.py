"""The custom resource `Custom::VaultKeys`: lets no vault key out of the stack that records may still be under."""

import os
import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.cloudformation import serve
from tokenizer.aws.platform.clients import client
from tokenizer.aws.platform.settings import VaultKeysSettings
from tokenizer.aws.rekey.held_keys import HeldKeys
from tokenizer.aws.rekey.progress import DynamoProgress


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer CloudFormation; the keys themselves outlive the stack, so deleting it is let through."""
    serve(event, context, physical_id="vault-keys", done="the stack holds its vault keys", change=_change)


def _change(properties: dict[str, Any]) -> None:
    table = VaultKeysSettings.load(os.environ).rekey_table
    dynamodb = client("dynamodb")
    keys = HeldKeys(dynamodb, table, DynamoProgress(dynamodb, table), lambda: int(time.time() * 1000))
    keys.change(properties["Active"], properties["Held"])
