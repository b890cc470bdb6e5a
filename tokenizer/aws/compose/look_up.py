"""Wires the look-up of the tokens that values already have, and the notes of values that were erased."""

import time
from collections.abc import Callable

from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.platform.clients import client, silence_libraries
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.aws.vault import token_keys
from tokenizer.pipeline.look_up import LookUp, ValueErasures


def look_up_maker(settings: TokenizeSettings) -> Callable[[], ValueErasures]:
    """Returns a function that makes the use case. It opens the token keys each time."""
    silence_libraries()
    dynamodb, kms = client("dynamodb", attempts=1), client("kms")
    erasures = DynamoErasures(dynamodb, settings.erasures_table)

    def make() -> ValueErasures:
        keys = token_keys.load(dynamodb, kms, settings.token_keys_table, settings.token_key_arn)
        index = DynamoBlindIndex(
            dynamodb, settings.blind_index_table, settings.shares_table, keys[1], keys[2]
        )
        return ValueErasures(LookUp(index, keys[1]), erasures, lambda: int(time.time() * 1000))

    return make
