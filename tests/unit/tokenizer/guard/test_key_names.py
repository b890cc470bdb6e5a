"""Which keys of fields that no schema names are shown as they are."""

import pytest

from tokenizer.guard.key_names import is_plain_word


@pytest.mark.parametrize(
    "key",
    ["preferences", "giftWrap", "addressLine2", "line2b", "utm_source", "gift-wrap", "meta.color", "_id", "x_1", "a__b", "is3DSecure", "_a.b-c9", "a" * 64, "Line_1", "aB_123", "aB123", "b_123", "b.123", "a__B_", "__a"],
)  # fmt: skip
def test_what_programmers_call_fields_is_a_plain_word(key: str) -> None:
    assert is_plain_word(key)


@pytest.mark.parametrize(
    "key",
    [
        *("", " ", "a b", "1a", "2026", "é", "x/y", "ann@example.com", "a" * 65),
        *("Berta-Beispiel", "Berta.Beispiel", "p493012345678", "tok_2026", "card4111", "+4930", "order_1001", "a-", "_"),
        *("aB_1234", "aB1234", "b.1234", "b-1234", "a--b", "a..b", "_1", "1_a", "A-b", "A.b"),
    ],
)  # fmt: skip
def test_what_may_be_a_value_is_none(key: str) -> None:
    assert not is_plain_word(key)
