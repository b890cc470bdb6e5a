import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenizer.guard import Finding, find_leak, own_values

NOBODY = own_values(())


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("4111111111111111", Finding.CARD_NUMBER),
        ("card 4111 1111 1111 1111, thanks", Finding.CARD_NUMBER),
        ("3782-822463-10005", Finding.CARD_NUMBER),
        ("\uff14" + "\uff11" * 15, Finding.CARD_NUMBER),
        ("ssn 219-09-9999", Finding.SSN),
        ("DE89 3704 0044 0532 0130 00", Finding.IBAN),
        ("write to ann@example.com", Finding.EMAIL),
        ("call +1 202 555 0123", Finding.PHONE),
        ("(202) 555-0123", Finding.PHONE),
    ],
)
def test_what_is_sensitive_is_found(text: str, finding: Finding) -> None:
    assert find_leak(text, NOBODY) is finding


@pytest.mark.parametrize(
    "text",
    [
        "SKU-1",
        "Kettle 1.7 l",
        "129.90",
        "2026-11-23T10:15:00Z",
        "0192f0c8-1111-7abc-8def-000000000001",
        "SO-1001",
        "Springfield",
        "4111111111111112",
        "leave at the door",
    ],
)
def test_what_orders_are_full_of_is_left_alone(text: str) -> None:
    assert find_leak(text, NOBODY) is None


@pytest.mark.parametrize("text", ["For ANN EXAMPLE please", "ann-example", "x ann  example y"])
def test_a_records_own_value_is_found_whatever_its_case_and_separators(text: str) -> None:
    assert find_leak(text, own_values(["Ann Example"])) is Finding.OWN_VALUE


@settings(deadline=None, derandomize=True)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_string_makes_the_guard_fail(text: str, own: list[str]) -> None:
    found = find_leak(text, own_values(own))
    assert found is None or isinstance(found, Finding)
