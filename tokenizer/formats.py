"""Lists the formats in which something is stored for longer than a deployment lasts, and the versions that are read.

A release reads what the release before it wrote, and the release before reads what this one writes, so that a deployment
can be rolled back. So a new version of a format takes two releases: the first reads it, the next one writes it.

Every stored thing says which version it is in: vault records and letters in a byte, lines of the audit trail and items
of tables in a field `version`. Where that is absent the version is 1. A reader that meets a later version than it knows
does not guess: it fails with `NewerFormat`, which is retried, and never takes the thing for tampered with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tokenizer.errors import NewerFormat, VaultIntegrity

VERSION = "version"  # the name of the field


@dataclass(frozen=True, slots=True)
class StoredFormat:
    """Describes a stored format.

    Args:
        name: names it in messages, and the folder of its samples in the tests.
        written: the version that this release writes.
        newest: the latest version that this release reads; all from 1 on are read.
    """

    name: str
    written: int = 1
    newest: int = 1

    def check(self, version: int) -> int:
        """Returns a version that this release reads.

        Raises:
            NewerFormat: a later release wrote it.
            VaultIntegrity: no release ever wrote it.
        """
        if version > self.newest:
            raise NewerFormat(f"{self.name} of version {version} is of a later release: deploy that release")
        if version < 1:
            raise VaultIntegrity(f"{self.name} is of no known version")
        return version

    def of_item(self, item: Mapping[str, Any]) -> int:
        """Returns the version of a table's item that this release reads.

        Raises:
            NewerFormat: a later release wrote it.
            VaultIntegrity: no release ever wrote it.
        """
        try:
            version = int(item[VERSION]["N"]) if VERSION in item else 1
        except (KeyError, TypeError, ValueError):
            version = 0
        return self.check(version)


VAULT_RECORD: Final = StoredFormat("vault_record", written=2, newest=2)  # the item
LISTS_VALUES: Final = (
    2  # the version of vault records from which on they list the consistent values that they use
)
VAULT_VALUES: Final = StoredFormat("vault_values")  # what is encrypted in it
INDEX_ENTRY: Final = StoredFormat("index_entry", written=3, newest=3)
SHARE: Final = StoredFormat("share", written=2, newest=2)
ALIAS: Final = StoredFormat("alias")
TOKEN_KEY: Final = StoredFormat("token_key")
LETTER: Final = StoredFormat("letter", written=2, newest=2)
ERASURE_MARK: Final = StoredFormat("erasure_mark")
CERTIFICATE: Final = StoredFormat("certificate")
AUDIT_LINE: Final = StoredFormat("audit_line")

FORMATS: Final = (
    VAULT_RECORD,
    VAULT_VALUES,
    INDEX_ENTRY,
    SHARE,
    ALIAS,
    TOKEN_KEY,
    LETTER,
    ERASURE_MARK,
    CERTIFICATE,
    AUDIT_LINE,
)
