"""Two deliveries at once under two rules, an erasure between them, and a replay afterwards, in every order of their steps."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import ample_budget
from tests.support.samples import ARRIVED, order, stream_record
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.records import milliseconds
from tokenizer.vault.lifetimes import Lifetimes
from tokenizer.vault.tokens import is_token

MINE = {"customer_id": "C-1", "name": "Canary Ann", "email": "ann@example.com", "phone": "+12025550123"}
RECORD = stream_record(order(customer=MINE))
POINTS = ("look up", "vault", "claim", "publish")  # a record whose values have entries claims nothing


class _Watched:
    """Passes each call on, and lets something happen just before the first call of one step."""

    def __init__(self, inner: Any, steps: dict[str, str], hooks: dict[str, Callable[[], None]]) -> None:
        self._inner, self._steps, self._hooks = inner, steps, hooks

    def __getattr__(self, name: str) -> Any:
        step = self._steps.get(name, "")

        def call(*args: Any) -> Any:
            if hook := self._hooks.pop(step, None):
                hook()
            return getattr(self._inner, name)(*args)

        return call


class Scene:
    """One record, delivered under two rules."""

    def __init__(self) -> None:
        self.erasing = Erasing(milliseconds(ARRIVED) + 1_000)

    def tokenizer(self, days: int, hooks: dict[str, Callable[[], None]] | None = None) -> Tokenizer:
        """Returns the use case under the rules of a lifetime; `hooks` happen before steps."""
        world, hooks = self.erasing.world, {} if hooks is None else hooks
        made = world.tokenizer
        sanitizer = replace(made.reader.sanitizer, lifetimes=Lifetimes(days))
        stage = replace(
            made.vault_stage,
            vault=_Watched(world.vault, {"put": "vault"}, hooks),
            index=_Watched(world.index, {"lookup": "look up", "claim": "claim"}, hooks),
        )
        bus = _Watched(world.bus, {"publish": "publish"}, hooks)
        return replace(made, reader=replace(made.reader, sanitizer=sanitizer), vault_stage=stage, bus=bus)

    def deliver(self, days: int, hooks: dict[str, Callable[[], None]] | None = None) -> None:
        """Delivers the record; what has not happened before a step of it happens after it."""
        hooks = hooks or {}
        (outcome,) = self.tokenizer(days, hooks).tokenize_batch([RECORD], ample_budget())
        assert outcome.published
        for hook in hooks.values():
            hook()

    def tokens(self) -> list[str]:
        shown = [
            each["data"]["order"] for each in self.erasing.world.bus.details() if "order" in each["data"]
        ]
        return [token for each in shown for token in _tokens(each)]

    def statuses(self) -> set[str]:
        return set(self.erasing.statuses(*self.tokens()))


def _tokens(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _tokens(each)
        case list():
            for each in value:
                yield from _tokens(each)
        case str() if is_token(value):
            yield value


@pytest.mark.parametrize("point", POINTS)
def test_two_deliveries_at_once_under_two_rules_kill_no_token(point: str) -> None:
    scene = Scene()
    scene.deliver(0, {point: lambda: scene.deliver(400)})
    first, second = scene.erasing.world.bus.details()
    assert first["metadata"]["rules"] != second["metadata"]["rules"]
    assert first["metadata"]["ingest_id"] == second["metadata"]["ingest_id"]
    customers = [each["data"]["order"]["customer"] for each in (first, second)]
    assert customers[0]["name"] != customers[1]["name"]
    assert [customers[0][each] for each in ("email", "phone")] == [
        customers[1][each] for each in ("email", "phone")
    ]
    assert scene.statuses() == {"ok"}


@pytest.mark.parametrize("erased_at", POINTS)
@pytest.mark.parametrize("second_at", POINTS)
def test_an_erasure_between_them_and_a_replay_afterwards_leave_nothing_readable(
    second_at: str, erased_at: str
) -> None:
    """The first delivery is at one step when the second begins; the customer is erased at a step of the second."""
    scene = Scene()
    world = scene.erasing.world

    def erase() -> None:
        scene.erasing.erase("C-1")

    scene.deliver(0, {second_at: lambda: scene.deliver(400, {erased_at: erase})})
    assert scene.statuses() <= {"erased", "unknown"}
    scene.erasing.sweep(SWEEPS[0])
    for days in (0, 400, 30):  # a replay under each of the rules, and under those of today
        scene.deliver(days)
        assert scene.statuses() == {"erased"}
    scene.erasing.sweep(SWEEPS[1])
    assert [field.value for each in world.vault.stored.values() for field in each.fields.values()] == []
    assert world.index.entries == {}
    assert world.index.shares == {}
    assert scene.statuses() == {"erased"}


def test_what_comes_after_the_erasure_under_either_of_the_rules_is_a_new_customers() -> None:
    scene = Scene()
    scene.deliver(0, {"claim": lambda: scene.deliver(400)})
    old = scene.tokens()
    scene.erasing.erase("C-1")
    scene.erasing.sweep(SWEEPS[0])
    for sequence, days in enumerate((0, 400), 2):
        later = stream_record(order(customer=MINE), sequence, arrived_at=ARRIVED.replace(hour=23))
        (outcome,) = scene.tokenizer(days).tokenize_batch([later], ample_budget())
        assert outcome.published
    new = set(scene.tokens()) - set(old)
    assert set(scene.erasing.statuses(*new)) == {"ok"}
    assert set(scene.erasing.statuses(*old)) == {"erased"}
