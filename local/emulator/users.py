"""Creates people and machines for the local stack, signed in as they would be on AWS."""

import base64
import json
import secrets
import string
import urllib.parse
import urllib.request
from collections.abc import Mapping
from enum import StrEnum

from local.emulator.stack import Stack


class Group(StrEnum):
    """Lists the groups of the user pool."""

    SHOP = "shop"
    PAYMENTS = "payments"
    SUPPORT = "support"
    COMPLIANCE = "compliance"
    ANALYTICS = "analytics"


GROUPS = tuple(Group)


def make(stack: Stack, *groups: str) -> tuple[str, str]:
    """Creates a user in some groups.

    Returns:
        Their name and password.
    """
    cognito, pool = stack.client("cognito-idp"), stack.outputs["UserPoolId"]
    name = f"{'-'.join(groups) or 'nobody'}-{secrets.token_hex(4)}@example.com"
    password = "".join(secrets.choice(letters) for letters in _PASSWORD)
    cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
    for group in groups:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
    return name, password


def sign_in(stack: Stack, *groups: str) -> str:
    """Creates a user in some groups and signs them in.

    Returns:
        Their Cognito ID token, for the header `Authorization`.
    """
    return tokens(stack, *groups)["IdToken"]


def tokens(stack: Stack, *groups: str) -> Mapping[str, str]:
    """Creates a user in some groups and signs them in; returns all that Cognito gives them."""
    name, password = make(stack, *groups)
    answer = stack.client("cognito-idp").initiate_auth(
        ClientId=stack.outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    given: Mapping[str, str] = answer["AuthenticationResult"]
    return given


def machine(stack: Stack, *scopes: str) -> dict[str, str]:
    """Gets a token for the machine client, with its secret at the pool's token endpoint.

    Args:
        stack: where.
        scopes: those of the client that the token shall have; all if none is named.

    Returns:
        The headers of its requests.
    """
    cognito, client = stack.client("cognito-idp"), stack.outputs["MachineClientId"]
    found = cognito.describe_user_pool_client(UserPoolId=stack.outputs["UserPoolId"], ClientId=client)
    secret = found["UserPoolClient"]["ClientSecret"]
    form = {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
    request = urllib.request.Request(  # noqa: S310 -- the local stack's
        stack.outputs["TokenUrl"],
        urllib.parse.urlencode(form).encode(),
        {
            "Authorization": f"Basic {base64.b64encode(f'{client}:{secret}'.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        token = json.loads(answer.read())["access_token"]
    key = stack.client("apigateway").get_api_key(apiKey=stack.outputs["MachineKeyId"], includeValue=True)
    return {"Authorization": str(token), "x-api-key": str(key["value"])}


_PASSWORD = [string.ascii_uppercase, string.ascii_lowercase, string.digits, "!-_"] * 5
