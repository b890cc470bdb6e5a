"""Tests that jsonschema judges IRIs as ever, although it makes its parsers late."""

import pytest
from jsonschema import FormatChecker
from jsonschema.exceptions import FormatError

from tests.support import grammars

CHECKER = FormatChecker()


@pytest.mark.parametrize("value", ["https://example.com/a", "urn:uuid:6f1c1d2e-0000-4000-8000-000000000001"])
def test_what_is_an_iri_passes(value: str) -> None:
    CHECKER.check(value, "iri")
    CHECKER.check(value, "iri-reference")


@pytest.mark.parametrize("kind", ["iri", "iri-reference"])
def test_what_is_none_is_found(kind: str) -> None:
    with pytest.raises(FormatError):
        CHECKER.check("https://[not closed", kind)


def test_the_parsers_are_not_put_off_again_once_they_are_there() -> None:
    CHECKER.check("https://example.com", "iri")
    grammars.put_off()
    test_what_is_none_is_found("iri")
