"""Envelopes as Lambda functions and files hold them."""

import json
from collections.abc import Mapping
from typing import Any


def sqs_event(*envelopes: Mapping[str, Any]) -> dict[str, Any]:
    """What Lambda hands a function for messages of a queue; message ids are `1`, `2`, ..."""
    return {
        "Records": [
            {"messageId": str(number), "body": json.dumps(each), "eventSource": "aws:sqs"}
            for number, each in enumerate(envelopes, 1)
        ]
    }


def file_of(*envelopes: Mapping[str, Any], separator: str = "\n") -> bytes:
    """What Firehose writes to S3; with the separator "", as it does unless told otherwise."""
    return "".join(json.dumps(each) + separator for each in envelopes).encode()
