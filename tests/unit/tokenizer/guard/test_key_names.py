"""Which keys of fields that no schema names are shown as they are."""

from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits, punctuation

import pytest

from tokenizer.guard.key_names import is_plain_word


@pytest.mark.parametrize(
    "key",
    ["preferences", "giftWrap", "addressLine2", "line2b", "utm_source", "gift-wrap", "meta.color", "_id", "x_1", "a__b", "is3DSecure", "_a.b-c9", "a" * 64, "Line_1", "aB_123", "aB123", "b_123", "b.123", "a__B_", "__a", "__A", "A_b_C_d", "A_b___", "a123.b", "b-a123"],
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


def test_a_plain_word_has_any_letters() -> None:
    for letter in ascii_letters:
        for key in (
            f"{letter}_{letter}",
            f"a_{letter * 2}1",
            f"{letter * 2}12_b",
            f"{letter}123{letter}456",
            f"_{letter}__{letter}_",
        ):
            assert is_plain_word(key), key
    for letter in ascii_lowercase:
        for key in (
            letter,
            f"{letter}1",
            f"{letter}123",
            f"__{letter * 2}",
            f"a.{letter}-{letter}1",
            f"a-{letter}12.{letter}123",
        ):
            assert is_plain_word(key), key
    for letter in ascii_uppercase:
        for key in (letter, f"{letter}1", f"{letter}123a"):
            assert is_plain_word(key), key
        for key in (f"{letter}1234", f"a.{letter}", f"a-{letter}", f"{letter}.a", f"a-b{letter}"):
            assert not is_plain_word(key), key


def test_a_word_may_have_any_three_digits_behind_it() -> None:
    for digit in digits:
        for key in (
            f"a{digit * 3}",
            f"a_{digit * 3}",
            f"A{digit}B",
            f"A_{digit * 2}",
            f"a.{digit * 3}",
            f"a-b{digit}",
        ):
            assert is_plain_word(key), key
        for key in (
            digit,
            f"a{digit * 4}",
            f"a_{digit * 4}",
            f"A{digit * 4}B",
            f"a.{digit * 4}",
            f"a-b{digit * 4}",
            f"A_B{digit * 4}",
        ):
            assert not is_plain_word(key), key


def test_a_plain_word_is_joined_by_three_marks() -> None:
    for mark in punctuation:
        assert is_plain_word(f"a{mark}b") is (mark in "._-"), mark
        assert is_plain_word(f"A{mark}B") is (mark == "_"), mark
        assert is_plain_word(f"a{mark}1") is (mark in "._-"), mark
        assert is_plain_word(f"{mark}a_b") is (mark == "_"), mark
        assert is_plain_word(f"a_b{mark}") is (mark == "_"), mark
    for key in ("\u00e9a_b", "a_\u0660", "a\u0660", "stra\u00dfe", "a_b\n", "\u212a_a"):
        assert not is_plain_word(key), key
