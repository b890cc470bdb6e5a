"""What a function is told by its environment: one frozen typed object each, read once at its cold start.

Limits move, so each is a setting with today's value; their sources stand beside them.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Self

from tokenizer.errors import Configuration

# Would print whole events, requests or tracebacks with values in them.
_FORBIDDEN = {
    "POWERTOOLS_LOGGER_LOG_EVENT": ("true", "1"),
    "POWERTOOLS_DEV": ("true", "1"),
    "POWERTOOLS_DEBUG": ("true", "1"),
    "POWERTOOLS_LOG_LEVEL": ("debug",),
    "AWS_LAMBDA_LOG_LEVEL": ("debug", "trace"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """A group of settings; field names are environment variables in lower case."""

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Read the settings.

        Raises:
            Configuration: names everything that is missing or malformed, and every debugging switch that would
                print sensitive values, at once.
        """
        values: dict[str, Any] = {}
        wrong = [
            f"{name} would print sensitive values"
            for name, bad in _FORBIDDEN.items()
            if environment.get(name, "").strip().lower() in bad
        ]
        for each in fields(cls):
            name = each.name.upper()
            text = environment.get(name, "")
            if text:
                try:
                    values[each.name] = int(text) if each.type in (int, "int") else text
                except ValueError:
                    wrong.append(f"{name} is no whole number")
            elif each.default is MISSING:
                wrong.append(f"{name} is missing")
        if wrong:
            raise Configuration("; ".join(wrong))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class DataKeySettings(Settings):
    """How long one data key is used. A security setting: a revoked permission works on for that long.

    Args:
        data_key_max_items: items sealed under one data key; 1 asks KMS for each, as the Direct KMS provider does.
        data_key_max_seconds: seconds until a plaintext data key is dropped.
    """

    data_key_max_items: int = 10_000
    data_key_max_seconds: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizeSettings(DataKeySettings):
    """What a tokenizing function needs.

    Args:
        vault_table: the vault's table.
        vault_crypto_name: the table name that signatures and encryption contexts carry; it stays when the vault is
            restored into a table of another name.
        vault_key_arn: seals vault records.
        letter_key_arn: seals dead letters.
        token_key_arn: wraps the token keys.
        token_keys_table: where the wrapped token keys lie.
        blind_index_table: which token a consistent value has.
        shares_table: who uses a consistent value beside its owner.
        erasures_table: whose values are erased.
        alias_table: which token a format-preserving alias stands for.
        bus_name: where sanitized events go.
        dead_letter_queue_url: where letters go.
        letter_bucket: where letters go that are too large for the queue.
        vault_retention_days: how long the vault keeps values; 0 for ever.
        vault_lifetimes: the same by category of value, `card_number=400 card_expiry=400`.
        event_max_bytes: an entry of PutEvents; announced as 1 MB in January 2026 while the API model says 256 KB.
        letter_max_bytes: a message of SQS; 1 MiB since 2025.
        max_receive_count: deliveries of a message before SQS takes it away (queue source alone).
    """

    vault_table: str
    vault_crypto_name: str
    vault_key_arn: str
    letter_key_arn: str
    token_key_arn: str
    token_keys_table: str
    blind_index_table: str
    shares_table: str
    erasures_table: str
    alias_table: str
    bus_name: str
    dead_letter_queue_url: str
    letter_bucket: str
    vault_retention_days: int = 0
    vault_lifetimes: str = ""
    event_max_bytes: int = 256_000
    letter_max_bytes: int = 1_048_576
    max_receive_count: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings(DataKeySettings):
    """What a function needs that answers for what it does.

    Args:
        audit_bucket: takes the audit trail's lines.
        audit_heads_table: has where each chain of lines ends.
        audit_key_arn: gives chains their keys.
    """

    audit_bucket: str
    audit_heads_table: str
    audit_key_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultReaderSettings(AuditSettings):
    """What every function needs that reads the vault.

    Args:
        honey_table: has the tokens that raise an alarm.
        vault_other_key_arns: KMS keys, apart by spaces, whose records are read beside those of `vault_key_arn`: while the vault
            moves to another key, and after a restore to a time before that.
    """

    vault_table: str
    vault_crypto_name: str
    vault_key_arn: str
    alias_table: str
    shares_table: str
    erasures_table: str
    honey_table: str
    vault_other_key_arns: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeySettings(AuditSettings):
    """What the function needs that moves the vault to another KMS key.

    Args:
        vault_key_arn: the key that records move to.
        vault_other_key_arns: keys, apart by spaces, that they may be under still.
        rekey_table: how far it has come.
        rekey_settle_seconds: from the beginning of a run until its verification; outlasts every invocation that began before
            functions were told of the new key, and may still seal under the old one.
    """

    vault_table: str
    vault_crypto_name: str
    vault_key_arn: str
    vault_other_key_arns: str
    rekey_table: str
    rekey_settle_seconds: int = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKeysSettings(Settings):
    """What the function needs that watches which vault keys the stack holds."""

    rekey_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealSettings(VaultReaderSettings):
    """What the function needs that reveals.

    Args:
        budgets_table: has the counters of the reveal budgets.
    """

    budgets_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoneySettings(AuditSettings):
    """What the function needs that seeds honey tokens.

    Args:
        tokenize_function: tokenizes values.
        api_name: the name that the API gives itself in the identity of what it has tokenized; a honey token's is no other.
        honey_table: where they are noted.
    """

    tokenize_function: str
    api_name: str
    honey_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSettings(AuditSettings):
    """What the function needs that erases: it writes tombstones into the vault and can read none of it."""

    vault_table: str
    vault_crypto_name: str
    vault_key_arn: str
    token_key_arn: str
    token_keys_table: str
    blind_index_table: str
    shares_table: str
    erasures_table: str
    bus_name: str
    event_max_bytes: int = 256_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaySettings(AuditSettings):
    """What the function needs that opens dead letters.

    Args:
        letter_key_arn: opens letters.
        raw_stream_arn: where stream records came from, and are read again.
        raw_queue_arn: where messages came from.
        unprocessed_queue_url: where messages wait that never reached a healthy function.
        dead_letter_queue_url: where restored letters go.
        letter_bucket: has large letters and the quarantine.
        tokenize_stream_function: takes records that came from the stream.
        tokenize_queue_function: takes records that came from the queue.
    """

    letter_key_arn: str
    raw_stream_arn: str
    raw_queue_arn: str
    unprocessed_queue_url: str
    dead_letter_queue_url: str
    letter_bucket: str
    tokenize_stream_function: str
    tokenize_queue_function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeysSettings(Settings):
    """What the function needs that makes the token keys."""

    token_key_arn: str
    token_keys_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings(Settings):
    """What the API needs.

    Args:
        raw_stream_name: takes raw orders.
        orders_table: has sanitized ones.
        idempotency_table: which keys were used.
        fingerprint_key_arn: makes fingerprints of requests.
        reveal_function: reveals for the API's callers, under the policies.
        erase_function: erases customers, under the policies.
        payment_function: charges cards.
        tokenize_function: tokenizes for callers who wait.
        api_name: names the API in the identity of what it has tokenized.
        token_url: where machines get their tokens, for the API's description.
        allowed_origin: the one origin whose pages may call; none if empty.
        max_body_bytes: longest body of a request; far below what API Gateway (10 MB) and Lambda (6 MB) take, and about as
            much as the bus takes of the sanitized event.
    """

    raw_stream_name: str
    orders_table: str
    idempotency_table: str
    fingerprint_key_arn: str
    reveal_function: str
    erase_function: str
    payment_function: str
    tokenize_function: str
    api_name: str
    token_url: str
    allowed_origin: str = ""
    max_body_bytes: int = 262_144


@dataclass(frozen=True, slots=True, kw_only=True)
class PaySettings(VaultReaderSettings):
    """What the function needs that charges cards.

    Args:
        orders_table: has the orders with their tokens.
        payments_table: keeps what came of payments.
        payment_gateway: `none`, or `fake` on the local stack; a real one implements the port `Gateway`.
    """

    orders_table: str
    payments_table: str
    payment_gateway: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersSettings(Settings):
    """What the consumer needs that keeps the latest sanitized order."""

    orders_table: str
