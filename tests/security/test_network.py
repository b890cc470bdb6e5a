"""Tests the network that the template promises: where functions run, what leads there, and what comes out. No emulator routes packets.

What each endpoint lets through is in test_denials.py, and which uses of keys are tied to the network in test_keys.py.
"""

import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tests.support.security.deployed import Stack, deployed
from tools.lint.rendered import drawn
from tools.lint.settled import PARAMETER_SETS, settled

# Custom resources touch no value, and answer CloudFormation over the internet.
OUTSIDE = {"SignInKeysFunction", "TokenKeysFunction", "VaultKeysFunction"}
ENDPOINTS = {
    "DynamoDbEndpoint": "dynamodb",
    "EventsEndpoint": "events",
    "KinesisEndpoint": "kinesis-streams",
    "KmsEndpoint": "kms",
    "LambdaEndpoint": "lambda",
    "S3Endpoint": "s3",
    "SqsEndpoint": "sqs",
    "XRayEndpoint": "xray",
}
GATEWAYS = {"DynamoDbEndpoint", "S3Endpoint"}
SUBNETS = [drawn("AWS::EC2::Subnet", f"PrivateSubnet{letter}") for letter in "AB"]
FUNCTIONS = drawn("AWS::EC2::SecurityGroup", "FunctionsSecurityGroup")
ENDPOINTS_GROUP = drawn("AWS::EC2::SecurityGroup", "EndpointsSecurityGroup")
GIVEN = PARAMETER_SETS["existing VPC"]
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
# No route leads anywhere but to the two gateways, so these two and the interfaces' own addresses are all that is reached.
OUT = {
    "own": ["CidrIp 0.0.0.0/0", "CidrIp 10.80.0.0/24"],
    "given": [
        "CidrIp 10.80.0.0/24",
        f"DestinationPrefixListId {GIVEN['DynamoDbPrefixListId']}",
        f"DestinationPrefixListId {GIVEN['S3PrefixListId']}",
    ],
}
# All that a network of the stack's own is made of: no gateway to the internet, no route but the endpoints'.
OWN_NETWORK = {
    "AWS::EC2::RouteTable": 1,
    "AWS::EC2::SecurityGroup": 2,
    "AWS::EC2::Subnet": 2,
    "AWS::EC2::SubnetRouteTableAssociation": 2,
    "AWS::EC2::VPC": 1,
    "AWS::EC2::VPCEndpoint": 8,
}


def own(stack: Stack) -> bool:
    return bool(stack.of("AWS::EC2::VPC"))


def test_every_function_that_touches_values_runs_in_the_private_subnets(stack: Stack) -> None:
    subnets = SUBNETS if own(stack) else GIVEN["PrivateSubnetIds"].split(",")
    inside = {"SecurityGroupIds": [FUNCTIONS], "SubnetIds": subnets}
    for name, each in stack.functions().items():
        assert each.get("VpcConfig") == (None if name in OUTSIDE else inside), name


def test_no_route_leads_to_the_internet_and_an_existing_network_gets_nothing_of_its_own(stack: Stack) -> None:
    found: dict[str, int] = {}
    for each in stack.resources.values():
        if each["Type"].startswith("AWS::EC2::"):
            found[each["Type"]] = found.get(each["Type"], 0) + 1
    assert found == (OWN_NETWORK if own(stack) else {"AWS::EC2::SecurityGroup": 1})


@pytest.mark.parametrize("others", PARAMETER_SETS)
def test_an_existing_network_gets_nothing_of_its_own_whatever_else_is_chosen(others: str) -> None:
    chosen = deployed(PARAMETER_SETS[others] | {"VpcId": "vpc-1", "PrivateSubnetIds": "subnet-1,subnet-2"})
    kinds = [each["Type"] for each in chosen.resources.values() if each["Type"].startswith("AWS::EC2::")]
    assert kinds == ["AWS::EC2::SecurityGroup"]


def test_every_subnet_is_private_and_in_a_zone_of_its_own(stack: Stack) -> None:
    subnets = stack.of("AWS::EC2::Subnet")
    assert len({each["AvailabilityZone"] for each in subnets.values()}) == len(subnets)
    assert len({each["CidrBlock"] for each in subnets.values()}) == len(subnets)
    for name, each in subnets.items():
        assert each.keys() == {"AvailabilityZone", "CidrBlock", "Tags", "VpcId"}, name
    routed = {
        each["SubnetId"]: each["RouteTableId"]
        for each in stack.of("AWS::EC2::SubnetRouteTableAssociation").values()
    }
    assert routed == (dict.fromkeys(SUBNETS, "orders-PrivateRoutes") if own(stack) else {})


