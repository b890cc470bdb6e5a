"""Wires the replay function."""

import time

from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.data_keys import LETTER_CONTEXT, bounds
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import ReplaySettings
from tokenizer.aws.replay.letters import Letters
from tokenizer.aws.replay.queues import Quarantine, Unprocessed
from tokenizer.aws.replay.service import ReplayService
from tokenizer.aws.replay.stream import StreamReplay
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.aws.vault.data_keys import DataKeyReader

_INVOCATION = 65  # seconds; the tokenizing functions end after 60


def replay_service(settings: ReplaySettings) -> ReplayService:
    """Returns the service for operators."""
    clients.silence_libraries()
    keys = DataKeyReader(
        clients.client("kms"), [settings.letter_key_arn], LETTER_CONTEXT, bounds(settings), time.time
    )
    s3, sqs = clients.client("s3"), clients.client("sqs")
    # An invocation may take as long as the tokenizing function.
    functions = clients.client("lambda", attempts=1, read_timeout=_INVOCATION)
    tokenizers = Tokenizers(functions, settings.tokenize_stream_function, settings.tokenize_queue_function)
    return ReplayService(
        letters=Letters(Opener(keys), s3, (settings.raw_stream_arn, settings.raw_queue_arn), time.time),
        stream=StreamReplay(clients.client("kinesis"), settings.raw_stream_arn, tokenizers),
        unprocessed=Unprocessed(sqs, settings.unprocessed_queue_url, settings.raw_queue_arn, tokenizers),
        quarantine=Quarantine(s3, settings.letter_bucket, sqs, settings.dead_letter_queue_url),
        tokenizers=tokenizers,
        audit=audit_trail(settings),
    )
