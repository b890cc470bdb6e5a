"""The stopwatches see every stage: one that is not entered would be told as the rest."""

from bench.engine.path import Path
from bench.engine.stages import REST, STAGES, Stopwatch, watched
from bench.network import Network
from bench.workload import CONSISTENT


def test_every_stage_of_a_batch_is_entered() -> None:
    network = Network()
    with network.installed():
        path = Path(network)
        path.know(CONSISTENT, customers=10)
        event, watch = path.event(CONSISTENT, 10), Stopwatch(network)
        with watched(watch):
            watch.start()
            path.run(event)
            watch.stop()
    assert set(watch.calls) == set(STAGES)
    assert watch.seconds[REST] < sum(watch.seconds.values()) / 2
