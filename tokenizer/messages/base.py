"""Defines the form of every message between functions. A message of another form is refused without repeating it."""

import re
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from tokenizer.errors import InvalidRequest

M = TypeVar("M")

Text = Annotated[str, Field(min_length=1)]
Purpose = Annotated[str, Field(pattern=r"\S")]  # a reason that somebody gives for a request
# The ID token of the caller for whom the API asks; None if an administrator invokes the function by its alias. Cognito's tokens
# have 1,000 to 8,000 characters, and API Gateway takes 10,240 bytes of headers.
IdToken = Annotated[Annotated[str, Field(min_length=1, max_length=10_240)] | None, Field(repr=False)]
NO_ARN = "withheld: no ARN"
_ARN = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[\w+=,.@:/-]{1,1600}", re.ASCII)
_SHOWN = 5  # faults of a message
_UNKNOWN_FIELD = {"extra_forbidden", "unexpected_keyword_argument"}


def _known_as(name: str) -> str:
    return name if _ARN.fullmatch(name) else NO_ARN


# The ARN that IAM knows a caller by, as their own program asks it from STS. It proves nothing; other texts are not kept.
Operator = Annotated[str, AfterValidator(_known_as)]


class Message(BaseModel):
    """Is the base of all messages. It allows no unknown fields, no conversion of types, and no value in an error."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


def parse_message(form: TypeAdapter[M], message: object) -> M:
    """Reads a message.

    Args:
        form: the form of the message, or the forms that it may have.
        message: parsed JSON.

    Raises:
        InvalidRequest: the message has another form. The text names the fields and what is wrong with them.
    """
    try:
        return form.validate_python(message)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)[:_SHOWN]
    raise InvalidRequest("; ".join(map(_fault, faults)))


def _fault(fault: ErrorDetails) -> str:
    place, kind = [str(each) for each in fault["loc"]], fault["type"]
    if kind in _UNKNOWN_FIELD:
        place[-1] = "*"  # the name of an unknown field is input too
    if kind == "union_tag_invalid":  # pydantic's own text repeats the tag
        expected = str(fault["ctx"]["expected_tags"]).replace("'", "")
        return f"{'.'.join([*place, fault['ctx']['discriminator'].strip(chr(39))])}: one of {expected}"
    return f"{'.'.join(place) or 'the request'}: {fault['msg']}"
