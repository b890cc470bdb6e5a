"""Makes and opens the token key, the root of the scope keys, and the subject key. KMS wraps them; a table stores them.

The token key and the subject key have versions. Each version has a start, and a record's arrival decides which version
it gets, so a repeated record always gets the same one. The start is part of the encryption context, so changing it
makes the key unreadable. A new version starts an hour after it was made; by then every function has opened the keys
again and knows it.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import Configuration
from tokenizer.formats import TOKEN_KEY as FORMAT
from tokenizer.vault.tokens import ScopeKeys, SubjectKey, TokenKey, Versions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kms import KMSClient

LEAD = 3_600_000  # milliseconds from making a version to its first use; longer than keys stay open or invocations last
TOKEN_KEY, SCOPE_ROOT, SUBJECT_KEY = "token-key", "scope-root", "subject-key"

K = TypeVar("K")


@translated("making the token keys")
def provision(
    dynamodb: "DynamoDBClient",
    kms: "KMSClient",
    table: str,
    key_arn: str,
    *,
    versions: Mapping[str, int],
    now: int,
) -> None:
    """Makes the keys that don't exist yet. Existing ones stay, because tokens depend on them.

    Args:
        dynamodb: a DynamoDB client.
        kms: a KMS client.
        table: the table of the wrapped keys.
        key_arn: the KMS key that wraps them.
        versions: how many versions of the token key and the subject key there must be; one of each that is not named.
        now: milliseconds since 1970.

    Raises:
        PipelineError: KMS or the table failed.
    """
    for name in (TOKEN_KEY, SCOPE_ROOT, SUBJECT_KEY):
        for version in range(1, versions.get(name, 1) + 1):
            begins = 0 if version == 1 else now + LEAD
            item: dict[str, Any] = {"id": {"S": f"{name}/{version}"}, "begins": {"N": str(begins)}}
            wrapped = kms.generate_data_key_without_plaintext(
                KeyId=key_arn, NumberOfBytes=32, EncryptionContext=_context(item)
            )
            try:
                dynamodb.put_item(
                    TableName=table,
                    Item={**item, "wrapped": {"B": wrapped["CiphertextBlob"]}},
                    ConditionExpression="attribute_not_exists(id)",
                )
            except ClientError as error:
                if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                    raise


def load(
    dynamodb: "DynamoDBClient", kms: "KMSClient", table: str, key_arn: str
) -> tuple[Versions[TokenKey], ScopeKeys, Versions[SubjectKey]]:
    """Opens the keys.

    Raises:
        Configuration: the keys were never made.
        VaultIntegrity: a key is not what was made under its name.
        PipelineError: KMS or the table failed.
    """
    items = _items(dynamodb, table)
    return (
        _opened(kms, key_arn, items, TOKEN_KEY, TokenKey),
        _opened(kms, key_arn, items, SCOPE_ROOT, ScopeKeys).at(0),
        _opened(kms, key_arn, items, SUBJECT_KEY, SubjectKey),
    )


def load_subject_keys(
    dynamodb: "DynamoDBClient", kms: "KMSClient", table: str, key_arn: str
) -> Versions[SubjectKey]:
    """Opens the subject keys, which are all that the erasing function may open.

    Raises:
        Configuration: the keys were never made.
        PipelineError: KMS or the table failed.
    """
    return _opened(kms, key_arn, _items(dynamodb, table), SUBJECT_KEY, SubjectKey)


@translated("reading the wrapped token keys")
def _items(dynamodb: "DynamoDBClient", table: str) -> list[Any]:
    """Returns all keys. There are few, so this takes fewer calls than asking for each by name."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


@translated("opening the token keys")
def _opened(
    kms: "KMSClient", key_arn: str, items: list[Any], name: str, make: Callable[[bytes], K]
) -> Versions[K]:
    mine = [item for item in items if item["id"]["S"].partition("/")[0] == name]
    found = {int(item["id"]["S"].partition("/")[2]): item for item in mine}
    if not found:
        raise Configuration(f"{name} was never made: deploy the stack's Custom::TokenKeys resource")
    if sorted(found) != list(range(1, len(found) + 1)):
        raise Configuration(f"a version of {name} is missing: restore the table of the token keys")
    return Versions(
        tuple(
            (int(found[version]["begins"]["N"]), make(_plain(kms, key_arn, found[version])))
            for version in sorted(found)
        )
    )


def _plain(kms: "KMSClient", key_arn: str, item: Any) -> bytes:
    FORMAT.of_item(item)
    answer = kms.decrypt(KeyId=key_arn, CiphertextBlob=item["wrapped"]["B"], EncryptionContext=_context(item))
    return answer["Plaintext"]


def _context(item: Any) -> dict[str, str]:
    return {"purpose": "token-keys", "name": item["id"]["S"], "begins": item["begins"]["N"]}
