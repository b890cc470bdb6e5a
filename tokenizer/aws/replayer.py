"""Opens dead letters and hands them to the tokenizing functions; raw bytes go nowhere else."""

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from schemas.dead_letter import DeadLetter
from tokenizer.aws.faults import translated
from tokenizer.aws.sealing import Opener
from tokenizer.errors import PipelineError, Unavailable
from tokenizer.identity import Identity
from tokenizer.replay import lambda_event

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client

Result = dict[str, str]


class Replayer:
    """Replays letters one by one."""

    def __init__(
        self,
        opener: Opener,
        s3: "S3Client",
        functions: "LambdaClient",
        stream_function: str,
        queue_function: str,
    ) -> None:
        """A replayer over the two tokenizing functions, given by name."""
        self._opener = opener
        self._s3 = s3
        self._functions = functions
        self._stream_function = stream_function
        self._queue_function = queue_function

    def replay(self, body: str) -> Result:
        """Replay the letter in a message's body.

        Returns:
            `status`: `published`, `failed` (still a bad record, with its `code`), `unavailable` (try again later), or
            `refused` (no letter of ours); and a `message` without values for all but the first.
        """
        try:
            letter = DeadLetter.model_validate_json(body)
            identity = Identity.of_source(letter.source)
        except (ValidationError, ValueError):
            return {"status": "refused", "message": "the message is no sealed dead letter"}
        try:
            data = self._opener.open(letter.sealed or self._stored(letter.sealed_object or ""), identity)
            function = self._stream_function if letter.source.stream else self._queue_function
            return self._invoke(function, lambda_event(letter.source, data))
        except PipelineError as error:
            return {"status": "unavailable", "message": f"{type(error).__name__}: {error}"}

    @translated("fetching a large letter")
    def _stored(self, sealed_object: str) -> bytes:
        bucket, _, key = sealed_object.removeprefix("s3://").partition("/")
        return self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    @translated("invoking the tokenizing function")
    def _invoke(self, function: str, event: dict[str, Any]) -> Result:
        answer = self._functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        if answer.get("FunctionError"):
            raise Unavailable("the tokenizing function failed")
        result: Result = json.loads(answer["Payload"].read())["outcomes"][0]
        return result
