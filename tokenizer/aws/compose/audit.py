"""Wires the audit trail for every function that writes it."""

from tokenizer.aws.audit.trail import AuditStore, AuditTrail
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import AuditSettings

_ATTEMPTS, _READ = 2, 3  # seconds; eight in all for a line or a head


def audit_trail(settings: AuditSettings) -> AuditTrail:
    """Returns the audit trail. A caller waits for its two calls, so each is short."""
    s3, dynamodb, kms = (
        clients.client(service, attempts=_ATTEMPTS, read_timeout=_READ)
        for service in ("s3", "dynamodb", "kms")
    )
    return AuditTrail(
        AuditStore(
            s3, settings.audit_bucket, dynamodb, settings.audit_heads_table, kms, settings.audit_key_arn
        )
    )
