"""Every text that the strict parser refuses has a position, counted in the user's own characters."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ops.json_position import START, FilePosition, position_of_error
from schemas import strict_json

HALF = "\\ud800"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        *(
            (b"", 1, 1),
            (b'{"a": ', 1, 7),
            (b'{"a":\n NaN}', 2, 2),
            (b'{"a": 1} x', 1, 10),
            (b'{"a": "b', 1, 7),
        ),
        *((b'{\n"a": 1,\n "a": 2}', 3, 2), (b'{"a": {"b": 1}, "c": {"b": 1, "b": 1}}', 1, 31)),
        *((b'{"a": 1, "\\u0061": 2}', 1, 10), (b'{"a": {"a": 1}, "b": "a", "a": 2}', 1, 27)),
        *((f'{{"a": "b",\n"c": "{HALF}"}}'.encode(), 2, 6), (f'{{"{HALF}": 1}}'.encode(), 1, 2)),
        *((b'{"a": "\xff"}', 1, 8), ('{"é": "é", x'.encode(), 1, 12), (b"[" * 101, 1, 101)),
        *((b'["[",' * 101, 1, 501), (b'\xef\xbb\xbf{"a": x}', 1, 7), (b'\xef\xbb\xbf{"a": "\xff"}', 1, 8)),
    ],
)
def test_where_it_is(text: bytes, line: int, column: int) -> None:
    assert position_of_error(text) == FilePosition(line, column)


def test_a_text_that_begins_in_the_middle_of_a_file() -> None:
    begins = FilePosition(7, 5)
    assert position_of_error(b"{x", begins) == FilePosition(7, 6)
    assert position_of_error(b"{\nx", begins) == FilePosition(8, 1)
    assert str(FilePosition(7, 6)) == "line 7, column 6"


@pytest.mark.parametrize("text", [b"{}", b'{"a": {"a": 1}, "b": [1.5, null]}', b'"a"'])
def test_what_is_accepted_has_none(text: bytes) -> None:
    assert position_of_error(text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON, st.data())
@example(["\ud800"], None)
def test_whatever_is_refused_has_a_position_within_the_text(
    value: object, data: st.DataObject | None
) -> None:
    text = json.dumps(value, ensure_ascii=data is None).encode("utf-8", "surrogatepass")
    if data is not None:
        text = text[: data.draw(st.integers(0, len(text)))]
    try:
        strict_json.parse(text)
    except strict_json.NotStrictJson:
        found = position_of_error(text)
        assert found is not None
        assert START <= found <= FilePosition(text.count(b"\n") + 1, len(text) + 1)
    else:
        assert position_of_error(text) is None
