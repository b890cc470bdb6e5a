import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tokenizer.authentication_data import (
    JsonValue,
    is_authentication_key,
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)

KEYS = ["cvv", "cvc", "cvv2", "cid", "pin", "track1", "track2", "track_data"]
SPELLINGS = [
    key for plain in KEYS for key in (plain, plain.upper(), "-".join(plain), plain.replace("_", " "))
]


@pytest.mark.parametrize("key", SPELLINGS)
def test_a_key_is_known_in_any_case_and_with_any_separators(key: str) -> None:
    assert is_authentication_key(key)
    assert may_hold_authentication_data(f'{{"{key}": "1"}}'.encode())


@pytest.mark.parametrize("key", ["pinterest", "shipping", "acid", "cidr", "opinion", "track", "number"])
def test_a_key_that_only_looks_alike_is_left_alone(key: str) -> None:
    assert not is_authentication_key(key)


def test_it_is_removed_at_any_depth_and_everything_else_stays() -> None:
    raw: JsonValue = {"a": [{"CVV": "canary", "b": 1}, [{"Track-Data": {"x": "canary"}}]], "kept": "pin"}
    assert strip_authentication_data(raw) == ({"a": [{"b": 1}, [{}]], "kept": "pin"}, 2)


def test_nothing_is_copied_where_nothing_is_removed() -> None:
    raw: JsonValue = {"a": [1, {"b": 2}]}
    assert strip_authentication_data(raw)[0] is raw


def test_a_key_written_with_escapes_is_not_missed_by_the_cheap_look() -> None:
    assert may_hold_authentication_data(b'{"\\u0063vv": "1"}')


@pytest.mark.parametrize(
    "raw",
    [
        b'{"cvv": "987canary", "x',
        b'{"CVV":987123canary, broken',
        b"{'cvv': '987canary'",
        b"card=1&cvv=987canary&x=1",
        b'{\\"cvv\\":\\"987canary\\"',
    ],
)
def test_what_does_not_parse_is_scrubbed(raw: bytes) -> None:
    scrubbed, removed = scrub_text(raw)
    assert removed
    assert b"987" not in scrubbed


@settings(deadline=None, derandomize=True)
@given(st.binary())
def test_no_bytes_make_the_scrubber_fail(raw: bytes) -> None:
    assert isinstance(scrub_text(raw)[0], bytes)
