"""One record that fails for ever at a stage is one letter that names the stage; its neighbours don't notice it.

Every stage, every kind of error and both sources; and every call with entries of which AWS refuses one for ever.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import pytest

from schemas.dead_letter import ErrorCode
from schemas.events.order_placed_v1 import OrderPlaced
from schemas.kinds import FormatPreservingToken
from schemas.registry import EventName
from tests.support.faults.aws import Aws, Refusal
from tests.support.faults.lambda_service import BATCH
from tests.support.faults.orders import order
from tests.support.faults.pipeline import Pipeline, Sent
from tests.support.faults.stages import PLACES, REFUSALS, Marks, Place, broken, marks_of
from tokenizer.aws.compose import tokenize
from tokenizer.aws.platform.workers import InTurn
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
OTHERS = (0, 1)  # customers of the good orders; every second customer has the same phone


class OrderWithAlias(OrderPlaced):
    loyalty_number: Annotated[str, FormatPreservingToken(min_digits=9)] | None = None


class Run:
    """Poisonous orders among good ones: one of a customer of its own, and behind it another one of the same customer.

    Args:
        alone: leave out the orders of the same customers.
        bad: make the poisonous ones bad already.
    """

    def __init__(self, pipeline: Pipeline, source: str, poisons: int, *, alone: bool, bad: bool) -> None:
        self.pipeline = pipeline
        self.source = source
        self.good: list[Sent] = []
        self.poisons: list[Sent] = []
        self.marks: list[Marks] = []
        self.function = (pipeline.stream if source == "stream" else pipeline.queue).function
        for at in range(poisons):
            self.good.append(self._send(at, OTHERS[at % 2]))
            self._send_poison(700 + at, 2 + at, bad=bad)
        for at in range(poisons):
            self.good.append(self._send(100 + at, at % 2 if alone else 2 + at))

    def _send_poison(self, number: int, customer: int, *, bad: bool) -> None:
        sent = self._send(number, customer, ErrorCode.INVALID_FIELD, bad=bad)
        self.poisons.append(sent)
        self.marks.append(marks_of(self.pipeline, sent, number, customer))

    def _send(self, number: int, customer: int, code: ErrorCode | None = None, *, bad: bool = False) -> Sent:
        event = json.loads(order(number, customer)) | {"loyalty_number": f"{4_000_000_000 + number}"}
        if bad:
            event["order"]["total"] = 7
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
def running(
    source: str, poisons: int = 1, *, alone: bool = False, bad: bool = False, workers: Any = InTurn
) -> Iterator[Run]:
    pipeline = Pipeline(Aws(workers=workers))
    catalog = Catalog({EventName("order.placed", 1): OrderWithAlias})
    with pytest.MonkeyPatch.context() as patch, pipeline.running():
        patch.setattr(tokenize, "catalog", lambda: catalog)
        yield Run(pipeline, source, poisons, alone=alone, bad=bad)


def innocents_are_published_once(run: Run) -> None:
    assert run.pipeline.violations() == []
    assert sorted(run.published()) == sorted(sent.event_id for sent in run.good)
    # Nobody is delivered again because of the poison, but where SQS itself has to take it away.
    if not run.pipeline.queue.unprocessed:
        assert run.function.invocations == -(-len(run.pipeline.sent) // BATCH)


def the_letter_names(run: Run, at: int, stage: Stage, cause: str) -> None:
    (letter,) = run.pipeline.letters()[run.poisons[at].place]
    assert letter.error.code is ErrorCode.INVALID_FIELD
    assert letter.error.message.startswith(f"{stage}: ")
    assert letter.error.message.endswith(cause)
    assert "canary" not in letter.error.message


def test_every_stage_has_places() -> None:
    assert {place.stage for place in PLACES} == set(Stage)


@pytest.mark.parametrize(
    ("place", "source"),
    [(place, source) for place in PLACES if not place.bad for source in place.sources],
    ids=str,
)
def test_each_error_at_a_stage_is_one_letter(place: Place, source: str) -> None:
    with running(source, len(ERRORS), alone=place.by == "subject") as run:
        with broken(place, list(zip(run.marks, ERRORS, strict=True))) as struck:
            run.drain()
        assert struck == set(ERRORS)
        innocents_are_published_once(run)
        assert len(run.pipeline.aws.messages) == len(ERRORS)
        for at, error in enumerate(ERRORS):
            the_letter_names(run, at, place.stage, type(error).__name__)


@pytest.mark.parametrize("place", [place for place in PLACES if place.bad], ids=str)
def test_a_bad_record_of_the_stream_that_can_not_be_sealed_is_a_letter_with_its_position(
    place: Place,
) -> None:
    with running("stream", len(ERRORS), bad=True) as run:
        with broken(place, list(zip(run.marks, ERRORS, strict=True))) as struck:
            run.drain()
        assert struck == set(ERRORS)
        innocents_are_published_once(run)
        positions = run.pipeline.positions()
        assert len(run.pipeline.aws.messages) == len(positions) == len(ERRORS)
        for sent, error in zip(run.poisons, ERRORS, strict=True):
            said = positions[sent.place]
            assert said.startswith(f"{Stage.LETTER}: ")
            assert type(error).__name__ in said
            assert "canary" not in said


@pytest.mark.parametrize("place", [place for place in PLACES if place.bad], ids=str)
def test_a_bad_message_that_can_not_be_sealed_waits_with_the_unprocessed_ones(place: Place) -> None:
    with running("queue", len(ERRORS), bad=True) as run:
        with broken(place, list(zip(run.marks, ERRORS, strict=True))) as struck:
            run.drain()
        assert struck == set(ERRORS)
        innocents_are_published_once(run)
        assert run.pipeline.queue.unprocessed.keys() == {sent.place for sent in run.poisons}
        assert run.pipeline.aws.messages == []


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("name", REFUSALS)
def test_what_aws_refuses_for_ever_is_one_letter(name: str, source: str) -> None:
    stage, shares, refusal = REFUSALS[name]
    with running(source, alone=not shares) as run:
        run.pipeline.aws.refusals.append(refused := refusal(run.marks[0]))
        run.drain()
        innocents_are_published_once(run)
        assert len(run.pipeline.aws.messages) == 1
        if refused.named and refused.call == "PutEvents":  # which has a sentence of its own for it
            (letter,) = run.pipeline.letters()[run.poisons[0].place]
            assert letter.error.message == f"the bus refused the sanitized event: {refused.code}"
        else:
            the_letter_names(run, 0, stage, refused.code)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("source", SOURCES)
def test_a_letter_that_is_refused_for_ever_holds_up_nobody(source: str, named: bool) -> None:
    with running(source, bad=True) as run:
        place = run.poisons[0].place
        refusal = Refusal(
            "SendMessageBatch",
            lambda entry: place in entry["MessageBody"] and '"sealed"' in entry["MessageBody"],
            "InvalidMessageContents",
            named,
        )
        run.pipeline.aws.refusals.append(refusal)
        run.drain()
        innocents_are_published_once(run)
        if source == "stream":
            assert run.pipeline.positions().keys() == {place}
            assert (
                f"{Stage.LETTER}: sending letters: InvalidMessageContents" in run.pipeline.positions()[place]
            )
        else:
            assert run.pipeline.queue.unprocessed.keys() == {place}
