"""Attacks by somebody who can invoke the functions that reveal, charge and erase, and names a caller of their choice."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator import users
from local.emulator.deploy import made
from local.emulator.stack import Stack
from tests.support.e2e.forged_tokens import FORGERIES, claims_of
from tests.support.e2e.stack import Api, audit_lines, kept
from tests.support.samples import order

pytestmark = pytest.mark.e2e

NUMBER = "4111111111111111"
CARD = {"method": "card", "card": {"number": NUMBER, "expiry": "12/39", "holder": "A"}}
CHIEF = {"name": "chief", "groups": ["compliance", "payments"], "mfa": True}
FUNCTIONS = ("RevealFunction", "EraseFunction", "PaymentFunction")


@pytest.fixture(scope="module")
def card(attacked: Stack) -> str:
    """Returns the token of a card of an order that anybody would like to charge."""
    shop = Api(attacked, users.sign_in(attacked, "shop"))
    assert shop("POST", "/orders", order(order_id="F-1", payment=CARD), Prefer="wait")[0] == 201
    return str(kept(shop, "F-1")["order"]["payment"]["card"]["number"])


@pytest.fixture(scope="module")
def names(attacked: Stack) -> dict[str, str]:
    return made(attacked.client("cloudformation"))


def requests(card: str) -> dict[str, dict[str, Any]]:
    """Returns what each function would be asked for, without who asks."""
    return {
        "RevealFunction": {"tokens": [card], "purpose": "legal_request"},
        "EraseFunction": {"customer_id": "C-77", "purpose": "erasure_request"},
        "PaymentFunction": {"order_id": "F-1", "key": "forged"},
    }


def as_the_api(attacked: Stack, names: dict[str, str]) -> Any:
    """Somebody who has the credentials of the API's role."""
    arn = attacked.client("iam").get_role(RoleName=names["ApiRole"])["Role"]["Arn"]
    return attacked.client("lambda", attacked.assume(arn))


def as_an_administrator(attacked: Stack, names: dict[str, str]) -> Any:
    """An administrator who would rather not be known as one."""
    return attacked.client("lambda")


def answered(functions: Any, name: str, event: dict[str, Any], **more: str) -> dict[str, Any]:
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode(), **more)
    assert "FunctionError" not in answer
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("attacker", [as_the_api, as_an_administrator], ids=lambda each: each.__name__)
def test_nobody_is_who_they_say_they_are(
    attacked: Stack, names: dict[str, str], card: str, function: str, attacker: Callable[..., Any]
) -> None:
    functions, asked = attacker(attacked, names), requests(card)[function]
    mine = users.tokens(attacked)
    before = len(audit_lines(attacked))
    tried: list[dict[str, Any]] = [
        {},
        {"caller": CHIEF},
        {"caller": CHIEF, "id_token": mine["IdToken"]},
        {"caller": None},
        {"id_token": None},
        {"id_token": ""},
        {"id_token": mine["AccessToken"]},
        {"id_token": mine["RefreshToken"]},
        *({"id_token": forge(mine["IdToken"])} for forge in FORGERIES),
    ]
    for named in tried:
        answer = answered(functions, names[function], asked | named)
        assert answer["error"]["code"] in {"unauthorized", "invalid_request"}, named.keys()
        assert NUMBER not in json.dumps(answer)
    assert len(audit_lines(attacked)) == before, "nobody is named in the trail who did not ask"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_token_of_a_person_opens_what_is_theirs_and_no_more(
    attacked: Stack, names: dict[str, str], card: str, function: str
) -> None:
    functions = as_the_api(attacked, names)
    nobody = requests(card)[function] | {"id_token": users.sign_in(attacked)}
    assert answered(functions, names[function], nobody)["error"]["code"] == "denied"


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("name", ["{}:direct", "{}", "arn"], ids=["name", "qualifier", "arn"])
def test_the_apis_role_can_not_invoke_the_alias_for_administrators(
    attacked: Stack, names: dict[str, str], card: str, function: str, name: str
) -> None:
    functions = as_the_api(attacked, names)
    arn = attacked.client("lambda").get_function(FunctionName=names[function])["Configuration"]["FunctionArn"]
    named = f"{arn}:direct" if name == "arn" else name.format(names[function])
    more = {"Qualifier": "direct"} if name == "{}" else {}
    with pytest.raises(functions.exceptions.ClientError, match="AccessDenied"):
        answered(functions, named, requests(card)[function], **more)


def test_an_administrator_uses_the_alias_and_has_a_line(
    attacked: Stack, names: dict[str, str], card: str
) -> None:
    asked = requests(card)["RevealFunction"]
    answer = answered(attacked.client("lambda"), names["RevealFunction"], asked, Qualifier="direct")
    assert json.loads(answer["tokens"][card]["value"]) == NUMBER
    assert audit_lines(attacked)[-1]["operator"] == "invoked directly"


def test_the_token_of_another_pool_names_nobody(attacked: Stack, names: dict[str, str], card: str) -> None:
    """Somebody makes a pool of their own in the account, with themselves in compliance."""
    cognito = attacked.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="mallory")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="mallory",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    for group in ("compliance", "payments"):
        cognito.create_group(UserPoolId=pool, GroupName=group)
    own = Stack(
        attacked.endpoint_url,
        attacked.region,
        {**attacked.outputs, "UserPoolId": pool, "UserPoolClientId": client},
    )
    token = users.sign_in(own, "compliance", "payments")
    functions = as_the_api(attacked, names)
    for function, asked in requests(card).items():
        answer = answered(functions, names[function], asked | {"id_token": token})
        assert answer["error"]["code"] == "unauthorized"


@pytest.mark.parametrize("writer", ["ApiRole", "RevealRole", "EraseRole", "PaymentRole", "TokenizeQueueRole"])
def test_no_other_role_writes_the_keys_that_callers_are_verified_by(
    attacked: Stack, names: dict[str, str], writer: str
) -> None:
    iam = attacked.client("iam")
    arn = iam.get_role(RoleName=names[writer])["Role"]["Arn"]
    everything = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    iam.put_role_policy(RoleName=names[writer], PolicyName="all", PolicyDocument=json.dumps(everything))
    try:
        s3 = attacked.client("s3", attacked.assume(arn))
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.put_object(Bucket=names["SignInBucket"], Key="sign-in-keys.json", Body=b"{}")
    finally:
        iam.delete_role_policy(RoleName=names[writer], PolicyName="all")


def test_a_refreshed_token_is_as_old_as_the_sign_in(attacked: Stack) -> None:
    """Somebody who keeps a session open does not sign in with the second factor again by that."""
    given = users.tokens(attacked, "compliance", second_factor=True)
    again = attacked.client("cognito-idp").initiate_auth(
        ClientId=attacked.outputs["UserPoolClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": given["RefreshToken"]},
    )["AuthenticationResult"]["IdToken"]
    first, second = claims_of(given["IdToken"]), claims_of(again)
    assert first["amr"] == second["amr"] == ["pwd", "otp", "mfa"]
    assert first["auth_time"] == second["auth_time"]
