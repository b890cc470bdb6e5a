"""Each character and each length of what may be an alias."""

from tests.support.members import for_all
from tokenizer.pipeline.alias_form import may_be_alias


@for_all(
    "text",
    ["4", "42", "219-09-9999", "+1 (202) 555-0123", "(202) 555", "+(1) 2", "4.5", "1" * 30, "1 " * 14 + "1"],
)
def test_digits_and_the_usual_separators_may_be_an_alias(text: str) -> None:
    assert may_be_alias(text)


@for_all(
    "text",
    ["", "+", " 4", "-4", "4x", "x4", "4\n", "4\nx", "4\t5", "+++4", "٤٢", "4/5", "1" * 31, "4" + " " * 30],
)
def test_nothing_else_may_be_one(text: str) -> None:
    assert not may_be_alias(text)
