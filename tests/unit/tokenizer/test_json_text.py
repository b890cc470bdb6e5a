import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dead_letter import ErrorCode
from tokenizer import json_text
from tokenizer.errors import BadRecord

SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(VALUES)
def test_whatever_json_holds_comes_back_with_its_types_and_its_order(value: object) -> None:
    text = json_text.dump(value)
    assert json_text.parse(text) == value
    assert json_text.dump(json_text.parse(text)) == text


def test_text_for_queues_holds_no_character_that_sqs_refuses() -> None:
    """SQS takes tabs, line ends, and U+0020 to U+D7FF, U+E000 to U+FFFD and from U+10000 on."""
    every = "".join(
        chr(code) for code in (*range(0x10000), 0x10000, 0x10FFFF) if not 0xD800 <= code <= 0xDFFF
    )
    text = json_text.dump_for_queues(every)
    assert json_text.parse(text) == every
    assert not [
        each for each in set(text.decode()) if each in "\ufffe\uffff" or (each < " " and each not in "\t\n\r")
    ]


@pytest.mark.parametrize(
    "number", ["1.10", "0.30000000000000000000004", "12345678901234567890123", "-0.0", "1E+400"]
)
def test_a_number_keeps_its_digits(number: str) -> None:
    assert json_text.dump(json_text.parse(number.encode())) == number.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"canary":}',
        b'{"canary":1,"canary":2}',
        b'{"a":{"canary":1,"canary":2}}',
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b'"\\ud800canary"',
        b'{"\\udfff":1}',
        b'"\\uD800canary"',
        b'{"\\uDFFF":1}',
        b"\xff\xfecanary",
        b"[" * 101 + b"]" * 101,
        b"[" * 1_000_000,
        b'{"a":' * 1_000_000,
        b"1" * 5_000,
        b"1e99999999999999999999",
        b"{}{}",
        b"\x1f\x8b\x08\x00canary",
    ],
    ids=lambda data: data[:12].decode("latin-1"),
)
def test_what_is_ambiguous_or_broken_is_refused_without_being_repeated(data: bytes) -> None:
    with pytest.raises(BadRecord) as caught:
        json_text.parse(data)
    assert caught.value.code is ErrorCode.MALFORMED_JSON
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_nesting_up_to_the_limit_and_brackets_inside_strings_are_fine() -> None:
    json_text.parse(b"[" * 100 + b"]" * 100)
    json_text.parse(b'["' + b"[" * 5_000 + b'\\""]')
    json_text.parse(b"[" + b"[]," * 5_000 + b"[]]")


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("beside", [0, 1, 200], ids=lambda count: f"{count} brackets beside")
def test_a_hundred_levels_are_read_and_one_more_is_refused(opening: bytes, beside: int) -> None:
    closing = b"]" if opening == b"[" else b"}"

    def nested(levels: int) -> bytes:
        inner = opening * (levels - 1) + b"1" + closing * (levels - 1)
        return b"[" + b"[]," * beside + inner + b"]"

    for levels in (99, 100):
        json_text.parse(nested(levels))
    with pytest.raises(BadRecord, match="nested deeper than 100 levels"):
        json_text.parse(nested(101))


def test_a_byte_order_mark_is_tolerated_and_real_pairs_are_no_halves() -> None:
    assert json_text.parse(b"\xef\xbb\xbf{}") == {}
    assert json_text.parse(b'"\\ud83d\\ude00"') == "\U0001f600"
