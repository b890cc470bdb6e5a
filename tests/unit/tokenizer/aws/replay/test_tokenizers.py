"""Tests that records which take several requests to the tokenizing functions each get their own result."""

import io
import json
from typing import Any

import pytest

from tokenizer.aws.replay.tokenizers import Tokenizers

RECORDS = 250  # three requests of at most 100


class Functions:
    """The tokenizing functions, which publish all records of a request; the requests in `down` fail."""

    def __init__(self, down: set[int]) -> None:
        self._down = down
        self.sizes: list[int] = []

    def invoke(self, *, Payload: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        records = json.loads(Payload)["records"]
        self.sizes.append(len(records))
        answer: dict[str, Any] = {
            "outcomes": [{"item": each["messageId"], "status": "published"} for each in records]
        }
        if len(self.sizes) - 1 in self._down:
            answer = {"error": {"code": "unavailable", "message": "down"}}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.mark.parametrize("down", [set(), {0}, {1}, {2}, {0, 2}])
def test_each_record_of_several_requests_has_its_own_result(down: set[int]) -> None:
    functions: Any = Functions(down)
    entries = [{"eventSource": "aws:sqs", "messageId": str(at)} for at in range(RECORDS)]
    told = Tokenizers(functions, "stream", "queue").tokenize(entries)
    assert functions.sizes == [100, 100, 50]
    assert [each["status"] for each in told] == [
        "unavailable" if at // 100 in down else "published" for at in range(RECORDS)
    ]
