"""Lists every table, and the suites that each is made from."""

from collections.abc import Callable

from bench.report import capacity, engine
from bench.report.table import Results, ResultTable

_Maker = tuple[tuple[str, ...], Callable[[Results], ResultTable]]

_MAKERS: tuple[_Maker, ...] = (
    (("engine", "counts", "peers", "cold_start", "memory"), engine.targets),
    (("engine",), engine.engine),
    (("stages",), engine.stages),
    (("counts",), engine.counts),
    (("counts",), engine.by_new_customers),
    (("peers",), engine.peers),
    (("peers",), engine.clouds),
    (("cold_start",), engine.cold_start),
    (("growth",), engine.growth),
    (("engine", "counts", "peers"), capacity.capacity),
    (("engine", "counts"), capacity.limits),
    (("simulation",), capacity.simulation),
    (("end_to_end",), capacity.end_to_end),
)


def tables(results: Results) -> list[ResultTable]:
    """Returns every table whose suites were measured."""
    return [make(results) for needed, make in _MAKERS if all(each in results for each in needed)]
