"""Each entry that is sent again is accepted or has an error, whatever the calls before and after answered."""

from collections.abc import Mapping, Sequence

import pytest

from tests.support.fakes.world import ample_budget
from tokenizer.aws.platform.batches import resend
from tokenizer.errors import PipelineError, Rejected, Throttled

_LATER, _NEVER = Throttled("later"), Rejected("never")


@pytest.mark.parametrize("refused_for_good", ["a", "b", "c", "d"])
def test_an_entry_refused_before_a_call_that_is_cut_in_halves_keeps_its_error(refused_for_good: str) -> None:
    calls: list[Sequence[str]] = []

    def send(keys: Sequence[str]) -> Mapping[str, PipelineError]:
        calls.append(tuple(keys))
        if len(calls) == 1:
            return {key: _NEVER if key == refused_for_good else _LATER for key in keys}
        if len(calls) == 2:
            raise Rejected("as a whole")
        return {}

    assert resend(["a", "b", "c", "d"], send, ample_budget(), "a test") == {refused_for_good: _NEVER}
    assert len(calls) == 4


def test_each_half_keeps_what_it_is_refused_for() -> None:
    def send(keys: Sequence[str]) -> Mapping[str, PipelineError]:
        if len(keys) > 1:
            raise Rejected("as a whole")
        return {key: _NEVER for key in keys if key in {"a", "d"}}

    assert resend(["a", "b", "c", "d"], send, ample_budget(), "a test") == {"a": _NEVER, "d": _NEVER}
