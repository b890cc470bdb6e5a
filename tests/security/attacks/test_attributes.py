"""Attacks by somebody who is signed in, and changes what the pool knows about them."""

from typing import Any

import pytest

from local.emulator import users
from local.emulator.stack import Stack
from tests.support.e2e.forged_tokens import claims_of
from tests.support.e2e.stack import Api

pytestmark = pytest.mark.e2e

CHANGES: dict[str, list[dict[str, str]]] = {
    "groups": [{"Name": "cognito:groups", "Value": "compliance"}],
    "groups beside a name": [
        {"Name": "name", "Value": "Ann"},
        {"Name": "cognito:groups", "Value": "compliance"},
    ],
    "groups of one's own": [{"Name": "custom:cognito:groups", "Value": "compliance"}],
    "another's name": [{"Name": "sub", "Value": "chief"}],
    "a second factor": [{"Name": "amr", "Value": "mfa"}],
    "a scope": [{"Name": "scope", "Value": "orders/write tokens/look_up"}],
    "a verified email": [{"Name": "email_verified", "Value": "true"}],
}


def changed(attacked: Stack, given: Any, changes: list[dict[str, str]]) -> dict[str, Any]:
    """Changes attributes; returns the claims of the ID token after that."""
    cognito = attacked.client("cognito-idp")
    cognito.update_user_attributes(AccessToken=given["AccessToken"], UserAttributes=changes)
    return claims_of(refreshed(attacked, given))


def refreshed(attacked: Stack, given: Any) -> str:
    again = attacked.client("cognito-idp").initiate_auth(
        ClientId=attacked.outputs["UserPoolClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": given["RefreshToken"]},
    )
    return str(again["AuthenticationResult"]["IdToken"])


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_gives_themselves_a_right(attacked: Stack, change: str) -> None:
    given = users.tokens(attacked)
    before = claims_of(given["IdToken"])
    cognito = attacked.client("cognito-idp")
    with pytest.raises(cognito.exceptions.ClientError, match="NotAuthorized"):
        changed(attacked, given, CHANGES[change])
    token = refreshed(attacked, given)
    lasting = before.keys() - {"iat", "exp", "jti"}
    assert {name: claims_of(token).get(name) for name in lasting} == {name: before[name] for name in lasting}
    assert Api(attacked, token)("DELETE", "/customers/C-none", None)[0] == 403


def test_a_name_may_be_changed(attacked: Stack) -> None:
    """So the attacks fail by what they change, and not because nothing can be changed."""
    after = changed(attacked, users.tokens(attacked), [{"Name": "name", "Value": "Ann"}])
    assert after["name"] == "Ann"
