"""Each rule of an edit: what is refused for good, what takes a second person, and what one person may do alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.members import for_all
from tokenizer.errors import Refused
from tokenizer.replay.edit_rules import (
    Leaf,
    Leaves,
    changed_paths,
    check_alone,
    check_edit,
    check_patch,
    check_public,
    check_type,
    named_paths,
)

NAME, OTHER = "Zebedee Canary", "Ottoline Canary"
BEFORE: dict[str, Leaf] = {
    "event_type": Leaf("order.placed", "public", public=True),
    "schema_version": Leaf(1, "public", public=True),
    "/event_type": Leaf("order.placed", "public", public=True),
    "/order/order_id": Leaf("SO-1", "identifier", public=True, names=True, order=True),
    "/order/customer/customer_id": Leaf("C-1", "identifier", public=True, subject=True),
    "/order/customer/name": Leaf(NAME, "token", public=False),
    "/order/customer/email": Leaf(None, "token", public=False),
    "/order/notes": Leaf("ring twice", "free text", public=True),
    "/order/total": Leaf("1.00", "public", public=True),
    "/order/gift": Leaf(True, "public", public=True),
}
ALONE: list[Any] = [{"op": "replace", "path": "/order/total", "value": "2.00"}]


def edited(**changes: Any) -> Leaves:
    """Returns the fields after an edit, which are named with _ for /; None takes one away."""
    after = dict(BEFORE)
    for name, value in changes.items():
        path = name if name in BEFORE else f"/{name.replace('__', '/')}"
        if value is None:
            after.pop(path)
        else:
            old = after.get(path) or Leaf(None, "", public=True)
            after[path] = value if isinstance(value, Leaf) else Leaf(value, old.kind, public=old.public, subject=old.subject, names=old.names, order=old.order)  # fmt: skip
    return after


def refused(check: Callable[..., None], *given: Any) -> tuple[str, str] | None:
    try:
        check(*given)
    except Refused as why:
        return why.code, why.message
    return None


def test_one_person_may_change_what_is_public() -> None:
    after = edited(order__total="2.00", order__notes="ring once", order__gift=False)
    for found in (
        refused(check_patch, ALONE, BEFORE),
        refused(check_alone, ALONE, BEFORE, after),
        refused(check_edit, BEFORE, after),
        refused(check_type, BEFORE, after),
    ):
        assert found is None
    assert changed_paths(BEFORE, after) == ["/order/gift", "/order/notes", "/order/total"]


SENSITIVE = "a sensitive field is changed only with a second person"


@for_all(
    ("patch", "after", "why"),
    [
        (ALONE, edited(order__customer__name=OTHER), f"/order/customer/name: {SENSITIVE}"),
        (ALONE, edited(order__customer__name=None), f"/order/customer/name: {SENSITIVE}"),
        (
            ALONE,
            edited(order__customer__phone=Leaf("1", "token", public=False)),
            "/order/customer/phone: a sensitive field is added only with a second person",
        ),
        # what is named counts, whatever is written there: a right guess would be no change
        ([{"op": "replace", "path": "/order/customer/name", "value": NAME}], BEFORE, f"/order/customer/name: {SENSITIVE}"),
        ([{"op": "add", "path": "/order/customer", "value": {}}], BEFORE, f"/order/customer/name: {SENSITIVE}"),
        ([{"op": "remove", "path": "/order/customer/name/first"}], BEFORE, f"/order/customer/name: {SENSITIVE}"),
        (
            ALONE,
            edited(order__customer__customer_id="C-2"),
            "/order/customer/customer_id: a record is given another subject only with a second person",
        ),
        (
            ALONE,
            edited(order__customer__customer_id="guest"),
            "/order/customer/customer_id: a record is given another subject only with a second person",
        ),
        (
            ALONE,
            edited(order__customer__customer_id=None),
            "/order/customer/customer_id: a record is given another subject only with a second person",
        ),
        (
            ALONE,
            edited(order__order_id="SO-2"),
            "/order/order_id: what the record is about is changed only with a second person",
        ),
        (
            ALONE,
            edited(order__order_id=None),
            "/order/order_id: what the record is about is changed only with a second person",
        ),
    ],
)  # fmt: skip
def test_whom_a_record_is_about_and_what_is_sensitive_take_a_second_person(
    patch: Any, after: Leaves, why: str
) -> None:
    assert refused(check_alone, patch, BEFORE, after) == ("approval_needed", why)


def test_a_null_in_a_sensitive_field_and_a_neighbour_of_one_take_nobody_else() -> None:
    after = edited(order__customer__phone=Leaf(None, "token", public=False))
    beside = [{"op": "replace", "path": "/order/customer/name_of_pet", "value": 1}, {"op": "test", "path": "/order/customer/name"}, 7]  # fmt: skip
    assert refused(check_alone, beside, BEFORE, after) is None


def test_a_record_that_names_nobody_is_its_orders_and_may_be_given_a_person() -> None:
    nobody = dict(BEFORE) | {
        "/order/customer/customer_id": Leaf("guest", "identifier", public=True, subject=True)
    }
    assert (
        refused(check_alone, ALONE, nobody, nobody | {"/order/total": Leaf("2", "public", public=True)})
        is None
    )
    given = nobody | {"/order/customer/customer_id": BEFORE["/order/customer/customer_id"]}
    assert refused(check_alone, ALONE, nobody, given) == (
        "approval_needed", "/order/order_id: a record is given another subject only with a second person",
    )  # fmt: skip
    no_order = {path: leaf for path, leaf in nobody.items() if not leaf.order}
    assert refused(check_alone, ALONE, no_order, no_order | {"/order/customer/customer_id": given["/order/customer/customer_id"]}) is None  # fmt: skip


@for_all("operation", ["copy", "move", "test"])
def test_a_patch_may_look_at_public_fields_alone(operation: str) -> None:
    def asked(**places: Any) -> Any:
        return refused(check_patch, [*ALONE, {"op": operation, **places}], BEFORE)

    assert asked(**{"path": "/order/notes", "from": "/order/total"}) is None
    wrong: list[dict[str, Any]] = [
        {"path": "/order/customer/name", "from": "/order/total"},
        {"path": "/order", "from": "/order/total"},
        {"path": "/order/nothing", "from": "/order/total"},
        {"path": 7, "from": "/order/total"},
        {"from": "/order/total"},
    ]
    if operation != "test":
        wrong += [{"path": "/order/notes", "from": "/order/customer/name"}, {"path": "/order/notes"}]
    for places in wrong:
        why = f"a patch may not {operation} what is not a public field of the record"
        assert asked(**places) == ("edit_refused", why), places
    others: list[Any] = [[7], [{"op": 7}], [{}], [{"op": "replace", "path": "/order/customer/name"}]]
    for odd in others:
        assert refused(check_patch, odd, BEFORE) is None  # others refuse those


GUESS = "the edited fields would hold a sensitive value of the record"


@for_all(
    ("after", "found"),
    [
        (edited(order__notes=NAME), True),
        (edited(order__notes=f"ring at {NAME}, please"), True),
        (edited(order__extra=NAME), True),  # a new field
        (edited(order__zebedee_canary=Leaf("x", "", public=True)), True),  # or its name
        (edited(order__notes="Zebedee", order__total="Canary"), True),  # cut into pieces
        (edited(order__notes=OTHER), False),
        (edited(order__total="9.00"), False),
        (edited(order__customer__name=OTHER), False),
    ],
)
def test_a_value_that_an_edit_brings_somewhere_else_is_refused_without_a_place(
    after: Leaves, found: bool
) -> None:
    assert refused(check_edit, BEFORE, after) == (("edit_refused", GUESS) if found else None)


def test_a_value_that_a_field_held_before_may_stay_there() -> None:
    before = BEFORE | {"/order/notes": Leaf(f"ring at {NAME}", "free text", public=True)}
    assert refused(check_edit, before, before | {"/order/notes": Leaf(f"ring twice at {NAME}", "free text", public=True)}) is None  # fmt: skip


def test_another_version_makes_nothing_public_that_was_not() -> None:
    published = Leaf(NAME, "public", public=True)
    newer = Leaf(2, "public", public=True)
    why = ("edit_refused", "/order/customer/name: another version would make public what was not")
    assert refused(check_edit, BEFORE, edited(schema_version=newer, order__customer__name=published)) == why
    assert refused(check_edit, BEFORE, edited(schema_version=newer, order__total="2.00")) is None
    nothing_there = edited(schema_version=newer, order__customer__email=Leaf("", "public", public=True))
    assert refused(check_edit, BEFORE, nothing_there) is None


@for_all("place", ["event_type", "/event_type"])
def test_no_edit_gives_a_record_another_type(place: str) -> None:
    why = ("edit_refused", "/event_type: no edit gives a record another type")
    other = BEFORE | {place: Leaf("order.paid", "public", public=True)}
    assert refused(check_type, BEFORE, other) == why
    without = {path: leaf for path, leaf in BEFORE.items() if path != place}
    assert refused(check_type, BEFORE, without) == why
    assert refused(check_type, without, BEFORE) == why
    assert refused(check_type, BEFORE, BEFORE | {place: Leaf(1, "public", public=True)}) == why
    foreign = {path: leaf for path, leaf in BEFORE.items() if path != "/event_type"}
    assert refused(check_type, foreign, foreign) is None


@for_all(
    ("path", "opened"),
    [
        ("/order/total", True),
        ("/order/nothing", True),
        ("/order/customer/name", False),
        ("/order/customer", False),
        ("/order", False),
        ("", False),
        ("/order/tot", True),
    ],
)
def test_only_a_public_field_is_opened_for_an_edit(path: str, opened: bool) -> None:
    for paths in ([path], ["/order/notes", path]):
        found = refused(check_public, BEFORE, paths)
        assert (found is None) is opened
        if found:
            assert found == ("edit_refused", f"{path}: only a public field is opened for an edit")


def test_paths_are_told_without_names_that_may_be_values() -> None:
    after = BEFORE | {
        "/order/ann@example.com": Leaf(1, "", public=True),
        "/order/items/1/sku": Leaf(1, "", public=True),
        "/order/items/4111/sku": Leaf(1, "", public=True),
    }
    assert changed_paths(BEFORE, after) == ["/order/*", "/order/items/*/sku", "/order/items/1/sku"]
    patch = [{"path": "/order/total", "from": "/order/4711"}, {"path": 7}, "x", {"path": "/order/total"}]
    assert named_paths(patch) == ["/order/*", "/order/total"]
    many = BEFORE | {f"/order/items/{at}": Leaf(at, "", public=True) for at in range(150)}
    assert len(changed_paths(BEFORE, many)) == 100


@pytest.mark.parametrize(("one", "other"), [(1, True), (1, "1"), (None, ""), (0, False)])
def test_two_values_of_two_types_are_two_values(one: Any, other: Any) -> None:
    before, after = ({"/a": Leaf(each, "", public=True)} for each in (one, other))
    assert changed_paths(before, after) == ["/a"]
    assert changed_paths(before, before) == []
