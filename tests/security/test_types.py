"""Tests that no resource is of a type, and has no property, that the other modules of tests do not know.

Those compare the properties that are there with what they should be. A property that nobody has thought of, such as a table's
stream, a bucket's replication or a function's URL, would show data beside all of them: it comes with its test, and then here.
"""

from collections import defaultdict

from tests.support.security.deployed import Stack
from tools.lint.rendered import ACCOUNT, drawn

POOL = drawn("AWS::Cognito::UserPool", "UserPool")

PROPERTIES = {
    "AWS::ApiGateway::Account": "CloudWatchRoleArn",
    # pragma: allowlist nextline secret
    "AWS::ApiGateway::ApiKey": "Description Enabled Name",
    "AWS::ApiGateway::Deployment": "Description RestApiId",
    "AWS::ApiGateway::RestApi": "Body EndpointConfiguration Name Parameters",
    "AWS::ApiGateway::Stage": "AccessLogSetting DeploymentId MethodSettings RestApiId StageName Tags",
    "AWS::ApiGateway::UsagePlan": "ApiStages Description Quota Throttle UsagePlanName",
    "AWS::ApiGateway::UsagePlanKey": "KeyId KeyType UsagePlanId",
    "AWS::Athena::NamedQuery": "Database Description Name QueryString WorkGroup",
    "AWS::Athena::WorkGroup": "Description Name RecursiveDeleteOption WorkGroupConfiguration",
    "AWS::CloudWatch::Alarm": "AlarmActions AlarmDescription ComparisonOperator Dimensions EvaluationPeriods MetricName Namespace Period Statistic Threshold TreatMissingData",
    "AWS::CloudWatch::Dashboard": "DashboardBody DashboardName",
    "AWS::Cognito::UserPool": "AccountRecoverySetting AdminCreateUserConfig AutoVerifiedAttributes DeletionProtection EnabledMfas MfaConfiguration Policies UserAttributeUpdateSettings UserPoolName UsernameAttributes",
    "AWS::Cognito::UserPoolClient": "AccessTokenValidity AllowedOAuthFlows AllowedOAuthFlowsUserPoolClient AllowedOAuthScopes ClientName EnableTokenRevocation ExplicitAuthFlows GenerateSecret IdTokenValidity PreventUserExistenceErrors RefreshTokenValidity TokenValidityUnits UserPoolId WriteAttributes",
    "AWS::Cognito::UserPoolDomain": "Domain UserPoolId",
    "AWS::Cognito::UserPoolGroup": "GroupName UserPoolId",
    "AWS::Cognito::UserPoolResourceServer": "Identifier Name Scopes UserPoolId",
    "AWS::DynamoDB::Table": "AttributeDefinitions BillingMode DeletionProtectionEnabled GlobalSecondaryIndexes KeySchema PointInTimeRecoverySpecification SSESpecification TableName TimeToLiveSpecification",
    "AWS::EC2::RouteTable": "Tags VpcId",
    "AWS::EC2::SecurityGroup": "GroupDescription SecurityGroupEgress SecurityGroupIngress VpcId",
    "AWS::EC2::Subnet": "AvailabilityZone CidrBlock Tags VpcId",
    "AWS::EC2::SubnetRouteTableAssociation": "RouteTableId SubnetId",
    "AWS::EC2::VPC": "CidrBlock EnableDnsHostnames EnableDnsSupport Tags",
    "AWS::EC2::VPCEndpoint": "PolicyDocument PrivateDnsEnabled RouteTableIds SecurityGroupIds ServiceName SubnetIds VpcEndpointType VpcId",
    "AWS::EventSchemas::Registry": "Description RegistryName",
    "AWS::EventSchemas::Schema": "Content RegistryName SchemaName Type",
    "AWS::Events::Archive": "ArchiveName Description RetentionDays SourceArn",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::EventBusPolicy": "EventBusName Statement StatementId",
    "AWS::Events::Rule": "Description EventBusName EventPattern Name ScheduleExpression Targets",
    "AWS::Glue::Database": "CatalogId DatabaseInput",
    "AWS::Glue::Table": "CatalogId DatabaseName TableInput",
    "AWS::IAM::ManagedPolicy": "Description PolicyDocument",
    "AWS::IAM::Policy": "PolicyDocument PolicyName Roles",
    "AWS::IAM::Role": "AssumeRolePolicyDocument Description ManagedPolicyArns PermissionsBoundary",
    "AWS::KMS::Key": "Description EnableKeyRotation KeyPolicy KeySpec KeyUsage PendingWindowInDays",
    "AWS::Kinesis::Stream": "MaxRecordSizeInKiB Name RetentionPeriodHours ShardCount StreamEncryption StreamModeDetails",
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamEncryptionConfigurationInput DeliveryStreamName DeliveryStreamType ExtendedS3DestinationConfiguration",
    "AWS::Lambda::Alias": "FunctionName FunctionVersion Name",
    "AWS::Lambda::EventSourceMapping": "BatchSize BisectBatchOnFunctionError DestinationConfig Enabled EventSourceArn FunctionName FunctionResponseTypes MaximumBatchingWindowInSeconds MaximumRecordAgeInSeconds MaximumRetryAttempts MetricsConfig ParallelizationFactor ScalingConfig StartingPosition",
    "AWS::Lambda::Function": "Architectures Code Description Environment FunctionName Handler Layers LoggingConfig MemorySize ReservedConcurrentExecutions Role Runtime Tags Timeout TracingConfig VpcConfig",
    "AWS::Lambda::LayerVersion": "CompatibleArchitectures CompatibleRuntimes Content Description LayerName",
    "AWS::Lambda::Permission": "Action FunctionName Principal SourceArn",
    "AWS::Logs::LogGroup": "LogGroupName RetentionInDays",
    "AWS::Logs::LogStream": "LogGroupName LogStreamName",
    "AWS::S3::Bucket": "BucketEncryption BucketName LifecycleConfiguration LoggingConfiguration ObjectLockConfiguration ObjectLockEnabled OwnershipControls PublicAccessBlockConfiguration VersioningConfiguration",
    "AWS::S3::BucketPolicy": "Bucket PolicyDocument",
    "AWS::SNS::Subscription": "Endpoint Protocol TopicArn",
    "AWS::SNS::Topic": "DisplayName TopicName",
    "AWS::SNS::TopicPolicy": "PolicyDocument Topics",
    "AWS::SQS::Queue": "MessageRetentionPeriod QueueName RedriveAllowPolicy RedrivePolicy SqsManagedSseEnabled VisibilityTimeout",
    "AWS::SQS::QueuePolicy": "PolicyDocument Queues",
    "AWS::WAFv2::WebACL": "DefaultAction Description Name Rules Scope VisibilityConfig",
    "AWS::WAFv2::WebACLAssociation": "ResourceArn WebACLArn",
    "Custom::SignInKeys": "Client ServiceTimeout ServiceToken UserPool",
    "Custom::TokenKeys": "Key ServiceTimeout ServiceToken SubjectKeyVersion Table TokenKeyVersion",
    "Custom::VaultKeys": "Active Held ServiceTimeout ServiceToken",
}  # fmt: skip
ATTRIBUTES = {"DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdateReplacePolicy"}


