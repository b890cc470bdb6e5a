"""Tests what the template must say about the API: who gets in, how often, what is logged, and what stands before it."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from handlers.rest.callers import PUBLIC, SCOPES
from handlers.rest.gate import ELSEWHERE
from tests.support.security.deployed import Stack, deployed
from tests.support.security.policies import VERBS

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
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
ORIGIN = "Access-Control-Allow-Origin"
# What API Gateway answers by itself, with the code of our errors.
ANSWERS = {
    "DEFAULT_4XX": "refused",
    "DEFAULT_5XX": "unavailable",
    "MISSING_AUTHENTICATION_TOKEN": "not_found",
    "QUOTA_EXCEEDED": "throttled",
    "REQUEST_TOO_LARGE": "too_large",
    "THROTTLED": "throttled",
    "UNAUTHORIZED": "unauthorized",
}
ANY = "x-amazon-apigateway-any-method"
SIGNED_IN: list[dict[str, list[str]]] = [{"Cognito": []}]
NOBODY: list[dict[str, list[str]]] = [{"NONE": []}]
# Requests a second, and the burst; every other method has the first.
RATES = {
    ("*", "/*"): (100, 200),
    ("POST", "/tokens/reveal"): (20, 40),
    ("POST", "/customer-lookups"): (20, 40),
    ("POST", "/orders/{order_id}/payments"): (20, 40),
    ("GET", "/openapi.json"): (5, 20),
    **{(verb, ELSEWHERE): (10, 100) for verb in VERBS},
}


def api(stack: Stack) -> dict[str, Any]:
    """Returns the API as it is deployed; skips the test of a stack that has none."""
    apis = stack.of("AWS::ApiGateway::RestApi")
    if not apis:
        pytest.skip("this stack has no API")
    return apis["Api"]


def stage(stack: Stack) -> dict[str, Any]:
    api(stack)
    (found,) = stack.of("AWS::ApiGateway::Stage").values()
    return found


def methods(stack: Stack) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for path, verbs in api(stack)["Body"]["paths"].items():
        for verb, method in verbs.items():
            yield ("ANY" if verb == ANY else verb.upper(), path), method


def test_every_method_asks_for_a_sign_in_but_those_that_are_public(stack: Stack) -> None:
    """A machine shows a key that counts its requests, and a token with the one scope that the function checks, too."""
    expected = {
        route: NOBODY
        if route in PUBLIC | {("ANY", ELSEWHERE)}
        else [{"api_key": []}, {"Cognito": [SCOPES[route]]}]
        if route in SCOPES
        else SIGNED_IN
        for route, _ in methods(stack)
    }
    assert {route: method["security"] for route, method in methods(stack)} == expected
    assert SCOPES.keys() <= expected.keys()


def test_every_method_is_the_functions(stack: Stack) -> None:
    for route, method in methods(stack):
        function = stack.arns["ApiFunction"]
        integration = method["x-amazon-apigateway-integration"]
        assert integration.keys() == {"httpMethod", "type", "uri"}, route
        assert integration["type"] == "aws_proxy", route
        assert f"/functions/{function}/invocations" in integration["uri"], route


def test_a_sign_in_is_one_of_the_pool(stack: Stack) -> None:
    schemes = api(stack)["Body"]["components"]["securitySchemes"]
    assert schemes.keys() == {"Cognito", "api_key"}
    assert schemes["Cognito"]["name"] == "Authorization"
    assert schemes["Cognito"]["x-amazon-apigateway-authorizer"] == {
        "providerARNs": ["orders-UserPool.Arn"],
        "type": "cognito_user_pools",
    }


def test_every_method_has_a_rate_and_strangers_a_small_one(stack: Stack) -> None:
    found = {
        (each["HttpMethod"], unescaped(each["ResourcePath"])): (
            each["ThrottlingRateLimit"],
            each["ThrottlingBurstLimit"],
        )
        for each in stage(stack)["MethodSettings"]
    }
    assert found == RATES


def unescaped(path: str) -> str:
    """Returns a path as it is asked for: a stage's settings write `~1` for a slash, and begin with one that is none."""
    return path if path == "/*" else path.removeprefix("/").replace("~1", "/")


def test_no_setting_of_a_method_logs_or_keeps_what_it_answers(stack: Stack) -> None:
    said = {"HttpMethod", "ResourcePath", "ThrottlingBurstLimit", "ThrottlingRateLimit"}
    for each in stage(stack)["MethodSettings"]:
        assert {key: value for key, value in each.items() if key not in said} in (
            {},
            {"DataTraceEnabled": False},
        )


def test_the_access_log_names_no_path_query_or_header(stack: Stack) -> None:
    log = stage(stack)["AccessLogSetting"]
    assert log["DestinationArn"] == "orders-ApiAccessLogs.Arn"
    assert set(re.findall(r"\$[\w.]+", log["Format"])) == LOGGED


def test_no_path_is_traced(stack: Stack) -> None:
    """API Gateway's traces hold the path that was asked for, where ids of orders and customers stand."""
    assert not stage(stack).keys() & {"CanarySetting", "TracingEnabled", "Variables"}


def test_the_gateways_errors_look_like_the_functions(stack: Stack) -> None:
    origin = {"rekeying": "https://shop.example.com"}.get(stack.given, "null")
    found = api(stack)["Body"]["x-amazon-apigateway-gateway-responses"]
    headers = {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in SECURITY_HEADERS.items()}
    codes = {}
    for name, answer in found.items():
        (text,) = answer["responseTemplates"].values()
        codes[name] = text.removeprefix('{"error":{"code":"').partition('"')[0]
        said = dict(answer["responseParameters"])
        assert said.pop(f"gatewayresponse.header.{ORIGIN}", "'null'") == f"'{origin}'", name
        assert said == headers, name
        assert re.fullmatch(
            r'\{"error":\{"code":"\w+","message":(\$context\.error\.messageString|"[a-z :;]+"|"[\w :;]+")\}\}',
            text,
        ), name
    assert codes == ANSWERS


