"""Creates people and machines for the local stack, signed in as they would be on AWS."""

import base64
import hmac
import json
import secrets
import string
import struct
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from local.emulator.stack import Stack


class Group(StrEnum):
    """Lists the groups of the user pool."""

    SHOP = "shop"
    PAYMENTS = "payments"
    SUPPORT = "support"
    COMPLIANCE = "compliance"
    ANALYTICS = "analytics"
    OPERATORS = "operators"


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


def sign_in(stack: Stack, *groups: str, second_factor: bool = False) -> str:
    """Creates a user in some groups and signs them in.

    Args:
        stack: where.
        groups: the user's.
        second_factor: whether the user has a second factor and signs in with it.

    Returns:
        Their Cognito ID token, for the header `Authorization`.
    """
    return tokens(stack, *groups, second_factor=second_factor)["IdToken"]


def tokens(stack: Stack, *groups: str, second_factor: bool = False) -> Mapping[str, str]:
    """Creates a user in some groups and signs them in; returns all that Cognito gives them."""
    name, password = make(stack, *groups)
    given: Mapping[str, str] = _by_password(stack, name, password)["AuthenticationResult"]
    return _by_second_factor(stack, name, password, given["AccessToken"]) if second_factor else given


def _by_password(stack: Stack, name: str, password: str) -> Any:
    return stack.client("cognito-idp").initiate_auth(
        ClientId=stack.outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )


def _by_second_factor(stack: Stack, name: str, password: str, access_token: str) -> Mapping[str, str]:
    """Sets an authenticator up, as its user would, and signs in with its code."""
    cognito = stack.client("cognito-idp")
    secret = cognito.associate_software_token(AccessToken=access_token)["SecretCode"]
    cognito.verify_software_token(AccessToken=access_token, UserCode=_code(secret))
    challenge = _by_password(stack, name, password)
    answer = cognito.respond_to_auth_challenge(
        ClientId=stack.outputs["UserPoolClientId"],
        ChallengeName=challenge["ChallengeName"],
        Session=challenge["Session"],
        ChallengeResponses={"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": _code(secret)},
    )
    given: Mapping[str, str] = answer["AuthenticationResult"]
    return given


def _code(secret: str) -> str:
    """Returns what an authenticator shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 0x0F
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


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
