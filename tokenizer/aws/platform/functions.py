"""Lets one function ask another: sends a message as JSON and reads the answer."""

import json
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import InvalidRequest, Refused, Unavailable
from tokenizer.messages.base import Message, parse_message

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

A = TypeVar("A")

UNAVAILABLE = "unavailable"  # the code of failures after which the caller may ask again


@translated("asking a function")
def ask_function(functions: "LambdaClient", name: str, request: Message, form: TypeAdapter[A]) -> A:
    """Asks a function and waits for its answer.

    Args:
        functions: a Lambda client.
        name: the name of the function.
        request: the message.
        form: the form of the answer.

    Raises:
        Refused: the function refuses the request, with its code.
        Unavailable: the function failed, or says that asking again may help.
    """
    payload = json.dumps(request.model_dump()).encode()
    answer = functions.invoke(FunctionName=name, Payload=payload)
    if answer.get("FunctionError"):
        raise Unavailable("a function failed")
    answered = json.loads(answer["Payload"].read())
    if isinstance(answered, dict) and isinstance(error := answered.get("error"), dict):
        if error.get("code") == UNAVAILABLE:
            raise Unavailable(str(error.get("message")))
        raise Refused(str(error.get("code")), str(error.get("message")))
    try:
        return parse_message(form, answered)
    except InvalidRequest:
        raise Unavailable("a function's answer is of no known form") from None
