"""A running stack without one permission for a while, and what its functions answer then.

The policies that were deployed are put without the permission's statements, and then as they were: tests need neither a stack
nor a deployment for each permission.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local.emulator.stack import Stack

Document = dict[str, Any]


@dataclass(frozen=True)
class Policy:
    """A policy that is in force, and how another is put in its place."""

    holder: str  # the role's name; empty for a key's own policy
    document: Document
    put: Callable[[Document], Any]


@contextmanager
def without(on: Stack, sid: str) -> Iterator[None]:
    """Runs a block while the stack's policies lack the statements of one name.

    Args:
        on: the running stack.
        sid: the statements' name in the template.
    """
    having = [each for each in _deployed(on) if any(_named(each.document, sid))]
    assert having, f"no policy has a statement {sid}"
    named = [statement for each in having for statement in _named(each.document, sid)]
    whose = json.dumps([[each.holder for each in having], named])
    try:
        for each in having:
            left = [one for one in each.document["Statement"] if one.get("Sid") != sid]
            each.put(each.document | {"Statement": left})
        _start_anew(on, whose)
        yield
    finally:
        for each in having:
            each.put(each.document)
        _start_anew(on, whose)


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


def _named(document: Document, sid: str) -> list[Document]:
    return [each for each in document["Statement"] if each.get("Sid") == sid]


_read: dict[str, list[Policy]] = {}  # by the stack's key, which no other stack has


def _deployed(on: Stack) -> list[Policy]:
    """Returns the policies of a stack as they were when it was first asked; that takes a hundred calls."""
    stack = on.outputs["VaultKeyArn"]
    if stack not in _read:
        _read[stack] = list(_policies(on))
    return _read[stack]


def _policies(on: Stack) -> Iterator[Policy]:
    """Yields the policies of the roles and of the keys."""
    iam, kms = on.client("iam"), on.client("kms")
    for role in [each["RoleName"] for each in iam.list_roles()["Roles"]]:
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            whose = {"RoleName": role, "PolicyName": name}
            yield Policy(role, iam.get_role_policy(**whose)["PolicyDocument"], _putter(iam.put_role_policy, "PolicyDocument", whose))  # fmt: skip
    for key in [each["KeyId"] for each in kms.list_keys()["Keys"]]:
        which = {"KeyId": key, "PolicyName": "default"}
        found = json.loads(kms.get_key_policy(**which)["Policy"])
        yield Policy("", found, _putter(kms.put_key_policy, "Policy", which))


def _putter(call: Callable[..., Any], name: str, given: dict[str, str]) -> Callable[[Document], Any]:
    return lambda document: call(**given, **{name: json.dumps(document)})


def _start_anew(on: Stack, whose: str) -> None:
    """Ends the processes of functions whose roles are named, since a warm one has the keys that it was once allowed to ask for."""
    functions = on.client("lambda")
    for each in functions.list_functions()["Functions"]:
        if each["Role"].rpartition("/")[2] in whose:
            # Any setting that a process is started with will do, even if it stays as it is.
            functions.update_function_configuration(
                FunctionName=each["FunctionName"], MemorySize=each["MemorySize"]
            )
