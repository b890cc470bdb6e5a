"""Writes docs/access.md from the table of walls and its claims: `python -m tests.support.security.access_page`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.support.security.cases import Stack
from tests.support.security.circumstances import ROWS
from tests.support.security.others import Claim, claims
from tests.support.security.walls import ACTIONS, ROLES, Action
from tools.lint.settled import settled_sets

PAGE = Path("docs/access.md")

HEAD = """\
# Who may do what

`.venv/bin/python -m tests.support.security.access_page` writes this page from `walls.py`, `circumstances.py` and
`others.py` in `tests/support/security/`. Two witnesses try each role with each action:

- **The emulator.** `.venv/bin/python -m pytest tests/security/test_walls.py` makes each call on the local stack, with
  IAM and key policies enforced: once with all modules, and once with the core alone, which `make test` leaves to
  `make test-all`.
- **The simulator.** `.venv/bin/python -m tests.support.security.simulated`, part of `make lint`, decides each call by
  the policies of the real template: with encryption contexts, network, boundaries, endpoint policies and resource
  policies, in three sets of parameters ([checks.md](checks.md#the-policy-simulation)). It tries an allowed call as the
  product makes it, and a denied one from inside and from outside of the network.

The emulator does not know every condition. Where one decides that it does not know, the page says "simulator alone".

Roles marked ‡ exist only while the vault is moved to another key (`Rekeying=true`, [keys.md](keys.md)). The rekey
function answers only with counts.
"""

FOOT = """\
## What holds for all of them

- Vault records are written with `BatchWriteItem`, with which DynamoDB also deletes. So the tokenizing functions and the
  erasing function can destroy vault records, but they can't read one.
- `RoleBoundary` limits every role, whatever its policy says
  ([decision 0017](decisions/0017-what-a-role-can-never-have.md)).
- Every key denies its use to all but the roles above, and denies it from outside of the network, by grants and over
  plain HTTP ([decision 0016](decisions/0016-administrators-and-users-of-keys.md)).
- Every service principal is let in for this account alone.
- `KeyAdministratorArns` administer the keys; if none are named, the account's IAM decides. None of them may use a key.
- The account's administrators may change keys, roles and this stack. CloudTrail records what they do, and
  `KeyChangesAlarm` reports changes to keys.
- Accounts in `ConsumerAccountIds` (none by default) may keep rules of their own on the bus, and nothing else.

## Shown by

| claim | test |
| --- | --- |
| each role with each action, on the local stack | `tests/security/test_walls.py` |
| each role with each action, by the simulator; each denial also alone, with everything else opened to everybody; each permission of a role is needed | `tests/security/test_simulated.py` |
| the walls that hold whatever a role's policy says | `tests/security/test_roles.py`, `tests/security/test_keys.py` |"""


def page() -> str:
    """Returns docs/access.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from HEAD.splitlines()
    yield from ("", "## By action", "", "Every role that is not named is denied.", "")
    yield from _by_action(ACTIONS)
    yield from ("", "## By role", "", "Each role is denied every other action of the list above.", "")
    for role in ROLES:
        yield from _by_role(role)
    yield "## In other circumstances"
    yield ""
    yield "The simulator alone tries these: from outside of the network, over plain HTTP, for another purpose or resource."
    yield ""
    yield from _by_action(ROWS)
    yield from (
        "",
        "## Everybody else",
        "",
        "These have none of the roles above. The simulator alone tries them.",
        "",
    )
    yield from _everybody_else()
    yield from FOOT.splitlines()


def _by_action(actions: Iterable[Action]) -> Iterator[str]:
    yield "| action | who may |"
    yield "| --- | --- |"
    for action in actions:
        allowed = [role for role in ROLES if role in action.allowed]
        yield f"| {action.does} | {', '.join(allowed) or 'nobody'} |"


def _by_role(role: str) -> Iterator[str]:
    """Yields the section of a role: what it may, and the denials that only the simulator can try."""
    yield from (f"### {role}", "", "| may | tried by |", "| --- | --- |")
    for action in ACTIONS:
        if role in action.allowed:
            yield f"| {action.does} | {_witnesses(action, role)} |"
    yield ""
    alone = [each.does for each in ACTIONS if role not in each.allowed and not each.emulated(role)]
    if alone:
        yield f"Denied, tried by the simulator alone: {'; '.join(alone)}."
        yield ""


def _witnesses(action: Action, role: str) -> str:
    return "both" if action.emulated(role) else "simulator alone"


# How a resource is called where each of its kind is meant.
KINDS = {
    "AWS::IAM::Role": "any other role",
    "AWS::KMS::Key": "a key",
    "AWS::Lambda::Function": "a function",
    "AWS::S3::Bucket": "a bucket",
    "AWS::SQS::Queue": "a queue",
}


def _everybody_else() -> Iterator[str]:
    """Yields a table for each account or person, then one for each service."""
    services: dict[str, list[str]] = {}
    for who, answers in _answers().items():
        service, acts, on_behalf = who.partition(" for ")
        if acts:
            cells = [", ".join(does for does, may in answers if may is each) or "-" for each in (True, False)]
            services.setdefault(service, []).append(f"| {on_behalf} | {' | '.join(cells)} |")
            continue
        yield from (f"### {who[0].upper()}{who[1:]}", "", "| action | may |", "| --- | --- |")
        yield from (f"| {does} | {'yes' if may else 'no'} |" for does, may in answers)
        yield ""
    for service, rows in services.items():
        yield from (f"### The service {service}", "", "| acting for | may | may not |", "| --- | --- | --- |")
        yield from (*rows, "")


def _answers() -> dict[str, list[tuple[str, bool]]]:
    """Returns each action that is claimed of everybody else with whether it is allowed, allowed ones first, by who asks."""
    found: dict[str, dict[tuple[str, bool], None]] = {}
    for name in ("default", "rekeying"):
        stack = Stack(settled_sets()[name])
        for each in claims(stack, name):
            found.setdefault(each.who, {})[_in_general(stack, each), each.allowed] = None
    return {who: sorted(answers, key=lambda answer: not answer[1]) for who, answers in found.items()}


def _in_general(stack: Stack, claim: Claim) -> str:
    """Returns the claims, with a kind of resource instead of each; roles that somebody may assume keep their names."""
    words = []
    for word in claim.does.split(" "):
        kind = stack.resources.get(word, {}).get("Type", "")
        by_name = claim.allowed and kind == "AWS::IAM::Role"
        words.append(word if by_name else KINDS.get(kind, word))
    return " ".join(words)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
