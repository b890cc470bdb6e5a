from typing import Annotated, Any

import pytest
from pydantic import create_model

from schemas.base import EventModel
from schemas.kinds import (
    ConsistentToken,
    Fact,
    FieldKind,
    FormatPreservingToken,
    FreeText,
    Generalized,
    Identifier,
    Masked,
    NormalForm,
    OneWayToken,
    Public,
    Removed,
    Rule,
    Subject,
    Token,
)
from schemas.registry import EventName
from tests.support.things import Thing
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.schema_rules import SchemaRefused

EXACT = NormalForm.EXACT
REFUSED: dict[str, dict[str, Any]] = {
    "a stored CVV": {"cvv": Token()},
    "a public CVV": {"card_cvc2": Public()},
    "a hidden PIN": {"P.I.N": Masked()},
    "a consistent card number with its last digits": {
        "number": ConsistentToken("cards", EXACT, (Fact.LAST4,))
    },
    "a consistent card number with its BIN": {"number": ConsistentToken("cards", EXACT, (Fact.BIN,))},
    "a one-way card number that joins, with its last digits": {
        "number": OneWayToken("cards", EXACT, (Fact.LAST4,))
    },
    "a consistent card number beside a public field of its digits": {
        "number": ConsistentToken("cards", EXACT),
        "number_last4": Public(),
    },
    "the same under another name": {"number": ConsistentToken("cards", EXACT), "last_four": Public()},
    "an alias of six digits": {"code": FormatPreservingToken(min_digits=6)},
    "an alias that keeps too much": {"code": FormatPreservingToken(min_digits=10, keep_last=4)},
    "an SSN's alias that keeps its last four": {"ssn": FormatPreservingToken(min_digits=9, keep_last=4)},
    "an alias that may be an SSN's and keeps two": {"code": FormatPreservingToken(min_digits=9, keep_last=2)},
    "an alias that keeps five": {"code": FormatPreservingToken(min_digits=19, keep_last=5)},
    "a mask that shows seven": {"code": Masked(keep_first=7)},
    "a mask that shows the last five": {"code": Masked(keep_last=5)},
    "a field without a kind": {"code": None},
    "ids of the shape of card numbers": {"code": Identifier(pattern=r"[0-9]{16}")},
    "ids of the shape of card numbers in groups": {"code": Identifier(pattern=r"[0-9 ]{16,19}")},
    "ids of the shape of SSNs": {"code": Identifier(pattern=r"[0-9]{3}-[0-9]{2}-[0-9]{4}")},
    "ids of any shape": {"code": Identifier(pattern=r".*")},
    "ids of no shape at all": {"code": Identifier(pattern=r"[0-9")},
}
REFUSED |= {
    f"ids of the shape of {of}": {"code": Identifier(pattern=pattern)}
    for of, pattern in {
        "one card number": r"4012888888881881",
        "one card number in groups": r"4012 8888 8888 1881",
        "card numbers of 15 digits": r"[0-9]{15}",
        "SSNs without hyphens": r"[0-9]{9}",
        "emails": r"[a-z]+@[a-z.]+",
        "phone numbers": r"\+[0-9]{11}",
        "phone numbers with hyphens": r"[0-9]{3}-[0-9]{3}-[0-9]{4}",
        "IBANs": r"[A-Z]{2}[0-9]{20}",
    }.items()
}
BESIDE = (
    *("last4", "lastfour", "last_4", "last_four", "lastdigits", "last_digits"),
    *("last4digits", "lastfourdigits", "last4_digits", "last_4_digits", "last_four_digits", "Last4Digits"),
)
REFUSED |= {
    f"a consistent number beside a public {shown}": {"number": ConsistentToken("c", EXACT), shown: Public()}
    for name in BESIDE
    for shown in (name, f"number_{name}", f"Number_{name}".upper())
}
REFUSED |= {
    f"a consistent cardNumber beside {shown}": {"cardNumber": ConsistentToken("c", EXACT), shown: Public()}
    for shown in ("cardNumber_last4", "cardNumberLast4", "cardnumber_last_four")
}
REFUSED |= {
    f"a consistent number with its {each}": {"number": ConsistentToken("c", EXACT, (each,))}
    for each in (Fact.LAST4, Fact.BIN)
}
# By digits of the shortest value: how many an alias may keep, so that a million others are left.
MOST_KEPT = {6: None, 7: 0, 8: 1, 9: 1, 10: 3, 11: 4, 12: 4, 19: 4}
TAKEN: dict[str, dict[str, Any]] = {
    "a CVV that is removed": {"cvv": Removed()},
    "a card number with last four, brand and BIN": {"number": Token((Fact.LAST4, Fact.BRAND, Fact.BIN))},
    "an alias of a card number with its last four": {
        "number": FormatPreservingToken(min_digits=12, keep_last=4)
    },
    "an alias of seven digits": {"code": FormatPreservingToken(min_digits=10, keep_last=3)},
    "a one-way token for each occurrence with its last digits": {"number": OneWayToken(facts=(Fact.LAST4,))},
    "a consistent email with its domain": {
        "email": ConsistentToken("orders", NormalForm.EMAIL, (Fact.DOMAIN,))
    },
    "a consistent email beside another field's digits": {
        "email": ConsistentToken("orders", NormalForm.EMAIL),
        "card_last4": Public(),
    },
}


