"""Orders through a faulty stack, one in five hundred of which fails for ever at some stage.

All are accounted for, each poison is a letter that names its stage, and nobody else has one. `FAULT_ORDERS=10000` runs it at
the size of the claim, as `make test-all` does.
"""

import json
import os
from contextlib import ExitStack
from random import Random

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.faults.aws import Aws, Kind
from tests.support.faults.orders import CUSTOMERS, order
from tests.support.faults.pipeline import Pipeline
from tests.support.faults.stages import PLACES, Marks, Place, broken, marks_of
from tokenizer.pipeline.in_flight import Stage

ORDERS = int(os.environ.get("FAULT_ORDERS", "1000"))
PART = min(1_000, ORDERS)  # orders of one pipeline: the oracle compares everything with everything
ONE_IN = 500
SHARE = 0.02  # of calls that fail
SEED = 20_261_130
ERRORS = (RuntimeError, MemoryError, RecursionError, ValueError, LookupError)
# Good orders have no alias, so none is poison where aliases are drawn.
SHUFFLED = Random(SEED).sample(
    [place for place in PLACES if place.stage is not Stage.ALIASING], len(PLACES) - 1
)


def poison_places(part: int) -> list[Place]:
    """Returns where the poisons of a part fail: all parts together go through every place."""
    poisons = max(1, PART // ONE_IN)
    return [SHUFFLED[(part * poisons + at) % len(SHUFFLED)] for at in range(poisons)]


@pytest.mark.parametrize("part", range(max(1, ORDERS // PART)))
def test_each_poison_is_a_letter_that_names_its_stage_and_nobody_else_has_one(part: int) -> None:
    random, pipeline = Random(SEED + part), Pipeline(Aws())
    poisons: dict[str, tuple[Place, Marks, Exception]] = {}
    with ExitStack() as stack:
        stack.enter_context(pipeline.running())
        places = poison_places(part)
        # Not the very first ones: a place may need a value that somebody else has already.
        numbers = dict(zip(random.sample(range(PART // 10, PART), len(places)), places, strict=True))
        for number in range(PART):
            place = numbers.get(number)
            # What can't be sealed stays with SQS, where it came from the queue.
            sources = (
                place.sources if place and not place.bad else ("stream",) if place else ("stream", "queue")
            )
            source = random.choice(sources)
            if place is None:
                pipeline.send(source, order(number, random.randrange(CUSTOMERS)))
                continue
            customer = CUSTOMERS + len(poisons)
            event = json.loads(order(number, customer))
            if place.bad:
                event["order"]["total"] = 7
            sent = pipeline.send(source, json.dumps(event).encode(), ErrorCode.INVALID_FIELD)
            error: Exception = random.choice(ERRORS)("canaryerror")
            poisons[sent.place] = place, marks_of(pipeline, sent, number, customer), error
            stack.enter_context(broken(place, [(poisons[sent.place][1], error)]))
        kinds = list(Kind)
        pipeline.aws.fault = lambda _number, _name: random.choice(kinds) if random.random() < SHARE else None
        for _ in range(PART):
            pipeline.stream.step()
            pipeline.queue.step()
        pipeline.aws.fault = lambda _number, _name: None
        pipeline.drain()
        assert pipeline.violations() == []
    said = {
        place: {letter.error.message for letter in letters} for place, letters in pipeline.letters().items()
    }
    said |= {place: {message} for place, message in pipeline.positions().items()}
    assert said.keys() == poisons.keys(), "a good order has a letter, or a poison has none"
    for record, (failing, _, raised) in poisons.items():
        (message,) = said[record]
        assert message.startswith(f"{failing.stage}: ")
        assert type(raised).__name__ in message
    assert len(pipeline.details()) == PART - len(poisons)
    assert pipeline.stream.given_up == []
    assert pipeline.queue.unprocessed == {}
