"""Tests who may reveal what: an expectation for every combination of group, category, purpose and form."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, product
from pathlib import Path

import pytest

from handlers.rest.callers import SCOPES as SCOPE_OF
from handlers.rest.rights import ACTIONS
from tokenizer.authorization.ports import OF_LETTERS, OF_VALUES, RouteAction
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.callers import IAM, Caller
from tokenizer.errors import InvalidRequest
from tokenizer.messages.base import parse_message
from tokenizer.messages.reveal import REVEAL
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.vault.categories import CATEGORIES, category

pytestmark = pytest.mark.slow

POLICIES = "\n".join(Path("policies", name).read_text() for name in ("reveal.cedar", "routes.cedar"))
GROUPS = ("shop", "payments", "support", "compliance", "analytics", "operators", "nobody")
SCOPES = ("orders/write", "orders/read", "tokens/write", "tokens/look_up", "tokens/nothing")
PURPOSES = (
    "charge",
    "refund",
    "support",
    "legal_request",
    "fraud_investigation",
    "erasure_request",
    "repair",
    "curiosity",
    "",
)
FULL, MASKED = Action.REVEAL, Action.MASKED
ALL = frozenset(CATEGORIES)
CONTACT = frozenset({"name", "email", "phone", "address"})

NO_MFA, MFA = False, True
RevealCell = tuple[str, str, Action, bool]
EVERY_CELL: tuple[RevealCell, ...] = tuple(product(GROUPS, PURPOSES, Action, (NO_MFA, MFA)))
SECRET = frozenset({"card_number", "bank_account", "government_id"})

# With or without a second factor; everything that is not here is denied, at every hour.
ALLOWED: dict[RevealCell, frozenset[str]] = {
    **{
        ("payments", "charge", FULL, mfa): frozenset({"card_number", "card_expiry", "name"})
        for mfa in (NO_MFA, MFA)
    },
    **{
        ("payments", purpose, MASKED, mfa): frozenset({"card_number", "bank_account", "name"})
        for purpose in ("charge", "refund")
        for mfa in (NO_MFA, MFA)
    },
    **{("support", "support", FULL, mfa): CONTACT for mfa in (NO_MFA, MFA)},
    **{("support", "support", MASKED, mfa): CONTACT | {"card_number", "birth_date"} for mfa in (NO_MFA, MFA)},
    ("compliance", "legal_request", FULL, NO_MFA): ALL - SECRET,
    ("compliance", "legal_request", FULL, MFA): ALL,
    ("compliance", "legal_request", MASKED, NO_MFA): ALL,
    ("compliance", "legal_request", MASKED, MFA): ALL,
    ("compliance", "fraud_investigation", FULL, NO_MFA): ALL - SECRET,
    ("compliance", "fraud_investigation", FULL, MFA): ALL - {"card_number"},
    ("compliance", "fraud_investigation", MASKED, NO_MFA): ALL,
    ("compliance", "fraud_investigation", MASKED, MFA): ALL,
}


def permitted(
    policies: CedarPolicies,
    group: str,
    purpose: str,
    action: Action,
    *,
    tokens: int = 1,
    mfa: bool = False,
    hour: int = 12,
    approved: bool = False,
) -> frozenset[str]:
    request = RevealRequest(("t",) * tokens, purpose, action, approved)
    return policies.permitted(Caller("c", (group,), mfa), request, hour)[action]


# What an approval adds to that: an operator sees the record of a letter.
WITH_APPROVAL = {("operators", "repair", FULL, MFA): ALL}


def cells(
    policies: CedarPolicies,
    hour: int = 12,
    *,
    approved: bool = False,
    among: Iterable[RevealCell] = EVERY_CELL,
) -> Iterator[tuple[RevealCell, frozenset[str]]]:
    """Yields what each group may reveal for each purpose, also if it is nothing."""
    for group, purpose, action, mfa in among:
        found = permitted(policies, group, purpose, action, mfa=mfa, hour=hour, approved=approved)
        yield (group, purpose, action, mfa), found


def matrix(
    policies: CedarPolicies, hour: int = 12, *, approved: bool = False
) -> dict[RevealCell, frozenset[str]]:
    return {cell: found for cell, found in cells(policies, hour, approved=approved) if found}


@pytest.mark.parametrize("hour", [0, 12, 23])
def test_every_cell_of_the_matrix_is_as_expected(hour: int) -> None:
    assert matrix(CedarPolicies(), hour) == ALLOWED


def test_an_approval_permits_what_it_is_for_and_nothing_else() -> None:
    assert matrix(CedarPolicies(), approved=True) == ALLOWED | WITH_APPROVAL


def test_a_policy_can_ask_for_an_approval_of_any_action() -> None:
    asking = (
        POLICIES
        + 'forbid (principal, action in [Action::"reveal", Action::"erase"], resource) unless { context.approval };'
    )
    policies = CedarPolicies(asking)
    assert policies.problems() == []
    assert not any(action is FULL for _, _, action, _ in matrix(policies))
    assert matrix(policies, approved=True) == ALLOWED | WITH_APPROVAL
    compliance = Caller("c", ("compliance",))
    assert not policies.permits(compliance, RouteAction.ERASE, "erasure_request")
    assert policies.permits(compliance, RouteAction.ERASE, "erasure_request", approved=True)


def test_a_policy_can_go_by_the_hour() -> None:
    policies = CedarPolicies(
        POLICIES
        + 'forbid (principal, action in [Action::"reveal", Action::"revealMasked"], resource)'
        + "when { context.hour < 6 || context.hour >= 22 };"
    )
    assert policies.problems() == []
    awake = [hour for hour in range(24) if permitted(policies, "payments", "charge", FULL, hour=hour)]
    assert awake == list(range(6, 22))


def test_what_is_asked_in_full_and_masked_is_decided_at_once_and_for_every_category() -> None:
    decided = CedarPolicies().permitted(Caller("c", ("payments",)), RevealRequest(("t",), "charge", FULL), 12)
    assert decided == {action: ALLOWED["payments", "charge", action, NO_MFA] for action in Action}


def test_a_rule_that_can_not_be_evaluated_is_a_denial() -> None:
    # Cedar itself passes over such a rule, so a `forbid` would be one that does not forbid.
    everything = "permit (principal, action, resource);"
    broken = "forbid (principal, action, resource) when { context.tokens + 9223372036854775807 < 0 };"
    assert permitted(CedarPolicies(everything), "payments", "charge", FULL) == ALL
    assert permitted(CedarPolicies(everything + broken), "payments", "charge", FULL) == frozenset()


EVERY = frozenset({"all"})
LOOKED_UP = frozenset({"email", "phone"})

# With or without a second factor and for every purpose that is not named; what is not here is denied.
ROUTES: dict[tuple[str, RouteAction], frozenset[str]] = {
    ("shop", RouteAction.PLACE): EVERY,
    ("shop", RouteAction.READ): EVERY,
    ("shop", RouteAction.TOKENIZE): ALL,
    ("shop", RouteAction.ASK_REVEAL): EVERY,
    ("payments", RouteAction.CHARGE): EVERY,
    ("payments", RouteAction.ASK_REVEAL): EVERY,
    ("support", RouteAction.LOOK_UP): LOOKED_UP,
    ("support", RouteAction.ASK_REVEAL): EVERY,
    ("compliance", RouteAction.LOOK_UP): LOOKED_UP,
    ("compliance", RouteAction.ASK_REVEAL): EVERY,
    ("analytics", RouteAction.READ): EVERY,
    ("analytics", RouteAction.ASK_REVEAL): EVERY,
    ("operators", RouteAction.ASK_REVEAL): EVERY,
    ("orders/write", RouteAction.PLACE): EVERY,
    ("orders/read", RouteAction.READ): EVERY,
    ("tokens/write", RouteAction.TOKENIZE): ALL,
    ("tokens/look_up", RouteAction.LOOK_UP): LOOKED_UP,
}
FOR_A_PURPOSE = {
    ("compliance", action, "erasure_request"): EVERY
    for action in (RouteAction.ERASE, RouteAction.ERASE_ORDER)
}
# What takes a second factor, and what takes an approval.
WITH_MFA = frozenset({("compliance", RouteAction.APPROVE)})
WITH_MFA_FOR_A_PURPOSE = {("compliance", RouteAction.ERASE_VALUE, "erasure_request"): EVERY}
EDITS = frozenset({("operators", RouteAction.EDIT_LETTER)})

Cell = tuple[str, RouteAction, str]
EVERY_ROUTE: tuple[Cell, ...] = tuple(product((*GROUPS, *SCOPES), RouteAction, PURPOSES))


def caller_of(who: str, *, mfa: bool) -> Caller:
    return Caller("c", scopes=(who,)) if "/" in who else Caller("c", (who,), mfa)


def second_factors(who: str) -> tuple[bool, ...]:
    """Returns with and without a second factor; a machine has none."""
    return (NO_MFA,) if "/" in who else (NO_MFA, MFA)


def route_cells(
    policies: CedarPolicies, among: Iterable[Cell] = EVERY_ROUTE
) -> Iterator[tuple[Cell, frozenset[str]]]:
    """Yields what each group or scope may do on each route, with and without a second factor, also if it is nothing."""
    for (who, action, purpose), mfa in ((cell, each) for cell in among for each in second_factors(cell[0])):
        caller = caller_of(who, mfa=mfa)
        if action in OF_VALUES:
            permitted = policies.permitted_categories(caller, action, purpose)
            assert policies.permits(caller, action, purpose) is bool(permitted)
        else:
            permitted = EVERY if policies.permits(caller, action, purpose) else frozenset()
        if action in {RouteAction.APPROVE, RouteAction.ERASE_VALUE} and not mfa:
            assert not permitted, "nobody approves, or erases a value, without a second factor"
            continue
        yield (who, action, purpose), permitted


def routes(policies: CedarPolicies) -> dict[Cell, frozenset[str]]:
    """Returns what each group or scope may do on each route, by the purpose: kinds of values, or all of it."""
    found: dict[Cell, frozenset[str]] = {}
    for cell, permitted in route_cells(policies):
        if permitted:
            assert found.setdefault(cell, permitted) == permitted
    return found


def approved_routes(policies: CedarPolicies) -> set[tuple[str, RouteAction]]:
    """Returns what an approval adds, for any purpose."""
    return {(who, action) for who, action, purpose in EVERY_ROUTE if _adds(policies, who, action, purpose)}


def _adds(policies: CedarPolicies, who: str, action: RouteAction, purpose: str) -> bool:
    """Returns whether an approval permits what is denied without one."""
    callers = [caller_of(who, mfa=mfa) for mfa in second_factors(who)]
    return any(
        policies.permits(each, action, purpose, approved=True) and not policies.permits(each, action, purpose)
        for each in callers
    )


EXPECTED_ROUTES = (
    {
        (*cell, purpose): kinds
        for cell, kinds in (ROUTES | dict.fromkeys(WITH_MFA, EVERY)).items()
        for purpose in PURPOSES
    }
    | FOR_A_PURPOSE
    | WITH_MFA_FOR_A_PURPOSE
)


def test_every_cell_of_the_routes_is_as_expected() -> None:
    assert routes(CedarPolicies()) == EXPECTED_ROUTES
    assert approved_routes(CedarPolicies()) == EDITS


def test_whoever_is_in_no_group_may_do_nothing() -> None:
    assert not any(
        CedarPolicies().permits(Caller("c"), action, purpose)
        for action, purpose in product(RouteAction, PURPOSES)
    )


def test_groups_in_a_machines_token_and_scopes_in_a_persons_are_worth_nothing() -> None:
    machine = Caller("c", ("shop", "payments", "compliance"), scopes=("tokens/nothing",))
    person = Caller("c", ("orders/write", "orders/read", "tokens/write", "tokens/look_up"))
    assert not any(
        CedarPolicies().permits(each, action) for each, action in product((machine, person), RouteAction)
    )


def test_every_route_is_an_action_of_the_policies() -> None:
    assert set(ACTIONS.values()) == set(RouteAction) - OF_LETTERS
    assert {(method, path.removeprefix("/machine")) for method, path in SCOPE_OF} <= set(ACTIONS)


def test_direct_callers_may_erase() -> None:
    for action in (RouteAction.ERASE, RouteAction.ERASE_ORDER, RouteAction.ERASE_VALUE):
        assert CedarPolicies().permits(Caller("c", (IAM,)), action, "any")


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
        # One cell that differs is enough, so it looks no further, and first where something is permitted.
        expected = (found != ALLOWED[cell] for cell, found in cells(policies, among=ALLOWED))
        with_approval = (
            found != WITH_APPROVAL[cell]
            for cell, found in cells(policies, approved=True, among=WITH_APPROVAL)
        )
        routes_first = (
            found != EXPECTED_ROUTES[cell] for cell, found in route_cells(policies, among=EXPECTED_ROUTES)
        )
        edits_first = (not _adds(policies, who, action, "") for who, action in EDITS)
        revealed = (found != ALLOWED.get(cell, frozenset()) for cell, found in cells(policies))
        routed = (found != EXPECTED_ROUTES.get(cell, frozenset()) for cell, found in route_cells(policies))
        approved = (
            found != (ALLOWED | WITH_APPROVAL).get(cell, frozenset())
            for cell, found in cells(policies, approved=True)
        )
        edits = (approved_routes(each) != EDITS for each in (policies,))
        first = chain(expected, with_approval, routes_first, edits_first)
        assert any(chain(first, revealed, routed, approved, edits))


@pytest.mark.parametrize("action", list(Action))
def test_support_may_ask_for_a_few_at_a_time(action: Action) -> None:
    assert permitted(CedarPolicies(), "support", "support", action, tokens=10)
    assert not permitted(CedarPolicies(), "support", "support", action, tokens=11)


def test_a_caller_in_several_groups_may_what_any_of_them_may() -> None:
    request = RevealRequest(("t",), "charge", FULL)
    found = CedarPolicies().permitted(Caller("c", ("analytics", "payments", "payments")), request, 12)
    assert found[FULL] == ALLOWED["payments", "charge", FULL, NO_MFA]


def test_who_names_a_caller_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"^\*: Extra inputs"):
        parse_message(
            REVEAL, {"tokens": ["t"], "purpose": "charge", "caller": {"name": "x", "groups": [IAM]}}
        )


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
