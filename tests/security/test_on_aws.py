"""Checks the settled template against rules that AWS documents, but neither the emulator nor a type's schema knows.

Each rule names its source, looks at every resource of a type, and is seen to bite by planting the fault that it would have found.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.security.deployed import listed, statements
from tests.support.security.policies import VERBS, of_type, plant
from tools.lint.combinations import named, sets
from tools.lint.settled import PARAMETER_SETS, Template, settled, translated

Check = Callable[[Template], list[str]]


def documented_paths(template: Template) -> dict[str, set[str]]:
    """Returns each path of the template's APIs, and the verbs that it is served for."""
    served: dict[str, set[str]] = {}
    for _, api in of_type(template, "AWS::ApiGateway::RestApi"):
        for path, methods in api["Body"]["paths"].items():
            named = {each.upper() for each in methods} & VERBS
            served[path] = VERBS if "x-amazon-apigateway-any-method" in methods else named
    return served


def settings_of_methods_are_of_methods_that_are_there(template: Template) -> list[str]:
    """AWS::ApiGateway::Stage MethodSetting, ResourcePath: `/~1` and then `~1` for each slash; `*` goes with `/*` alone."""
    served = documented_paths(template)
    wrong = []
    for name, stage in of_type(template, "AWS::ApiGateway::Stage"):
        for each in stage.get("MethodSettings", []):
            verb, path = each["HttpMethod"], each["ResourcePath"]
            escaped = {path.replace("/", "~1"): path for path in served}
            known = path.startswith("/~1") and verb in served.get(escaped.get(path[1:], ""), ())
            if (verb, path) != ("*", "/*") and not known:
                wrong.append(f"{name}: {verb} {path}")
    return wrong


def plain_dependencies(template: Template) -> Iterator[tuple[str, str]]:
    """Returns each resource with the name of one that it waits for."""
    for name, each in template["Resources"].items():
        waits_for = each.get("DependsOn", [])
        yield from ((name, other) for other in ([waits_for] if isinstance(waits_for, str) else waits_for))


def nothing_waits_for_what_is_not_there(template: Template) -> list[str]:
    """cfn-lint E3005, DependsOn: CloudFormation knows no `Fn::If` there, so a conditional resource can't be named."""
    there = template["Resources"]
    return [f"{name}: {other}" for name, other in plain_dependencies(template) if other not in there]


def conditions(statement: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Returns the key of each of a statement's conditions, with its operator."""
    for operator, tests in statement.get("Condition", {}).items():
        yield from ((key, operator) for key in tests)


def services_that_tell_nothing_still_take_on_their_roles(template: Template) -> list[str]:
    """No page of AWS shows a key in the trust of Lambda, API Gateway or Firehose; where it is not sent, only `IfExists` holds.

    docs.aws.amazon.com/firehose/latest/dev/controlling-access.html#firehose-assume-role; docs/decisions/0017.
    """
    return [
        f"{name}: {operator} {key}"
        for name, role in of_type(template, "AWS::IAM::Role")
        for statement in statements(role["AssumeRolePolicyDocument"])
        if "Service" in statement["Principal"]
        for key, operator in conditions(statement)
        if not operator.endswith("IfExists")
    ]


def arrays_of_sources_are_compared_as_arrays(template: Template) -> list[str]:
    """Of an array, one value is compared only with a set operator, and `ForAllValues` holds for none unless `Null` refuses it.

    docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html; whoever
    publishes has the form of .../eventbridge/latest/userguide/eb-event-bus-example-policy-cross-account-custom-bus-source.html.
    Rules are not events: for those AWS's example has `StringEqualsIfExists`, eb-event-bus-example-policy-same-account-creator.html.
    """
    wanted = {("events:source", "ForAllValues:StringEquals"), ("events:source", "Null")}
    return [
        str(statement)
        for statement in statements(template["Resources"])
        if "events:PutEvents" in listed(statement["Action"])
        and any(key == "events:source" for key, _ in conditions(statement))
        and set(conditions(statement)) != wanted
    ]


def custom_resources_fail_within_minutes(template: Template) -> list[str]:
    """CloudFormation waits an hour for an answer unless `ServiceTimeout` says less, and again in the rollback.

    docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html; longer than the function may take, and its start.
    """
    wrong = []
    for name, resource in template["Resources"].items():
        if not resource["Type"].startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
            continue
        function = template["Resources"][resource["Properties"]["ServiceToken"]["Fn::GetAtt"][0]]
        seconds = int(resource["Properties"].get("ServiceTimeout", 3600))
        if not 2 * function["Properties"]["Timeout"] <= seconds <= 300:
            wrong.append(name)
    return wrong


def queues_leave_concurrency_to_others(template: Template) -> list[str]:
    """Without a maximum a mapping of a queue grows to 1,000 executions, the whole of an account's default quota.

    docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html; 2 to 1,000: AWS::Lambda::EventSourceMapping ScalingConfig.
    """
    queues = dict(of_type(template, "AWS::SQS::Queue"))
    return [
        name
        for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping")
        if mapping["EventSourceArn"]["Fn::GetAtt"][0] in queues
        and not 2 <= int(mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 1001)) < 500
    ]


