"""The form of every message between functions, and how one is read: what has another form is refused without repeating it."""

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from tokenizer.errors import InvalidRequest

M = TypeVar("M")

Text = Annotated[str, Field(min_length=1)]
Purpose = Annotated[str, Field(pattern=r"\S")]  # a reason that somebody gives for what they ask
_TOLD = 5  # faults of a message
_UNKNOWN_FIELD = {"extra_forbidden", "unexpected_keyword_argument"}


class Message(BaseModel):
    """A message: no other fields than its own, no value taken for another type, no value in an error."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


def parse_message(form: TypeAdapter[M], told: object) -> M:
    """Reads a message.

    Args:
        form: the message's form, or the forms that it may have.
        told: parsed JSON.

    Raises:
        InvalidRequest: it has another form; names the fields and what is wrong with them.
    """
    try:
        return form.validate_python(told)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)[:_TOLD]
    raise InvalidRequest("; ".join(map(_fault, faults)))


def _fault(fault: ErrorDetails) -> str:
    place, kind = [str(each) for each in fault["loc"]], fault["type"]
    if kind in _UNKNOWN_FIELD:
        place[-1] = "*"  # the name of an unknown field is input, too
    if kind == "union_tag_invalid":  # pydantic's own text repeats the tag
        expected = str(fault["ctx"]["expected_tags"]).replace("'", "")
        return f"{'.'.join([*place, fault['ctx']['discriminator'].strip(chr(39))])}: one of {expected}"
    return f"{'.'.join(place) or 'the request'}: {fault['msg']}"