def compiled(kinds: dict[str, Any]) -> None:
    fields: Any = {name: (Annotated[str, kind] if kind else str, ...) for name, kind in kinds.items()}
    inner = create_model("Inner", __base__=EventModel, **fields)
    outer: Any = create_model("Outer", __base__=Thing, things=(list[inner], ...))
    Catalog({EventName("thing", 1): outer})


TAKEN |= {
    "a mask at its limits": {"code": Masked(keep_first=6, keep_last=4)},
    "a consistent value with a fact that shows no digits": {
        "email": ConsistentToken("c", EXACT, (Fact.BRAND, Fact.YEAR))
    },
}
REFUSED |= {
    "a mask with a negative first": {"code": Masked(keep_first=-1)},
    "a mask with a negative last": {"code": Masked(keep_last=-1)},
    "an alias that keeps less than nothing": {"code": FormatPreservingToken(min_digits=19, keep_last=-1)},
}


@pytest.mark.parametrize("keep_last", range(6))
@pytest.mark.parametrize("min_digits", MOST_KEPT)
def test_an_alias_keeps_four_digits_at_most_and_leaves_a_million_others(
    min_digits: int, keep_last: int
) -> None:
    kinds = {"code": FormatPreservingToken(min_digits=min_digits, keep_last=keep_last)}
    most = MOST_KEPT[min_digits]
    if most is not None and keep_last <= most:
        compiled(kinds)
    else:
        with pytest.raises(SchemaRefused, match="alias"):
            compiled(kinds)


@pytest.mark.parametrize("name", REFUSED)
def test_a_schema_that_would_break_a_rule_is_refused(name: str) -> None:
    with pytest.raises(SchemaRefused, match="Inner"):
        compiled(REFUSED[name])


@pytest.mark.parametrize("name", TAKEN)
def test_a_schema_that_breaks_none_is_taken(name: str) -> None:
    compiled(TAKEN[name])


OPEN: list[Any] = [Any, dict[str, str], list[str], str | dict[str, Any], list[Any] | None, object]


@pytest.mark.parametrize("value", OPEN, ids=str)
@pytest.mark.parametrize(
    "kind",
    [
        Public(), Identifier(), Subject(), FreeText(), ConsistentToken("a", EXACT), OneWayToken("a"),
        FormatPreservingToken(9), Masked(), Generalized(Rule.YEAR),
    ],
    ids=lambda kind: kind.name,
)  # fmt: skip
def test_a_kind_that_shows_its_value_takes_no_object(kind: FieldKind, value: Any) -> None:
    fields: dict[str, Any] = {"code": (Annotated[value, kind], None)}
    with pytest.raises(SchemaRefused, match="any JSON value"):
        Catalog({EventName("thing", 1): create_model("Outer", __base__=Thing, **fields)})
    fields = {"codes": (list[Annotated[value, kind]] | None, None)}
    with pytest.raises(SchemaRefused, match="any JSON value"):
        Catalog({EventName("thing", 1): create_model("Outer", __base__=Thing, **fields)})


@pytest.mark.parametrize("value", OPEN, ids=str)
@pytest.mark.parametrize("kind", [Token(), Token(everyday=True), Removed()], ids=repr)
def test_any_json_value_becomes_a_token_or_nothing(kind: FieldKind, value: Any) -> None:
    fields: dict[str, Any] = {"code": (Annotated[value, kind], None)}
    assert Catalog({EventName("thing", 1): create_model("Outer", __base__=Thing, **fields)}).plans()


def test_an_element_of_a_list_cannot_be_removed() -> None:
    outer: Any = create_model("Outer", __base__=Thing, things=(list[Annotated[str, Removed()]], ...))
    with pytest.raises(SchemaRefused, match="element"):
        Catalog({EventName("thing", 1): outer})


@pytest.mark.parametrize("pattern", [None, r"SO-[0-9]{1,12}", r"[0-9]{18}", r"1Z[0-9A-Z]{16}"])
def test_ids_of_a_shape_of_their_own_are_taken(pattern: str | None) -> None:
    compiled({"code": Identifier(pattern=pattern)})


def test_a_country_whose_identity_numbers_nobody_knows_is_refused() -> None:
    class Somewhere(Thing):
        guard_national_ids = ("BR", "XX")

    with pytest.raises(SchemaRefused, match="no identity numbers of XX"):
        Catalog({EventName("thing", 1): Somewhere})
