"""Tests how a record's values are stored: in full, small, in a format that stays readable, and safe to read."""

import zlib
from base64 import b85decode
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes.world import World
from tests.support.samples import stream_record
from tokenizer import json_text
from tokenizer.aws.vault.values import packed, unpacked
from tokenizer.errors import VaultIntegrity
from tokenizer.pipeline.sanitize import Draft
from tokenizer.records import VaultField

_STEP = 64
SAMPLES = sorted(Path("schemas/samples").glob("*.json"))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FIELDS = st.dictionaries(
    st.binary(min_size=4, max_size=4),
    st.builds(VaultField, st.text(), st.text(), JSON, st.none() | st.text()),
    max_size=4,
)

# Stored by format 1: what it says must stay readable for as long as values are kept.
STORED = bytes.fromhex(
    "01ab56323731333433373620c2198e79790aae1589b90539a9204ba03a0d890e43134354a0145b0b00000000000000000000"
    "00000000000000"
)

# One field for each text of format 1's dictionary, as it was stored: were one left out, changed or in another place, what
# has it could not be read any more.
DICTIONARY = [
    ("refund/destination/bank_account/holder", "token"),
    ("refund/destination/bank_account/iban", "token"),
    ("refund/destination/card/number", "token"),
    ("refund/customer/email", "consistent"),
    ("customer/loyalty_number", "format_preserving_token"),
    ("customer/addresses/0/line2", "token"),
    ("customer/addresses/0/line1", "token"),
    ("customer/addresses/0/name", "token"),
    ("customer/date_of_birth", "token"),
    ("customer/name", "token"),
    ("order/notes", "guarded"),
    ("order/preferences", "unknown"),
    ("order/customer/tax_id", "token"),
    ("order/billing_address/line2", "token"),
    ("order/billing_address/line1", "token"),
    ("order/billing_address/name", "token"),
    ("order/shipping_address/line2", "token"),
    ("order/shipping_address/line1", "token"),
    ("order/shipping_address/name", "token"),
    ("order/payment/card/holder", "token"),
    ("order/payment/card/expiry", "token"),
    ("order/payment/card/number", "token"),
    ("order/customer/ssn", "token"),
    ("order/customer/date_of_birth", "token"),
    ("order/customer/name", "token"),
    ("order/customer/phone", "consistent"),
    ("order/customer/email", "consistent"),
]
STORED_WITH_ALL = b85decode(
    "0j1Qp6@V}h1kqloKn|H=2!v~bNADz)>sBb<xlI3A9B-a94)|Hx=z~riWz?vnO25eC$g0stl{EsXibNq%wUbEEhBPwl"
    "Ln0aOMk<*fW-<v*kxsHpB$VvdDCKiFl~g*f(n=RZV#%UJEm4xlC0ZqViL#Ag)<vb5t{O>Z-Xxldx|!%@dp`"
) + bytes(47)


def fields_of(sample: Path) -> dict[bytes, VaultField]:
    draft = World().tokenizer.reader.read(stream_record(sample.read_bytes())).draft
    assert isinstance(draft, Draft)
    return dict(draft.records[0].fields)


def plain(fields: dict[bytes, VaultField]) -> int:
    return len(
        json_text.dump({tag.hex(): [each.path, each.kind, each.value] for tag, each in fields.items()})
    )


@given(FIELDS)
def test_values_come_back_as_they_were(fields: dict[bytes, VaultField]) -> None:
    assert unpacked(packed(fields)) == fields


def test_a_number_keeps_its_digits() -> None:
    fields = {b"tag0": VaultField("/n", "unknown", Decimal("1.50"))}
    assert str(unpacked(packed(fields))[b"tag0"].value) == "1.50"


def test_what_format_1_stored_stays_readable() -> None:
    assert unpacked(STORED) == {
        b"tag0": VaultField("/order/customer/name", "token", "Ann Example"),
        b"tag1": VaultField("/order/payment/card/number", "token", "4111111111111111"),
    }


def test_every_text_of_the_dictionary_of_format_1_stays_where_it_was() -> None:
    assert list(unpacked(STORED_WITH_ALL).values()) == [
        VaultField(f"/{path}", kind, "") for path, kind in DICTIONARY
    ]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_paths_and_kinds_take_little(sample: Path) -> None:
    fields = fields_of(sample)
    values = {tag: replace(each, path="", kind="") for tag, each in fields.items()}
    beside, beside_plain = len(packed(fields)) - len(packed(values)), plain(fields) - plain(values)
    # Lengths are filled up to a step, so one step may be between two of the same content.
    assert beside - _STEP < beside_plain / 3


def test_a_length_tells_no_more_than_its_step() -> None:
    lengths = {len(packed({b"tag0": VaultField("/order/notes", "guarded", "x" * n)})) for n in range(60)}
    assert {(length + 7) % 64 for length in lengths} == {0}
    assert len(lengths) == 1


@cache
def _bomb() -> bytes:
    deflate = zlib.compressobj(level=1, wbits=-12)
    return b"\x01" + deflate.compress(bytes(64 * 1024 * 1024)) + deflate.flush()


@pytest.mark.parametrize(
    "planted",
    [
        lambda: b"",
        lambda: b"\x00" + packed({})[1:],
        lambda: packed({})[:2],
        lambda: b"\x01\xff\xff",
        _bomb,
    ],
    ids=["nothing", "no format", "cut", "no deflate", "a bomb"],
)
def test_what_is_in_no_known_format_is_refused_and_not_repeated(planted: Callable[[], bytes]) -> None:
    with pytest.raises(VaultIntegrity) as raised:
        unpacked(planted())
    assert raised.value.__context__ is None or raised.value.__suppress_context__


def test_no_more_than_the_bound_is_inflated(monkeypatch: pytest.MonkeyPatch) -> None:
    inflated: list[int] = []
    real = zlib.decompressobj

    class Watched:
        def __init__(self, **options: Any) -> None:
            self._inner = real(**options)

        def decompress(self, data: bytes, most: int) -> bytes:
            text = self._inner.decompress(data, most)
            inflated.append(len(text))
            return text

        @property
        def eof(self) -> bool:
            return self._inner.eof

    monkeypatch.setattr(zlib, "decompressobj", Watched)
    with pytest.raises(VaultIntegrity):
        unpacked(_bomb())
    assert inflated == [32 * 1024 * 1024]
