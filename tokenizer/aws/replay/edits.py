"""Edits a letter's record by the rules for edits, and says what the audit trail keeps of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizer import json_text
from tokenizer.aws.replay.field_kinds import leaves_of
from tokenizer.aws.replay.letters import Opened
from tokenizer.errors import Refused
from tokenizer.replay.edit_rules import (
    Leaves,
    changed_paths,
    check_alone,
    check_edit,
    check_patch,
    check_public,
    check_type,
    named_paths,
)
from tokenizer.replay.messages import EDIT_REFUSED


@dataclass(frozen=True, slots=True)
class EditAttempt:
    """Holds an edit that somebody asked for: the edited record, or why it is refused.

    Args:
        named: the fields that the patch names.
        changed: the fields that it changes. Which those are depends on the record's values, so it is told to nobody but
            the audit trail.
    """

    result: Opened | Refused
    named: Sequence[str]
    changed: Sequence[str] = ()

    def facts(self) -> dict[str, Any]:
        """Returns what the audit trail keeps."""
        paths = sorted({*self.named, *self.changed})
        if isinstance(self.result, Refused):
            return {"paths": paths, "refused": self.result.code}
        return {"paths": paths, "edited": self.result.source.edited}

    def allowed(self) -> Opened:
        """Returns the edited record.

        Raises:
            Refused: the edit is not allowed, or doesn't fit the record.
        """
        if isinstance(self.result, Refused):
            raise self.result
        return self.result


def attempted(opened: Opened, patch: Sequence[Any], *, approved: bool = False) -> EditAttempt:
    """Edits a record by a JSON Patch.

    Without an approval, what needs one is refused before anything else that depends on the record's values: the answer
    tells nothing of them.

    Args:
        opened: the record.
        patch: the JSON Patch (RFC 6902).
        approved: True if a second person has approved exactly this.
    """
    named, changed = named_paths(patch), list[str]()
    try:
        before = _fields(opened, "a record that is no JSON object is not edited")
        check_patch(patch, before)
        edited = opened.patched(patch)
        after = _fields(edited, "the edited record is no JSON object")
        changed = changed_paths(before, after)
        check_type(before, after)
        if not approved:
            check_alone(patch, before, after)
        check_edit(before, after)
    except Refused as why:
        return EditAttempt(why, named, changed)
    return EditAttempt(edited, named, changed)


def public_fields(opened: Opened, paths: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Returns the values of public fields for an editor, null for fields that the record lacks, and the paths of these.

    Raises:
        Refused: the record is no JSON object, or a path leads to what is not a public field.
    """
    leaves = _fields(opened, "a record that is no JSON object is not edited")
    missing = [path for path in paths if path not in leaves]
    check_public(leaves, paths)
    found = {path: leaves[path].value if path in leaves else None for path in paths}
    return json.loads(json_text.dump(found)), missing


def _fields(record: Opened, otherwise: str) -> Leaves:
    found = leaves_of(record.data)
    if found is None:
        raise Refused(EDIT_REFUSED, otherwise)
    return found
