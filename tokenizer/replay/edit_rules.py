"""Decides whether an operator's edit of a record may be replayed.

An edit repairs what is public. It may not move, copy, test or retype what is sensitive, and no sensitive value of the
record may turn up in a place that the edit made. What changes a sensitive field, or whom a record is about, needs the
approval of a second person: with another subject, the values would be another person's, and readable after the erasure
of who gave them. No approval lets an edit change the type, or publish what was not public.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tokenizer.errors import Refused
from tokenizer.guard import Finding, find_leak, is_plain_word, own_values
from tokenizer.replay.messages import APPROVAL_NEEDED, EDIT_REFUSED
from tokenizer.subjects import names_nobody

_LOOKING = frozenset({"copy", "move", "test"})  # operations that read what is there
_TYPE = "/event_type"
# Stand for the type and version that a record is read as, wherever it names them. No path begins without a slash.
READ_AS_TYPE, READ_AS_VERSION = "event_type", "schema_version"
_READ_AS = {READ_AS_TYPE, READ_AS_VERSION}
_PATHS_KEPT = 100
_MOST_DIGITS = 3  # of a position in a list


@dataclass(frozen=True, slots=True)
class Leaf:
    """Holds one field that has no fields below it.

    Args:
        value: the parsed value.
        kind: what the schema says of the field; empty if no schema names it.
        public: True if consumers see the value.
        subject: True if the value is the id of the person whom the record is about.
        names: True if the value is the id of what the record is about: its order, its refund.
        order: True if it is the id of the order, which owns a record that names no person.
    """

    value: Any = field(repr=False)
    kind: str
    public: bool
    subject: bool = False
    names: bool = False
    order: bool = False

    @property
    def text(self) -> str:
        """Returns the value as text."""
        return "" if self.value is None or isinstance(self.value, bool | dict | list) else str(self.value)


Leaves = Mapping[str, Leaf]


def check_patch(patch: Sequence[Any], before: Leaves) -> None:
    """Checks the operations of a JSON Patch before any is applied, because `test` alone would answer guesses.

    Raises:
        Refused: an operation moves, copies or tests what is not a public field.
    """
    for operation in patch:
        name = operation.get("op") if isinstance(operation, dict) else None
        if not isinstance(name, str) or name not in _LOOKING:
            continue
        places = [operation.get("path"), *([operation.get("from")] if name != "test" else [])]
        if not all(isinstance(each, str) and each in before and before[each].public for each in places):
            raise Refused(EDIT_REFUSED, f"a patch may not {name} what is not a public field of the record")


def check_alone(patch: Sequence[Any], before: Leaves, after: Leaves) -> None:
    """Checks that an edit needs no second person.

    A patch that names a sensitive field needs one whatever it writes there: if the value that is there already were no
    change, the answer would tell whether a guess is right.

    Args:
        patch: the JSON Patch.
        before: the fields of the record by path (RFC 6901).
        after: the fields of the edited record.

    Raises:
        Refused: the edit touches what is sensitive, or changes whom or which order the record is about.
    """
    _check_subject(before, after)
    _check_names(before, after)
    for path in _written(patch):
        if touched := next(
            (each for each, leaf in before.items() if not leaf.public and _meet(path, each)), None
        ):
            raise _needs_approval(touched, "a sensitive field is changed")
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old is not None and not old.public and (new is None or not _same(old, new)):
            raise _needs_approval(path, "a sensitive field is changed")
        if old is None and new is not None and not new.public and new.value is not None:
            raise _needs_approval(path, "a sensitive field is added")


def check_edit(before: Leaves, after: Leaves) -> None:
    """Compares a record before and after an edit, by the rules that hold with an approval, too.

    Args:
        before: the fields of the record by path (RFC 6901).
        after: the fields of the edited record.

    Raises:
        Refused: the edit makes public what was not, or brings a sensitive value of the record somewhere else.
    """
    if not _same(before.get(READ_AS_VERSION), after.get(READ_AS_VERSION)):
        _check_new_kinds(before, after)
    _hunt(before, after)


def check_type(before: Leaves, after: Leaves) -> None:
    """Checks that the record keeps its type.

    Raises:
        Refused: it does not.
    """
    if not all(_same(before.get(each), after.get(each)) for each in _types(before, after)):
        raise Refused(EDIT_REFUSED, f"{_TYPE}: no edit gives a record another type")


def check_public(before: Leaves, paths: Iterable[str]) -> None:
    """Checks that paths lead to public fields, or to none.

    Raises:
        Refused: a path leads to a sensitive field, or to an object or a list.
    """
    for path in paths:
        inside = any(each.startswith(f"{path}/") for each in before)
        if inside or (path in before and not before[path].public):
            raise Refused(EDIT_REFUSED, f"{_of(path)}: only a public field is opened for an edit")


def changed_paths(before: Leaves, after: Leaves) -> list[str]:
    """Returns the paths that an edit changed, in a form for the audit trail."""
    both = before.keys() | after.keys()
    changed = {path for path in both - _READ_AS if not _same(before.get(path), after.get(path))}
    return sorted(map(_of, changed))[:_PATHS_KEPT]


def named_paths(patch: Sequence[Any]) -> list[str]:
    """Returns the paths that a patch names, in a form for the audit trail."""
    named = [each.get(key) for each in patch if isinstance(each, dict) for key in ("path", "from")]
    return sorted({_of(path) for path in named if isinstance(path, str)})[:_PATHS_KEPT]


def _written(patch: Sequence[Any]) -> list[str]:
    """Returns the paths that a patch writes to."""
    named = [each.get("path") for each in patch if isinstance(each, dict) and each.get("op") not in _LOOKING]
    return [path for path in named if isinstance(path, str)]


def _meet(one: str, other: str) -> bool:
    """Returns True if one path is the other, or leads to what is inside of it."""
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _needs_approval(path: str, what: str) -> Refused:
    return Refused(APPROVAL_NEEDED, f"{_of(path)}: {what} only with a second person")


def _types(before: Leaves, after: Leaves) -> set[str]:
    """Returns where a record has its type: one in its own envelope has it at its own path as well."""
    return {READ_AS_TYPE} | ({_TYPE} & (before.keys() | after.keys()))


def _check_subject(before: Leaves, after: Leaves) -> None:
    """Refuses another subject, or none, for a record that names one: a person, or else its order.

    A record that names neither may be given one.
    """
    named = _subject(before)
    if named is None:
        return
    path, owner = named
    found = _subject(after)
    if found is None or (found[1].order, str(found[1].value)) != (owner.order, str(owner.value)):
        raise _needs_approval(path, "a record is given another subject")


def _check_names(before: Leaves, after: Leaves) -> None:
    """Refuses another id of the order, or whatever the record is about: it would take the place of somebody else's."""
    both = before.keys() | after.keys()
    for path in sorted(
        each for each in both if any(each in leaves and leaves[each].names for leaves in (before, after))
    ):
        old, new = (leaves[path].text if path in leaves else "" for leaves in (before, after))
        if old != new:
            raise _needs_approval(path, "what the record is about is changed")


