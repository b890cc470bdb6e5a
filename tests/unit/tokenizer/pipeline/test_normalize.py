"""Tests which spellings share a token. A mistake here gives one customer's address, or text, to another."""

from typing import Any

import pytest

from schemas.kinds import NormalForm
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.pipeline.normalize import normal_form

PHONE = "+12025557194"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann@example.com", "Ann@EXAMPLE.com"),
        ("ann@example.com", " ann@example.com\n"),
        ("zo\u00eb@example.com", "zoe\u0308@example.com"),  # one letter, as one code point and as two
        ("ZO\u00cb@example.com", "zoe\u0308@example.com"),
        ("ΟΔΟΣ@example.com", "οδος@example.com"),
    ],
)
def test_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert normal_form(NormalForm.EMAIL, one) == normal_form(NormalForm.EMAIL, other)


LOOKALIKES = [
    ("ann@faß.de", "ann@fass.de"),
    ("straße@example.com", "strasse@example.com"),
    ("\ufb01ona@example.com", "fiona@example.com"),
    ("\u017fam@example.com", "sam@example.com"),
    ("\u24d4x@example.com", "ex@example.com"),
    ("\uff41nn@example.com", "ann@example.com"),
    ("ann\u00b2@example.com", "ann2@example.com"),
    ("a\u00adnn@example.com", "ann@example.com"),
    ("ann\u200b@example.com", "ann@example.com"),
    ("\u0430nn@example.com", "ann@example.com"),  # a Cyrillic letter
    ("\u212aim@exampl\u2474.com", "kim@exampl(1).com"),
]


@pytest.mark.parametrize(("one", "other"), LOOKALIKES)
def test_another_address_that_looks_alike_has_another_token(one: str, other: str) -> None:
    assert normal_form(NormalForm.EMAIL, one) != normal_form(NormalForm.EMAIL, other)
    first, second = _tokens("email", one, other)
    assert first != second


@pytest.mark.parametrize(
    "written",
    [
        "+1 202-555-7194", "+1 (202) 555.7194", "001 202 555 7194", "\uff0b\uff11 202 555 7194", "tel:+1-202-555-7194",
        "\u202a+1\u00a0202\u00a0555\u20117194\u202c", "+1 202/555 7194", " +1\u200b2025557194",
    ],
)  # fmt: skip
def test_spellings_of_one_number_are_one(written: str) -> None:
    assert normal_form(NormalForm.PHONE, written) == PHONE


@pytest.mark.parametrize(
    "written",
    [
        f"Berta Beispiel ward three {PHONE}", f"{PHONE} (Berta)", f"{PHONE}B", f"\u092c{PHONE}", f"{PHONE} \U0001f600",
        f"berta@example.com{PHONE}", f"{PHONE};", f"{PHONE}\u0000", f"{PHONE} ext 5", f"tel:tel:{PHONE}", f"{PHONE} \u0661",
    ],
)  # fmt: skip
def test_text_beside_a_number_is_never_given_to_those_who_have_the_number(written: str) -> None:
    assert normal_form(NormalForm.PHONE, written) != PHONE
    first, second = _tokens("phone", written, PHONE)
    assert first != second


def test_what_is_no_number_is_compared_as_text_is() -> None:
    assert normal_form(NormalForm.PHONE, " Ask Me") == normal_form(NormalForm.PHONE, "ask me") == "ask me"
    assert normal_form(NormalForm.PHONE, "()") == "()"
    assert normal_form(NormalForm.PHONE, "straße") != normal_form(NormalForm.PHONE, "strasse")


@pytest.mark.parametrize("value", ["Faß", " faß", "FASS"])
def test_an_exact_value_stays_as_it_is(value: str) -> None:
    assert normal_form(NormalForm.EXACT, value) == value


def _tokens(field: str, *values: str) -> list[str]:
    world = World()
    for number, value in enumerate(values):
        body: dict[str, Any] = order(order_id=f"SO-{number}")
        body["order"]["customer"][field] = value
        world.tokenizer.tokenize_batch([stream_record(body, number + 1)], ample_budget())
    return [each["data"]["order"]["customer"][field] for each in world.bus.details()]
