"""Edits a letter's record by the rules for edits, and says what the audit trail keeps of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizer import json_text
from tokenizer.aws.replay.field_kinds import leaves_of
from tokenizer.aws.replay.letters import Opened
from tokenizer.errors import InvalidRequest, Refused
from tokenizer.replay.edit_rules import (
    EDIT_REFUSED,
    Leaves,
    changed_paths,
    check_edit,
    check_patch,
    check_public,
    named_paths,
)


@dataclass(frozen=True, slots=True)
class EditAttempt:
    """Holds an edit that somebody asked for: the edited record, or why it is refused.

    Args:
        paths: the fields that it changes, or that a refused patch names.
    """

    result: Opened | Refused
    paths: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """Returns what the audit trail keeps."""
        if isinstance(self.result, Refused):
            return {"paths": list(self.paths), "refused": self.result.code}
        return {"paths": list(self.paths), "edited": self.result.source.edited}

    def allowed(self) -> Opened:
        """Returns the edited record.

        Raises:
            Refused: the edit is not allowed, or doesn't fit the record.
        """
        if isinstance(self.result, Refused):
            raise self.result
        return self.result


def attempted(opened: Opened, patch: Sequence[Any] | None, data: str | None) -> EditAttempt:
    """Edits a record by a JSON Patch, or puts another text in its place.

    Raises:
        InvalidRequest: neither is given.
    """
    if patch is None and data is None:
        raise InvalidRequest("patch: a list of operations, or data: the record's text")
    named = named_paths(patch or ())
    try:
        before = _fields(opened, "a record that is no JSON object is edited only with a second person")
        if patch is None:
            edited = opened.edited((data or "").encode("utf-8", "surrogatepass"))
        else:
            check_patch(patch, before)
            edited = opened.patched(patch)
        after = _fields(edited, "the edited record is no JSON object")
        named = changed_paths(before, after)
        check_edit(before, after)
    except Refused as why:
        return EditAttempt(why, named)
    return EditAttempt(edited, named)


def public_fields(opened: Opened, paths: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Returns the values of public fields for an editor, null for fields that the record lacks, and the paths of these.

    Raises:
        Refused: the record is no JSON object, or a path leads to what is not a public field.
    """
    leaves = _fields(opened, "a record that is no JSON object is edited only with a second person")
    missing = [path for path in paths if path not in leaves]
    check_public(leaves, paths)
    found = {path: leaves[path].value if path in leaves else None for path in paths}
    return json.loads(json_text.dump(found)), missing


def _fields(record: Opened, otherwise: str) -> Leaves:
    found = leaves_of(record.data)
    if found is None:
        raise Refused(EDIT_REFUSED, otherwise)
    return found
