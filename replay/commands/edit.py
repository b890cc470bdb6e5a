"""Changes one letter's record and replays it: by a JSON Patch, or by hand in an editor.

The editor opens the fields that the letter's message names, each by its path. So nobody has to see the rest of a record
to mend a field. A record that is no JSON has no fields, and can't be edited.
"""

import json
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ops.errors import CommandError
from ops.stack import Stack
from replay.arguments import open_queue, open_stack
from replay.commands.answers import asked_purpose, show_answer
from replay.commands.approvals import Approving, ask_for, whole_id
from replay.commands.patches import patch_in
from replay.commands.sign_in import given_id_token
from replay.filters import Filter
from replay.function import ReplayFunction
from replay.letters import Letter
from replay.selection import selected, the_letter
from schemas.dead_letter import ErrorCode

_BY_HAND = "-"
_TYPE = "/event_type"  # no edit may change it
_UNKNOWN = ErrorCode.UNKNOWN_EVENT_TYPE
# A letter's message names each wrong field: "/order/total: ...; /order/items/0/sku: ...".
_PATHS = re.compile(r"(?:^|; )(/[^:]*): ")
_PUBLISHED = "published"
_FILE = "fields.json"


def run_edited(
    wanted: Filter,
    edit: Path,
    fields: Sequence[str],
    purpose: str | None,
    approving: Approving,
    *,
    apply: bool,
    as_json: bool,
) -> bool:
    """Edits the one letter that is selected; returns False if it could not be published.

    Args:
        wanted: the filter; it names one letter.
        edit: a file with a JSON Patch, or `-` for the editor.
        fields: the paths to open in the editor; without any, those that the letter's message names.
        purpose: the reason for the audit trail; None to ask for it.
        approving: whether to ask somebody else to approve the edit, or to use what they approved.
        apply: False for a dry run.
        as_json: True if a program reads the output.

    Raises:
        CommandError: not one letter is selected, the patch can't be read, the editor failed, the letter's type is what
            is wrong, or the edit is refused.
    """
    if len(wanted.ids) != 1:
        raise CommandError(
            "an edit is for one letter", "replay run --edit FILE --id ID --purpose WHY --apply"
        )
    patch = None if str(edit) == _BY_HAND else patch_in(edit)
    if patch is None and (approving.ask or approving.approval):
        raise CommandError(
            "the editor opens no field that takes an approval",
            "replay run --edit FILE --id ID --purpose WHY --ask, with a JSON Patch",
        )
    stack = open_stack()
    letter = the_letter(open_queue(stack), wanted.ids[0])
    opened = tuple(fields) or fields_at_fault(letter)
    if patch is None and not fields and (letter.code == _UNKNOWN or set(opened) == {_TYPE}):
        known = (
            "if the type is right, add its schema (docs/new-event-type.md) and `replay run --id ID --apply`; else "
            if letter.code == _UNKNOWN
            else ""
        )
        again = "the producer sends it again" + ("" if known else " with its type")
        raise CommandError(
            f"no edit changes a record's type: {letter.message}",
            f"{known}`replay quarantine {letter.letter_id[:8]} --reason WHY`, and {again}",
        )
    if patch is None and not opened:
        raise CommandError(
            f"the letter's message names no field: {letter.message}",
            f"--field PATH opens one; `replay quarantine {letter.letter_id[:8]} --reason WHY` if it can't be repaired",
        )
    if not apply and not approving.ask:
        how = f"at {', '.join(opened)}" if patch is None else f"by {edit}"
        show_answer(
            {"dry_run": True, "would_edit": letter.letter_id},
            f"would edit {letter.letter_id} {how}; add --apply to act",
            as_json=as_json,
        )
        return True
    function = ReplayFunction(stack, wanted.to_dict())
    request: dict[str, Any] = {
        "letters": [letter.body],
        "ids": [letter.letter_id],
        "purpose": purpose or asked_purpose(),
    }
    if approving.ask:
        ask_for(
            function,
            {**request, "patch": patch, "id_token": given_id_token(approving.token)},
            as_json=as_json,
        )
        return True
    change = {"patch": patch} if patch is not None else _by_hand(function, request, opened)
    if approving.approval:
        change["approval"] = whole_id(function, approving.approval)
    if approving.approval or approving.token:
        change["id_token"] = given_id_token(approving.token)
    (result,) = function.ask("edit", **request, **change)["results"]
    if result["status"] == _PUBLISHED:
        _delete(stack, letter)
    show_answer(
        {"results": [result]},
        f"{letter.letter_id}: {result['status']} {result.get('message', '')}".strip(),
        as_json=as_json,
    )
    return bool(result["status"] == _PUBLISHED)


