"""Serves CloudFormation's custom resources: makes a change, and answers whatever comes of it."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import fail, logger
from tokenizer.errors import PipelineError

_CHANGES = {"Create", "Update"}


def serve(
    event: dict[str, Any],
    context: LambdaContext,
    *,
    physical_id: str,
    done: str,
    change: Callable[[dict[str, Any]], None],
) -> None:
    """Make a change and answer; deleting is let through, since what these resources guard outlives the stack.

    Any error is an answer too: without one CloudFormation waits until `ServiceTimeout`, and once more while it rolls back.

    Args:
        event: CloudFormation's request.
        context: of the invocation.
        physical_id: what the resource is called.
        done: the answer's reason where all went well.
        change: makes the change from the resource's properties.
    """
    status, reason = "SUCCESS", done
    if event["RequestType"] in _CHANGES:
        try:
            change(event["ResourceProperties"])
        except PipelineError as error:
            status, reason = "FAILED", str(error)
            fail(type(error).__name__, reason)
        except Exception as error:  # noqa: BLE001 -- the class is all that may be told
            status, reason = "FAILED", type(error).__name__
            fail(reason)
    _answer(event, physical_id, status, f"{reason}; log stream {context.log_stream_name}")


def _answer(event: dict[str, Any], physical_id: str, status: str, reason: str) -> None:
    body = {key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {"Status": status, "Reason": reason, "PhysicalResourceId": physical_id}
    request = urllib.request.Request(  # noqa: S310 -- the URL is CloudFormation's, presigned for this answer
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        logger.info("answered", status=status)
