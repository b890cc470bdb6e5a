"""The attacker is one user of the account and the pool, who may take on the operators' role and the approvers' role.

They hold a letter of the queue and would like to edit what is sensitive in it without anybody else. On the local stack,
IAM and the pool's signatures decide.
"""

import json
from typing import Any

import pytest

from local.emulator import users
from local.emulator.stack import Stack
from tests.support.e2e.forged_tokens import FORGERIES
from tests.support.e2e.stack import audit_lines, drain, purge, send
from tests.support.samples import CANARIES, order

pytestmark = pytest.mark.e2e

PATCH = [{"op": "replace", "path": "/order/customer/ssn", "value": "219-09-1234"}]
OPERATOR, APPROVER = "ReplayOperatorRoleArn", "ReplayApproverRoleArn"


@pytest.fixture(scope="module")
def letter(attacked: Stack) -> str:
    purge(attacked)
    send(attacked, json.dumps(order(total="no number", order_id="SO-approvers")))
    (body,) = drain(attacked.client("sqs"), attacked.outputs["DeadLetterQueueUrl"], 1)
    return body


@pytest.fixture(scope="module")
def mine(attacked: Stack) -> str:
    """Returns the ID token of the attacker, who is in both groups and has a second factor."""
    return users.sign_in(attacked, "operators", "compliance", second_factor=True)


def ask(on: Stack, role: str, action: str, alias: str = "", **asked: Any) -> dict[str, Any]:
    """Asks the replay function in a session of a role: each call has one of its own."""
    functions = on.client("lambda", on.assume(on.outputs[role]))
    by_alias = {"Qualifier": alias} if alias else {}
    event = json.dumps({"action": action, "operator": "somebody else", **asked}).encode()
    answer = functions.invoke(FunctionName=on.outputs["ReplayFunctionName"], Payload=event, **by_alias)
    assert "FunctionError" not in answer
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def asked_for(on: Stack, letter: str, who: str) -> str:
    given: dict[str, Any] = {
        "letters": [letter],
        "ids": ["id"],
        "purpose": "typo",
        "patch": PATCH,
        "id_token": who,
    }
    return str(ask(on, OPERATOR, "ask_approval", **given)["approval"]["approval"])


def test_one_person_in_two_sessions_of_two_roles_is_one_person(
    attacked: Stack, letter: str, mine: str
) -> None:
    approval = asked_for(attacked, letter, mine)
    given: dict[str, Any] = {"letters": [letter], "approval": approval, "patch": PATCH, "id_token": mine}
    for _ in range(2):
        refused = ask(attacked, APPROVER, "approve", "approve", **given)
        assert refused["error"]["code"] == "approval_refused"
    edited = ask(attacked, OPERATOR, "edit", **given, purpose="typo")
    assert edited["error"]["code"] == "approval_refused"
    lines = [each for each in audit_lines(attacked) if each.get("approval") == approval]
    assert [each["action"] for each in lines] == ["ask approval", "approve", "approve", "use approval"]
    assert all("refused" in each for each in lines[1:])
    assert not [each for each in CANARIES if each in json.dumps(lines)]


def test_a_second_identity_that_is_forged_is_nobody(attacked: Stack, letter: str, mine: str) -> None:
    approval = asked_for(attacked, letter, mine)
    given: dict[str, Any] = {"letters": [letter], "approval": approval, "patch": PATCH}
    for forge in FORGERIES:
        refused = ask(attacked, APPROVER, "approve", "approve", **given, id_token=forge(mine))
        assert refused["error"]["code"] == "unauthorized", forge.__name__
    assert ask(attacked, APPROVER, "approve", "approve", **given)["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("role", "alias"),
    [
        (OPERATOR, "approve"),
        (OPERATOR, "direct"),
        (APPROVER, ""),
        (APPROVER, "direct"),
        (APPROVER, "$LATEST"),
    ],
)
def test_no_role_takes_the_way_of_another(
    attacked: Stack, letter: str, mine: str, role: str, alias: str
) -> None:
    functions = attacked.client("lambda", attacked.assume(attacked.outputs[role]))
    with pytest.raises(functions.exceptions.ClientError, match="AccessDenied"):
        ask(attacked, role, "show", alias, letters=[letter])


def test_an_approval_of_somebody_else_serves_once_for_one_patch(
    attacked: Stack, letter: str, mine: str
) -> None:
    paul = users.sign_in(attacked, "compliance", second_factor=True)
    approval = asked_for(attacked, letter, mine)
    given: dict[str, Any] = {"letters": [letter], "approval": approval}
    for who in (
        users.sign_in(attacked, "compliance"),
        users.sign_in(attacked, "support", second_factor=True),
    ):
        refused = ask(attacked, APPROVER, "approve", "approve", **given, patch=PATCH, id_token=who)
        assert refused["error"]["code"] == "denied"
    other = [{**PATCH[0], "value": "219-09-4321"}]
    for patch, code in ((other, "approval_refused"), (PATCH, None)):
        answer = ask(attacked, APPROVER, "approve", "approve", **given, patch=patch, id_token=paul)
        assert answer.get("error", {}).get("code") == code
    edit: dict[str, Any] = {**given, "purpose": "typo", "id_token": mine}
    assert ask(attacked, OPERATOR, "edit", **edit, patch=other)["error"]["code"] == "approval_refused"
    stolen = ask(attacked, OPERATOR, "edit", **{**edit, "id_token": paul}, patch=PATCH)
    assert stolen["error"]["code"] == "approval_refused"
    # The total is still no number, so what is approved is edited and fails: that is its one use.
    assert ask(attacked, OPERATOR, "edit", **edit, patch=PATCH)["results"][0]["status"] == "failed"
    assert ask(attacked, OPERATOR, "edit", **edit, patch=PATCH)["error"]["code"] == "approval_refused"
