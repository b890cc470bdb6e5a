"""One function asks another: a message goes out as JSON, and its answer is read."""

import json
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import InvalidRequest, Refused, Unavailable
from tokenizer.messages.base import Message, parse_message

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

A = TypeVar("A")

UNAVAILABLE = "unavailable"  # the code of what may be asked again


@translated("asking a function")
def ask_function(functions: "LambdaClient", name: str, request: Message, form: TypeAdapter[A]) -> A:
    """Asks a function and waits for its answer.

    Args:
        functions: a client.
        name: the function's.
        request: what is asked.
        form: the answer's form.

    Raises:
        Refused: the function refuses the request, with its code.
        Unavailable: the function failed, or says that asking again may help.
    """
    payload = json.dumps(request.model_dump()).encode()
    answer = functions.invoke(FunctionName=name, Payload=payload)
    if answer.get("FunctionError"):
        raise Unavailable("a function failed")
    told = json.loads(answer["Payload"].read())
    if isinstance(told, dict) and isinstance(error := told.get("error"), dict):
        if error.get("code") == UNAVAILABLE:
            raise Unavailable(str(error.get("message")))
        raise Refused(str(error.get("code")), str(error.get("message")))
    try:
        return parse_message(form, told)
    except InvalidRequest:
        raise Unavailable("a function's answer is of no known form") from None
