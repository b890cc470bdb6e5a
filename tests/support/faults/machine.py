"""Faults, deliveries and time in any order: the state machine, and the seeds that CI runs it with."""

from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from schemas.dead_letter import ErrorCode
from tests.support.faults.aws import Aws, Kind
from tests.support.faults.lambda_service import Function
from tests.support.faults.orders import CUSTOMERS, all_poisons, order, poison
from tests.support.faults.pipeline import Endless, Pipeline
from tests.support.faults.releases import RELEASES, Release, next_versions_are_read
from tests.support.faults.stages import PLACES, REFUSALS, Marks, Place, broken, marks_of
from tokenizer.aws.vault.token_keys import LEAD, SUBJECT_KEY, TOKEN_KEY
from tokenizer.errors import PipelineError
from tokenizer.pipeline.in_flight import Stage

STEPS_EACH = 50
MOST_POISONS = 2
MOST_KEYS = 3
KINDS = st.deferred(lambda: st.integers(0, len(all_poisons()) - 1))
MOST_HOURS = 6  # a stream keeps records for a day
# An order here has no alias, and shares nothing if it is the first one.
BROKEN = [
    place for place in PLACES if not place.bad and place.stage is not Stage.ALIASING and place.by != "subject"
]
REFUSED = sorted(REFUSALS.keys() - {"a share"})
SOURCES = st.sampled_from(("stream", "queue"))
CALLS = st.sampled_from(
    ("BatchWriteItem", "BatchGetItem", "PutItem", "PutEvents", "SendMessageBatch", "GenerateDataKey", "Decrypt", "Scan", "any")
)  # fmt: skip
BATCH_CALLS = ("BatchWriteItem", "BatchGetItem", "PutEvents", "SendMessageBatch")
steps_taken = 0


class Violation(AssertionError):
    """Says what the oracle found."""


