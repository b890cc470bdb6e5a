"""A code behind a card's expiry, or beside its holder's name, is removed; the rest of the field, and other fields, stay."""

from tests.support.members import for_all
from tokenizer.guard.authentication_data.cards import scrub_card_field
from tokenizer.guard.authentication_data.columns import heads_of, without_columns
from tokenizer.guard.authentication_data.prose import MARK

EXPIRIES = ("expiry", "expiration", "expiration_date", "exp_date", "valid_thru")
HOLDERS = ("cardholder", "cardholder_name", "name_on_card")


def scrubbed(text: str, name: str) -> tuple[str, int]:
    return scrub_card_field(text, name.replace("_", ""))


@for_all("name", EXPIRIES)
@for_all(
    ("text", "left"),
    [
        ("12/29 123", f"12/29 {MARK}"),
        ("1229/1234", f"1229/{MARK}"),
        ("1/2029 123", f"1/2029 {MARK}"),
        ("exp 12-29, 123", f"exp 12-29, {MARK}"),
    ],
)
def test_a_code_behind_an_expiry_is_removed(name: str, text: str, left: str) -> None:
    assert scrubbed(text, name) == (left, 1)


@for_all("name", EXPIRIES)
@for_all("text", ["12/29", "12/29/2031", "12/29 12", "2031-12", "Ann Example 123", "12/29 123" + " " * 248])
def test_an_expiry_without_a_code_stays(name: str, text: str) -> None:
    assert scrubbed(text, name) == (text, 0)


@for_all("name", HOLDERS)
@for_all(
    ("text", "left"),
    [
        ("Ann Example 123", f"Ann Example {MARK}"),
        ("Ann Example, 1234.", f"Ann Example, {MARK}."),
        ("123 Ann Example", f"{MARK} Ann Example"),
        ("A" * 252 + " 123", "A" * 252 + f" {MARK}"),
    ],
)
def test_a_code_beside_a_holders_name_is_removed(name: str, text: str, left: str) -> None:
    assert scrubbed(text, name) == (left, 1)


@for_all("name", HOLDERS)
@for_all("text", ["123 Ann Example 4567", "4567, Ann Example (123)"])
def test_codes_at_both_ends_of_a_holders_name_are_removed(name: str, text: str) -> None:
    assert scrubbed(text, name) == (text.replace("4567", MARK).replace("123", MARK), 2)


@for_all("name", HOLDERS)
@for_all("text", ["Ann Example", "Ann Example 12", "Ann Example 12345", "12/29 123", "A" * 253 + " 123"])
def test_a_holders_name_without_a_code_stays(name: str, text: str) -> None:
    assert scrubbed(text, name) == (text, 0)


@for_all("name", ["note", "city", "number"])
@for_all("text", ["12/29 123", "Ann Example 123"])
def test_the_same_text_in_another_field_stays(name: str, text: str) -> None:
    assert scrubbed(text, name) == (text, 0)


@for_all(
    ("lists", "columns"),
    [
        ([["sku", "cvv"]], {2: {1}}),
        ([["cvv", "pin", "sku"]], {3: {0, 1}}),
        ([["sku", "cvv"], ["cvv", "sku"]], {2: {0, 1}}),
        ([["sku", "size"], ["cvv", 1], "cvv", None], {}),
    ],
)
def test_heads_name_the_columns_of_codes(lists: list[object], columns: dict[int, set[int]]) -> None:
    assert heads_of(lists, {"cvv", "pin"}.__contains__) == columns


@for_all(
    ("rows", "left", "removed"),
    [
        ([["a", "123"], ["b", 456]], [["a", MARK], ["b", MARK]], 2),
        (
            [["a", "123"], ["b", "none"], [1, 2, 3], "x", {}],
            [["a", MARK], ["b", "none"], [1, 2, 3], "x", {}],
            1,
        ),
        ([["a", {"in": 1}], ["b", [1]], ["c", True], ["d", None]], None, 0),
        ({"a": 1}, None, 0),
        (None, None, 0),
    ],
)
def test_cells_with_digits_in_such_a_column_are_removed(rows: object, left: object, removed: int) -> None:
    kept, number = without_columns(rows, {2: frozenset({1})})
    assert number == removed
    assert kept is rows if left is None else kept == left
