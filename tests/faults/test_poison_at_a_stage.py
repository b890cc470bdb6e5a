"""One record that fails for ever at a stage is one letter that names the stage; its neighbours don't notice it.

Every stage, every kind of error and both sources; and every call with entries of which AWS refuses one for ever.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

import pytest

from schemas.dead_letter import ErrorCode
from schemas.events.order_placed_v1 import OrderPlaced
from schemas.kinds import FormatPreservingToken
from schemas.registry import EventName
from tests.support.faults.aws import Aws
from tests.support.faults.lambda_service import BATCH, QUEUE, SHARD, STREAM
from tests.support.faults.orders import order
from tests.support.faults.pipeline import Pipeline, Sent
from tests.support.faults.stages import NUMBER, PLACES, REFUSALS, Marks, Place, broken
from tokenizer.aws.compose import tokenize
from tokenizer.identity import Identity
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.in_flight import Stage

SOURCES = ("stream", "queue")
ERRORS = (
    RuntimeError("canaryerror"),
    MemoryError("canaryerror"),
    RecursionError("canaryerror"),
    ValueError("canaryerror"),
    UnicodeEncodeError("utf-8", "canaryerror", 0, 1, "canaryerror"),
)
BEFORE, BEHIND = 3, BATCH  # the poison stands within the first batch
CUSTOMER = (
    2  # of the poison; it shares its email with its own orders, and its phone with every second customer's
)


class OrderWithAlias(OrderPlaced):
    loyalty_number: Annotated[str, FormatPreservingToken(min_digits=9)] | None = None


class Run:
    """A poisonous order among good ones."""

    def __init__(self, pipeline: Pipeline, source: str, *, alone: bool, bad: bool) -> None:
        self.pipeline = pipeline
        self.source = source
        self.good = [self._send(number, number % 2) for number in range(BEFORE)]
        self.poison = self._send(NUMBER, CUSTOMER, bad=bad)
        others = (1, 3) if alone else (CUSTOMER, 1, 4)
        self.good += [self._send(100 + at, others[at % len(others)]) for at in range(BEHIND)]
        function = (pipeline.stream if source == "stream" else pipeline.queue).function
        place = self.poison.place
        identity = (
            Identity.of_kinesis(STREAM, SHARD, place, None)
            if source == "stream"
            else Identity.of_sqs(QUEUE, place)
        )
        self.marks = Marks(function._warm().reader.sanitizer, identity, f"C-{CUSTOMER}")
        self.function = function

    def _send(self, number: int, customer: int, *, bad: bool = False) -> Sent:
        event = json.loads(order(number, customer)) | {"loyalty_number": f"{4_000_000_000 + number}"}
        if bad:
            event["order"]["total"] = 7
        code = ErrorCode.INVALID_FIELD if number == NUMBER else None
        return self.pipeline.send(self.source, json.dumps(event).encode(), code)

    def drain(self) -> None:
        """Lets the mapping deliver until nothing is left."""
        source = self.pipeline.stream if self.source == "stream" else self.pipeline.queue
        for _ in range(200):
            if source.drained:
                break
            source.step()
        assert source.drained, "the poison holds up what is behind it"
        assert self.pipeline.stream.given_up == []

    def published(self) -> list[str]:
        return [json.loads(event.detail)["metadata"]["event_id"] for event in self.pipeline.aws.bus]


@contextmanager
def running(source: str, *, alone: bool = False, bad: bool = False) -> Iterator[Run]:
    pipeline = Pipeline(Aws())
    catalog = Catalog({EventName("order.placed", 1): OrderWithAlias})
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setattr(tokenize, "catalog", lambda: catalog)
        stack.enter_context(pipeline.running())
        yield Run(pipeline, source, alone=alone, bad=bad)


def innocents_are_published_once(run: Run) -> None:
    assert run.pipeline.violations() == []
    assert sorted(run.published()) == sorted(sent.event_id for sent in run.good)
    # Nobody is delivered again because of the poison, but where SQS itself has to take it away.
    if run.poison.place not in run.pipeline.queue.unprocessed:
        assert run.function.invocations == -(-(BEFORE + 1 + BEHIND) // BATCH)


def the_letter_names_the_stage(run: Run, stage: Stage, cause: str) -> None:
    (letter,) = run.pipeline.letters()[run.poison.place]
    assert len(run.pipeline.aws.messages) == 1
    assert letter.error.code is ErrorCode.INVALID_FIELD
    assert letter.error.message.startswith(f"{stage}: ")
    assert letter.error.message.endswith(cause)
    assert "canary" not in letter.error.message


def test_every_stage_has_places() -> None:
    assert {place.stage for place in PLACES} == set(Stage)


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", [place for place in PLACES if not place.bad], ids=str)
def test_an_error_at_a_stage_is_one_letter(place: Place, error: Exception, source: str) -> None:
    with running(source, alone=not place.shares) as run:
        with broken(place, run.marks, error) as struck:
            run.drain()
        assert struck
        innocents_are_published_once(run)
        the_letter_names_the_stage(run, place.stage, type(error).__name__)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("place", [place for place in PLACES if place.bad], ids=str)
def test_a_bad_record_of_the_stream_that_can_not_be_sealed_is_a_letter_with_its_position(
    place: Place, error: Exception
) -> None:
    with running("stream", bad=True) as run:
        with broken(place, run.marks, error) as struck:
            run.drain()
        assert struck
        innocents_are_published_once(run)
        (said,) = run.pipeline.positions().values()
        assert said.startswith(f"{Stage.LETTER}: ")
        assert type(error).__name__ in said
        assert "canary" not in said


@pytest.mark.parametrize("place", [place for place in PLACES if place.bad], ids=str)
def test_a_bad_message_that_can_not_be_sealed_waits_with_the_unprocessed_ones(place: Place) -> None:
    with running("queue", bad=True) as run:
        with broken(place, run.marks, RuntimeError()) as struck:
            run.drain()
        assert struck
        innocents_are_published_once(run)
        assert run.pipeline.queue.unprocessed.keys() == {run.poison.place}
        assert run.pipeline.aws.messages == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", REFUSALS)
def test_what_aws_refuses_for_ever_is_one_letter(name: str, source: str) -> None:
    stage, shares, refusal = REFUSALS[name]
    with running(source, alone=not shares) as run:
        run.pipeline.aws.refusals.append(refused := refusal(run.marks))
        run.drain()
        innocents_are_published_once(run)
        (letter,) = run.pipeline.letters()[run.poison.place]
        assert len(run.pipeline.aws.messages) == 1
        assert letter.error.message.endswith(refused.code)
        if not refused.named or refused.call != "PutEvents":  # which has a sentence of its own for it
            the_letter_names_the_stage(run, stage, refused.code)
