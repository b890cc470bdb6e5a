"""Asks a second person to approve, lists what was asked, and approves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ops import console
from ops.errors import CommandError
from ops.options import AsJson
from replay.arguments import Apply, chosen, open_queue, open_stack
from replay.commands.answers import show_answer
from replay.commands.patches import patch_in
from replay.commands.sign_in import IdTokenFile, given_id_token
from replay.function import APPROVER_ROLE, ReplayFunction
from replay.selection import short_length, the_letter
from tokenizer.callers import APPROVE

Ask = Annotated[bool, typer.Option("--ask", help="Ask somebody else to approve this; changes nothing yet.")]
ApprovalId = Annotated[
    str | None, typer.Option("--approval", help="Use this approval; `replay approvals` lists them.")
]
_EDIT = "edit_letter"


@dataclass(frozen=True, slots=True)
class Approving:
    """Says what a command has to do with approvals.

    Args:
        ask: True to ask for one.
        approval: the one to use; None without one.
        token: the file with the ID token; None for the environment's.
    """

    ask: bool = False
    approval: str | None = None
    token: Path | None = None

    def check(self, *, possible: bool) -> None:
        """Checks that the command does what an approval can be for.

        Raises:
            CommandError: it does not.
        """
        if (self.ask or self.approval) and not possible:
            raise CommandError(
                "approvals are for edits and reveals",
                "replay run --edit FILE --id ID --ask, or replay show ID --reveal --ask",
            )


def approvals(as_json: AsJson = False) -> None:
    """List what people have asked each other to approve."""
    found = ReplayFunction(open_stack()).ask("approvals")["approvals"]
    if as_json:
        console.as_json({"approvals": found})
        return
    if not found:
        console.line("nobody has asked for an approval")
        return
    length = short_length([each["approval"] for each in found])
    rows = [
        [
            each["approval"][:length],
            _state(each),
            "edit" if each["action"] == _EDIT else "reveal",
            each["letter"],
            each["purpose"],
            ", ".join(each["paths"]),
            each["proposer"],
        ]
        for each in found
    ]
    console.table(
        "approvals", ["id", "state", "of", "letter", "purpose", "fields", "asked by"], rows, whole=1
    )


def approve(
    approval_id: Annotated[
        str, typer.Argument(metavar="ID", help="The request; the beginning of its ID is enough.")
    ],
    edit: Annotated[
        Path | None, typer.Option("--edit", help="The JSON Patch file that you have read and approve.")
    ] = None,
    apply: Apply = False,
    token: IdTokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Approve what a colleague asked for: an edit, with its patch, or a reveal. Without --apply, only show it."""
    patch = None if edit is None else patch_in(edit)
    stack = chosen.stack(APPROVER_ROLE)
    function = ReplayFunction(stack, alias=APPROVE)
    wanted = _the_one(function.ask("approvals")["approvals"], approval_id)
    if wanted["action"] == _EDIT and patch is None:
        raise CommandError(
            "this is an edit, and you approve its patch",
            f"`replay approve {approval_id} --edit FILE` with the file that {wanted['proposer']} has sent you",
        )
    letter = the_letter(open_queue(stack), wanted["letter"])
    if not apply:
        _show(wanted, as_json=as_json)
        return
    answer = function.ask(
        "approve",
        letters=[letter.body],
        ids=[letter.letter_id],
        approval=wanted["approval"],
        patch=patch,
        id_token=given_id_token(token),
    )
    show_answer(answer, f"{wanted['approval']}: approved", as_json=as_json)


def ask_for(function: ReplayFunction, request: Mapping[str, Any], *, as_json: bool) -> None:
    """Asks for an approval, and says what comes next.

    Args:
        function: the replay function.
        request: the letter, its id, the purpose, the ID token, and the patch of an edit.
        as_json: True if a program reads the output.
    """
    answer = function.ask("ask_approval", **request)
    wanted = answer["approval"]
    patch = " --edit FILE" if wanted["action"] == _EDIT else ""
    show_answer(
        answer,
        f"asked, until {_moment(wanted)}\n"
        f"a colleague: `replay approve {wanted['approval']}{patch} --apply`\n"
        f"then you: the same command with --approval {wanted['approval']}",
        as_json=as_json,
    )


def whole_id(function: ReplayFunction, approval_id: str) -> str:
    """Returns the whole id of the approval whose id begins with a text.

    Raises:
        CommandError: none does, or more than one.
    """
    return str(_the_one(function.ask("approvals")["approvals"], approval_id)["approval"])


def _show(wanted: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        console.as_json({"dry_run": True, "would_approve": wanted})
        return
    what = {
        "asked by": wanted["proposer"],
        "purpose": wanted["purpose"],
        "letter": wanted["letter"],
        "of": "an edit" if wanted["action"] == _EDIT else "the raw record",
        "fields": ", ".join(wanted["paths"]),
        "state": _state(wanted),
    }
    console.table("approval", ["what", "is"], [list(each) for each in what.items()], whole=1)
    console.line("a dry run: add --apply to approve")


def _the_one(found: Sequence[Mapping[str, Any]], approval_id: str) -> Mapping[str, Any]:
    fitting = [each for each in found if each["approval"].startswith(approval_id)]
    if len(fitting) != 1:
        raise CommandError(
            f"{'more than one' if fitting else 'no'} request for approval begins with {approval_id}",
            "`replay approvals` lists them",
        )
    return fitting[0]


def _state(approval: Mapping[str, Any]) -> str:
    if approval["used"]:
        return "used"
    if datetime.now(UTC).timestamp() >= approval["valid_until"]:
        return "ended"
    return f"{'asked' if approval['approver'] is None else 'approved'} until {_moment(approval)}"


def _moment(approval: Mapping[str, Any]) -> str:
    return datetime.fromtimestamp(approval["valid_until"], UTC).strftime("%Y-%m-%d %H:%M UTC")
