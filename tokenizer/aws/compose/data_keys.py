"""Defines which KMS keys and encryption contexts sealing and opening functions use, and for how long a data key."""

from tokenizer.aws.platform.settings import DataKeySettings
from tokenizer.aws.vault.data_keys import Bounds

LETTER_CONTEXT = {"purpose": "letter"}


def vault_context(crypto_name: str) -> dict[str, str]:
    """Returns the encryption context of the vault's data keys."""
    return {"purpose": "vault", "table": crypto_name}


def vault_keys(active: str, others: str) -> list[str]:
    """Returns the KMS keys that the vault's records may be under; `others` is a list separated by spaces."""
    return [active, *others.split()]


def bounds(settings: DataKeySettings) -> Bounds:
    """Returns the limits of data keys."""
    return Bounds(settings.data_key_max_items, settings.data_key_max_seconds)
