"""A running stack without one permission for a while, and what its functions answer then.

One deployment takes the permission away and another gives it back, so that the tests need no stack for each permission.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.emulator import lifecycle, package, template
from local.emulator.stack import Stack


@contextmanager
def without(on: Stack, directory: Path, sid: str) -> Iterator[None]:
    """Runs a block while the stack's policies lack the statements of one name.

    Args:
        on: the running stack.
        directory: what it leaves on disk.
        sid: the statements' name in the template.
    """
    assert f'"Sid": "{sid}"' in json.dumps(template.load(package.ROOT / "template.yaml"))
    adapt = template.for_emulator
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(template, "for_emulator", lambda *given: _less(adapt(*given), sid))
            lifecycle.update(directory, on, {})
        assert sid not in _policies(on)
        _start_anew(on)
        yield
    finally:
        lifecycle.update(directory, on, {})
        assert sid in _policies(on)
        _start_anew(on)


def handed(on: Stack, function: str, *messages: tuple[str, str]) -> set[str]:
    """Hands a function messages of the raw queue, as Lambda does.

    Args:
        on: the running stack.
        function: the output that names it.
        messages: id and body of each.

    Returns:
        The ids of the messages that have to come again; all of them if the function failed.
    """
    queue = on.client("sqs").get_queue_attributes(
        QueueUrl=on.outputs["RawOrdersQueueUrl"], AttributeNames=["QueueArn"]
    )
    # They arrive now: on a shared stack their customer may have been erased, and earlier orders ask the index nothing.
    sent = str(int(time.time() * 1_000))
    records = [
        {
            "messageId": message_id,
            "receiptHandle": message_id,
            "body": body,
            "attributes": {"SentTimestamp": sent, "ApproximateReceiveCount": "1"},
            "eventSource": "aws:sqs",
            "eventSourceARN": queue["Attributes"]["QueueArn"],
        }
        for message_id, body in messages
    ]
    answer = on.client("lambda").invoke(
        FunctionName=on.outputs[function], Payload=json.dumps({"Records": records}).encode()
    )
    if "FunctionError" in answer:
        return {message_id for message_id, _ in messages}
    failures = json.loads(answer["Payload"].read())["batchItemFailures"]
    return {each["itemIdentifier"] for each in failures}


def _less(node: Any, sid: str) -> Any:
    if isinstance(node, list):
        return [_less(each, sid) for each in node if not (isinstance(each, dict) and each.get("Sid") == sid)]
    return {key: _less(value, sid) for key, value in node.items()} if isinstance(node, dict) else node


def _policies(on: Stack) -> set[str]:
    """Returns the names of all statements that the roles and the keys have."""
    iam, kms = on.client("iam"), on.client("kms")
    documents = [
        iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
        for role in iam.list_roles()["Roles"]
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    ]
    documents += [
        json.loads(kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"])
        for key in kms.list_keys()["Keys"]
    ]
    return {str(each.get("Sid")) for document in documents for each in document["Statement"]}


def _start_anew(on: Stack) -> None:
    """Ends the functions' processes, since a warm one has the keys that it was once allowed to ask for."""
    functions = on.client("lambda")
    for each in functions.list_functions()["Functions"]:
        # Any setting that a process is started with will do, even if it stays as it is.
        functions.update_function_configuration(
            FunctionName=each["FunctionName"], MemorySize=each["MemorySize"]
        )
