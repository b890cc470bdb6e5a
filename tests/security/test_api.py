"""Tests what the template must say about the API: who gets in, how often, and what is logged and kept."""

from collections.abc import Callable
from typing import Any

import pytest

from handlers.rest.callers import PUBLIC, SCOPES
from handlers.rest.gate import ELSEWHERE
from tests.support.security.template import VERBS, Template, of_type, weakened
from tokenizer.aws.api.idempotency import LEASE_SECONDS
from tokenizer.aws.compose.invocation import API_CALL_SECONDS

GATEWAY_SECONDS = 29
ASKED = ("Reveal", "Payment", "Erase")  # functions that the API waits for
LOGGED = {
    "$context.requestTime",
    "$context.requestId",
    "$context.identity.sourceIp",
    "$context.authorizer.claims.sub",
    "$context.httpMethod",
    "$context.resourcePath",
    "$context.status",
    "$context.responseLength",
    "$context.responseLatency",
    "$context.error.responseType",
    "$context.wafResponseCode",
}
SECURITY_HEADERS = {
    "Cache-Control",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
}


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def routes(template: Template) -> dict[tuple[str, str], dict[str, Any]]:
    events = properties(template, "ApiFunction")["Events"].values()
    return {(each["Properties"]["Method"], each["Properties"]["Path"]): each["Properties"] for each in events}


def machines_need_the_scopes_that_the_function_checks(template: Template) -> list[str]:
    found = {
        route: each["Auth"]["AuthorizationScopes"]
        for route, each in routes(template).items()
        if route[1].startswith("/machine")
    }
    return [] if found == {route: [scope] for route, scope in SCOPES.items()} else [str(found)]


def machines_show_a_key_that_counts(template: Template) -> list[str]:
    wrong = [
        path
        for (_, path), each in routes(template).items()
        if path.startswith("/machine") and each["Auth"].get("ApiKeyRequired") is not True
    ]
    plan = properties(template, "MachinePlan")
    return wrong + [name for name in ("ApiStages", "Throttle", "Quota") if not plan.get(name)]


def strangers_reach_only_what_is_public(template: Template) -> list[str]:
    open_to_all: frozenset[tuple[str, str]] = frozenset(
        route for route, each in routes(template).items() if each.get("Auth", {}).get("Authorizer") == "NONE"
    )
    default = properties(template, "Api")["Auth"]["DefaultAuthorizer"]
    return [] if (open_to_all, default) == (PUBLIC | {("ANY", ELSEWHERE)}, "Cognito") else ["Api"]


def people_and_machines_have_clients_of_their_own(template: Template) -> list[str]:
    people, machines = properties(template, "UserPoolClient"), properties(template, "MachineClient")
    defined = {
        f"{server['Identifier']}/{scope['ScopeName']}"
        for _, server in of_type(template, "AWS::Cognito::UserPoolResourceServer")
        for scope in server["Scopes"]
    }
    wrong = {
        "people's secret": people["GenerateSecret"],
        "people's flows": "AllowedOAuthFlows" in people or "AllowedOAuthScopes" in people,
        "machines' secret": not machines["GenerateSecret"],
        "machines' flows": machines["AllowedOAuthFlows"] != ["client_credentials"]
        or machines["ExplicitAuthFlows"] != ["ALLOW_REFRESH_TOKEN_AUTH"],
        "machines' scopes": set(machines["AllowedOAuthScopes"]) != set(SCOPES.values())
        or defined != {*SCOPES.values(), "tokens/look_up"},
        "existence": {each["PreventUserExistenceErrors"] for each in (people, machines)} != {"ENABLED"},
        "revocation": not people["EnableTokenRevocation"],
    }
    return [name for name, fault in wrong.items() if fault]