def fields_at_fault(letter: Letter) -> tuple[str, ...]:
    """Returns the paths that a letter's message names; none if it has no fields, or names none."""
    return tuple(dict.fromkeys(_PATHS.findall(letter.message)))


def changes(before: Mapping[str, Any], after: Any, missing: Sequence[str]) -> list[dict[str, Any]]:
    """Returns the JSON Patch that an operator's edit of some fields makes.

    Args:
        before: the fields as they were opened, by path; a missing one is null.
        after: the same after the edit; a path that is gone is removed from the record.
        missing: the paths of fields that the record doesn't have.

    Raises:
        CommandError: it is no object with the same paths any more.
    """
    if not isinstance(after, dict) or not after.keys() <= before.keys():
        raise CommandError(
            "the edited text is no object with the paths that were opened",
            "change values and leave the paths; `replay run --edit - --field PATH` opens others",
        )
    patch: list[dict[str, Any]] = []
    for path, value in before.items():
        if path not in after:
            patch += [] if path in missing else [{"op": "remove", "path": path}]
        elif after[path] != value or type(after[path]) is not type(value):
            patch.append({"op": "add" if path in missing else "replace", "path": path, "value": after[path]})
    return patch


def _by_hand(function: ReplayFunction, request: Mapping[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """Returns the operator's edit, for the request.

    Raises:
        CommandError: the editor failed, or nothing was changed.
    """
    answer = function.ask("open", **request, paths=list(paths))
    before, missing = answer["fields"], answer["missing"]
    try:
        after = json.loads(_edited(json.dumps(before, indent=2, ensure_ascii=False) + "\n"))
    except ValueError:
        raise CommandError(
            "the edited text is no JSON", "edit again; `replay run --edit FILE` takes a JSON Patch instead"
        ) from None
    patch = changes(before, after, missing)
    if not patch:
        raise _unchanged()
    return {"patch": patch}


def _unchanged() -> CommandError:
    return CommandError(
        "nothing was changed, so nothing is replayed",
        "`replay run --id ID --apply` replays a letter as it is",
    )


def _edited(text: str) -> str:
    """Returns a text after the operator has edited it. The files, in a private folder, are overwritten afterwards."""
    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="replay-") as folder:
        path = Path(folder) / _FILE
        path.touch(mode=0o600)
        with path.open("r+") as first:  # editors may write a new file in its place, so this one stays open
            first.write(text)
            first.flush()
            try:
                subprocess.run([*editor, str(path)], check=True)  # noqa: S603 -- the operator's own editor
                return path.read_text()
            except (OSError, subprocess.CalledProcessError, UnicodeDecodeError):
                raise CommandError(
                    "the editor failed", "export EDITOR=nano, or `replay run --edit FILE` with a JSON Patch"
                ) from None
            finally:
                first.seek(0)
                first.write("\0" * len(text.encode()))
                for left in Path(folder).iterdir():
                    left.write_bytes(b"\0" * left.stat().st_size)


def _delete(stack: Stack, letter: Letter) -> None:
    """Deletes a letter. It is taken from the queue again, because its first receipt was given back."""
    queue = open_queue(stack)
    aside: list[str] = []
    try:
        for each in selected(queue, Filter(ids=(letter.letter_id,)), aside):
            queue.delete([each.receipt])
            return
    finally:
        queue.give_back(aside)
        queue.give_back_unread()