def test_zones_are_the_deployers_to_choose() -> None:
    """The first zones of a list may lack Lambda or its endpoint, and the list is another one in each account."""
    chosen = deployed({"FirstZone": "zone-1", "SecondZone": "zone-2"}).of("AWS::EC2::Subnet")
    assert {each["AvailabilityZone"] for each in chosen.values()} == {"zone-1", "zone-2"}


def test_only_https_goes_out_and_only_the_functions_reach_the_endpoints(stack: Stack) -> None:
    groups = stack.of("AWS::EC2::SecurityGroup")
    functions = groups.pop("FunctionsSecurityGroup")
    assert "SecurityGroupIngress" not in functions
    assert sorted(map(let_through, functions["SecurityGroupEgress"])) == OUT["own" if own(stack) else "given"]
    for group in groups.values():
        assert list(map(let_through, group["SecurityGroupIngress"])) == [f"SourceSecurityGroupId {FUNCTIONS}"]
        (out,) = group["SecurityGroupEgress"]
        assert (out["IpProtocol"], out["CidrIp"]) == ("-1", "127.0.0.1/32")


def let_through(rule: dict[str, object]) -> str:
    """Returns whom a rule lets through, if it is for HTTPS alone."""
    assert {key: rule[key] for key in HTTPS} == HTTPS
    ((key, value),) = ((key, value) for key, value in rule.items() if key not in {*HTTPS, "Description"})
    return f"{key} {value}"


def test_every_endpoint_is_in_the_private_subnets_and_answers_by_the_services_name(stack: Stack) -> None:
    for name, each in stack.of("AWS::EC2::VPCEndpoint").items():
        assert each["ServiceName"] == f"com.amazonaws.eu-central-1.{ENDPOINTS[name]}", name
        where = {key: each[key] for key in each if key not in {"PolicyDocument", "ServiceName", "VpcId"}}
        if name in GATEWAYS:
            assert where == {"RouteTableIds": ["orders-PrivateRoutes"], "VpcEndpointType": "Gateway"}, name
        else:
            assert where == {
                "PrivateDnsEnabled": True,
                "SecurityGroupIds": [ENDPOINTS_GROUP],
                "SubnetIds": SUBNETS,
                "VpcEndpointType": "Interface",
            }, name


def test_every_part_of_the_network_is_in_one_vpc(stack: Stack) -> None:
    """A part that names none would be in the account's default VPC, which has a way to the internet."""
    elsewhere = {"AWS::EC2::VPC", "AWS::EC2::SubnetRouteTableAssociation"}
    found = {
        each["Properties"].get("VpcId")
        for each in stack.resources.values()
        if each["Type"].startswith("AWS::EC2::") and each["Type"] not in elsewhere
    }
    assert len(found) == 1
    assert own(stack) or found == {GIVEN["VpcId"]}


def test_names_in_the_network_are_those_of_aws(stack: Stack) -> None:
    for name, each in stack.of("AWS::EC2::VPC").items():
        assert (each["EnableDnsHostnames"], each["EnableDnsSupport"]) == (True, True), name


@pytest.mark.parametrize(
    ("rule", "given", "held"),
    [
        ("WholeNetwork", {}, True),
        ("WholeNetwork", {"VpcId": "vpc-1", "PrivateSubnetIds": "subnet-1,subnet-2"}, True),
        ("WholeNetwork", {"VpcId": "vpc-1"}, False),
        ("WholeNetwork", {"PrivateSubnetIds": "subnet-1,subnet-2"}, False),
        ("TwoZones", {}, True),
        ("TwoZones", {"FirstZone": "a", "SecondZone": "b"}, True),
        ("TwoZones", {"FirstZone": "a", "SecondZone": "a"}, False),
        ("TwoZones", {"FirstZone": "a"}, False),
        ("TwoZones", {"SecondZone": "b"}, False),
    ],
)
def test_parameters_that_do_not_go_together_are_refused_before_anything_is_made(
    rule: str, given: dict[str, str], held: bool
) -> None:
    template = load(ROOT / "template.yaml")
    (assertion,) = template["Rules"][rule]["Assertions"]
    guarded = {
        "Parameters": template["Parameters"],
        "Conditions": {rule: assertion["Assert"]},
        "Resources": {"Guarded": {"Type": "any", "Condition": rule}},
    }
    assert bool(settled(guarded, given)["Resources"]) is held
