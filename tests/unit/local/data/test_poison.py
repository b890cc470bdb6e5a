"""Each poison is at fault in its own way, and says truly which code must come of it."""

import json

import pytest

from local.data.poison import Poison, poisons
from schemas.dead_letter import ErrorCode
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import catalog

POISONS = poisons(3)


def parsed(data: bytes) -> ErrorCode | None:
    """Returns the error that the parser and the schemas find."""
    try:
        event = json_text.parse(data)
        if not isinstance(event, dict):
            return ErrorCode.NOT_AN_OBJECT
        catalog().plan(event).validate(event)
    except BadRecord as bad:
        return bad.code
    return None


def test_every_code_but_exhausted_retries_has_its_poison() -> None:
    assert {poison.code for poison in POISONS} == set(ErrorCode) - {ErrorCode.RETRIES_EXHAUSTED}
    assert len({poison.kind for poison in POISONS}) == len(POISONS) >= 7


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert [poison.data for poison in poisons(3)] == [poison.data for poison in POISONS]


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: str(poison.kind))
def test_the_product_finds_what_the_poison_says(poison: Poison) -> None:
    if poison.code is ErrorCode.TOO_LARGE:
        assert parsed(poison.data) is None
        public = json.dumps(json.loads(poison.data)["order"]["items"], separators=(",", ":"))
        assert 256 * 1024 < len(public) < len(poison.data) < 700_000
    else:
        assert parsed(poison.data) == poison.code


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: str(poison.kind))
def test_a_poison_carries_values_that_would_be_seen_in_a_leak(poison: Poison) -> None:
    text = poison.data.decode("utf-8", errors="replace")
    assert any(value in text for value in poison.sensitive)


def test_only_bytes_that_are_no_text_are_kept_from_sqs() -> None:
    assert [poison.kind for poison in POISONS if not poison.is_text] == ["not UTF-8"]
