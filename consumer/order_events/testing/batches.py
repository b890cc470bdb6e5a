"""Wraps envelopes as Lambda functions and files hold them."""

import json
from collections.abc import Mapping
from typing import Any


def sqs_event(*envelopes: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the event with which Lambda hands SQS messages to a function; message ids are `1`, `2`, ..."""
    return {
        "Records": [
            {"messageId": str(number), "body": json.dumps(each), "eventSource": "aws:sqs"}
            for number, each in enumerate(envelopes, 1)
        ]
    }


def file_of(*envelopes: Mapping[str, Any], separator: str = "\n") -> bytes:
    """Returns a file as Firehose writes it to S3. Its default settings correspond to the separator ""."""
    return "".join(json.dumps(each) + separator for each in envelopes).encode()
