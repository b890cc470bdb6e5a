"""Describes the vault records of a customer who is erased, and the lists in them that lead to consistent values.

A raw record's vault record lists the consistent values that it uses. When it is erased, its tombstone keeps that list
until nothing is left that it leads to: no index entry of the customer, and no value. Otherwise a pass that is cut short,
or an entry that a running function is about to make, would leave something that nobody finds.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from tokenizer.records import ListedValue, VaultRecord


@dataclass(frozen=True, slots=True)
class OwnedRecord:
    """Describes a vault record for erasure: its owner can be read, its values cannot.

    Args:
        record_id: 12 bytes.
        arrived: milliseconds since 1970.
        consistent: True for the record of a consistent value.
        uses: the consistent values that it lists.
        erased: True if it is a tombstone, which is kept for its list alone.
        forged: True if its list is not as it was written.
    """

    record_id: bytes
    arrived: int
    consistent: bool
    uses: tuple[ListedValue, ...] = ()
    erased: bool = False
    forged: bool = False


@dataclass(frozen=True, slots=True)
class OwnedLists:
    """Holds the lists of a customer's records.

    Args:
        records: the records that list values, without their own values.
        emptied: the ids of those that are tombstones already.
    """

    records: tuple[VaultRecord, ...]
    emptied: frozenset[bytes]

    @classmethod
    def of(cls, owned: Mapping[str, Sequence[OwnedRecord]]) -> Self:
        """Returns the lists in records, given by their owners."""
        listing = [(subject, each) for subject, records in owned.items() for each in records if each.uses]
        return cls(
            tuple(
                VaultRecord(each.record_id, {}, subject=subject, arrived=each.arrived, uses=each.uses)
                for subject, each in listing
            ),
            frozenset(each.record_id for _, each in listing if each.erased),
        )

    @property
    def brought(self) -> set[bytes]:
        """Returns the ids of the vault records that the listed values have if these records brought them."""
        return {use.record_id for each in self.records for use in each.uses}

    def unfinished(self, entries: Container[bytes], values: Container[bytes]) -> dict[bytes, VaultRecord]:
        """Returns by their ids the records whose lists still lead to something.

        Args:
            entries: the keys of the index entries that are left, or were there a moment ago.
            values: the ids of the values that are left.
        """
        return {
            each.record_id: each
            for each in self.records
            if any(use.blind_index in entries or use.record_id in values for use in each.uses)
        }
