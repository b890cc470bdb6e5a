"""Checks of the template's private network: each returns what breaks a promise."""

from tests.support.security.template import Template, listed, of_type

VPC = {"Fn::If": ["OwnNetwork", {"Ref": "Vpc"}, {"Ref": "VpcId"}]}
# Custom resources touch no value, and answer CloudFormation over the internet.
OUTSIDE = {"TokenKeysFunction", "VaultKeysFunction"}


def functions_run_in_private_subnets(template: Template) -> list[str]:
    own = {"Fn::Sub": "${PrivateSubnetA},${PrivateSubnetB}"}
    subnets = {"Fn::Split": [",", {"Fn::If": ["OwnNetwork", own, {"Ref": "PrivateSubnetIds"}]}]}
    inside = {"SecurityGroupIds": [{"Ref": "FunctionsSecurityGroup"}], "SubnetIds": subnets}
    return [
        name
        for name, function in of_type(template, "AWS::Serverless::Function")
        if function.get("VpcConfig") != (None if name in OUTSIDE else inside)
    ]


def endpoints_let_this_stack_through_alone(template: Template) -> list[str]:
    """Named actions on named resources of this stack, where there are any, for callers of this account."""
    return [
        f"{name}: {each['Sid']}"
        for name, endpoint in of_type(template, "AWS::EC2::VPCEndpoint")
        for each in endpoint["PolicyDocument"]["Statement"]
        if any("*" in action for action in listed(each["Action"]))
        or (
            any(resource == "*" or not isinstance(resource, dict) for resource in listed(each["Resource"]))
            and name != "XRayEndpoint"
        )  # its actions know no resources
        or each["Condition"] != {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
    ]
