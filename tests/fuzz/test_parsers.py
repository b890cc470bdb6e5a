"""Every parser that outsiders reach, fed what nobody would send.

A short run with new inputs is part of `make test`, which prints its seed; `make fuzz` runs on for minutes. What is found is kept in
`corpus/`, beside the seeds, and from then on belongs to the short run.
"""

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import api, records, replaying
from tests.fuzz.inputs import documents, seeds, texts

# The examples of the short run. `make fuzz` asks for more.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "120"))
Target = Callable[[bytes], None]

TARGETS: dict[str, tuple[Target, Callable[[str], st.SearchStrategy[bytes]]]] = {
    "raw_record": (records.raw_record, documents),
    "json_text": (records.json_round_trip, texts),
    "aggregate": (records.aggregate, texts),
    "token": (records.token, texts),
    "lambda_event": (records.lambda_event, documents),
    "letter": (replaying.letter, documents),
    "seal": (replaying.seal, texts),
    "failure_record": (replaying.failure_record, documents),
    "edit": (replaying.edit, documents),
    "request": (replaying.request, documents),
    "gateway": (api.gateway, documents),
    "bus_message": (api.bus_message, documents),
}
SEEDS = [(name, at) for name in TARGETS for at in range(len(seeds(name)))]
fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)


@pytest.mark.parametrize(("name", "at"), SEEDS)
def test_a_kept_input_breaks_no_promise(name: str, at: int) -> None:
    TARGETS[name][0](seeds(name)[at])


@pytest.mark.parametrize("name", TARGETS)
@fuzz
@given(data=st.data())
def test_no_input_breaks_a_promise(name: str, data: st.DataObject) -> None:
    target, inputs = TARGETS[name]
    given_bytes = data.draw(inputs(name))
    target(given_bytes)