def passwords_are_long_and_accounts_are_made_by_administrators(template: Template) -> list[str]:
    pool = properties(template, "UserPool")
    policy = pool["Policies"]["PasswordPolicy"]
    held = {
        "length": policy["MinimumLength"] >= 14,
        "kinds": all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols")),
        "administrators": pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
        "mfa": pool["MfaConfiguration"] in {"OPTIONAL", "ON"},
        "email": pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"]
        == ["email"],
    }
    return [name for name, held in held.items() if not held]


def functions_end_before_who_waits_for_them(template: Template) -> list[str]:
    timeouts = {name: properties(template, f"{name}Function")["Timeout"] for name in ("Api", *ASKED)}
    asked = max(timeouts[name] for name in ASKED)
    in_order = asked < API_CALL_SECONDS < timeouts["Api"] < min(GATEWAY_SECONDS, LEASE_SECONDS)
    return [] if in_order else [str(timeouts)]


def setting_path(path: str) -> str:
    """Returns a path as a stage's settings name it."""
    return "/" + path.replace("/", "~1")


def reveals_and_charges_have_rates_of_their_own(template: Template) -> list[str]:
    rates = {
        each["ResourcePath"]: each["ThrottlingRateLimit"]
        for each in properties(template, "Api")["MethodSettings"]
        if each["HttpMethod"] == "POST"
    }
    wanted = [
        setting_path(path) for path in ("/tokens/reveal", "/customer-lookups", "/orders/{order_id}/payments")
    ]
    return [path for path in wanted if rates.get(path, 100) > 20]


def every_method_has_a_rate_and_strangers_a_small_one(template: Template) -> list[str]:
    rates = {
        (each["HttpMethod"], each["ResourcePath"]): each["ThrottlingRateLimit"]
        for each in properties(template, "Api")["MethodSettings"]
    }
    strangers = PUBLIC | {(verb, ELSEWHERE) for verb in VERBS}
    wanted = {("*", "/*"): 100} | {(verb, setting_path(path)): 10 for verb, path in strangers}
    return [str(route) for route, most in wanted.items() if rates.get(route, most + 1) > most]


def the_access_log_names_no_path_query_or_header(template: Template) -> list[str]:
    text = properties(template, "Api")["AccessLogSetting"]["Format"]
    named = {part.split('"')[0] for part in text.split('"') if part.startswith("$")}
    return sorted(named ^ LOGGED)


def the_gateways_errors_look_like_the_functions(template: Template) -> list[str]:
    responses = properties(template, "Api")["GatewayResponses"]
    return [
        name
        for name, each in responses.items()
        if '{"error":{"code":"' not in each["ResponseTemplates"]["application/json"]
        or not set(each["ResponseParameters"]["Headers"]) >= SECURITY_HEADERS
    ] + [name for name in ("DEFAULT_4XX", "DEFAULT_5XX", "THROTTLED") if name not in responses]


def no_origin_is_allowed_by_itself(template: Template) -> list[str]:
    api = properties(template, "Api")
    headers = [each["ResponseParameters"]["Headers"] for each in api["GatewayResponses"].values()]
    closed = all(each["Access-Control-Allow-Origin"]["Fn::If"][0] == "HasAllowedOrigin" for each in headers)
    default = template["Parameters"]["AllowedOrigin"]["Default"]
    return [] if closed and default == "" and "Cors" not in api else ["Api"]


def one_stage_is_deployed(template: Template) -> list[str]:
    return [] if properties(template, "Api").get("OpenApiVersion") else ["Api"]


