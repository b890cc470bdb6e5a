"""Moves letters into quarantine and back."""

from datetime import datetime
from typing import Annotated, Any

import typer

from ops import console
from ops.errors import CommandError
from ops.options import AsJson
from replay import present
from replay.arguments import open_queue, open_stack
from replay.commands.answers import show_answer
from replay.filters import Filter
from replay.function import ReplayFunction
from replay.selection import no_such_letter, selected, short_length


def quarantine(
    letter_ids: Annotated[
        list[str], typer.Argument(metavar="ID", help="Letters; the beginnings of their IDs are enough.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why they can't be repaired, for the audit trail.")],
    as_json: AsJson = False,
) -> None:
    """Move letters that can't be repaired into quarantine, in the stack's encrypted bucket."""
    stack = open_stack()
    queue = open_queue(stack)
    aside: list[str] = []
    wanted = Filter(ids=tuple(letter_ids))
    held = queue.counts()["held"]  # before we hold any
    try:
        found = list(selected(queue, wanted, aside))
        ids = [letter.letter_id for letter in found]
        if lost := [each for each in letter_ids if not any(one.startswith(each) for one in ids)]:
            aside += [letter.receipt for letter in found]
            raise no_such_letter(lost, held)
    finally:
        queue.give_back(aside)
        queue.give_back_unread()
    function = ReplayFunction(stack, wanted.to_dict())
    kept: list[str] = []
    left = [letter.receipt for letter in found]
    try:
        for letter in found:
            request = {"letters": [letter.body], "ids": [letter.letter_id], "reason": reason}
            kept += function.ask("quarantine", **request)["ids"]
            queue.delete([letter.receipt])
            left.remove(letter.receipt)
    finally:
        queue.give_back(left)
    show_answer(
        {"quarantined": kept}, f"{console.counted(len(found), 'letter')} quarantined", as_json=as_json
    )


def restore(
    letter_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Quarantined letters; without any, list them.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring quarantined letters back to the queue. Without an ID, list them."""
    function = ReplayFunction(open_stack())
    answer = function.ask("quarantined")
    kept = answer["ids"]
    if not letter_ids:
        _list(kept, answer.get("letters", []), as_json=as_json)
        return
    if lost := [each for each in letter_ids if not any(one.startswith(each) for one in kept)]:
        raise CommandError(
            f"no such letter in quarantine: {', '.join(lost)}", "`replay restore` lists those that are there"
        )
    restored = [each for each in kept if any(each.startswith(beginning) for beginning in letter_ids)]
    ids = function.ask("restore", ids=restored)["ids"]
    told = console.counted(len(ids), "letter", "restored; its new id:", "restored; their new ids:")
    show_answer({"restored": restored, "ids": ids}, "\n".join([told, *ids]), as_json=as_json)


def _list(ids: list[str], letters: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        console.as_json({"quarantined": ids, "letters": letters})
    elif not ids:
        console.line("nothing is quarantined")
    else:
        length, known = short_length(ids), {each["id"]: each for each in letters}
        rows = [[each[:length], *_of(known.get(each, {}))] for each in ids]
        console.table("in quarantine", ["id", "age", "code", "reason"], rows, whole=1)


def _of(letter: dict[str, Any]) -> list[str]:
    kept_at = letter.get("kept_at")
    age = present.age(datetime.fromisoformat(kept_at)) if kept_at else ""
    return [age, letter.get("code") or "", letter.get("reason") or "not noted"]
