"""`python -m tests.support.security.access_page` writes docs/access.md from the table of walls, its circumstances and everybody else's claims."""

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

Made from `tests/support/security/walls.py`, `circumstances.py` and `others.py` by `.venv/bin/python -m tests.support.security.access_page`.

Two witnesses try the cells:

- **The emulator.** `.venv/bin/python -m pytest tests/security/test_walls.py` makes each call on the local stack, with IAM and key policies enforced.
- **The simulator.** `.venv/bin/python -m tests.support.security.simulated`, part of `make lint`, decides each call by the policies of the real template, with encryption
  contexts, network, boundaries, endpoint policies and resource policies, in three sets of parameters ([checks.md](checks.md#the-policy-simulation)). An allowed call is tried as the product makes it, a denied one from inside
  and from outside of the network.

| a cell says | allowed | tried by |
| --- | --- | --- |
| yes | yes | both |
| - | no | both |
| yes ˢ | yes | the simulator alone: the emulator does not know the condition that decides |
| - ˢ | no | the simulator alone |
"""

FOOT = """\
To write vault records is `BatchWriteItem`, by which DynamoDB also deletes: the tokenizing and the erasing function can destroy vault records, and read none.
Roles marked ‡ exist only while the vault is moved to another key (`Rekeying=true`, [keys.md](keys.md)); the rekey function answers with counts.

Beyond these tables stand walls that hold whatever a role's policy says (`tests/security/test_keys_and_roles.py`): every role is bounded by `RoleBoundary` ([decisions/0017](decisions/0017-what-a-role-can-never-have.md)); every key
denies its use to all but the roles above, from outside of the network, by grants and over plain HTTP ([decisions/0016](decisions/0016-administrators-and-users-of-keys.md)); every service principal is let in for this account alone.
The simulator also tries each of these walls alone, with everything else opened to everybody, and each permission that a role has, so that none is there in name only.

Keys are administered by `KeyAdministratorArns`, or by whoever the account's IAM lets where none are named; none of them has the use of a key. The account's administrators may change keys, roles and this stack: CloudTrail has
what they do, and `KeyChangesAlarm` tells of changes to keys. Accounts of `ConsumerAccountIds` (none by default) may keep rules of their own on the bus, and nothing else."""


def page() -> str:
    """Returns docs/access.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from HEAD.splitlines()
    yield ""
    yield "## As the product makes the call"
    yield ""
    yield from _table(ACTIONS)
    yield ""
    yield "## Made otherwise"
    yield ""
    yield "From outside of the network, over plain HTTP, for another purpose, on another's resource. The simulator alone can tell these apart."
    yield ""
    yield from _table(ROWS)
    yield ""
    yield "## Everybody else"
    yield ""
    yield "Who has none of these roles; tried by the simulator alone."
    yield ""
    yield from _claims()
    yield ""
    yield from FOOT.splitlines()


def _table(actions: Iterable[Action]) -> Iterator[str]:
    yield f"| action | {' | '.join(ROLES)} |"
    yield f"| --- |{' :-: |' * len(ROLES)}"
    for action in actions:
        yield f"| {action.does} | {' | '.join(_cell(action, role) for role in ROLES)} |"


def _cell(action: Action, role: str) -> str:
    answer = "yes" if role in action.allowed else "-"
    return answer if action.emulated(role) else f"{answer} ˢ"


# How a resource is called where each of its kind is meant.
KINDS = {
    "AWS::IAM::Role": "any other role",
    "AWS::KMS::Key": "a key",
    "AWS::Lambda::Function": "a function",
    "AWS::S3::Bucket": "a bucket",
    "AWS::SQS::Queue": "a queue",
}


def _claims() -> Iterator[str]:
    yield "| who | may | may not |"
    yield "| --- | --- | --- |"
    found = []
    for name in ("default", "rekeying"):
        stack = Stack(settled_sets()[name])
        found += [(each.who, _in_general(stack, each), each.allowed) for each in claims(stack, name)]
    for who in dict.fromkeys(who for who, _, _ in found):
        may = dict.fromkeys(does for each, does, allowed in found if allowed and each == who)
        may_not = dict.fromkeys(does for each, does, allowed in found if not allowed and each == who)
        yield f"| {who} | {'; '.join(may) or '-'} | {'; '.join(may_not) or '-'} |"


def _in_general(stack: Stack, claim: Claim) -> str:
    """Returns what is claimed, of a kind of resources where it is claimed of each: who takes on which role is told by name."""
    words = []
    for word in claim.does.split(" "):
        kind = stack.resources.get(word, {}).get("Type", "")
        by_name = claim.allowed and kind == "AWS::IAM::Role"
        words.append(word if by_name else KINDS.get(kind, word))
    return " ".join(words)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