def a_web_acl_stands_before_the_stage(template: Template) -> list[str]:
    acl, association = properties(template, "WebAcl"), properties(template, "WebAclAssociation")
    groups = {
        rule["Statement"]["ManagedRuleGroupStatement"]["Name"]
        for rule in acl["Rules"]
        if "ManagedRuleGroupStatement" in rule["Statement"]
    }
    held = {
        "rules": {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"} <= groups,
        "rate": any("RateBasedStatement" in rule["Statement"] for rule in acl["Rules"]),
        # Samples would show tokens.
        "samples": not any(
            each["VisibilityConfig"]["SampledRequestsEnabled"] for each in [acl, *acl["Rules"]]
        ),
        "stage": association["ResourceArn"]["Fn::Sub"].endswith("/restapis/${Api}/stages/${Api.Stage}"),
        "on": template["Parameters"]["WebAclEnabled"]["Default"] == "true",
    }
    return [name for name, held in held.items() if not held]


EVENTS = "ApiFunction/Properties/Events"
API = "Api/Properties"
WEAKNESSES: list[tuple[Callable[[Template], list[str]], str, Any]] = [
    (
        machines_need_the_scopes_that_the_function_checks,
        f"{EVENTS}/MachinePostOrder/Properties/Auth/AuthorizationScopes",
        ["orders/read"],
    ),
    (machines_show_a_key_that_counts, f"{EVENTS}/MachineGetOrder/Properties/Auth/ApiKeyRequired", False),
    (machines_show_a_key_that_counts, "MachinePlan/Properties/Quota", None),
    (strangers_reach_only_what_is_public, f"{EVENTS}/Reveal/Properties/Auth", {"Authorizer": "NONE"}),
    (people_and_machines_have_clients_of_their_own, "UserPoolClient/Properties/GenerateSecret", True),
    (
        people_and_machines_have_clients_of_their_own,
        "UserPoolClient/Properties/AllowedOAuthScopes",
        ["orders/write"],
    ),
    (
        people_and_machines_have_clients_of_their_own,
        "MachineClient/Properties/ExplicitAuthFlows",
        ["ALLOW_USER_PASSWORD_AUTH"],
    ),
    (
        passwords_are_long_and_accounts_are_made_by_administrators,
        "UserPool/Properties/Policies/PasswordPolicy/MinimumLength",
        8,
    ),
    (functions_end_before_who_waits_for_them, "ApiFunction/Properties/Timeout", 30),
    (functions_end_before_who_waits_for_them, "RevealFunction/Properties/Timeout", 28),
    (every_method_has_a_rate_and_strangers_a_small_one, f"{API}/MethodSettings", []),
    (every_method_has_a_rate_and_strangers_a_small_one, f"{API}/MethodSettings/9/HttpMethod", "GET"),
    (reveals_and_charges_have_rates_of_their_own, f"{API}/MethodSettings/1/ResourcePath", "/tokens/reveal"),
    (
        the_access_log_names_no_path_query_or_header,
        f"{API}/AccessLogSetting/Format",
        '{"path":"$context.path","all":"$context.requestOverride.header.Authorization"}',
    ),
    (
        the_gateways_errors_look_like_the_functions,
        f"{API}/GatewayResponses/THROTTLED/ResponseTemplates",
        {"application/json": '{"message":"no"}'},
    ),
    (
        the_gateways_errors_look_like_the_functions,
        f"{API}/GatewayResponses/DEFAULT_5XX/ResponseParameters/Headers",
        {},
    ),
    (no_origin_is_allowed_by_itself, f"{API}/Cors", "'*'"),
    (one_stage_is_deployed, f"{API}/OpenApiVersion", None),
    (a_web_acl_stands_before_the_stage, "WebAcl/Properties/Rules", []),
    (a_web_acl_stands_before_the_stage, "WebAcl/Properties/VisibilityConfig/SampledRequestsEnabled", True),
]
CHECKS = list(dict.fromkeys(check for check, _, _ in WEAKNESSES))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_template_keeps_its_promise(template: Template, check: Callable[[Template], list[str]]) -> None:
    assert check(template) == []


@pytest.mark.parametrize(
    ("check", "path", "value"), WEAKNESSES, ids=lambda given: getattr(given, "__name__", None)
)
def test_a_planted_weakness_is_found(
    template: Template, check: Callable[[Template], list[str]], path: str, value: Any
) -> None:
    assert check(weakened(template, path, value))