def mappings_count_events_and_dropped_ones_raise_an_alarm(template: Template) -> list[str]:
    """Lambda counts what a mapping drops only where it is asked to, and only for streams.

    docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics: `EventCount`, and
    `DroppedEventCount` by `EventSourceMappingUUID`, which is the mapping's `Ref`.
    """
    mappings = dict(of_type(template, "AWS::Lambda::EventSourceMapping"))
    silent = [name for name, each in mappings.items() if "EventCount" not in _metrics(each)]
    alarms = list(of_type(template, "AWS::CloudWatch::Alarm"))  # without their module there are none
    watched = [
        alarm["Dimensions"]
        for _, alarm in alarms
        if (alarm["Namespace"], alarm["MetricName"], alarm["Threshold"])
        == ("AWS/Lambda", "DroppedEventCount", 0)
    ]
    return silent + [
        name
        for name, each in (mappings.items() if alarms else ())
        if "StartingPosition" in each
        and [{"Name": "EventSourceMappingUUID", "Value": {"Ref": name}}] not in watched
    ]


def _metrics(mapping: dict[str, Any]) -> list[str]:
    found: list[str] = mapping.get("MetricsConfig", {}).get("Metrics", [])
    return found


CORE_RULES = "AWSManagedRulesCommonRuleSet"
BODY_RULES = {"CrossSiteScripting", "EC2MetaDataSSRF", "GenericLFI", "GenericRFI"}
TAKE_ORDERS = {"/orders", "/machine/orders", "/tokens", "/machine/tokens"}


def orders_pass_the_edge_whatever_is_in_them(template: Template) -> list[str]:
    """A managed rule counts what it finds in a body, and another blocks by its label wherever no order is taken.

    Rules and labels: docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html. AWS ignores the
    override of a rule that it doesn't know: docs.aws.amazon.com/waf/latest/APIReference/API_RuleActionOverride.html.
    """
    wrong = []
    for name, acl in of_type(template, "AWS::WAFv2::WebACL"):
        counted = {
            each["Name"]
            for rule in acl["Rules"]
            for each in rule["Statement"].get("ManagedRuleGroupStatement", {}).get("RuleActionOverrides", ())
            if rule["Statement"]["ManagedRuleGroupStatement"]["Name"] == CORE_RULES
            and each["ActionToUse"] == {"Count": {}}
        }
        blocked = [rule["Statement"] for rule in acl["Rules"] if rule.get("Action") == {"Block": {}}]
        labels = {each["Key"].rpartition(":")[2] for each in _inside(blocked, "LabelMatchStatement")}
        ends = [each["SearchString"] for each in _inside(blocked, "ByteMatchStatement")]
        let_through = {path for path in documented_paths(template) if path.endswith(tuple(ends))}
        held = {
            "counted": counted == {f"{rule}_BODY" for rule in BODY_RULES | {"SizeRestrictions"}},
            "blocked by label": labels == {f"{rule}_Body" for rule in BODY_RULES},
            "let through": let_through == TAKE_ORDERS,
        }
        wrong += [f"{name}: {rule}" for rule, held in held.items() if not held]
    return wrong


def _inside(node: Any, name: str) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if name in node:
            yield node[name]
        for each in node.values():
            yield from _inside(each, name)
    elif isinstance(node, list):
        for each in node:
            yield from _inside(each, name)


KEPT = {"Retain", "RetainExceptOnCreate"}


