"""People for the local stack: made in its user pool, signed in with the client's own flow."""

import secrets
import string

from local.stack import Stack

GROUPS = ("payments", "support", "compliance", "analytics")


def make(stack: Stack, group: str | None) -> tuple[str, str]:
    """Make somebody in a group.

    Returns:
        Their name and password.
    """
    cognito, pool = stack.client("cognito-idp"), stack.outputs["UserPoolId"]
    name = f"{group or 'nobody'}-{secrets.token_hex(4)}@example.com"
    password = "".join(secrets.choice(letters) for letters in _PASSWORD)
    cognito.admin_create_user(
        UserPoolId=pool, Username=name, TemporaryPassword=password, MessageAction="SUPPRESS"
    )
    cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
    if group:
        cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
    return name, password


def sign_in(stack: Stack, group: str | None) -> str:
    """Make somebody in a group and sign them in.

    Returns:
        Their Cognito ID token, for the header `Authorization`.
    """
    name, password = make(stack, group)
    answer = stack.client("cognito-idp").initiate_auth(
        ClientId=stack.outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
    )
    return str(answer["AuthenticationResult"]["IdToken"])


_PASSWORD = [string.ascii_uppercase, string.ascii_lowercase, string.digits, "!-_"] * 5
