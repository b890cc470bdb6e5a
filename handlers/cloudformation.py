"""Answers CloudFormation for custom resources."""

import json
import urllib.request
from typing import Any

from handlers.shell import logger


def answer(event: dict[str, Any], physical_id: str, status: str, reason: str) -> None:
    """Tell CloudFormation what came of a request; `reason` holds no value."""
    body = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {"Status": status, "Reason": reason, "PhysicalResourceId": physical_id}
    request = urllib.request.Request(  # noqa: S310 -- the URL is CloudFormation's, presigned for this answer
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        logger.info("answered", status=status)
