"""Sends records to the tokenizing functions again, in calls within Lambda's limit on bytes."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from schemas.dead_letter import ErrorCode
from tokenizer.aws.platform.batches import in_calls
from tokenizer.aws.platform.functions import ask_function
from tokenizer.errors import PipelineError
from tokenizer.messages.mode import Mode
from tokenizer.messages.tokenize import TOKENIZE_ANSWER, TokenizeMessage
from tokenizer.replay.messages import FAILED, UNAVAILABLE, Entry, Result, of_entry

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

RECORDS = 100
EVENT_BYTES = 5_000_000  # Lambda accepts 6 MB in a synchronous request
MOST_BYTES = 6_000_000  # a record alone in its request


class Tokenizers:
    """Invokes the tokenizing function of the source from which a record came."""

    def __init__(self, functions: "LambdaClient", stream_function: str, queue_function: str) -> None:
        self._functions = functions
        self._names = {"aws:kinesis": stream_function, "aws:sqs": queue_function}

    def tokenize(self, entries: Sequence[Entry], mode: Mode = Mode.REPLAYED) -> list[Result]:
        """Has records tokenized and published.

        Returns:
            The result of each record, in the same order.
        """
        results: dict[int, Result] = {}
        for source, function in self._names.items():
            sizes = {
                at: len(json.dumps(each)) for at, each in enumerate(entries) if each["eventSource"] == source
            }
            for at in [at for at, size in sizes.items() if size > MOST_BYTES]:
                del sizes[at]
                results[at] = {
                    "status": FAILED,
                    "code": str(ErrorCode.TOO_LARGE),
                    "message": f"the record is larger than the {MOST_BYTES:,} bytes that a function is given",
                }
            for call in in_calls(sizes, RECORDS, EVENT_BYTES):
                some = [entries[at] for at in call]
                try:
                    outcomes = self._invoke(function, some, mode)
                    results |= {at: of_entry(each, outcomes) for at, each in zip(call, some, strict=True)}
                except PipelineError as error:
                    results |= {at: {"status": UNAVAILABLE, "message": str(error)} for at in call}
        return [results[at] for at in range(len(entries))]

    def _invoke(self, function: str, entries: Sequence[Entry], mode: Mode) -> list[Result]:
        request = TokenizeMessage(mode=mode, records=tuple(entries))
        answer = ask_function(self._functions, function, request, TOKENIZE_ANSWER)
        return [each.model_dump(exclude_none=True) for each in answer.outcomes]
