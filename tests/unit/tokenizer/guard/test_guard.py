import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenizer.guard import Finding, find_leak, own_values

NOBODY = own_values(())


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


@settings(deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_string_makes_the_guard_fail(text: str, own: list[str]) -> None:
    found = find_leak(text, own_values(own))
    assert found is None or isinstance(found, Finding)