def what_is_kept_keeps_its_role(template: Template) -> list[str]:
    """A setting of the account that outlives its stack names a role, which has to outlive it, too, and so has its boundary.

    docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-account.html: one for an account and region.
    """
    resources = template["Resources"]
    named = {
        name: _named_in(each["Properties"])
        for name, each in resources.items()
        if each["Type"] in {"AWS::ApiGateway::Account", "AWS::IAM::Role"}
        and each.get("DeletionPolicy") in KEPT
    }
    return [
        f"{name}: {other}"
        for name, others in named.items()
        for other in others & resources.keys()
        if resources[other].get("DeletionPolicy") not in KEPT
    ]


def _named_in(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["Ref"]} if "Ref" in node else set()
        own |= {node["Fn::GetAtt"][0]} if "Fn::GetAtt" in node else set()
        return own.union(*(_named_in(each) for each in node.values()))
    return set().union(*(_named_in(each) for each in node)) if isinstance(node, list) else set()


BUS = {"Service": "events.amazonaws.com"}


def what_a_raw_source_gave_up_outlives_the_stack(template: Template) -> list[str]:
    """Checks that a queue is kept where a failed record is nowhere else; what the bus sent is in its archive."""
    from_the_bus = {
        queue["Ref"]
        for _, policy in of_type(template, "AWS::SQS::QueuePolicy")
        for statement in statements(policy)
        if statement["Principal"] == BUS
        for queue in policy["Queues"]
    }
    ends = {
        mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        for _, mapping in of_type(template, "AWS::Lambda::EventSourceMapping")
        if "DestinationConfig" in mapping
    } | {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for _, queue in of_type(template, "AWS::SQS::Queue")
        if "RedrivePolicy" in queue
    }
    return [name for name in ends - from_the_bus if not _is_kept(template["Resources"][name])]


def _is_kept(resource: dict[str, Any]) -> bool:
    return resource.get("DeletionPolicy") in KEPT and resource.get("UpdateReplacePolicy") == "Retain"


# AWS deletes these in no rollback: the first by their protection, keys and the trail by our choice.
PROTECTED = {"AWS::Cognito::UserPool", "AWS::KMS::Key"}


def a_deployment_that_is_taken_back_leaves_few_names(template: Template) -> list[str]:
    """The next one meets whatever `Retain` kept, by its name: `RetainExceptOnCreate` wherever AWS would delete it.

    docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    return [
        name
        for name, each in template["Resources"].items()
        if each.get("DeletionPolicy") == "Retain"
        and each["Type"] not in PROTECTED
        and not each["Properties"].get("DeletionProtectionEnabled")
        and name != "AuditBucket"
    ]


# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
DAYS = {
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
}


def logs_are_kept_for_a_time_that_there_is(template: Template) -> list[str]:
    return [
        name
        for name, group in of_type(template, "AWS::Logs::LogGroup")
        if group["RetentionInDays"] not in DAYS
    ]


# What the calls of tokenizer/aws/replay and the audit trail ask for, and Lambda itself.
REPLAYS = {
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "lambda:InvokeFunction",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "s3:DeleteObject",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
    "sqs:DeleteMessage",
    "sqs:ReceiveMessage",
    "sqs:SendMessage",
}


def the_replay_function_may_do_what_it_does(template: Template) -> list[str]:
    policy = template["Resources"]["ReplayPolicy"]["Properties"]["PolicyDocument"]
    return sorted({action for each in statements(policy) for action in listed(each["Action"])} ^ REPLAYS)


ROTATION = {
    "kms:EnableKeyRotation",
    "kms:GetKeyRotationStatus",
    "kms:ListKeyRotations",
    "kms:RotateKeyOnDemand",
}


def administrators_rotate_keys_and_see_when(template: Template) -> list[str]:
    """docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-on-demand.html, both actions; AWS's default policy has them."""
    return [
        name
        for name, key in of_type(template, "AWS::KMS::Key")
        for each in key["KeyPolicy"]["Statement"]
        if each["Sid"] == "Administration" and not set(each["Action"]) >= ROTATION
    ]


# What the emulator's stack is bent away from: docs/local-stack.md. Each is the only witness of what it looks at.
def every_event_that_leaves_has_its_schema_in_a_registry(template: Template) -> list[str]:
    registries = {name for name, _ in of_type(template, "AWS::EventSchemas::Registry")}
    listed_in = [
        each["RegistryName"]["Fn::GetAtt"][0] for _, each in of_type(template, "AWS::EventSchemas::Schema")
    ]
    astray = [name for name in listed_in if name not in registries]
    return astray + ([] if registries and listed_in else ["no registry, or nothing in it"])