def _subject(leaves: Leaves) -> tuple[str, Leaf] | None:
    """Returns where a record names its subject, and the field that does; None if it names nobody."""
    named = [(path, leaf) for path, leaf in leaves.items() if not names_nobody(leaf.value)]
    owners = [each for each in named if each[1].subject] or [each for each in named if each[1].order]
    return owners[0] if owners else None


def _check_new_kinds(before: Leaves, after: Leaves) -> None:
    for path, new in after.items():
        old = before.get(path)
        if new.public and old is not None and not old.public and old.value is not None:
            raise Refused(EDIT_REFUSED, f"{_of(path)}: another version would make public what was not")


def _hunt(before: Leaves, after: Leaves) -> None:
    """Looks for the record's sensitive values in whatever the edit made: new values, and names of new fields."""
    made = {
        path: new.text if path in before else f"{new.text} {path}"
        for path, new in after.items()
        if path not in _READ_AS and not _same(before.get(path), new)
    }
    values = [leaf.text for leaf in before.values() if not leaf.public]
    every = own_values(values)
    for path, text in made.items():
        if find_leak(text, every) is Finding.OWN_VALUE and not _was_there(before.get(path), text, values):
            raise _holds_a_value()
    # A value may be cut into pieces, one for each of some neighbours.
    pieces = [each.text for path, each in after.items() if path in made and each.public]
    if len(pieces) > 1 and find_leak("".join(pieces), every) is Finding.OWN_VALUE:
        raise _holds_a_value()


def _holds_a_value() -> Refused:
    """Returns the refusal that a right guess gets. It names no field: many guesses in one edit are answered as one."""
    return Refused(EDIT_REFUSED, "the edited fields would hold a sensitive value of the record")


def _was_there(old: Leaf | None, text: str, values: Sequence[str]) -> bool:
    """Returns True if a text holds no sensitive value that the field did not hold before."""
    if old is None:
        return False
    new = own_values(
        each for each in values if find_leak(old.text, own_values([each])) is not Finding.OWN_VALUE
    )
    return find_leak(text, new) is not Finding.OWN_VALUE


def _same(old: Leaf | None, new: Leaf | None) -> bool:
    return (
        old is not None and new is not None and type(old.value) is type(new.value) and old.value == new.value
    )


def _of(path: str) -> str:
    """Returns a path without names that may be values."""
    return "".join(f"/{each if _harmless(each) else '*'}" for each in path.split("/")[1:])


def _harmless(name: str) -> bool:
    return (name.isdecimal() and len(name) <= _MOST_DIGITS) or is_plain_word(name)
