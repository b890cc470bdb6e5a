"""Packs a vault record's values into the one attribute that is encrypted: as JSON, deflated, and padded.

Format 1 is the byte 1, a raw deflate stream (RFC 1951) with `_WORDS` as its preset dictionary, and zeros up to a
multiple of 64 bytes. DynamoDB charges by the started kilobyte, and paths and kinds are most of the text: compressed, an
order with eleven tokens takes one write unit instead of two. The length of compressed text reveals something about it,
so only the multiple of 64 bytes can be seen.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from tokenizer import json_text
from tokenizer.errors import BadRecord, VaultIntegrity
from tokenizer.formats import VAULT_VALUES
from tokenizer.records import VaultField

# In bytes. The SDK adds six bytes for type and length, and the cipher adds at least one byte of padding.
_STEP, _ADDED = 64, 7
_WINDOW, _MEMORY = -12, 4  # 4 KiB are enough for an order; clearing more memory takes longer than it saves
_MOST = 32 * 1024 * 1024  # bytes; three times the most that a source accepts in one record

# This text is part of the format: if it changes, stored values can't be read. Deflate finds text near its end faster.
_WORDS = b"".join(
    b'"],"":["/%s","%s","' % each
    for each in (
        (b"refund/destination/bank_account/holder", b"token"),
        (b"refund/destination/bank_account/iban", b"token"),
        (b"refund/destination/card/number", b"token"),
        (b"refund/customer/email", b"consistent"),
        (b"customer/loyalty_number", b"format_preserving_token"),
        (b"customer/addresses/0/line2", b"token"),
        (b"customer/addresses/0/line1", b"token"),
        (b"customer/addresses/0/name", b"token"),
        (b"customer/date_of_birth", b"token"),
        (b"customer/name", b"token"),
        (b"order/notes", b"guarded"),
        (b"order/preferences", b"unknown"),
        (b"order/customer/tax_id", b"token"),
        (b"order/billing_address/line2", b"token"),
        (b"order/billing_address/line1", b"token"),
        (b"order/billing_address/name", b"token"),
        (b"order/shipping_address/line2", b"token"),
        (b"order/shipping_address/line1", b"token"),
        (b"order/shipping_address/name", b"token"),
        (b"order/payment/card/holder", b"token"),
        (b"order/payment/card/expiry", b"token"),
        (b"order/payment/card/number", b"token"),
        (b"order/customer/ssn", b"token"),
        (b"order/customer/date_of_birth", b"token"),
        (b"order/customer/name", b"token"),
        (b"order/customer/phone", b"consistent"),
        (b"order/customer/email", b"consistent"),
    )
)


def packed(fields: Mapping[bytes, VaultField]) -> bytes:
    """Returns the bytes to encrypt for a record's values by tag."""
    text = json_text.dump({tag.hex(): _parts(field) for tag, field in fields.items()})
    deflate = zlib.compressobj(wbits=_WINDOW, memLevel=_MEMORY, zdict=_WORDS)
    whole = bytes([VAULT_VALUES.written]) + deflate.compress(text) + deflate.flush()
    return whole + bytes(-(len(whole) + _ADDED) % _STEP)


def unpacked(packed_values: bytes) -> dict[bytes, VaultField]:
    """Returns a record's values by tag.

    Raises:
        NewerFormat: a later release wrote them.
        VaultIntegrity: the bytes have no known format.
    """
    VAULT_VALUES.check(packed_values[0] if packed_values else 0)
    inflate = zlib.decompressobj(wbits=_WINDOW, zdict=_WORDS)
    try:
        text = inflate.decompress(packed_values[1:], _MOST)
        if not inflate.eof:
            raise VaultIntegrity("a vault record's values have no end")
        values: dict[str, list[Any]] = json_text.parse(text)
    except (zlib.error, BadRecord):
        raise VaultIntegrity("a vault record's values can't be read") from None
    return {bytes.fromhex(tag): VaultField(*parts) for tag, parts in values.items()}


def _parts(field: VaultField) -> list[Any]:
    parts = [field.path, field.kind, field.value]
    return parts if field.alias is None else [*parts, field.alias]
