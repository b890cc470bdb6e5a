"""Finds fields that no schema names but that look like one that a schema names at that place, such as `emial`.

They are tokenized whole, like any unknown field, so the event is valid; but it is hardly what the producer meant.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from schemas.check import escape
from schemas.fault import Fault
from schemas.kinds import Public
from schemas.wrappers import attributes_of, event_in
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.guard.record_keys import may_be_told, values_of
from tokenizer.pipeline.catalog import ENVELOPE, ListPlan, ObjectPlan, Plan, catalog

_ALIKE = 0.8  # of two letters swapped in `email`, in difflib's measure
_FEWEST_SWAPPED = 4  # letters; the shorter words are often others with the same letters
_LONGEST = 64  # characters; no schema names a longer field
_NO_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
_INDEX = re.compile(r"/[0-9]+(?=/|$)")
_NO_DIGIT = re.compile(r"[^0-9]+")
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Misspelt(NamedTuple):
    """Describes a field that no schema names, and the one that it looks like.

    Args:
        path: a JSON Pointer. A key that is no plain word, or is one of the event's values, is `*`.
        meant: the name of the field that the schema has there and the event hasn't.
    """

    path: str
    meant: str

    def __str__(self) -> str:
        return f"{self.path}: no schema names this field; did you mean {self.meant}?"

    @property
    def starred(self) -> "Misspelt":
        """Returns it with `*` in place of list indexes."""
        return Misspelt(starred(self.path), self.meant)


def starred(path: str) -> str:
    """Returns a JSON Pointer with `*` in place of list indexes."""
    return _INDEX.sub("/*", path)


def misspelt(data: bytes) -> list[Misspelt]:
    """Returns the fields of an event that look like ones that its schema names.

    Of an event whose type or version isn't known, only the envelope is looked at; of a foreign body without an id or a
    time, all but the envelope.

    Args:
        data: the JSON text of a raw event, valid or not. If it can't be read, nothing is found.
    """
    try:
        parsed = json_text.parse(data)
        event, attributes = event_in(parsed), attributes_of(parsed)
    except (BadRecord, Fault):
        return []
    if not isinstance(event, dict):
        return []
    fields: dict[str, Plan] = dict.fromkeys(ENVELOPE, Public())
    found: Mapping[str, Any] = event
    try:
        found, plan = catalog().settled(event, attributes)
        fields |= plan.data.fields
    except BadRecord:
        _, known = catalog().read_as(event, attributes)
        fields = dict(known.data.fields) if known is not None else fields
    return [
        Misspelt(_path(steps, key, event), meant) for steps, key, meant in _unnamed(found, ObjectPlan(fields))
    ]


def similar(key: str, names: Iterable[str]) -> str | None:
    """Returns the name that a key looks like, or None. Case, dashes and underscores don't count.

    A key that is a name with a further word, such as `maxQuantity` beside `quantity`, is a field of its own.
    """
    if len(key) > _LONGEST:
        return None
    plain, by_form = _form(key), {_form(name): name for name in names}
    if plain in by_form:
        return by_form[plain]
    digits, within = _NO_DIGIT.sub("", plain), set(_runs_of_words(key))
    forms = [
        each for each in by_form if each not in within and (not digits or _NO_DIGIT.sub("", each) == digits)
    ]
    if len(plain) >= _FEWEST_SWAPPED:
        swapped = [each for each in forms if sorted(each) == sorted(plain)]
        if swapped:
            return by_form[swapped[0]]
    close = get_close_matches(plain, forms, n=1, cutoff=_ALIKE)
    return by_form[close[0]] if close else None


def _runs_of_words(key: str) -> Iterator[str]:
    """Yields the form of each word of a key, and of the words that stand beside each other in it."""
    words = [_form(each) for each in _BETWEEN_WORDS.split(key)]
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield "".join(words[start:end])


def _form(key: str) -> str:
    return _NO_LETTER_OR_DIGIT.sub("", key).casefold()


def _unnamed(
    value: Any, plan: Plan, steps: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yields where each misspelt field stands, its key, and the name that was meant."""
    match plan, value:
        case ObjectPlan(), dict():
            missing = [name for name in plan.fields if name not in value]
            for key, inner in value.items():
                named = plan.fields.get(key)
                if named is not None:
                    yield from _unnamed(inner, named, (*steps, key))
                elif (meant := similar(key, missing)) is not None:
                    yield steps, key, meant
        case ListPlan(), list():
            for index, inner in enumerate(value):
                yield from _unnamed(inner, plan.element, (*steps, str(index)))


def _path(steps: tuple[str, ...], key: str, event: Mapping[str, Any]) -> str:
    shown = may_be_told(key, values_of(event))
    return "".join(f"/{escape(each)}" for each in (*steps, key if shown else "*"))
