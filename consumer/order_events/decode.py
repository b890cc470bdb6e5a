"""Turns parsed JSON into the kit's dataclasses. Known fields are checked; unknown ones are kept and never refused."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from order_events.errors import Unreadable
from order_events.parts import Part, Token, is_token

_P = TypeVar("_P", bound=Part)
_Read = Callable[[Any, str], Any]
_EXTRA = "extra"


class _NoMatchError(Exception):
    """Means that a value doesn't have the type that a reader expects."""


def decode(kind: type[_P], value: Any, path: str) -> _P:
    """Reads an object.

    Args:
        kind: one of the kit's models.
        value: parsed JSON.
        path: the JSON Pointer of the value, for errors.

    Raises:
        Unreadable: a known field is missing or has another type.
    """
    if not isinstance(value, Mapping):
        raise Unreadable(path, "an object is needed")
    fields_by_key, required = _plan(kind)  # type: ignore[arg-type]  # mypy takes a class for unhashable here
    found: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, inner in value.items():
        named = fields_by_key.get(key)
        if named is None:
            extra[key] = inner
            continue
        where, (attribute, reader) = f"{path}/{key}", named
        try:
            found[attribute] = reader(inner, where)
        except _NoMatchError:
            raise Unreadable(where, "is of another type than its schema says") from None
    if missing := sorted(required - value.keys()):
        raise Unreadable(f"{path}/{missing[0]}", "is missing")
    return kind(extra=extra, **found)


@cache
def _plan(kind: type[Part]) -> tuple[Mapping[str, tuple[str, _Read]], frozenset[str]]:
    """Returns the attribute and the reader of each field by its name in events, and the names of required fields."""
    hints = get_type_hints(kind)
    named = {field.metadata.get("name", field.name): field for field in fields(kind) if field.name != _EXTRA}
    readers = {name: (field.name, _reader(hints[field.name])) for name, field in named.items()}
    return readers, frozenset(name for name, field in named.items() if field.default is MISSING)


def _reader(annotation: Any) -> _Read:
    arms = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    readers = [_arm(arm) for arm in arms]

    def read(value: Any, path: str) -> Any:
        for each in readers:
            try:
                return each(value, path)
            except _NoMatchError:
                continue
        raise _NoMatchError

    return readers[0] if len(readers) == 1 else read


def _arm(arm: Any) -> _Read:
    if arm is Any:
        return lambda value, _: value
    if arm is Token:
        return _token
    if is_dataclass(arm):
        part = cast("type[Part]", arm)
        return lambda value, path: decode(part, _of(Mapping, value), path)
    if get_origin(arm) is tuple:
        element = _reader(get_args(arm)[0])
        return lambda value, path: _elements(element, value, path)
    plain: type = get_origin(arm) or arm
    return lambda value, _: _of(plain, value)


def _of(kind: Any, value: Any) -> Any:
    # A function on Lambda gets its event parsed, with the shortest text of each number behind a float.
    if kind is Decimal and isinstance(value, float):
        return Decimal(repr(value))
    # JSON's true is not a number, although Python's is.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _NoMatchError
    return value


def _token(value: Any, _: str) -> Token:
    # A value in the place of a token is a leak upstream, so it is refused instead of passed on.
    if value != "" and not is_token(value):
        raise _NoMatchError
    return Token(value)


def _elements(element: _Read, value: Any, path: str) -> tuple[Any, ...]:
    read = []
    for index, inner in enumerate(_of(list, value)):
        try:
            read.append(element(inner, f"{path}/{index}"))
        except _NoMatchError:
            raise Unreadable(f"{path}/{index}", "is of another type than its schema says") from None
    return tuple(read)
