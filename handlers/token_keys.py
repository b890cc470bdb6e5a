"""Serves the custom resource `Custom::TokenKeys`, which makes the wrapped token keys when the stack is deployed."""

import os
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.cloudformation import serve
from tokenizer.aws.compose.token_keys import provision_token_keys
from tokenizer.aws.platform.settings import TokenKeysSettings
from tokenizer.aws.vault.token_keys import SUBJECT_KEY, TOKEN_KEY

_VERSIONS = {TOKEN_KEY: "TokenKey", SUBJECT_KEY: "SubjectKey"}


def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Answers CloudFormation. Deleting the resource keeps the keys, because tokens depend on them."""
    serve(event, context, physical_id="token-keys", done="the token keys are there", change=_change)


def _change(properties: dict[str, Any]) -> None:
    versions = {name: int(properties[f"{shown}Version"]) for name, shown in _VERSIONS.items()}
    provision_token_keys(TokenKeysSettings.load(os.environ), versions)
