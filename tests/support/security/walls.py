"""Defines who may do what, in one table from which the tests of the walls and docs/access.md are made.

An expectation stands for each role and action; what is not named is denied. `tests/security/test_walls.py` tries the cells on the
local stack, `tests/support/security/simulated.py` with a simulator; `tests/support/security/access_page.py` writes the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokenizer.aws.erasure.keyed_reads import OF_ENTRIES, OF_RECORDS

# Roles of functions, by the output that names the function or the logical id; then the roles that people assume.
FUNCTIONS = {
    "tokenize (stream)": "TokenizeStreamFunction",
    "tokenize (queue)": "TokenizeQueueFunction",
    "reveal": "RevealFunction",
    "pay": "PaymentFunction",
    "erase": "EraseFunction",
    "replay": "ReplayFunction",
    "API": "ApiFunction",
    "orders consumer": "OnOrderSanitizedFunction",
    "token keys": "TokenKeysFunction",
    "rekey ‡": "RekeyFunction",
    "vault keys": "VaultKeysFunction",
    "honey": "HoneyFunction",
    "sign-in keys": "SignInKeysFunction",
}
PEOPLE = {
    "producer": "ProducerRoleArn",
    "consumer": "ConsumerRoleArn",
    "replay operator": "ReplayOperatorRoleArn",
    "replay approver": "ReplayApproverRoleArn",
    "rekey operator ‡": "RekeyOperatorRoleArn",
    "honey keeper": "HoneyKeeperRoleArn",
    "audit reader": "AuditReaderRoleArn",
    "analyst": "AnalystRoleArn",
}
ROLES = (*FUNCTIONS, *PEOPLE)
TOKENIZERS = frozenset({"tokenize (stream)", "tokenize (queue)"})
NOBODY: frozenset[str] = frozenset()

Names = Mapping[str, str]
Arguments = Callable[[Names], dict[str, Any]]


@dataclass(frozen=True)
class Circumstances:
    """Describes how a call is made, if not as the product makes it.

    Args:
        outside: whether it comes from outside of the network, as with stolen credentials.
        context: condition keys that are different, by name, each as a pair.
    """

    outside: bool = False
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Action:
    """One sensitive call.

    Args:
        does: in words.
        service: boto3's name.
        call: boto3's name.
        arguments: of the call; given the stack's names.
        allowed: the roles that may; all others may not.
        not_emulated: the roles whose cell the emulator can't decide, since it does not know the condition that does.
        under: what is different from the call as the product makes it, which the emulator knows nothing of.
    """

    does: str
    service: str
    call: str
    arguments: Arguments
    allowed: frozenset[str]
    not_emulated: frozenset[str] = frozenset()
    under: Circumstances | None = None

    def emulated(self, role: str) -> bool:
        """Returns whether the emulator can decide a cell; the simulator decides each."""
        return self.under is None and role not in self.not_emulated


def _keys(table: str, attributes: Sequence[str] = ()) -> Arguments:
    """Returns the arguments of a call that reads an item by its key, whole or in some attributes."""
    named = {f"#{at}": name for at, name in enumerate(attributes)}
    some: Any = {"ProjectionExpression": ", ".join(named), "ExpressionAttributeNames": named} if named else {}
    return lambda names: {"RequestItems": {names[table]: {"Keys": [{"id": {"S": "00"}}], **some}}}


def _puts(table: str) -> Arguments:
    return lambda names: {"RequestItems": {names[table]: [{"DeleteRequest": {"Key": {"id": {"S": "00"}}}}]}}


def _get(table: str) -> Arguments:
    return lambda names: {"TableName": names[table], "Key": {"id": {"S": "00"}}}


def _owner(table: str) -> Arguments:
    return lambda names: {
        "TableName": names[table],
        "IndexName": "owner",
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":o": {"S": "nobody"}},
    }


# What the product binds each use of a key to, beside its purpose.
CONTEXTS: dict[str, Callable[[Names], dict[str, str]]] = {
    "vault": lambda names: {"table": names["VAULT_CRYPTO_NAME"]},
    "letter": lambda _: {},
    "token-keys": lambda _: {"name": "token-key/1", "begins": "0"},
    "audit": lambda _: {"chain": "none"},
}


def _context(names: Names, purpose: str, more: Mapping[str, str]) -> dict[str, str]:
    return {"purpose": purpose, **CONTEXTS[purpose](names), **more}


def make(key: str, purpose: str) -> Arguments:
    """Returns the arguments of a call that makes a data key."""
    return lambda names: {
        "KeyId": names[key],
        "NumberOfBytes": 32,
        "EncryptionContext": _context(names, purpose, {}),
    }


def opened(key: str, purpose: str, **more: str) -> Arguments:
    """Returns the arguments of a call that opens a data key."""
    return lambda names: {
        "KeyId": names[key],
        "CiphertextBlob": "AA==",
        "EncryptionContext": _context(names, purpose, more),
    }


def on_key(key: str, **more: Any) -> Arguments:
    """Returns the arguments of a call about a key."""
    return lambda names: {"KeyId": names[key], **more}


def _invoke(function: str, **more: str) -> Arguments:
    return lambda names: {"FunctionName": names[function], "InvocationType": "DryRun", **more}


def received(queue: str) -> Arguments:
    """Returns the arguments of a call that receives from a queue."""
    return lambda names: {"QueueUrl": names[queue], "VisibilityTimeout": 0}


def sent(queue: str) -> Arguments:
    """Returns the arguments of a call that sends to a queue; it is refused only after it is authorized."""
    return lambda names: {
        "QueueUrl": names[queue],
        "MessageBody": "x" * 9,
        "DelaySeconds": 901,
    }  # refused later


def _table(table: str) -> Arguments:
    return lambda names: {"TableName": names[table]}


def _never(table: str, id_name: str = "id") -> Arguments:
    """Returns a put that no condition ever lets through."""
    return lambda names: {
        "TableName": names[table],
        "Item": {id_name: {"S": "00"}},
        "ConditionExpression": "attribute_exists(nowhere)",
    }


def line(key: str, **more: Any) -> Arguments:
    """Returns the arguments of a call about a line of the audit trail."""
    return lambda names: {"Bucket": names["AuditBucketName"], "Key": key, **more}


def _head(**more: Any) -> Arguments:
    return lambda names: {"TableName": names["AuditHeadsTableName"], **more}


_HEAD = {"day": {"S": "none"}, "chain": {"S": "none"}}


def in_lake(key: str, **more: Any) -> Arguments:
    """Returns the arguments of a call about a file of the lake."""
    return lambda names: {"Bucket": names["AnalyticsBucketName"], "Key": key, **more}


def _update(table: str) -> Arguments:
    return lambda names: {
        "TableName": names[table],
        "Key": {"id": {"S": "00"}},
        "UpdateExpression": "SET nothing = :one",
        "ConditionExpression": "attribute_exists(nowhere)",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }


VAULT, INDEX, SHARES, ERASURES = "VaultTableName", "BlindIndexTableName", "SHARES_TABLE", "ERASURES_TABLE"
READERS = frozenset({"reveal", "pay"})
AUDITED, AUDITOR = (
    frozenset({"reveal", "pay", "erase", "replay", "honey", "API", "rekey ‡"}),
    frozenset({"audit reader"}),
)
ERASE, API, REPLAY = frozenset({"erase"}), frozenset({"API"}), frozenset({"replay"})
REKEY = frozenset({"rekey ‡"})
HONEY, KEEPER = frozenset({"honey"}), frozenset({"honey keeper"})
ANALYST = frozenset({"analyst"})
OPERATOR, APPROVER, CONSUMER, PRODUCER = (
    frozenset({"replay operator"}),
    frozenset({"replay approver"}),
    frozenset({"consumer"}),
    frozenset({"producer"}),
)

ACTIONS = (
    Action(
        "put a raw order on the stream",
        "kinesis",
        "put_record",
        lambda names: {
            "StreamName": names["RawOrdersStreamName"],
            "Data": "{}",
            "PartitionKey": "p",
            "ExplicitHashKey": "none",
        },
        PRODUCER | API,
    ),
    Action(
        "read the raw stream",
        "kinesis",
        "get_shard_iterator",
        lambda names: {
            "StreamName": names["RawOrdersStreamName"],
            "ShardId": "shardId-000000000000",
            "ShardIteratorType": "LATEST",
        },
        frozenset({"tokenize (stream)"}) | REPLAY,
    ),
    Action("send a raw order to the queue", "sqs", "send_message", sent("RawOrdersQueueUrl"), PRODUCER),
    Action(
        "receive raw orders from the queue",
        "sqs",
        "receive_message",
        received("RawOrdersQueueUrl"),
        frozenset({"tokenize (queue)"}),
    ),
    Action(
        "read vault records (ciphertext)",
        "dynamodb",
        "batch_get_item",
        _keys(VAULT),
        READERS,
        not_emulated=ERASE,  # it may read some attributes, which the emulator can't tell from others
    ),
    Action(
        "read whose a vault record is, and its sealed list",
        "dynamodb",
        "batch_get_item",
        _keys(VAULT, OF_RECORDS),
        READERS | ERASE,
    ),
    Action("read one vault record", "dynamodb", "get_item", _get(VAULT), NOBODY),
    Action("scan the vault", "dynamodb", "scan", _table(VAULT), REKEY),
    Action("write vault records", "dynamodb", "batch_write_item", _puts(VAULT), TOKENIZERS | ERASE),
    Action("put one vault record", "dynamodb", "put_item", _never(VAULT), REKEY),
    Action("find a customer's vault records", "dynamodb", "query", _owner(VAULT), ERASE),
    Action(
        "make a data key of the vault",
        "kms",
        "generate_data_key",
        make("VaultKeyArn", "vault"),
        TOKENIZERS | ERASE | REKEY,
    ),
    Action("open a data key of the vault", "kms", "decrypt", opened("VaultKeyArn", "vault"), READERS | REKEY),
    Action(
        "record how far the vault has moved, and which keys it had",
        "dynamodb",
        "put_item",
        lambda names: {
            "TableName": names["REKEY_TABLE"],
            "Item": {"run": {"S": "00"}, "part": {"S": "00"}},
            "ConditionExpression": "attribute_exists(nowhere)",
        },
        REKEY | frozenset({"vault keys"}),
    ),
    Action(
        "make a data key of letters", "kms", "generate_data_key", make("LetterKeyArn", "letter"), TOKENIZERS
    ),
    Action("open a dead letter's data key", "kms", "decrypt", opened("LetterKeyArn", "letter"), REPLAY),
    Action(
        "fingerprint a request",
        "kms",
        "generate_mac",
        on_key("FINGERPRINT_KEY_ARN", Message="AA==", MacAlgorithm="HMAC_SHA_256"),
        API,
    ),
    Action(
        "check a fingerprint",
        "kms",
        "verify_mac",
        on_key("FINGERPRINT_KEY_ARN", Message="AA==", Mac="AA==", MacAlgorithm="HMAC_SHA_256"),
        NOBODY,
    ),
    Action(
        "open the token keys",
        "kms",
        "decrypt",
        opened("TOKEN_KEY_ARN", "token-keys"),
        TOKENIZERS,
        not_emulated=ERASE,  # it may open the subject key, and the emulator knows no key by its name
    ),
    Action(
        "open the subject key",
        "kms",
        "decrypt",
        opened("TOKEN_KEY_ARN", "token-keys", name="subject-key/1"),
        TOKENIZERS | ERASE,
    ),
    Action(
        "make token keys",
        "kms",
        "generate_data_key_without_plaintext",
        make("TOKEN_KEY_ARN", "token-keys"),
        frozenset({"token keys"}),
    ),
    Action("read the wrapped token keys", "dynamodb", "scan", _table("TOKEN_KEYS_TABLE"), TOKENIZERS | ERASE),
    Action(
        "write the wrapped token keys",
        "dynamodb",
        "put_item",
        _never("TOKEN_KEYS_TABLE"),
        frozenset({"token keys"}),
    ),
    Action(
        "read the blind index",
        "dynamodb",
        "batch_get_item",
        _keys(INDEX),
        TOKENIZERS,
        not_emulated=ERASE,  # the same
    ),
    Action(
        "read whose an index entry is",
        "dynamodb",
        "batch_get_item",
        _keys(INDEX, OF_ENTRIES),
        TOKENIZERS | ERASE,
    ),
    Action("write the blind index", "dynamodb", "put_item", _never(INDEX), TOKENIZERS),
    Action("find a customer's index entries", "dynamodb", "query", _owner(INDEX), ERASE),
    Action("remove an entry from the blind index", "dynamodb", "delete_item", _get(INDEX), ERASE),
    Action("record who shares a value", "dynamodb", "batch_write_item", _puts(SHARES), TOKENIZERS),
    Action(
        "read who shares a value",
        "dynamodb",
        "query",
        lambda names: {
            "TableName": names[SHARES],
            "KeyConditionExpression": "#r = :r",
            "ExpressionAttributeNames": {"#r": "record"},
            "ExpressionAttributeValues": {":r": {"S": "00"}},
        },
        READERS | ERASE,
    ),
    Action(
        "read whose values are erased",
        "dynamodb",
        "batch_get_item",
        _keys(ERASURES),
        TOKENIZERS | READERS | ERASE,
    ),
    Action("mark a customer as erased", "dynamodb", "update_item", _update(ERASURES), ERASE),
    Action(
        "publish on the bus",
        "events",
        "put_events",
        lambda names: {
            "Entries": [
                {
                    "EventBusName": names["SanitizedBusName"],
                    "Source": "orders.tokenizer",
                    "DetailType": "probe",
                    "Detail": "{}",
                }
            ]
        },
        TOKENIZERS | ERASE,
    ),
    Action(
        "subscribe to the bus under a consumer's name",
        "events",
        "put_rule",
        lambda names: {
            "Name": "consumer-probe",
            "EventBusName": names["SanitizedBusName"],
            "EventPattern": '{"source":["nobody"]}',
        },
        CONSUMER,
    ),
    Action(
        "subscribe to the bus under another name",
        "events",
        "put_rule",
        lambda names: {
            "Name": "probe",
            "EventBusName": names["SanitizedBusName"],
            "EventPattern": '{"source":["nobody"]}',
        },
        NOBODY,
    ),
    Action(
        "read a sanitized order",
        "dynamodb",
        "get_item",
        lambda names: {"TableName": names["OrdersTableName"], "Key": {"order_id": {"S": "00"}}},
        frozenset({"pay"}) | API | CONSUMER,
    ),
    Action(
        "find the orders of an email's token",
        "dynamodb",
        "query",
        lambda names: {
            "TableName": names["OrdersTableName"],
            "IndexName": "email",
            "KeyConditionExpression": "email = :token",
            "ExpressionAttributeValues": {":token": {"S": "00"}},
        },
        API,
    ),
    Action(
        "store a sanitized order",
        "dynamodb",
        "put_item",
        _never("OrdersTableName", "order_id"),
        frozenset({"orders consumer"}),
    ),
    Action("store a payment", "dynamodb", "put_item", _never("PAYMENTS_TABLE"), frozenset({"pay"})),
    Action("claim an idempotency key", "dynamodb", "put_item", _never("IDEMPOTENCY_TABLE"), API),
    Action(
        "count a reveal, a declined charge or a look-up",
        "dynamodb",
        "update_item",
        _update("BUDGETS_TABLE"),
        frozenset({"reveal", "pay", "API"}) | REPLAY,
    ),
    Action("read what callers were shown", "dynamodb", "get_item", _get("BUDGETS_TABLE"), NOBODY),
    Action("look for honey tokens", "dynamodb", "batch_get_item", _keys("HONEY_TABLE"), READERS | REPLAY),
    Action("list honey tokens", "dynamodb", "scan", _table("HONEY_TABLE"), HONEY),
    Action("record a honey token", "dynamodb", "put_item", _never("HONEY_TABLE"), HONEY),
    Action("remove a honey token", "dynamodb", "delete_item", _get("HONEY_TABLE"), NOBODY),
    Action(
        "receive dead letters (sealed)",
        "sqs",
        "receive_message",
        received("DeadLetterQueueUrl"),
        OPERATOR | APPROVER,
    ),
    Action(
        "delete a dead letter",
        "sqs",
        "delete_message",
        lambda names: {"QueueUrl": names["DeadLetterQueueUrl"], "ReceiptHandle": "none"},
        OPERATOR,
    ),
    Action("ask for an approval, or use one", "dynamodb", "update_item", _update("APPROVALS_TABLE"), REPLAY),
    Action("read an approval", "dynamodb", "get_item", _get("APPROVALS_TABLE"), REPLAY),
    Action("send a dead letter", "sqs", "send_message", sent("DeadLetterQueueUrl"), TOKENIZERS | REPLAY),
    Action(
        "receive unprocessed raw messages", "sqs", "receive_message", received("UnprocessedQueueUrl"), REPLAY
    ),
    Action(
        "read a large letter (sealed)",
        "s3",
        "get_object",
        lambda names: {"Bucket": names["LETTER_BUCKET"], "Key": "letters/none"},
        REPLAY,
    ),
    Action(
        "add a line to the audit trail",
        "s3",
        "put_object",
        line("audit/probe", Body="x", IfNoneMatch="*"),
        AUDITED,
    ),
    Action(
        "write outside of the audit trail's folder",
        "s3",
        "put_object",
        line("probe", Body="x", IfNoneMatch="*"),
        NOBODY,
    ),
    Action("read a line of the audit trail", "s3", "get_object", line("audit/none"), AUDITOR),
    Action(
        "list the audit trail",
        "s3",
        "list_object_versions",
        lambda names: {"Bucket": names["AuditBucketName"]},
        AUDITOR,
    ),
    Action("delete a line of the audit trail", "s3", "delete_object", line("audit/none"), NOBODY),
    Action(
        "change a line's lock",
        "s3",
        "put_object_retention",
        line("audit/none", Retention={"Mode": "GOVERNANCE", "RetainUntilDate": "2030-01-01T00:00:00Z"}),
        NOBODY,
    ),
    Action(
        "move the head of an audit chain",
        "dynamodb",
        "put_item",
        _head(Item=_HEAD, ConditionExpression="attribute_exists(nowhere)"),
        AUDITED,
    ),
    Action("read where audit chains end", "dynamodb", "get_item", _head(Key=_HEAD), AUDITOR),
    Action("remove a head of an audit chain", "dynamodb", "delete_item", _head(Key=_HEAD), NOBODY),
    Action("make a key of an audit chain", "kms", "generate_data_key", make("AuditKeyArn", "audit"), AUDITED),
    Action("open a key of an audit chain", "kms", "decrypt", opened("AuditKeyArn", "audit"), AUDITOR),
    Action("read sanitized events in the lake", "s3", "get_object", in_lake("events/none"), ANALYST),
    Action(
        "list the lake",
        "s3",
        "list_objects_v2",
        lambda names: {"Bucket": names["AnalyticsBucketName"]},
        ANALYST,
    ),
    Action("write into the lake", "s3", "put_object", in_lake("events/probe", Body="x"), NOBODY),
    Action("read what did not get into the lake", "s3", "get_object", in_lake("errors/none"), NOBODY),
    Action("store a query's result", "s3", "put_object", in_lake("results/probe", Body="x"), ANALYST),
    Action("delete a file of the lake", "s3", "delete_object", in_lake("events/none"), NOBODY),
    Action(
        "query the lake",
        "athena",
        "start_query_execution",
        lambda names: {"QueryString": "SELECT 1", "WorkGroup": names["AnalystWorkGroupName"]},
        ANALYST,
    ),
    Action(
        "lift the bounds of queries",
        "athena",
        "update_work_group",
        lambda names: {"WorkGroup": names["AnalystWorkGroupName"], "Description": "probe"},
        NOBODY,
    ),
    Action(
        "read the lake's tables",
        "glue",
        "get_table",
        lambda names: {"DatabaseName": names["LakeDatabaseName"], "Name": "order_placed"},
        ANALYST,
    ),
    Action(
        "drop a table of the lake",
        "glue",
        "delete_table",
        lambda names: {"DatabaseName": names["LakeDatabaseName"], "Name": "none"},
        NOBODY,
    ),
    Action(
        "put events into the lake past the bus",
        "firehose",
        "put_record",
        lambda names: {"DeliveryStreamName": names["LakeDeliveryName"], "Record": {"Data": "e30="}},
        NOBODY,
    ),
    Action("call the reveal function", "lambda", "invoke", _invoke("RevealFunctionName"), API),
    Action("call the erase function", "lambda", "invoke", _invoke("EraseFunctionName"), API),
    Action("call the payment function", "lambda", "invoke", _invoke("PAYMENT_FUNCTION"), API),
    Action(
        "call the reveal function as an administrator",
        "lambda",
        "invoke",
        _invoke("RevealFunctionName", Qualifier="direct"),
        NOBODY,
    ),
    Action(
        "call the erase function as an administrator",
        "lambda",
        "invoke",
        _invoke("EraseFunctionName", Qualifier="direct"),
        NOBODY,
    ),
    Action(
        "call the payment function as an administrator",
        "lambda",
        "invoke",
        _invoke("PAYMENT_FUNCTION", Qualifier="direct"),
        NOBODY,
    ),
    Action(
        "read the keys that verify callers",
        "s3",
        "get_object",
        lambda names: {"Bucket": names["SIGN_IN_BUCKET"], "Key": "sign-in-keys.json"},
        READERS | ERASE | API | REPLAY,
    ),
    Action(
        "write the keys that verify callers",
        "s3",
        "put_object",
        lambda names: {"Bucket": names["SIGN_IN_BUCKET"], "Key": "sign-in-keys.json", "Body": "x"},
        frozenset({"sign-in keys"}),
    ),
    Action("call the replay function", "lambda", "invoke", _invoke("ReplayFunctionName"), OPERATOR),
    Action(
        "call the replay function as an approver",
        "lambda",
        "invoke",
        _invoke("ReplayFunctionName", Qualifier="approve"),
        APPROVER,
    ),
    Action(
        "call the replay function as an administrator",
        "lambda",
        "invoke",
        _invoke("ReplayFunctionName", Qualifier="direct"),
        NOBODY,
    ),
    Action(
        "call the rekey function",
        "lambda",
        "invoke",
        _invoke("RekeyFunctionName"),
        frozenset({"rekey operator ‡"}),
    ),
    Action(
        "call the queue's tokenizing function",
        "lambda",
        "invoke",
        _invoke("TokenizeQueueFunctionName"),
        API | REPLAY | HONEY,
    ),
    Action("call the honey function", "lambda", "invoke", _invoke("HoneyFunctionName"), KEEPER),
    Action(
        "call the stream's tokenizing function",
        "lambda",
        "invoke",
        _invoke("TokenizeStreamFunctionName"),
        REPLAY,
    ),
    Action(
        "change a key's policy",
        "kms",
        "put_key_policy",
        on_key("VaultKeyArn", PolicyName="default", Policy="{}"),
        NOBODY,
    ),
    Action(
        "delete a key", "kms", "schedule_key_deletion", on_key("VaultKeyArn", PendingWindowInDays=30), NOBODY
    ),
    Action("disable a key", "kms", "disable_key", on_key("VaultKeyArn"), NOBODY),
    Action(
        "grant the use of a key",
        "kms",
        "create_grant",
        on_key("VaultKeyArn", GranteePrincipal="arn:aws:iam::000000000000:root", Operations=["Decrypt"]),
        NOBODY,
    ),
    Action("delete the vault", "dynamodb", "delete_table", _table(VAULT), NOBODY),
    Action(
        "change a function's code",
        "lambda",
        "update_function_code",
        lambda names: {"FunctionName": names["RevealFunctionName"], "ZipFile": "AA=="},
        NOBODY,
    ),
    Action(
        "give a role more permissions",
        "iam",
        "put_role_policy",
        lambda _names: {"RoleName": "any", "PolicyName": "any", "PolicyDocument": "{}"},
        NOBODY,
    ),
    Action(
        "remove a role's boundary",
        "iam",
        "delete_role_permissions_boundary",
        lambda names: {"RoleName": names["AuditReaderRoleArn"].rpartition("/")[2]},
        NOBODY,
    ),
    Action(
        "let another account onto the bus",
        "events",
        "put_permission",
        lambda names: {
            "EventBusName": names["SanitizedBusName"],
            "Action": "events:PutEvents",
            "Principal": "111122223333",
            "StatementId": "probe",
        },
        NOBODY,
    ),
    Action(
        "remove what reports changes to keys",
        "sqs",
        "receive_message",
        lambda names: {"QueueUrl": names["KeyChangesQueueUrl"]},
        NOBODY,
    ),
    Action(
        "assume a role that people have",
        "sts",
        "assume_role",
        lambda names: {"RoleArn": names["ReplayOperatorRoleArn"], "RoleSessionName": "probe"},
        NOBODY,
    ),
)
