"""Wires the look-up of the tokens that values already have."""

from collections.abc import Callable

from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.platform.clients import client, silence_libraries
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.aws.vault import token_keys
from tokenizer.pipeline.look_up import LookUp


def look_up_maker(settings: TokenizeSettings) -> Callable[[], LookUp]:
    """Returns a function that makes the use case that looks tokens up. It opens the token keys each time."""
    silence_libraries()
    dynamodb, kms = client("dynamodb", attempts=1), client("kms")

    def make() -> LookUp:
        keys = token_keys.load(dynamodb, kms, settings.token_keys_table, settings.token_key_arn)
        index = DynamoBlindIndex(
            dynamodb, settings.blind_index_table, settings.shares_table, keys[1], keys[2]
        )
        return LookUp(index, keys[1])

    return make
