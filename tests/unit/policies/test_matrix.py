"""Who may reveal what: an expectation for every combination of group, category, purpose and form."""

import re
from itertools import product
from pathlib import Path

import pytest

from tokenizer.access import IAM, Action, Caller, Wish, caller_of
from tokenizer.aws.cedar import CedarPolicies
from tokenizer.categories import CATEGORIES, category

POLICIES = Path("policies/reveal.cedar").read_text()
GROUPS = ("payments", "support", "compliance", "analytics", "nobody")
PURPOSES = (
    "charge",
    "refund",
    "support",
    "legal_request",
    "fraud_investigation",
    "erasure_request",
    "curiosity",
    "",
)
FULL, MASKED = Action.REVEAL, Action.MASKED
ALL = frozenset(CATEGORIES)
CONTACT = frozenset({"name", "email", "phone", "address"})

# Everything that is not here is denied.
ALLOWED: dict[tuple[str, str, Action], frozenset[str]] = {
    ("payments", "charge", FULL): frozenset({"card_number", "card_expiry", "name"}),
    ("payments", "charge", MASKED): frozenset({"card_number", "bank_account", "name"}),
    ("payments", "refund", MASKED): frozenset({"card_number", "bank_account", "name"}),
    ("support", "support", FULL): CONTACT,
    ("support", "support", MASKED): CONTACT | {"card_number", "birth_date"},
    ("compliance", "legal_request", FULL): ALL,
    ("compliance", "legal_request", MASKED): ALL,
    ("compliance", "fraud_investigation", FULL): ALL - {"card_number"},
    ("compliance", "fraud_investigation", MASKED): ALL,
}


def permitted(
    policies: CedarPolicies, group: str, purpose: str, action: Action, tokens: int = 1
) -> frozenset[str]:
    wish = Wish(("t",) * tokens, purpose, action)
    answers = policies.permits(Caller("c", (group,)), wish, CATEGORIES)
    return frozenset(each for each, allowed in zip(CATEGORIES, answers, strict=True) if allowed)


def matrix(policies: CedarPolicies) -> dict[tuple[str, str, Action], frozenset[str]]:
    return {
        (group, purpose, action): found
        for group, purpose, action in product(GROUPS, PURPOSES, Action)
        if (found := permitted(policies, group, purpose, action))
    }


def test_every_cell_of_the_matrix_is_as_expected() -> None:
    assert matrix(CedarPolicies()) == ALLOWED


def erasers(policies: CedarPolicies) -> set[tuple[str, str]]:
    return {
        (group, purpose)
        for group, purpose in product(GROUPS, PURPOSES)
        if policies.permits_erasure(Caller("c", (group,)), purpose)
    }


def test_who_may_erase_and_what_for() -> None:
    assert erasers(CedarPolicies()) == {("compliance", "erasure_request")}
    assert CedarPolicies().permits_erasure(Caller("c", (IAM,)), "any")


def test_the_policies_fit_their_schema() -> None:
    assert CedarPolicies().problems() == []
    assert CedarPolicies('permit (principal, action == Action::"steal", resource);').problems()


RULES = re.findall(r'@id\("([^"]+)"\)', POLICIES)


@pytest.mark.parametrize("rule", RULES)
def test_without_any_one_rule_something_else_is_permitted(rule: str) -> None:
    without = re.sub(rf'@id\("{rule}"\)\n[^;]+;', "", POLICIES)
    assert without != POLICIES
    policies = CedarPolicies(without)
    if rule == "iam":
        assert permitted(CedarPolicies(), IAM, "any", FULL) == ALL
        assert permitted(policies, IAM, "any", FULL) == frozenset()
    else:
        assert (matrix(policies), erasers(policies)) != (ALLOWED, erasers(CedarPolicies()))


@pytest.mark.parametrize("action", list(Action))
def test_support_may_ask_for_a_few_at_a_time(action: Action) -> None:
    assert permitted(CedarPolicies(), "support", "support", action, tokens=10)
    assert not permitted(CedarPolicies(), "support", "support", action, tokens=11)


def test_a_caller_in_several_groups_may_what_any_of_them_may() -> None:
    wish = Wish(("t",), "charge", FULL)
    assert CedarPolicies().permits(Caller("c", ("analytics", "payments")), wish, ["card_number"]) == [True]


def test_nobody_can_name_the_group_of_direct_callers() -> None:
    assert caller_of({"name": "mallory", "groups": [IAM, "support"]}).groups == ("support",)
    assert caller_of(None).groups == (IAM,)


@pytest.mark.parametrize(
    "told", [{}, {"name": "x"}, {"name": 1, "groups": []}, {"name": "x", "groups": [], "mfa": "yes"}]
)
def test_a_caller_that_is_none_is_refused(told: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="caller"):
        caller_of(told)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/order/payment/card/number", "card_number"),
        ("/order/payment/card/expiry", "card_expiry"),
        ("/order/customer/email", "email"),
        ("/customer/addresses/0/line1", "address"),
        ("/order/notes", "other"),
        ("/order/preferences", "other"),
        ("/order/number", "other"),
    ],
)
def test_a_value_is_known_by_its_field(path: str, expected: str) -> None:
    assert category(path) == expected
