"""Does it as the seed article does, written anew from its description, and in two steps from there to here.

"Building a serverless tokenization solution" (AWS Compute Blog): a random token (uuid4) per sensitive value; for each
value a table resource, a Direct KMS materials provider, attribute actions, an encrypted table and one put. The provider
asks KMS for a data key per item, the encrypted table asks DynamoDB to describe the table.
"""

import json
from collections.abc import Callable, Sequence
from uuid import uuid4

import boto3
from botocore.session import Session
from dynamodb_encryption_sdk.encrypted.table import EncryptedTable
from dynamodb_encryption_sdk.identifiers import CryptoAction
from dynamodb_encryption_sdk.material_providers.aws_kms import AwsKmsCryptographicMaterialsProvider
from dynamodb_encryption_sdk.structures import AttributeActions

from bench.engine.path import ENVIRONMENT
from bench.workload import sensitive

_TABLE = "cipher-text"
_KEY = ENVIRONMENT["VAULT_KEY_ARN"]


def encrypted_table(session: Session | None = None) -> EncryptedTable:
    """Returns the encrypted table that the article creates for each value.

    Args:
        session: for the provider's client; without one the provider makes a session of its own, as in the article.
    """
    shared = {} if session is None else {"botocore_session": session}
    return EncryptedTable(
        table=boto3.resource("dynamodb").Table(_TABLE),
        materials_provider=AwsKmsCryptographicMaterialsProvider(key_id=_KEY, **shared),
        attribute_actions=AttributeActions(
            default_action=CryptoAction.ENCRYPT_AND_SIGN,
            attribute_actions={"id": CryptoAction.DO_NOTHING},
        ),
    )


def tokenize(data: Sequence[bytes]) -> None:
    """Encrypts as the article does, with new objects for each value."""
    for order in data:
        _swap(order, encrypted_table)


def tokenize_sharing(data: Sequence[bytes], session: Session) -> None:
    """Encrypts with one botocore session for all providers, kinder than the article's code: files are read once."""
    for order in data:
        _swap(order, lambda: encrypted_table(session))


def tokenize_reusing(data: Sequence[bytes], table: EncryptedTable) -> None:
    """Encrypts with objects that are made once; a KMS call and a put for each value remain."""
    for order in data:
        _swap(order, lambda: table)


def _swap(order: bytes, table: Callable[[], EncryptedTable]) -> str:
    text = order.decode()
    for value in sensitive(order).values():
        token = str(uuid4())
        table().put_item(Item={"id": token, "value": value})
        text = text.replace(json.dumps(value), json.dumps(token))
    return text
