"""Calls the stack's functions beside their triggers."""

import json
from typing import Any

from local.emulator.stack import Stack


def invoke(on: Stack, function: str, event: Any, **who: str) -> Any:
    """Returns a function's answer to the administrator; `Qualifier="direct"` invokes it by the alias for them."""
    answer = on.client("lambda").invoke(
        FunctionName=on.outputs[function], Payload=json.dumps(event).encode(), **who
    )
    assert "FunctionError" not in answer
    return json.loads(answer["Payload"].read())


def settle_after(on: Stack, seconds: int = 5) -> None:
    """Makes the verification begin after some seconds, not 60: no function of this stack works for longer than 5."""
    functions, name = on.client("lambda"), on.outputs["RekeyFunctionName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    variables["REKEY_SETTLE_SECONDS"] = str(seconds)
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})


def failure_record(on: Stack, first: str, last: str, count: int, **changes: Any) -> dict[str, Any]:
    info = {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": first,
        "endSequenceNumber": last,
        "approximateArrivalOfFirstRecord": "2026-11-23T10:15:01Z",
        "approximateArrivalOfLastRecord": "2026-11-23T10:15:01Z",
        "batchSize": count,
        "streamArn": on.client("kinesis").describe_stream_summary(
            StreamName=on.outputs["RawOrdersStreamName"]
        )["StreamDescriptionSummary"]["StreamARN"],
    }
    request = {
        "requestId": "r",
        "functionArn": "f",
        "condition": "RetryAttemptsExhausted",
        "approximateInvokeCount": 6,
    }
    return {"requestContext": request, "version": "1.0", "KinesisBatchInfo": info | changes}