def analysts_have_queries_to_begin_with(template: Template) -> list[str]:
    groups = {name for name, _ in of_type(template, "AWS::Athena::WorkGroup")}
    queries = [each["WorkGroup"]["Ref"] for _, each in of_type(template, "AWS::Athena::NamedQuery")]
    return sorted(groups - set(queries))


def a_web_acl_stands_before_each_stage(template: Template) -> list[str]:
    """Checks that a web ACL stands before each stage if there is any (`WebAclEnabled`)."""
    if not list(of_type(template, "AWS::WAFv2::WebACL")):
        return []
    guarded = [each["ResourceArn"] for _, each in of_type(template, "AWS::WAFv2::WebACLAssociation")]
    stages = [name for name, _ in of_type(template, "AWS::ApiGateway::Stage")]
    return [name for name in stages if not any(f"/stages/${{{name}}}" in str(arn) for arn in guarded)]


def policies_name_actions_that_there_are(template: Template) -> list[str]:
    """SQS authorizes a batch as its single call: docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html."""
    return sorted(
        {
            action
            for statement in statements(template["Resources"])
            for action in listed(statement["Action"])
            if action.startswith("sqs:") and action.endswith("Batch")
        }
    )


OF_RULES = {"events:PutTargets", "events:RemoveTargets", "events:ListTargetsByRule"}


def targets_are_of_rules(template: Template) -> list[str]:
    """Actions on targets know the rule alone: docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html."""
    return [
        str(resource)
        for statement in statements(template["Resources"])
        if OF_RULES & set(listed(statement["Action"]))
        for resource in listed(statement["Resource"])
        if ":rule/" not in str(resource)
    ]


def targets_that_need_a_role_have_one(template: Template) -> list[str]:
    """EventBridge puts on a delivery stream with the target's role, and on a queue by the queue's policy.

    docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
    """
    streams = {name for name, _ in of_type(template, "AWS::KinesisFirehose::DeliveryStream")}
    fed = {
        target["Arn"]["Fn::GetAtt"][0]
        for _, rule in of_type(template, "AWS::Events::Rule")
        for target in rule["Targets"]
        if "RoleArn" in target and "Fn::GetAtt" in target["Arn"]
    }
    return sorted(streams - fed)


def mappings_are_switched_by_parameters(template: Template) -> list[str]:
    """A stack that nobody paused takes in what arrives; a settled template has the parameter's text."""
    return [
        name
        for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping")
        if mapping.get("Enabled", "true") != "true"
    ]


