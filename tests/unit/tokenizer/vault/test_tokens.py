import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.identity import Identity
from tokenizer.vault.tokens import Pointer, ScopeKeys, TokenKey, is_token

KEY = TokenKey(b"k" * 32)
HERE = Identity.of_kinesis("stream", "shard-1", "1", None)


@given(st.binary(min_size=12, max_size=12), st.binary(min_size=4, max_size=4))
def test_a_token_points_back_at_what_it_was_made_of(record_id: bytes, tag: bytes) -> None:
    token = Pointer(record_id, tag).token
    assert is_token(token)
    assert len(token) == 30
    assert Pointer.parse(token) == Pointer(record_id, tag)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tok_",
        "4111111111111111",
        "tok_" + "8" + "0" * 25,
        "tok_" + "i" * 26,
        "TOK_" + "0" * 26,
        "tok_" + "0" * 27,
    ],
)
def test_what_is_no_token_is_refused_without_being_repeated(text: str) -> None:
    assert not is_token(text)
    with pytest.raises(ValueError, match=r"^not a token$"):
        Pointer.parse(text)


@given(st.lists(st.text(), min_size=4, max_size=4), st.lists(st.text(), min_size=4, max_size=4))
def test_identities_of_different_places_never_read_the_same(one: list[str], other: list[str]) -> None:
    def places(parts: list[str]) -> set[Identity]:
        stream = Identity.of_kinesis(parts[0], parts[1], parts[2], None)
        return {
            stream,
            Identity.of_kinesis(parts[0], parts[1], parts[2], 0),
            Identity.of_sqs(parts[0], parts[1]),
        }

    assert len(places(one)) == 3
    if one[:3] != other[:3]:
        assert Identity.of_kinesis(one[0], one[1], one[2], None) != Identity.of_kinesis(
            other[0], other[1], other[2], None
        )


def test_everything_derived_differs_by_identity_path_key_and_purpose() -> None:
    there = Identity.of_kinesis("stream", "shard-1", "2", None)
    drawn = [
        KEY.record_id(HERE),
        KEY.record_id(there),
        TokenKey(b"o" * 32).record_id(HERE),
        KEY.tag(HERE, "/a"),
        KEY.tag(HERE, "/b"),
        KEY.tag(HERE, "/a", 1),
        KEY.tag(there, "/a"),
    ]
    assert len(set(drawn)) == len(drawn)
    assert drawn[0][:4] not in drawn[5:]


def test_a_value_has_unrelated_blind_indexes_in_two_scopes() -> None:
    keys = ScopeKeys(b"s" * 32)
    assert keys.blind_index("orders", "ann@example.com") != keys.blind_index("ads", "ann@example.com")
    assert keys.blind_index("orders", "ann@example.com") != keys.blind_index("orders", "bob@example.com")


def test_no_key_shows_in_a_repr() -> None:
    assert "kkk" not in repr(KEY)
    assert "sss" not in repr(ScopeKeys(b"s" * 32))
