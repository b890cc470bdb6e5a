"""The oracle itself: whatever is taken away from, or changed in, what a pipeline wrote, it finds."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.support.faults import lambda_service
from tests.support.faults.aws import Aws, Published
from tests.support.faults.orders import order, poison
from tests.support.faults.pipeline import Pipeline

TABLES = ("vault_table", "blind_index_table", "shares_table")


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    """Yields a pipeline that took orders of three customers who share a phone, and something bad, and is done."""
    made = Pipeline(Aws())
    with made.running():
        for number, customer in enumerate((0, 2, 4, 0)):
            made.send("queue" if number % 2 else "stream", order(number, customer))
        bad = poison(0)
        made.send("stream", bad.data, bad.code, bad.sensitive)
        made.drain()
        yield made


def test_it_finds_nothing_where_nothing_is_wrong(pipeline: Pipeline) -> None:
    assert pipeline.violations() == []


@pytest.mark.parametrize("table", TABLES)
def test_it_misses_each_single_item(pipeline: Pipeline, table: str) -> None:
    items = pipeline.aws.table(getattr(lambda_service.SETTINGS, table))
    assert len(items) >= 2
    for key in list(items):
        taken = items.pop(key)
        assert pipeline.violations() != [], f"nobody missed {key}"
        items[key] = taken
    assert pipeline.violations() == []


def _without_the_event(pipeline: Pipeline) -> None:
    pipeline.aws.bus.pop(0)


def _another_content(pipeline: Pipeline) -> None:
    event = pipeline.aws.bus[0]
    detail = json.loads(event.detail)
    detail["data"]["order"]["total"] = "1.00"
    pipeline.aws.bus.append(Published(event.detail_type, json.dumps(detail), []))


def _another_token(pipeline: Pipeline) -> None:
    event = pipeline.aws.bus[0]
    detail = json.loads(event.detail)
    customer = detail["data"]["order"]["customer"]
    customer["email"], customer["phone"] = customer["phone"], customer["email"]
    pipeline.aws.bus[0] = Published(event.detail_type, json.dumps(detail), [])


def _without_the_letter(pipeline: Pipeline) -> None:
    pipeline.aws.messages.clear()


def _a_value(pipeline: Pipeline) -> None:
    event = pipeline.aws.bus[0]
    pipeline.aws.bus[0] = Published(event.detail_type, event.detail.replace("SKU-1", "canaryname0"), [])


def _early(pipeline: Pipeline) -> None:
    event = pipeline.aws.bus[0]
    pipeline.aws.table(lambda_service.SETTINGS.shares_table).clear()
    late = next(each for each in pipeline.aws.bus if pipeline.aws.missing(each.detail))
    assert late is not event, "the owner of a value shares it with nobody"
    late.missing += pipeline.aws.missing(late.detail)


@pytest.mark.parametrize(
    "spoil",
    [_without_the_event, _another_content, _another_token, _without_the_letter, _a_value, _early],
    ids=lambda spoil: spoil.__name__,
)
def test_it_finds_what_is_wrong(pipeline: Pipeline, spoil: Callable[[Pipeline], None]) -> None:
    spoil(pipeline)
    assert pipeline.violations() != []


def test_a_share_that_names_another_owner_is_no_share(pipeline: Pipeline) -> None:
    for share in pipeline.aws.table(lambda_service.SETTINGS.shares_table).values():
        share["owner"] = {"S": "nobody"}
    assert pipeline.violations() != []
