"""Looks through DynamoDB's items at once: botocore's validator and serializer call some ten functions for each value.

They take and make exactly what they did before; what is not plain, or not right, is left to them.
"""

import functools
from collections.abc import Callable
from typing import Any

from botocore.serialize import JSONSerializer
from botocore.validate import ParamValidator

Replace = Callable[[Any, str, Any], None]
# The members of a value that hold nothing else, and what is right in them.
_PLAIN = {"S": str, "N": str, "B": bytes, "BOOL": bool, "NULL": bool}


def begin(replace: Replace = setattr) -> None:
    """Lets botocore do it from now on.

    Args:
        replace: puts a function in an attribute's place.
    """
    replace(ParamValidator, "_validate_map", _validated(vars(ParamValidator)["_validate_map"]))
    replace(JSONSerializer, "_serialize_type_map", _serialized(vars(JSONSerializer)["_serialize_type_map"]))


def _is_plain(given: Any, shape: Any) -> bool:
    """Returns whether it is an item, and each of its values one that is right and holds no others."""
    if type(given) is not dict or shape.value.name != "AttributeValue" or "min" in shape.key.metadata:
        return False
    for name, value in given.items():
        if type(name) is not str or type(value) is not dict or len(value) != 1:
            return False
        ((kind, held),) = value.items()
        if type(held) is not _PLAIN.get(kind):
            return False
    return True


def _validated(validate: Any) -> Any:
    @functools.wraps(validate)
    def validated(validator: Any, given: Any, shape: Any, errors: Any, name: str) -> None:
        if not _is_plain(given, shape):
            validate(validator, given, shape, errors, name)

    return validated


def _serialized(serialize: Any) -> Any:
    @functools.wraps(serialize)
    def serialized(serializer: Any, written: dict[str, Any], given: Any, shape: Any, key: str) -> None:
        if not _is_plain(given, shape):
            serialize(serializer, written, given, shape, key)
            return
        item: dict[str, dict[str, Any]] = {}
        for name, value in given.items():
            ((kind, held),) = value.items()
            item[name] = {kind: serializer._get_base64(held) if kind == "B" else held}
        written[key] = item

    return serialized
