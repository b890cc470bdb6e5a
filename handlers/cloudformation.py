"""Serves CloudFormation's custom resources: makes a change, and answers whether it succeeded or not."""

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
    """Makes a change and answers. Deleting does nothing, because what these resources protect outlives the stack.

    Any error is answered too. Otherwise CloudFormation would wait until `ServiceTimeout`, and again for the rollback.

    Args:
        event: CloudFormation's request.
        context: the context of the invocation.
        physical_id: the physical id of the resource.
        done: the reason in the answer if the change succeeded.
        change: makes the change, given the resource's properties.
    """
    status, reason = "SUCCESS", done
    if event["RequestType"] in _CHANGES:
        try:
            change(event["ResourceProperties"])
        except PipelineError as error:
            status, reason = "FAILED", str(error)
            fail(type(error).__name__, reason)
        except Exception as error:  # noqa: BLE001 -- any error; only its class is shown
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