class FaultMachine(RuleBasedStateMachine):
    """Producers, Lambda's mappings and a world that fails; at the end all must be well."""

    def __init__(self) -> None:
        super().__init__()
        self.pipeline = Pipeline(Aws())
        self.pipeline.aws.fault = self._fault
        self.pending: list[tuple[str, Kind]] = []
        self.outage: tuple[str, Kind] | None = None
        self.numbers = 0
        self.poisons: list[str] = []
        self.keys_made = self.hours = 0
        self._stack = ExitStack()
        self.pipeline.releases = RELEASES
        self.release = self.before = Release()

    @initialize()
    def deployed(self) -> None:
        self._stack.enter_context(next_versions_are_read())
        self._stack.enter_context(self.pipeline.running())

    @rule(source=SOURCES, customer=st.integers(0, CUSTOMERS - 1), count=st.integers(1, 4))
    def orders_arrive(self, source: str, customer: int, count: int) -> None:
        self._step()
        for at in range(count):
            self.numbers += 1
            self.pipeline.send(source, order(self.numbers, (customer + at) % CUSTOMERS))

    @rule(source=SOURCES, kind=KINDS)
    def poison_arrives(self, source: str, kind: int) -> None:
        self._step()
        bad = poison(kind)
        self.pipeline.send(source, bad.data, bad.code, bad.sensitive)

    @precondition(lambda self: len(self.poisons) < MOST_POISONS)
    @rule(source=SOURCES, place=st.sampled_from(BROKEN))
    def an_order_arrives_that_a_stage_fails_on(self, source: str, place: Place) -> None:
        """Something that the product computes from one order fails for ever."""
        self._step()
        source = source if source in place.sources else place.sources[0]
        marks = self._poison(source)
        self._stack.enter_context(broken(place, [(marks, RuntimeError("canaryerror"))]))

    @precondition(lambda self: len(self.poisons) < MOST_POISONS)
    @rule(source=SOURCES, name=st.sampled_from(REFUSED))
    def an_order_arrives_that_aws_refuses(self, source: str, name: str) -> None:
        """A service refuses something of one order for ever."""
        self._step()
        marks = self._poison(source)
        self.pipeline.aws.refusals.append(REFUSALS[name][2](marks))

    def _poison(self, source: str) -> Marks:
        self.numbers += 1
        customer = CUSTOMERS + len(self.poisons)  # who has no other order
        sent = self.pipeline.send(source, order(self.numbers, customer), ErrorCode.INVALID_FIELD)
        self.poisons.append(sent.place)
        with self.pipeline.well():
            return marks_of(self.pipeline, sent, self.numbers, customer)

    @rule(times=st.integers(1, 3))
    def stream_delivers(self, times: int) -> None:
        self._step()
        for _ in range(times):
            self.pipeline.stream.step()

    @rule(times=st.integers(1, 3))
    def queue_delivers(self, times: int) -> None:
        self._step()
        for _ in range(times):
            self.pipeline.queue.step()

    @precondition(lambda self: self.pipeline.stream.records and self.pipeline.stream.drained)
    @rule(data=st.data())
    def stream_loses_its_checkpoint(self, data: st.DataObject) -> None:
        self._step()
        self.pipeline.stream.rewind(data.draw(st.sampled_from(sorted(self.pipeline.stream.records)[-20:])))

    @rule(call=CALLS, kind=st.sampled_from(list(Kind)), times=st.integers(1, 3))
    def a_call_will_fail(self, call: str, kind: Kind, times: int) -> None:
        self._step()
        self.pending += [(call, kind)] * times

    @rule(
        call=CALLS,
        kind=st.sampled_from(
            [Kind.THROTTLED, Kind.SERVER_ERROR, Kind.DENIED, Kind.UNREACHABLE, Kind.TIMEOUT_AFTER]
        ),
    )
    def an_outage_begins(self, call: str, kind: Kind) -> None:
        self._step()
        self.outage = (call, kind)

    @rule(call=st.sampled_from(BATCH_CALLS), times=st.integers(1, 3))
    def a_batch_will_be_taken_in_part(self, call: str, times: int) -> None:
        self._step()
        self.pending += [(call, Kind.PARTIAL)] * times

    @rule(customer=st.integers(0, CUSTOMERS - 1), call=st.sampled_from((*BATCH_CALLS, "PutItem")))
    def both_sources_run_at_once(self, customer: int, call: str) -> None:
        """The queue's function starts, runs and ends while the stream's is about to make a call."""
        self._step()
        for source in ("stream", "queue"):
            self.numbers += 1
            self.pipeline.send(source, order(self.numbers, customer))
        self.pipeline.aws.meanwhile = (call, self.pipeline.queue.step)
        self.pipeline.stream.step()
        self.pipeline.aws.meanwhile = None

    @rule()
    def the_outage_ends(self) -> None:
        self._step()
        self.outage = None

    @rule(seconds=st.integers(1, 600))
    def time_passes(self, seconds: int) -> None:
        self._step()
        self.pipeline.aws.clock.advance(seconds)

    @rule(release=st.sampled_from(RELEASES), first=SOURCES)
    def a_release_is_deployed(self, release: Release, first: str) -> None:
        """One function is updated now, the other one when the deployment goes on."""
        self._step()
        self.before, self.release = self.release, release
        self._function(first).deploy(release)

    @rule(source=SOURCES)
    def the_deployment_goes_on(self, source: str) -> None:
        self._step()
        self._function(source).deploy(self.release)

    @rule()
    def the_deployment_is_rolled_back(self) -> None:
        """Functions go back to the release before, whatever they have written by this one."""
        self._step()
        self.release = self.before
        for source in ("stream", "queue"):
            self._function(source).deploy(self.before)

    @precondition(lambda self: self.keys_made < MOST_KEYS)
    @rule(name=st.sampled_from((TOKEN_KEY, SUBJECT_KEY)))
    def another_version_of_a_key_is_made(self, name: str) -> None:
        """It begins an hour later, for what arrives from then on."""
        self._step()
        self.keys_made += 1
        self.pipeline.another_key(name)

    @precondition(lambda self: self.hours < MOST_HOURS)
    @rule()
    def an_hour_passes(self) -> None:
        self._step()
        self.hours += 1
        self.pipeline.aws.clock.advance(LEAD / 1000)

    def _function(self, source: str) -> Function:
        return self.pipeline.stream.function if source == "stream" else self.pipeline.queue.function

    @rule()
    def environments_are_recycled(self) -> None:
        self._step()
        self.pipeline.stream.function.cool()
        self.pipeline.queue.function.cool()

    def teardown(self) -> None:
        with self._stack:
            self.pending, self.outage = [], None
            try:
                self.pipeline.drain()
                wrong = self.pipeline.violations()
            except Endless as error:
                wrong = [str(error)]
            except PipelineError as error:
                wrong = [f"the oracle could not read what was written: {type(error).__name__}"]
            if wrong:
                raise Violation(wrong[:3])

    def _step(self) -> None:
        global steps_taken  # noqa: PLW0603 -- hypothesis makes the machines
        steps_taken += 1

    def _fault(self, _: int, name: str) -> Kind | None:
        for at, (call, kind) in enumerate(self.pending):
            if call in {name, "any"}:
                del self.pending[at]
                return kind
        if self.outage and self.outage[0] in {name, "any"}:
            return self.outage[1]
        return None


def run(number: int, least_steps: int, *, shrink: bool = True) -> int:
    """Runs the machine from one seed until it has taken enough steps; returns how many it took.

    Raises:
        Violation: the oracle found one.
    """
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    before = steps_taken
    while steps_taken - before < least_steps:
        machine = type("FaultMachine", (FaultMachine,), {})
        seeded: Any = seed(number + steps_taken - before)(machine)
        run_state_machine_as_test(
            seeded,
            settings=settings(
                max_examples=10,
                stateful_step_count=STEPS_EACH,
                deadline=None,
                database=None,
                phases=phases,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    return steps_taken - before
