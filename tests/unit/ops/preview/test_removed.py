"""A place that lost something inside a field is told by its path, up to a name that may be a value."""

from typing import Any

from ops.preview.removed import NOTHING, removed_paths, value_at
from tests.support.members import for_all

EVENT = {"a": {"b": [1, {"c": 2}]}, "x/y": 3, "x~y": 4, "~1": 5}


@for_all(
    ("path", "value"),
    [
        ("", EVENT),
        ("/a/b/0", 1),
        ("/a/b/1/c", 2),
        ("/x~1y", 3),
        ("/x~0y", 4),
        ("/~01", 5),
        ("/a/b/2", NOTHING),
        ("/a/nothing", NOTHING),
        ("/x~1y/deeper", NOTHING),
        ("/nothing/deeper", NOTHING),
    ],
)
def test_a_pointer_leads_to_a_value_or_to_nothing(path: str, value: Any) -> None:
    assert value_at(EVENT, path) is value or value_at(EVENT, path) == value


@for_all(
    ("raw", "clean", "paths"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, NOTHING, []),
        ("cvv 123", "cvv ***", ["/field"]),
        ({"cvv": "123", "note": "n"}, {"note": "n"}, ["/field/cvv"]),
        ({"cvc2_code": "123"}, {}, ["/field/cvc2_code"]),  # a name of codes, and no plain word
        ({"ann@example.com": "123"}, {}, ["/field/*"]),
        ({"notes": {"a": "cvv 123", "b": 1}}, {"notes": {"a": "***", "b": 1}}, ["/field/notes/a"]),
        ({"ann@example.com": {"cvv": 1}}, {"ann@example.com": {}}, ["/field/*/cvv"]),
        ([1, "cvv 123", 3], [1, "***", 3], ["/field/1"]),
        ([1, 2, 3], [1], ["/field/1", "/field/2"]),
        ([1, 2], "***", ["/field"]),
        ("***", [1], ["/field"]),
        ({"a": 1}, [1], ["/field"]),
        ([1], {"a": 1}, ["/field"]),
    ],
)
def test_each_place_that_lost_something_is_named_once(raw: Any, clean: Any, paths: list[str]) -> None:
    assert list(removed_paths(raw, clean, "/field")) == paths
