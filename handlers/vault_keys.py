"""Serves the custom resource `Custom::VaultKeys`, which keeps vault keys in the stack while records may need them."""

import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.cloudformation import serve
from tokenizer.aws.compose.vault_keys import held_keys
from tokenizer.aws.platform.settings import VaultKeysSettings


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answers CloudFormation. Deleting the resource is allowed, because the keys themselves outlive the stack."""
    serve(event, context, physical_id="vault-keys", done="the stack holds its vault keys", change=_change)


def _change(properties: dict[str, Any]) -> None:
    held_keys(VaultKeysSettings.load(os.environ)).change(properties["Active"], properties["Held"])