def test_no_resource_is_of_a_type_or_has_a_property_that_is_not_listed(stack: Stack) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for each in stack.resources.values():
        found[each["Type"]] |= each.get("Properties", {}).keys()
    unknown = {kind: names - set(PROPERTIES.get(kind, "").split()) for kind, names in found.items()}
    assert {kind: names for kind, names in unknown.items() if names or kind not in PROPERTIES} == {}
    assert not stack.whole or found.keys() == PROPERTIES.keys()


def test_no_resource_has_another_attribute(stack: Stack) -> None:
    assert {
        name: set(each) - ATTRIBUTES for name, each in stack.resources.items() if set(each) - ATTRIBUTES
    } == {}


KEYS = {"AuditKeyArn": "AuditKey", "LetterKeyArn": "LetterKey"}
ROLES = "AnalystRole AuditReaderRole ConsumerRole HoneyKeeperRole ProducerRole RekeyOperatorRole ReplayApproverRole ReplayOperatorRole"
QUEUES = f"https://sqs.eu-central-1.amazonaws.com/{ACCOUNT}/orders-"
# What others go by, to the letter; a name that changes is a change of the contract.
OUTPUTS = {
    "AnalystWorkGroupName": "orders-analysts",
    "AnalyticsBucketName": f"orders-analytics-{ACCOUNT}-eu-central-1",
    "ApiUrl": "https://orders-Api.execute-api.eu-central-1.amazonaws.com/v1",
    "AuditBucketName": f"orders-audit-{ACCOUNT}-eu-central-1",
    "AuditHeadsTableName": "orders-audit-heads",
    "BlindIndexTableName": "orders-blind-index",
    "DeadLetterQueueUrl": f"{QUEUES}dead-letters",
    "EraseFunctionName": "orders-erase",
    "HoneyFunctionName": "orders-honey",
    "KeyChangesQueueUrl": f"{QUEUES}key-changes",
    "LakeDatabaseName": "orders_lake",
    "LakeDeliveryName": "orders-lake",
    "MachineClientId": "orders-MachineClient",
    "MachineKeyId": "orders-MachineKey",
    "OrdersTableName": "orders-orders",
    "RawOrdersQueueUrl": f"{QUEUES}raw-orders",
    "RawOrdersStreamName": "orders-raw-orders",
    "RekeyFunctionName": "orders-rekey",
    "ReplayFunctionName": "orders-replay",
    "RevealFunctionName": "orders-reveal",
    "SanitizedBusName": "orders-sanitized",
    "TokenUrl": f"https://orders-{ACCOUNT}.auth.eu-central-1.amazoncognito.com/oauth2/token",
    "TokenizeQueueFunctionName": "orders-tokenize-queue",
    "TokenizeStreamFunctionName": "orders-tokenize-stream",
    "UnprocessedQueueUrl": f"{QUEUES}unprocessed",
    "UserPoolClientId": "orders-UserPoolClient",
    "UserPoolId": POOL,
    "VaultTableName": "orders-vault",
}


def test_every_output_names_what_the_contract_promises(stack: Stack) -> None:
    expected = OUTPUTS | {name: stack.arns[key] for name, key in KEYS.items()}
    expected |= {f"{role}Arn": stack.arns[role] for role in ROLES.split() if role in stack.arns}
    found = {name: each["Value"] for name, each in stack.template["Outputs"].items()}
    assert stack.named(found.pop("VaultKeyArn")) in {"VaultKey", "VaultKeyGreen"}
    assert found == {name: expected[name] for name in found}
    assert not stack.whole or found.keys() == expected.keys()
