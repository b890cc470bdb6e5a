"""Tests who can sign in, for how long, and with what: the pool, its clients, its groups and its scopes."""

import inspect
import re
from typing import Any

from handlers.rest.callers import SCOPES
from local.emulator.package import ROOT
from tests.support.security.deployed import Stack
from tokenizer.aws.authorization import pool_tokens
from tools.lint.rendered import drawn

POOL = drawn("AWS::Cognito::UserPool", "UserPool")
SETTINGS = {
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
    "AutoVerifiedAttributes": ["email"],
    "DeletionProtection": "ACTIVE",
    "EnabledMfas": ["SOFTWARE_TOKEN_MFA"],
    "MfaConfiguration": "OPTIONAL",  # the policies ask for a second factor where it matters
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 14,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "RequireUppercase": True,
            "TemporaryPasswordValidityDays": 1,
        }
    },
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
    "UserPoolName": "orders-users",
    "UsernameAttributes": ["email"],
}
EVERY_CLIENT = {
    "EnableTokenRevocation": True,
    "PreventUserExistenceErrors": "ENABLED",
    "UserPoolId": POOL,
    "WriteAttributes": ["email", "name"],
}
CLIENTS = {
    "MachineClient": {
        "AccessTokenValidity": 60,
        "AllowedOAuthFlows": ["client_credentials"],
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthScopes": sorted(set(SCOPES.values())),
        "ClientName": "orders-machine",
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        "GenerateSecret": True,
        "TokenValidityUnits": {"AccessToken": "minutes"},
    },
    "UserPoolClient": {
        "AccessTokenValidity": 60,
        "ClientName": "orders-api",
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"],
        "GenerateSecret": False,
        "IdTokenValidity": 60,
        "RefreshTokenValidity": 1,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"},
    },
}
# The function puts whoever calls it with IAM, and not through the API, into this group; nobody signs in to it.
BY_IAM = {"iam"}
# A scope of no client until somebody gives it to one.
NOBODYS = {"tokens/look_up"}


def ordered(properties: dict[str, Any]) -> dict[str, Any]:
    return {key: sorted(value) if isinstance(value, list) else value for key, value in properties.items()}


def test_every_pool_lets_in_those_whom_an_administrator_made_with_long_passwords(stack: Stack) -> None:
    for name, pool in stack.of("AWS::Cognito::UserPool").items():
        assert pool == SETTINGS, name


def test_every_clients_tokens_end_within_an_hour_and_its_sign_in_within_a_day(stack: Stack) -> None:
    found = {name: ordered(each) for name, each in stack.of("AWS::Cognito::UserPoolClient").items()}
    assert found == {name: EVERY_CLIENT | each for name, each in stack.there(CLIENTS).items()}


def test_nobody_writes_an_attribute_that_the_functions_decide_by(stack: Stack) -> None:
    """A client without `WriteAttributes` writes all that a user has, and a claim may have an attribute's name."""
    read = set(re.findall(r'claims(?:\.get\(|\[)"([\w:]+)"', inspect.getsource(pool_tokens)))
    assert {"sub", "cognito:groups", "amr", "auth_time", "token_use", "client_id", "scope"} <= read
    for name, each in stack.of("AWS::Cognito::UserPoolClient").items():
        assert set(each["WriteAttributes"]) & read == set(), name
        assert not any(":" in attribute for attribute in each["WriteAttributes"]), name


def test_every_scope_is_one_that_the_function_checks(stack: Stack) -> None:
    servers = stack.of("AWS::Cognito::UserPoolResourceServer").values()
    found = {f"{each['Identifier']}/{scope['ScopeName']}" for each in servers for scope in each["Scopes"]}
    assert not servers or found == set(SCOPES.values()) | NOBODYS


def test_every_group_is_one_that_the_policies_name(stack: Stack) -> None:
    groups = {each["GroupName"] for each in stack.of("AWS::Cognito::UserPoolGroup").values()}
    policies = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "policies").glob("*.cedar"))
    assert not groups or groups == set(re.findall(r'Group::"(\w+)"', policies)) - BY_IAM


def test_every_part_of_the_sign_in_is_of_the_one_pool(stack: Stack) -> None:
    pools = {
        name: each["Properties"]["UserPoolId"]
        for name, each in stack.resources.items()
        if "UserPoolId" in each.get("Properties", {})
    }
    assert set(pools.values()) <= {POOL}
