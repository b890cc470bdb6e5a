"""Lists letters and shows one."""

from collections import Counter
from dataclasses import replace
from typing import Annotated, Any

import typer

from ops import console
from ops.options import AsJson
from replay import present
from replay.arguments import (
    Codes,
    Ids,
    Limit,
    Purpose,
    Since,
    Sources,
    Until,
    chosen,
    letter_filter,
    open_queue,
    open_stack,
)
from replay.commands.answers import asked_purpose
from replay.commands.approvals import ApprovalId, Approving, Ask, ask_for, whole_id
from replay.commands.sign_in import IdTokenFile, given_id_token
from replay.function import ReplayFunction
from replay.letters import Letter, count
from replay.selection import short_length, the_letter
from tokenizer.callers import DIRECT

_SHOWN = 50


def list_(  # noqa: PLR0917 -- a command has its options
    code: Codes = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    letter_id: Ids = None,
    limit: Limit = None,
    as_json: AsJson = False,
) -> None:
    """List letters: a summary by code, source and age, then one line each."""
    wanted = letter_filter(code, source, since, until, None, letter_id, limit)
    stack = open_stack()
    queue = open_queue(stack)
    counted: Counter[tuple[str, str, str]] = Counter()
    shown: list[Letter] = []
    receipts: list[str] = []
    ids: list[str] = []
    counts = queue.counts()  # before we hold any
    most = limit or (None if as_json else _SHOWN)
    try:
        with console.progress("reading", counts["waiting"]) as tick:
            for letter in queue.take():
                receipts.append(letter.receipt)
                ids.append(letter.letter_id)
                tick(1)
                if wanted.takes(letter):
                    counted[letter.code, letter.source, present.age_class(letter.arrived_at)] += 1
                    if most is None or len(shown) < most:
                        shown.append(replace(letter, body=""))  # ten thousand bodies would not fit
    finally:
        queue.give_back(receipts)
        queue.give_back_unread()
    unprocessed = count(stack.client("sqs"), stack.output("UnprocessedQueueUrl"))
    if as_json:
        grouped = [
            {"code": c, "source": s, "age": a, "letters": n} for (c, s, a), n in sorted(counted.items())
        ]
        letters = [letter.to_dict() for letter in shown]
        console.as_json({"groups": grouped, "letters": letters, "total": counted.total(), "held": counts["held"], "unprocessed": unprocessed["waiting"], "unprocessed_held": unprocessed["held"]})  # fmt: skip
        return
    if counted:
        present.groups(counted)
        present.letters(shown, short_length(ids))
        if counted.total() > len(shown):
            more = console.number(counted.total() - len(shown))
            console.line(f"... and {more} more; --limit N shows more lines")
    else:
        others = console.counted(len(ids), "other letter", "is there", "are there")
        console.line(f"no letters match; {others}" if ids else "no letters")
    present.held(counts["held"] + unprocessed["held"])
    if unprocessed["waiting"]:
        waiting = console.counted(unprocessed["waiting"], "raw message", "is", "are")
        console.line(f"{waiting} unprocessed; `replay run --apply` takes such, too")


def show(  # noqa: PLR0917 -- a command has its options
    letter_id: Annotated[
        str, typer.Argument(metavar="ID", help="The letter; the beginning of its ID is enough.")
    ],
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show the raw record, if the policies permit it; audited.")
    ] = False,
    purpose: Purpose = None,
    ask: Ask = False,
    approval: ApprovalId = None,
    token: IdTokenFile = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Reveal as an administrator, who needs no ID token.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one letter without its values: field paths, types and lengths."""
    approving = Approving(ask, approval, token)
    approving.check(possible=reveal)
    stack = open_stack()
    letter = the_letter(open_queue(stack), letter_id)
    function = ReplayFunction(stack)
    if ask:
        ask_for(function, _request(letter, purpose) | {"id_token": given_id_token(token)}, as_json=as_json)
        return
    details: dict[str, Any] = letter.to_dict()
    if letter.shape == "sealed":
        details["outline"] = function.ask("show", letters=[letter.body])["outline"]
    if reveal:
        request = _request(letter, purpose)
        details["record"] = _directly(request) if direct else _revealed(function, request, approving)
    if as_json:
        console.as_json(details)
        return
    console.table(
        "letter",
        ["what", "is"],
        [[key, str(value)] for key, value in details.items() if key not in {"outline", "record"}],
        whole=1,
    )
    if outline := details.get("outline"):
        rows = [[each["path"], each["type"], str(each.get("length", ""))] for each in outline["fields"]]
        console.table(console.counted(outline["bytes"], "byte"), ["path", "type", "length"], rows)
    if reveal:
        console.line(details["record"])


def _request(letter: Letter, purpose: str | None) -> dict[str, Any]:
    return {"letters": [letter.body], "ids": [letter.letter_id], "purpose": purpose or asked_purpose()}


def _revealed(function: ReplayFunction, request: dict[str, Any], approving: Approving) -> str:
    """Returns a record as the policies permit it to whoever signed in."""
    request["id_token"] = given_id_token(approving.token)
    if approving.approval:
        request["approval"] = whole_id(function, approving.approval)
    return str(function.ask("reveal", **request)["record"])


def _directly(request: dict[str, Any]) -> str:
    """Returns a record to an administrator, with their own role in the place of the operator's."""
    return str(ReplayFunction(chosen.stack(""), alias=DIRECT).ask("reveal", **request)["record"])
