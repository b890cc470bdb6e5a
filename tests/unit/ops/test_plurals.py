"""No text that people read counts in the wrong number: what is counted goes through `console.counted`, or is always many.

The texts are found by machine: every f-string with a value and, behind it, a word that ends in s.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import console

PACKAGES = ("consumer", "handlers", "local", "ops", "replay", "schemas", "tokenizer")
_COUNTED = re.compile(r" (?:[a-z]+ ){0,2}?([a-z]+s)\b")
# Words in that place that count nothing.
_NO_PLURALS = frozenset(
    {"has", "holds", "is", "its", "leads", "makes", "needs", "takes", "this", "was", "does"}
)
# By file, what is counted there and can't be one.
ALWAYS_MANY = {
    "local/demo/steps.py": {
        "orders": "the demo's own",
        "records": "the demo's own",
        "values": "the demo's own",
    },
    "local/demo/view.py": {"rows": "shown if there are more than those"},
    "ops/audit/chain.py": {"versions": "said of more than one"},
    "ops/lake/resources.py": {"events": "a version"},
    "replay/selection.py": {"letters": "said of more than one"},
    "tokenizer/aws/audit/trail.py": {"bytes": "beyond a limit"},
    "tokenizer/aws/pipeline/bus.py": {"bytes": "beyond a limit"},
    "tokenizer/pipeline/aggregates.py": {"records": "beyond a limit"},
    "tokenizer/pipeline/schema_rules.py": {"aliases": "a power of ten"},
    "tokenizer/pipeline/sanitize.py": {"days": "a part of an id, which nobody reads"},
}


def counting_texts() -> Iterator[tuple[str, int, str]]:
    """Yields file, line and counted word of each text that may count in the wrong number."""
    for path in (path for package in PACKAGES for path in sorted(Path(package).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                yield from ((str(path), node.lineno, word) for word in counted_words(node))


def counted_words(text: ast.JoinedStr) -> Iterator[str]:
    for value, behind in zip(text.values, text.values[1:], strict=False):
        if not isinstance(value, ast.FormattedValue) or not isinstance(behind, ast.Constant):
            continue
        found = _COUNTED.match(str(behind.value))
        if (
            found is not None
            and found[1] not in _NO_PLURALS
            and not is_limit(value.value)
            and not is_said(value)
        ):
            yield found[1]


def is_limit(value: ast.expr) -> bool:
    """Returns True for a constant of the module, and for an argument that is named as a limit."""
    named = (
        value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
    )
    return named.isupper() or named.lstrip("_").startswith(("most", "max"))


def is_said(value: ast.FormattedValue) -> bool:
    """Returns True for what `counted` returns: its word is in the right number, and the plural is of something else."""
    return isinstance(value.value, ast.Call) and ast.unparse(value.value.func).endswith("counted")


def test_every_counting_text_has_its_number_right() -> None:
    texts = list(counting_texts())
    assert [each for each in texts if each[2] not in ALWAYS_MANY.get(each[0], {})] == []
    seen = {(file, word) for file, _, word in texts}
    assert {(file, word) for file, words in ALWAYS_MANY.items() for word in words} == seen


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('f"{n} letters"', ["letters"]),
        ('f"{number(n)} more raw letters are"', ["letters"]),
        ('f"{n} of {m} letters"', ["letters"]),
        ("f\"{counted(n, 'record')} of split letters\"", []),
        ('f"{MOST} letters"', []),
        ('f"{name} is nobody\'s"', []),
    ],
)
def test_the_search_finds_what_is_counted(text: str, words: list[str]) -> None:
    parsed = ast.parse(text, mode="eval").body
    assert isinstance(parsed, ast.JoinedStr)
    assert list(counted_words(parsed)) == words


@pytest.mark.parametrize(
    ("value", "letters", "verb"), [(0, "0 letters", "are"), (1, "1 letter", "is"), (2, "2 letters", "are")]
)
def test_one_is_said_in_the_singular(value: int, letters: str, verb: str) -> None:
    assert console.counted(value, "letter") == letters
    assert console.counted(value, "letter", "is held", "are held") == f"{letters} {verb} held"
    assert console.counted(value, "letter", "waiting") == f"{letters} waiting"
