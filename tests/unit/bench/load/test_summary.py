from dataclasses import replace

from bench.load.answers import LEAK
from bench.load.summary import Row, Summary

ROW = Row("a", 100, 0, 1.0, 1.0, 5.0, 6.0, 7.0, 8.0)
GOOD = Summary([ROW], {}, ["a"], 0.01)


def test_a_run_within_its_bounds_has_no_complaints() -> None:
    assert GOOD.complaints() == []
    assert replace(GOOD, rows=[replace(ROW, failures=1)]).complaints() == []


def test_too_many_failures_are_complained_of() -> None:
    assert replace(GOOD, rows=[replace(ROW, failures=2)]).complaints() == [
        "2.00% of the requests failed, more than 1.00%"
    ]


def test_one_leak_spoils_a_run_however_many_failures_are_borne() -> None:
    leaky = replace(GOOD, errors={f"a: {LEAK}": 1}, most_failures=1.0)
    assert leaky.complaints() == ["1 answers leaked"]
    assert leaky.as_json()["leaked"] == 1


def test_a_kind_that_was_never_asked_for_is_complained_of() -> None:
    assert replace(GOOD, kinds=["a", "b"]).complaints() == ["no request of the kind 'b' was made"]


def test_a_run_without_a_request_is_no_success() -> None:
    assert Summary([], {}, [], 0.01).complaints() == ["100.00% of the requests failed, more than 1.00%"]
