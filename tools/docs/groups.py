"""Groups parameters and outputs by who needs them: order and headings of the tables in docs/reference.md."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

Entry = TypeVar("Entry")
OTHER = "Other"

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "Modules": ("ApiEnabled", "LakeEnabled", "HoneytokensEnabled", "MonitoringEnabled"),
    "Capacity": (
        "ShardCount",
        "ParallelizationFactor",
        "QueueConcurrency",
        "OrdersConcurrency",
        "ReservedConcurrency",
        "Architecture",
    ),
    "Pipeline": (
        "StreamMappingEnabled",
        "QueueMappingEnabled",
        "QueueMaxReceiveCount",
        "RefusalEventsEnabled",
        "RawRecordMaxKiB",
        "EventMaxBytes",
    ),
    "Vault and keys": (
        "VaultRetentionDays",
        "VaultLifetimes",
        "DataKeyMaxItems",
        "DataKeyMaxSeconds",
        "VaultKeySlot",
        "Rekeying",
        "TokenKeyVersion",
        "SubjectKeyVersion",
        "OldVaultKeyArns",
        "VaultCryptoName",
        "KeyAdministratorArns",
        "PermissionsBoundaryArn",
    ),
    "Network": (
        "VpcId",
        "PrivateSubnetIds",
        "VpcCidr",
        "FirstZone",
        "SecondZone",
        "DynamoDbPrefixListId",
        "S3PrefixListId",
    ),
    "API and payments": ("AllowedOrigin", "WebAclEnabled", "ApiGatewayAccountEnabled", "PaymentGateway"),
    "Consumers and analysts": ("ConsumerAccountIds", "ArchiveRetentionDays", "QueryBytesLimit"),
    "Alarms, logs and audit": (
        "AlarmEmail",
        "AlarmTopicArn",
        "NoticeTopicArn",
        "RunbookUrl",
        "TracingMode",
        "LogRetentionDays",
        "AuditRetentionDays",
    ),
}

OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "For producers": ("RawOrdersStreamName", "RawOrdersQueueUrl", "ProducerRoleArn"),
    "For consumers": ("SanitizedBusName", "OrdersTableName", "ConsumerRoleArn"),
    "For analysts": (
        "AnalystRoleArn",
        "AnalystWorkGroupName",
        "LakeDatabaseName",
        "AnalyticsBucketName",
        "LakeDeliveryName",
    ),
    "For callers of the API": (
        "ApiUrl",
        "UserPoolId",
        "UserPoolClientId",
        "MachineClientId",
        "MachineKeyId",
        "TokenUrl",
    ),
    "For operators": (
        "DeadLetterQueueUrl",
        "UnprocessedQueueUrl",
        "ReplayOperatorRoleArn",
        "ReplayApproverRoleArn",
        "ReplayFunctionName",
        "TokenizeStreamFunctionName",
        "TokenizeQueueFunctionName",
        "RekeyOperatorRoleArn",
        "RekeyFunctionName",
    ),
    "For security and compliance": (
        "AuditReaderRoleArn",
        "AuditBucketName",
        "AuditHeadsTableName",
        "AuditKeyArn",
        "KeyChangesQueueUrl",
        "HoneyKeeperRoleArn",
        "HoneyFunctionName",
        "RevealFunctionName",
        "EraseFunctionName",
        "VaultTableName",
        "VaultKeyArn",
        "LetterKeyArn",
        "BlindIndexTableName",
    ),
}


def grouped(
    entries: Mapping[str, Entry], groups: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, dict[str, Entry]]]:
    """Yields each group that has entries, with its title; entries that no group names come last, as other ones."""
    named = {name for names in groups.values() for name in names}
    rest = tuple(name for name in entries if name not in named)
    for title, names in {**groups, OTHER: rest}.items():
        if found := {name: entries[name] for name in names if name in entries}:
            yield title, found
