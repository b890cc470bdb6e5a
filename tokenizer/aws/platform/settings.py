"""Reads a function's settings from its environment, once at the cold start, into a frozen typed object.

Limits of AWS change, so each is a setting with today's value. Its source stands beside it.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, Self

from tokenizer.errors import Configuration

# These switches would print whole events, requests or tracebacks with values in them.
_FORBIDDEN = {
    "POWERTOOLS_LOGGER_LOG_EVENT": ("true", "1"),
    "POWERTOOLS_DEV": ("true", "1"),
    "POWERTOOLS_DEBUG": ("true", "1"),
    "POWERTOOLS_LOG_LEVEL": ("debug",),
    "AWS_LAMBDA_LOG_LEVEL": ("debug", "trace"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Holds a group of settings. The names of its fields are environment variables in lower case."""

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Self:
        """Reads the settings.

        Raises:
            Configuration: names everything that is missing or malformed, and every debugging switch that would print
                sensitive values.
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
    """Limits the use of one data key. This is a security setting: a revoked permission keeps working for that long.

    Args:
        data_key_max_items: the items sealed under one data key; 1 asks KMS for each, as the Direct KMS provider does.
        data_key_max_seconds: the seconds until a plaintext data key is dropped.
    """

    data_key_max_items: int = 10_000
    data_key_max_seconds: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizeSettings(DataKeySettings):
    """Holds the settings of a tokenizing function.

    Args:
        vault_table: the vault's table.
        vault_crypto_name: the table name in signatures and encryption contexts. It stays the same if the vault is
            restored into a table with another name.
        vault_key_arn: the key that seals vault records.
        letter_key_arn: the key that seals dead letters.
        token_key_arn: the key that wraps the token keys.
        token_keys_table: the table of the wrapped token keys.
        blind_index_table: the table with the token of each consistent value.
        shares_table: the table of who uses values that others own.
        erasures_table: the table of marks and certificates of erasures.
        alias_table: the table with the token of each format-preserving alias.
        starts_table: the table of invocations that began and never ended, by record.
        bus_name: the bus for sanitized events.
        dead_letter_queue_url: the queue for dead letters.
        letter_bucket: the bucket for letters that are too large for the queue.
        raw_stream_arn: the stream of raw orders.
        raw_queue_arn: the queue of raw orders.
        api_name: the API's name in the identity of what it has tokenized.
        raw_stream_hours: the hours that the stream keeps records.
        raw_queue_seconds: the seconds that the queue keeps messages.
        vault_retention_days: the days that the vault keeps values; 0 for ever.
        vault_lifetimes: days for single categories of value, such as `card_number=400 card_expiry=400`.
        event_max_bytes: the most bytes of a PutEvents entry. AWS announced 1 MB in January 2026, but the API model says
            256 KB.
        letter_max_bytes: the most bytes of an SQS message; 1 MiB since 2025.
        max_receive_count: the deliveries of a message before SQS moves it away (queue source only).
        refusal_events: `true` if each dead letter is followed by an event `order.refused`.
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
    starts_table: str
    bus_name: str
    dead_letter_queue_url: str
    letter_bucket: str
    raw_stream_arn: str
    raw_queue_arn: str
    api_name: str
    raw_stream_hours: int = 168
    raw_queue_seconds: int = 1_209_600
    vault_retention_days: int = 0
    vault_lifetimes: str = ""
    event_max_bytes: int = 256_000
    letter_max_bytes: int = 1_048_576
    max_receive_count: int = 5
    refusal_events: str = "false"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings(DataKeySettings):
    """Holds the settings of a function that writes the audit trail.

    Args:
        audit_bucket: the bucket for the audit trail's lines.
        audit_heads_table: the table with the head of each chain of lines.
        audit_key_arn: the key that protects the chains' keys.
    """

    audit_bucket: str
    audit_heads_table: str
    audit_key_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings(Settings):
    """Holds the settings of a function that verifies its callers.

    Args:
        sign_in_bucket: the bucket with the user pool's public keys.
    """

    sign_in_bucket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInKeysSettings(SignInSettings):
    """Holds the settings of the function that writes the user pool's public keys.

    Args:
        user_pool_id: the user pool.
        issuer: the pool's URL, as its tokens name it.
        client_id: the client that people sign in with.
    """

    user_pool_id: str
    issuer: str
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultReaderSettings(AuditSettings):
    """Holds the settings that every reader of the vault needs.

    Args:
        honey_table: the table of tokens that raise an alarm.
        vault_other_key_arns: further KMS keys, separated by spaces, whose records are read too. They are needed while
            the vault moves to another key, and after a restore to a time before that.
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
    """Holds the settings of the function that moves the vault to another KMS key.

    Args:
        vault_key_arn: the key that records move to.
        vault_other_key_arns: the keys, separated by spaces, under which records may still be.
        rekey_table: the table with the progress of the move.
        rekey_settle_seconds: the seconds from the beginning of a run until its verification. By then every invocation
            has ended that began before functions knew the new key and may still seal under the old one.
    """

    vault_table: str
    vault_crypto_name: str
    vault_key_arn: str
    vault_other_key_arns: str
    rekey_table: str
    rekey_settle_seconds: int = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultKeysSettings(Settings):
    """Holds the settings of the function that notes which vault keys the stack has."""

    rekey_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealSettings(VaultReaderSettings):
    """Holds the settings of the reveal function.

    Args:
        budgets_table: the table of the reveal budgets' counters.
    """

    budgets_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoneySettings(AuditSettings):
    """Holds the settings of the function that makes honey tokens.

    Args:
        tokenize_function: the function that tokenizes values.
        api_name: the API's name in the identity of what it has tokenized. Honey tokens use it too, to look like others.
        honey_table: the table of honey tokens.
    """

    tokenize_function: str
    api_name: str
    honey_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseSettings(AuditSettings):
    """Holds the settings of the function that erases. It writes tombstones into the vault and can read none of it."""

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
    """Holds the settings of the function that opens dead letters.

    Args:
        letter_key_arn: the key that opens letters.
        raw_stream_arn: the stream that records came from and are read from again.
        raw_queue_arn: the queue that messages came from.
        unprocessed_queue_url: the queue of messages that never reached a healthy function.
        dead_letter_queue_url: the queue for restored letters.
        letter_bucket: the bucket of large letters and of the quarantine.
        tokenize_stream_function: the function for records from the stream.
        tokenize_queue_function: the function for records from the queue.
        approvals_table: the table of what people ask each other to approve.
        budgets_table: the table of the reveal budgets' counters.
        honey_table: the table of honey tokens.
    """

    letter_key_arn: str
    raw_stream_arn: str
    raw_queue_arn: str
    unprocessed_queue_url: str
    dead_letter_queue_url: str
    letter_bucket: str
    tokenize_stream_function: str
    tokenize_queue_function: str
    approvals_table: str
    budgets_table: str
    honey_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKeysSettings(Settings):
    """Holds the settings of the function that makes the token keys."""

    token_key_arn: str
    token_keys_table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings(AuditSettings):
    """Holds the settings of the API.

    Args:
        sign_in_bucket: the bucket with the user pool's public keys.
        budgets_table: the table of the budgets' counters.
        raw_stream_name: the stream for raw orders.
        orders_table: the table of sanitized orders.
        idempotency_table: the table of used idempotency keys.
        fingerprint_key_arn: the key for fingerprints of requests.
        reveal_function: the function that reveals values to the API's callers, under the policies.
        erase_function: the function that erases customers, under the policies.
        payment_function: the function that charges cards.
        tokenize_function: the function that tokenizes for callers who wait.
        api_name: the API's name in the identity of what it has tokenized.
        token_url: the URL where machines get their access tokens, for the API's description.
        allowed_origin: the only origin whose pages may call the API; none if empty.
        max_body_bytes: the most bytes of a request's body. API Gateway (10 MB) and Lambda (6 MB) accept far more; the
            bus accepts about as much for the sanitized event.
    """

    sign_in_bucket: str
    budgets_table: str
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
    """Holds the settings of the function that charges cards.

    Args:
        orders_table: the table of orders with their tokens.
        payments_table: the table of payments and their results.
        budgets_table: the table of the budgets' counters.
        payment_gateway: `none`, or `fake` on the local stack. A real one implements the port `Gateway`.
    """

    orders_table: str
    payments_table: str
    budgets_table: str
    payment_gateway: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersSettings(Settings):
    """Holds the settings of the consumer that keeps the latest sanitized orders.

    Args:
        orders_table: the table of sanitized orders.
        orders_queue_arn: the queue of events from the bus.
        orders_queue_seconds: the seconds that the queue keeps messages.
    """

    orders_table: str
    orders_queue_arn: str
    orders_queue_seconds: int = 1_209_600