API = "Api/Properties"
CORE = "WebAcl/Properties/Rules/2/Statement"
REVEAL = {"HttpMethod": "POST", "ThrottlingRateLimit": 20}
WEAKNESSES: list[tuple[Check, str, Any]] = [
    (
        settings_of_methods_are_of_methods_that_are_there,
        f"{API}/MethodSettings/4",
        {"HttpMethod": "ANY", "ResourcePath": "/~1{proxy+}"},
    ),
    (
        settings_of_methods_are_of_methods_that_are_there,
        f"{API}/MethodSettings/1",
        REVEAL | {"ResourcePath": "/tokens/reveal"},
    ),
    (
        settings_of_methods_are_of_methods_that_are_there,
        f"{API}/MethodSettings/1",
        REVEAL | {"ResourcePath": "/~1tokens~1revealed"},
    ),
    (nothing_waits_for_what_is_not_there, "Api/DependsOn", "ApiGatewayAccount"),
    (
        mappings_count_events_and_dropped_ones_raise_an_alarm,
        "TokenizeStreamMapping/Properties/MetricsConfig",
        {},
    ),
    (
        mappings_count_events_and_dropped_ones_raise_an_alarm,
        "RecordsDroppedAlarm/Properties/Dimensions/0/Name",
        "FunctionName",
    ),
    (
        orders_pass_the_edge_whatever_is_in_them,
        f"{CORE}/ManagedRuleGroupStatement/RuleActionOverrides",
        [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}],
    ),
    (orders_pass_the_edge_whatever_is_in_them, "WebAcl/Properties/Rules/3/Action", {"Count": {}}),
    (
        orders_pass_the_edge_whatever_is_in_them,
        "WebAcl/Properties/Rules/3/Statement/AndStatement/Statements/1",
        {"ByteMatchStatement": {"SearchString": "/reveal"}},
    ),
    (what_is_kept_keeps_its_role, "ApiGatewayLogsRole/DeletionPolicy", "Delete"),
    (what_is_kept_keeps_its_role, "ApiGatewayLogsBoundary/DeletionPolicy", "Delete"),
    (what_a_raw_source_gave_up_outlives_the_stack, "DeadLetterQueue/DeletionPolicy", "Delete"),
    (what_a_raw_source_gave_up_outlives_the_stack, "UnprocessedQueue/UpdateReplacePolicy", "Delete"),
    (a_deployment_that_is_taken_back_leaves_few_names, "LetterBucket/DeletionPolicy", "Retain"),
    (logs_are_kept_for_a_time_that_there_is, "ApiLogs/Properties/RetentionInDays", 100),
    (
        the_replay_function_may_do_what_it_does,
        "ReplayPolicy/Properties/PolicyDocument/Statement/TakeUnprocessedMessages/Action",
        ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:GetQueueAttributes"],
    ),
    (
        administrators_rotate_keys_and_see_when,
        "AuditKey/Properties/KeyPolicy/Statement/Administration/Action",
        ["kms:EnableKeyRotation"],
    ),
    (queues_leave_concurrency_to_others, "TokenizeQueueMapping/Properties/ScalingConfig", {}),
    (queues_leave_concurrency_to_others, "OnOrderSanitizedMapping/Properties/ScalingConfig", {}),
    (custom_resources_fail_within_minutes, "TokenKeys/Properties/ServiceTimeout", 3600),
    (custom_resources_fail_within_minutes, "VaultKeysFunction/Properties/Timeout", 110),
    *(
        (
            arrays_of_sources_are_compared_as_arrays,
            "ErasePolicy/Properties/PolicyDocument/Statement/Publish/Condition",
            {operator: {"events:source": "orders.tokenizer"}},
        )
        for operator in ("StringEquals", "ForAllValues:StringEquals")
    ),
    *(
        (
            services_that_tell_nothing_still_take_on_their_roles,
            f"{role}/Properties/AssumeRolePolicyDocument/Statement/0/Condition",
            {operator: {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        )
        for role, operator in (("LakeDeliveryRole", "StringEquals"), ("LakeFeedRole", "ArnEquals"))
    ),
]
# Seen to bite by tests/unit/local/emulator/test_bends.py, which puts the emulator's bends into the template.
OF_BENDS: list[Check] = [
    a_web_acl_stands_before_each_stage,
    analysts_have_queries_to_begin_with,
    every_event_that_leaves_has_its_schema_in_a_registry,
    mappings_are_switched_by_parameters,
    policies_name_actions_that_there_are,
    targets_are_of_rules,
    targets_that_need_a_role_have_one,
]
CHECKS = [*dict.fromkeys(check for check, _, _ in WEAKNESSES), *OF_BENDS]


def settled_by_set(template: Template) -> Iterator[tuple[str, Template]]:
    plain = translated(template)
    return ((name, settled(plain, given)) for name, given in PARAMETER_SETS.items())


@pytest.fixture(scope="module")
def switched(template: Template) -> dict[str, Template]:
    """Returns the template with every switch together with every other."""
    plain = translated(template)
    return {named(given): settled(plain, given) for given in sets()}


@pytest.fixture(scope="module")
def templates(template: Template) -> dict[str, Template]:
    return dict(settled_by_set(template))


@pytest.mark.parametrize("given", PARAMETER_SETS)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_aws_finds_nothing_to_refuse(templates: dict[str, Template], check: Check, given: str) -> None:
    assert check(templates[given]) == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_aws_finds_nothing_to_refuse_whatever_is_switched_on(
    switched: dict[str, Template], check: Check
) -> None:
    found = {name: check(each) for name, each in switched.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("check", "path", "value"), WEAKNESSES, ids=lambda given: getattr(given, "__name__", None)
)
def test_a_planted_fault_is_found(template: Template, check: Check, path: str, value: Any) -> None:
    weak = copy.deepcopy(template)
    plant(weak, path, value)
    assert any(check(each) for _, each in settled_by_set(weak))
