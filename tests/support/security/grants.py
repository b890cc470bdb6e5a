"""Lists what each role may do beside its log, its traces and its network: every action on every resource, by logical names.

Keys are not in it: their policies alone say who uses them (`tests/security/test_keys.py`).
"""

# How a resource's line ends if the permission stands under a condition.
OURS = " if {'ForAllValues:StringEquals': {'events:source': 'orders.tokenizer'}, 'Null': {'events:source': 'false'}}"
_NAMED = "'Null': {'dynamodb:Attributes': 'false'}"
LISTS = (
    " if {'ForAllValues:StringEquals': {'dynamodb:Attributes':"
    f" ['arrived', 'erased', 'id', 'owner', 'uses', 'version']}}, {_NAMED}}}"
)
OWNERS = (
    " if {'ForAllValues:StringEquals': {'dynamodb:Attributes':"
    f" ['arrived', 'id', 'subject', 'token', 'version']}}, {_NAMED}}}"
)
IN_QUARANTINE = " if {'StringLike': {'s3:prefix': 'quarantine/*'}}"

_FROM_QUEUE = "sqs:ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage"
_CATALOG = "glue:GetDatabase GetPartition GetPartitions GetTable GetTables"
_ARCHIVE = "events:CancelReplay DescribeArchive DescribeReplay StartReplay"
_AUDITED = {"AuditBucket/audit/*": "s3:PutObject", "AuditHeadsTable": "dynamodb:PutItem"}
_FINDS_STACK = {"cloudformation:stack/orders/*": "cloudformation:DescribeStacks"}
_OPENS = {
    "AliasTable": "dynamodb:BatchGetItem",
    "ErasuresTable": "dynamodb:BatchGetItem",
    "HoneyTokensTable": "dynamodb:BatchGetItem",
    "SharesTable": "dynamodb:Query",
    "VaultTable": "dynamodb:BatchGetItem",
}
_TOKENIZES = {
    "AliasTable": "dynamodb:PutItem",
    "BlindIndexTable": "dynamodb:BatchGetItem PutItem",
    "DeadLetterQueue": "sqs:SendMessage",
    "ErasuresTable": "dynamodb:BatchGetItem",
    "LetterBucket/letters/*": "s3:PutObject",
    f"SanitizedBus{OURS}": "events:PutEvents",
    "SharesTable": "dynamodb:BatchWriteItem",
    "TokenKeysTable": "dynamodb:Scan",
    "UnfinishedStartsTable": "dynamodb:BatchGetItem BatchWriteItem",
    "VaultTable": "dynamodb:BatchWriteItem",
}

_VERIFIES = {"SignInBucket/sign-in-keys.json": "s3:GetObject"}

OF_FUNCTIONS = {
    "ApiRole": _AUDITED
    | _VERIFIES
    | {
        "EraseFunction": "lambda:InvokeFunction",
        "IdempotencyTable": "dynamodb:GetItem PutItem UpdateItem",
        "OrdersTable": "dynamodb:GetItem",
        "OrdersTable/index/email": "dynamodb:Query",
        "PaymentFunction": "lambda:InvokeFunction",
        "RevealBudgetsTable": "dynamodb:UpdateItem",
        "RawOrdersStream": "kinesis:PutRecord",
        "RevealFunction": "lambda:InvokeFunction",
        "TokenizeQueueFunction": "lambda:InvokeFunction",
    },
    "EraseRole": _AUDITED
    | _VERIFIES
    | {
        "BlindIndexTable": "dynamodb:DeleteItem UpdateItem",
        f"BlindIndexTable{OWNERS}": "dynamodb:BatchGetItem",
        "BlindIndexTable/index/owner": "dynamodb:Query",
        "ErasuresTable": "dynamodb:BatchGetItem PutItem UpdateItem",
        "ErasuresTable/index/due": "dynamodb:Query",
        f"SanitizedBus{OURS}": "events:PutEvents",
        "SharesTable": "dynamodb:DeleteItem Query",
        "SharesTable/index/sharer": "dynamodb:Query",
        "TokenKeysTable": "dynamodb:Scan",
        "VaultTable": "dynamodb:BatchWriteItem",
        f"VaultTable{LISTS}": "dynamodb:BatchGetItem",
        "VaultTable/index/owner": "dynamodb:Query",
    },
    "HoneyRole": _AUDITED
    | {
        "HoneyTokensTable": "dynamodb:PutItem Scan",
        "TokenizeQueueFunction": "lambda:InvokeFunction",
    },
    "OnOrderSanitizedRole": {"OrdersQueue": _FROM_QUEUE, "OrdersTable": "dynamodb:PutItem"},
    "PaymentRole": _AUDITED
    | _OPENS
    | _VERIFIES
    | {
        "OrdersTable": "dynamodb:GetItem",
        "PaymentsTable": "dynamodb:GetItem PutItem",
        "RevealBudgetsTable": "dynamodb:UpdateItem",
    },
    "RekeyRole": _AUDITED
    | {"RekeyTable": "dynamodb:GetItem PutItem Query", "VaultTable": "dynamodb:PutItem Scan"},
    "ReplayRole": _AUDITED
    | _VERIFIES
    | {
        "ApprovalsTable": "dynamodb:GetItem PutItem Scan UpdateItem",
        "DeadLetterQueue": "sqs:SendMessage",
        "HoneyTokensTable": "dynamodb:BatchGetItem",
        f"LetterBucket{IN_QUARANTINE}": "s3:ListBucket",
        "LetterBucket/letters/*": "s3:GetObject",
        "LetterBucket/quarantine/*": "s3:DeleteObject GetObject PutObject",
        "RawOrdersStream": "kinesis:GetRecords GetShardIterator ListShards",
        "RevealBudgetsTable": "dynamodb:UpdateItem",
        "TokenizeQueueFunction": "lambda:InvokeFunction",
        "TokenizeStreamFunction": "lambda:InvokeFunction",
        "UnprocessedQueue": "sqs:DeleteMessage ReceiveMessage",
    },
    "RevealRole": _AUDITED | _OPENS | _VERIFIES | {"RevealBudgetsTable": "dynamodb:UpdateItem"},
    "SignInKeysRole": {"SignInBucket/sign-in-keys.json": "s3:PutObject"},
    "TokenKeysRole": {"TokenKeysTable": "dynamodb:PutItem"},
    "TokenizeQueueRole": _TOKENIZES | {"RawOrdersQueue": _FROM_QUEUE},
    "TokenizeStreamRole": _TOKENIZES
    | {
        "RawOrdersStream": "kinesis:DescribeStream DescribeStreamSummary GetRecords GetShardIterator ListShards"
    },
    "VaultKeysRole": {"RekeyTable": "dynamodb:GetItem PutItem Query"},
}

