"""Lists the parts that each picture shows. A test names any arrow of the template that is in no picture."""

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """Describes one picture.

    Args:
        name: its place in docs/architecture.md.
        parts: logical ids; an arrow is drawn where both of its ends are among them.
        together: parts that do the same, drawn as one; by the name they get.
    """

    name: str
    parts: frozenset[str]
    together: dict[str, frozenset[str]]


_TOKENIZERS = frozenset({"TokenizeStreamFunction", "TokenizeQueueFunction"})
_READERS = frozenset({"RevealFunction", "PaymentFunction"})
_VAULT_KEYS = frozenset({"VaultKey", "VaultKeyGreen"})
_AUDIT = frozenset({"AuditBucket", "AuditHeadsTable", "AuditKey"})
_JOINS = frozenset({"BlindIndexTable", "SharesTable"})


def _view(name: str, *parts: str | frozenset[str], **together: frozenset[str]) -> View:
    single = frozenset(part for part in parts if isinstance(part, str))
    return View(name, single.union(*(part for part in parts if isinstance(part, frozenset))), together)


VIEWS = (
    _view(
        "order",
        _TOKENIZERS,
        _JOINS,
        "ProducerRole",
        "Api",
        "ApiFunction",
        "RawOrdersStream",
        "RawOrdersQueue",
        "VaultTable",
        "AliasTable",
        "ErasuresTable",
        "SanitizedBus",
        "SanitizedArchive",
        "OrdersQueue",
        "OnOrderSanitizedFunction",
        "OrdersTable",
        "ConsumerDeadLetterQueue",
        "ConsumerRole",
        Joins=_JOINS,
        Tokenizers=_TOKENIZERS,
    ),
    _view(
        "failure",
        _TOKENIZERS,
        "RawOrdersStream",
        "RawOrdersQueue",
        "UnfinishedStartsTable",
        "DeadLetterQueue",
        "LetterBucket",
        "LetterKey",
        "UnprocessedQueue",
        "ReplayFunction",
        "ReplayOperatorRole",
        "ReplayApproverRole",
        "ApprovalsTable",
        "RevealBudgetsTable",
        "HoneyTokensTable",
        "SignInBucket",
        "SanitizedBus",
        "SanitizedArchive",
        Tokenizers=_TOKENIZERS,
    ),
    _view(
        "value",
        _READERS,
        _AUDIT,
        "Api",
        "ApiFunction",
        "VaultTable",
        "AliasTable",
        "ErasuresTable",
        "SharesTable",
        "HoneyTokensTable",
        "RevealBudgetsTable",
        "PaymentsTable",
        "OrdersTable",
        "IdempotencyTable",
        "SignInBucket",
        "SignInKeysFunction",
        "FingerprintKey",
        Audit=_AUDIT,
    ),
    _view(
        "erasure",
        _AUDIT,
        _JOINS,
        "ApiFunction",
        "EraseFunction",
        "ErasuresTable",
        "VaultTable",
        "SignInBucket",
        "SanitizedBus",
        Joins=_JOINS,
        Audit=_AUDIT,
    ),
    _view(
        "keys",
        _TOKENIZERS,
        _READERS,
        _VAULT_KEYS,
        "EraseFunction",
        "ReplayFunction",
        "TokenKeysFunction",
        "TokenKey",
        "TokenKeysTable",
        "LetterKey",
        "VaultKeysFunction",
        "RekeyFunction",
        "RekeyOperatorRole",
        "RekeyTable",
        "VaultTable",
        Tokenizers=_TOKENIZERS,
        Readers=_READERS,
        VaultKeys=_VAULT_KEYS,
    ),
    _view(
        "audit",
        _AUDIT,
        _READERS,
        "EraseFunction",
        "RekeyFunction",
        "ReplayFunction",
        "HoneyFunction",
        "HoneyTokensTable",
        "HoneyKeeperRole",
        "AuditReaderRole",
        Audit=_AUDIT,
        Readers=_READERS,
    ),
    _view(
        "lake",
        "SanitizedBus",
        "LakeFeedRole",
        "LakeDelivery",
        "LakeDeliveryRole",
        "LakeDeadLetterQueue",
        "AnalyticsBucket",
        "AnalystRole",
    ),
)
