"""Wires the replay function."""

import secrets
import time

from tokenizer.authorization.approvals import Approvals
from tokenizer.authorization.edit_limits import EditLimits
from tokenizer.aws.authorization.approvals import DynamoApprovals
from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.data_keys import LETTER_CONTEXT, bounds
from tokenizer.aws.compose.reveal_gates import reveal_gates
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import ReplaySettings
from tokenizer.aws.replay.edit_counts import DynamoEditCounts
from tokenizer.aws.replay.letter_reveals import LetterReveals
from tokenizer.aws.replay.letters import Letters
from tokenizer.aws.replay.queues import Quarantine, Unprocessed
from tokenizer.aws.replay.second_person import SecondPerson
from tokenizer.aws.replay.service import ReplayService
from tokenizer.aws.replay.stream import StreamReplay
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.aws.vault.data_keys import DataKeyReader

_ID_BYTES = 8  # of an approval's name
_INVOCATION = 65  # seconds; the tokenizing functions end after 60


def replay_service(settings: ReplaySettings) -> ReplayService:
    """Returns the service for operators.

    Raises:
        Configuration: the shipped policies or budgets don't have the right form.
    """
    clients.silence_libraries()
    keys = DataKeyReader(
        clients.client("kms"), [settings.letter_key_arn], LETTER_CONTEXT, bounds(settings), time.time
    )
    s3, sqs = clients.client("s3"), clients.client("sqs")
    # An invocation may take as long as the tokenizing function.
    functions = clients.client("lambda", attempts=1, read_timeout=_INVOCATION)
    tokenizers = Tokenizers(functions, settings.tokenize_stream_function, settings.tokenize_queue_function)
    gates, audit = reveal_gates(settings.budgets_table, settings.honey_table), audit_trail(settings)
    store = DynamoApprovals(clients.client("dynamodb"), settings.approvals_table)
    approvals = Approvals(store, gates.policies, audit, gates.now, lambda: secrets.token_hex(_ID_BYTES))
    return ReplayService(
        letters=Letters(Opener(keys), s3, (settings.raw_stream_arn, settings.raw_queue_arn), time.time),
        stream=StreamReplay(clients.client("kinesis"), settings.raw_stream_arn, tokenizers),
        unprocessed=Unprocessed(sqs, settings.unprocessed_queue_url, settings.raw_queue_arn, tokenizers),
        quarantine=Quarantine(s3, settings.letter_bucket, sqs, settings.dead_letter_queue_url),
        tokenizers=tokenizers,
        audit=audit,
        reveals=LetterReveals(gates, audit),
        second=SecondPerson(approvals),
        edits=EditLimits(
            DynamoEditCounts(clients.client("dynamodb"), settings.budgets_table),
            gates.budgets.limits,
            gates.budgets.counters,
            gates.signal,
            gates.now,
        ),
    )
