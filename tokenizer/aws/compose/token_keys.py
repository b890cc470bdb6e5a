"""Wires the custom resource that makes the token keys."""

import time
from collections.abc import Mapping

from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import TokenKeysSettings
from tokenizer.aws.vault.token_keys import provision


def provision_token_keys(settings: TokenKeysSettings, versions: Mapping[str, int]) -> None:
    """Makes the keys that don't exist yet, in the given numbers of versions.

    Raises:
        PipelineError: KMS or the table failed.
    """
    provision(
        clients.client("dynamodb"),
        clients.client("kms"),
        settings.token_keys_table,
        settings.token_key_arn,
        versions=versions,
        now=int(time.time() * 1000),
    )