OF_PEOPLE = {
    "AnalystRole": _FINDS_STACK
    | {
        "AnalyticsBucket": "s3:GetBucketLocation ListBucket ListBucketMultipartUploads",
        "AnalyticsBucket/events/*": "s3:GetObject",
        "AnalyticsBucket/results/*": "s3:AbortMultipartUpload GetObject ListMultipartUploadParts PutObject",
        "athena:datacatalog/AwsDataCatalog": "athena:GetDataCatalog",
        "athena:workgroup/orders-analysts": "athena:BatchGetNamedQuery BatchGetQueryExecution GetNamedQuery GetQueryExecution"
        " GetQueryResults GetWorkGroup ListNamedQueries ListQueryExecutions StartQueryExecution StopQueryExecution",
        "glue:catalog": _CATALOG,
        "glue:database/orders_lake": _CATALOG,
        "glue:table/orders_lake/*": _CATALOG,
    },
    "AuditReaderRole": _FINDS_STACK
    | {
        "AuditBucket": "s3:ListBucketVersions",
        "AuditBucket/audit/*": "s3:GetObject GetObjectRetention GetObjectVersion",
        "AuditHeadsTable": "dynamodb:GetItem Query Scan",
    },
    "ConsumerRole": {
        "OrdersTable": "dynamodb:GetItem Query",
        "events:rule/orders-sanitized/consumer-*": "events:DeleteRule DescribeRule ListTargetsByRule PutRule PutTargets RemoveTargets",
        "sqs:orders-consumer-*": "sqs:DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage",
    },
    "HoneyKeeperRole": _FINDS_STACK | {"HoneyFunction": "lambda:InvokeFunction"},
    "ProducerRole": {"RawOrdersQueue": "sqs:SendMessage", "RawOrdersStream": "kinesis:PutRecord PutRecords"},
    "RekeyOperatorRole": {"RekeyFunction": "lambda:InvokeFunction"},
    "ReplayApproverRole": _FINDS_STACK
    | {
        "DeadLetterQueue": "sqs:ChangeMessageVisibility GetQueueAttributes ReceiveMessage",
        "ReplayFunction:approve": "lambda:InvokeFunction",
    },
    "ReplayOperatorRole": _FINDS_STACK
    | {
        "DeadLetterQueue": _FROM_QUEUE,
        "ReplayFunction": "lambda:InvokeFunction",
        "SanitizedBus": _ARCHIVE,
        "UnprocessedQueue": "sqs:GetQueueAttributes",
        "events:archive/orders-sanitized": _ARCHIVE,
        "events:replay/*": _ARCHIVE,
    },
}

OF_SERVICES: dict[str, dict[str, str]] = {
    "ApiGatewayLogsRole": {},  # its managed policy has them
    "LakeDeliveryRole": {
        "AnalyticsBucket": "s3:GetBucketLocation ListBucket ListBucketMultipartUploads",
        "AnalyticsBucket/errors/*": "s3:AbortMultipartUpload PutObject",
        "AnalyticsBucket/events/*": "s3:AbortMultipartUpload PutObject",
        "logs:log-group:/aws/kinesisfirehose/orders-lake:log-stream:delivery": "logs:PutLogEvents",
    },
    "LakeFeedRole": {"LakeDelivery": "firehose:PutRecord PutRecordBatch"},
}


def actions(line: str) -> set[str]:
    """Returns the actions of a line, each with its service."""
    service, _, names = line.partition(":")
    return {f"{service}:{name}" for name in names.split()}