def test_no_origin_is_allowed_unless_it_is_given() -> None:
    body = deployed({}).of("AWS::ApiGateway::RestApi")["Api"]["Body"]
    assert "https://" not in str(body["x-amazon-apigateway-gateway-responses"])
    assert {verb for verbs in body["paths"].values() for verb in verbs} & {"options"} == set()


def test_one_stage_is_deployed_and_the_api_is_regional(stack: Stack) -> None:
    assert stage(stack)["StageName"] == "v1"
    (deployment,) = stack.of("AWS::ApiGateway::Deployment")
    assert stage(stack)["DeploymentId"] == f"orders-{deployment}"
    assert {stage(stack)["RestApiId"], stack.resources[deployment]["Properties"]["RestApiId"]} == {
        "orders-Api"
    }
    assert api(stack)["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_machines_show_a_key_that_counts(stack: Stack) -> None:
    for name, plan in stack.of("AWS::ApiGateway::UsagePlan").items():
        assert plan["ApiStages"] == [{"ApiId": "orders-Api", "Stage": "v1"}], name
        assert plan["Throttle"] == {"RateLimit": 50, "BurstLimit": 100}, name
        assert plan["Quota"] == {"Limit": 1_000_000, "Period": "DAY"}, name
    assert all(each["Enabled"] is True for each in stack.of("AWS::ApiGateway::ApiKey").values())
    plans = {each["UsagePlanName"] for each in stack.of("AWS::ApiGateway::UsagePlan").values()}
    keyed = stack.of("AWS::ApiGateway::UsagePlanKey").values()
    assert {each["KeyId"] for each in keyed} == {
        f"orders-{name}" for name in stack.of("AWS::ApiGateway::ApiKey")
    }
    assert {(each["KeyType"], each["UsagePlanId"]) for each in keyed} == {("API_KEY", plan) for plan in plans}


MANAGED = {
    "common": "AWSManagedRulesCommonRuleSet",
    "known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "reputation": "AWSManagedRulesAmazonIpReputationList",
}
# Blocked by their labels, wherever no order and no value is taken.
COUNTED = {
    "CrossSiteScripting_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "SizeRestrictions_BODY",
}


def path_ends(text: str) -> dict[str, Any]:
    return {
        "ByteMatchStatement": {
            "FieldToMatch": {"UriPath": {}},
            "PositionalConstraint": "ENDS_WITH",
            "SearchString": text,
            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
        }
    }


def labelled(rule: str) -> dict[str, Any]:
    key = f"awswaf:managed:aws:core-rule-set:{rule.replace('_BODY', '_Body')}"
    return {"LabelMatchStatement": {"Key": key, "Scope": "LABEL"}}


def any_of(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"OrStatement": {"Statements": list(statements)}}


BODIES = {
    "AndStatement": {
        "Statements": [
            any_of(*(labelled(rule) for rule in sorted(COUNTED - {"SizeRestrictions_BODY"}))),
            {"NotStatement": {"Statement": any_of(path_ends("/orders"), path_ends("/tokens"))}},
        ]
    }
}
RATE = {"RateBasedStatement": {"AggregateKeyType": "IP", "EvaluationWindowSec": 300, "Limit": 2000}}


def test_a_web_acl_stands_before_the_stage_where_it_is_wanted(stack: Stack) -> None:
    acls = stack.of("AWS::WAFv2::WebACL")
    guarded = {each["ResourceArn"] for each in stack.of("AWS::WAFv2::WebACLAssociation").values()}
    assert len(guarded) == len(acls)
    assert all(arn.endswith("/restapis/orders-Api/stages/v1") for arn in guarded)
    standing = {each["WebACLArn"] for each in stack.of("AWS::WAFv2::WebACLAssociation").values()}
    assert standing == {f"orders-{name}.Arn" for name in acls}
    assert {each["Scope"] for each in acls.values()} <= {"REGIONAL"}
    for name, acl in acls.items():
        rules = {each["Name"]: each for each in acl["Rules"]}
        assert acl["DefaultAction"] == {"Allow": {}}, name
        groups = {
            rule: copy.copy(each["Statement"]["ManagedRuleGroupStatement"])
            for rule, each in rules.items()
            if "ManagedRuleGroupStatement" in each["Statement"]
        }
        overrides = groups["common"].pop("RuleActionOverrides")
        assert {each["Name"] for each in overrides if each["ActionToUse"] == {"Count": {}}} == COUNTED, name
        assert len(overrides) == len(COUNTED), name
        assert groups == {rule: {"Name": group, "VendorName": "AWS"} for rule, group in MANAGED.items()}, name
        assert all(rules[each]["OverrideAction"] == {"None": {}} for each in groups), name
        assert {rule: each["Action"] for rule, each in rules.items() if rule not in groups} == {
            "bodies": {"Block": {}},
            "rate": {"Block": {}},
        }
        assert rules["rate"]["Statement"] == RATE, name
        assert rules["bodies"]["Statement"] == BODIES, name
        # Samples would show tokens.
        sampled = [each["VisibilityConfig"]["SampledRequestsEnabled"] for each in (acl, *acl["Rules"])]
        assert not any(sampled), name


def test_the_web_acl_is_there_unless_somebody_switches_it_off() -> None:
    assert deployed({}).of("AWS::WAFv2::WebACL")
