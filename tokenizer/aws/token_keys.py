"""The token key, the root of the scope keys and the subject key: made once by KMS, kept wrapped in a table, opened at cold start."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tokenizer.aws.faults import translated
from tokenizer.errors import Configuration
from tokenizer.tokens import ScopeKeys, SubjectKey, TokenKey

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kms import KMSClient

TOKEN_KEY = "token-key/1"  # noqa: S105 -- a name
SCOPE_ROOT = "scope-root/1"
SUBJECT_KEY = "subject-key/1"


def _context(name: str) -> dict[str, str]:
    return {"purpose": "token-keys", "name": name}


@translated("making the token keys")
def provision(dynamodb: "DynamoDBClient", kms: "KMSClient", table: str, key_arn: str) -> None:
    """Make the keys that are not there yet; those that are there stay, since tokens hang on them.

    Raises:
        PipelineError: KMS or the table failed.
    """
    for name in (TOKEN_KEY, SCOPE_ROOT, SUBJECT_KEY):
        wrapped = kms.generate_data_key_without_plaintext(
            KeyId=key_arn, NumberOfBytes=32, EncryptionContext=_context(name)
        )
        try:
            dynamodb.put_item(
                TableName=table,
                Item={"id": {"S": name}, "wrapped": {"B": wrapped["CiphertextBlob"]}},
                ConditionExpression="attribute_not_exists(id)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def load(
    dynamodb: "DynamoDBClient", kms: "KMSClient", table: str, key_arn: str
) -> tuple[TokenKey, ScopeKeys, SubjectKey]:
    """Open the keys.

    Raises:
        Configuration: they were never made.
        PipelineError: KMS or the table failed.
    """
    return (
        TokenKey(_opened(dynamodb, kms, table, key_arn, TOKEN_KEY)),
        ScopeKeys(_opened(dynamodb, kms, table, key_arn, SCOPE_ROOT)),
        load_subject_key(dynamodb, kms, table, key_arn),
    )


def load_subject_key(dynamodb: "DynamoDBClient", kms: "KMSClient", table: str, key_arn: str) -> SubjectKey:
    """Open the key that names customers; the erasing function may open no other.

    Raises:
        Configuration: it was never made.
        PipelineError: KMS or the table failed.
    """
    return SubjectKey(_opened(dynamodb, kms, table, key_arn, SUBJECT_KEY))


@translated("opening the token keys")
def _opened(dynamodb: "DynamoDBClient", kms: "KMSClient", table: str, key_arn: str, name: str) -> bytes:
    item = dynamodb.get_item(TableName=table, Key={"id": {"S": name}}, ConsistentRead=True).get("Item")
    if item is None:
        raise Configuration(f"{name} was never made: deploy the stack's Custom::TokenKeys resource")
    answer = kms.decrypt(KeyId=key_arn, CiphertextBlob=item["wrapped"]["B"], EncryptionContext=_context(name))
    return answer["Plaintext"]
