"""The real handlers over a stubbed network, one process for all: what they print is what CloudWatch gets.

`python -m tests.support.fakes.emitting`, with the environment that the template gives to functions. Whatever can be counted happens: an
order, a poison record, a card number in a note, a sweep of tokens over honey and beyond a budget, an audit line that is not written, a declined charge, a sweep of
erasures, a delivery that is refused.
"""

import json
import os
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

from bench.engine.path import Path
from bench.network import Network
from bench.workload import CONSISTENT, CONTEXT, orders, stream_event
from handlers import erase, pay, reveal
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.endless_vault import EndlessVault, token_of
from tests.support.fakes.reveals import CountedRevealing
from tests.support.fakes.unwritten import unwritten
from tests.support.fakes.world import FakeAliases
from tokenizer.alarm_metrics import PAYMENT_DECLINED
from tokenizer.aws.platform import counters
from tokenizer.callers import Caller
from tokenizer.errors import Refused

FROM_TEMPLATE = {name: value for name, value in os.environ.items() if name.startswith("POWERTOOLS_")}


class _Letters(Network):
    def _send_message_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        return {"Successful": [{"Id": each["Id"]} for each in asked["Entries"]], "Failed": []}


def batch() -> dict[str, Any]:
    """Returns an order of an unknown customer, one whose note holds a card number, and a record that is no JSON."""
    plain, noted = orders(CONSISTENT, 2)
    event = json.loads(noted)
    event["order"]["notes"] = "card 4111 1111 1111 1111"
    return stream_event([plain, json.dumps(event).encode(), b"{"])


def tokenize() -> None:
    """The stream's function, started by Lambda and handed a batch, and another one that somebody made up."""
    with _Letters().installed() as network:
        path = Path(network, reload=False)
        os.environ.update(FROM_TEMPLATE)  # which the benchmark's own has replaced
        path.run(batch())
        forged = batch()
        forged["Records"][0]["eventSourceARN"] = "arn:aws:kinesis:us-east-1:123456789012:stream/other"
        with suppress(RuntimeError):
            path.run(forged)


def ask() -> None:
    """A caller who sweeps a thousand tokens, one of them honey."""
    controls = CountedRevealing(EndlessVault(10_000), FakeAliases(), FakeAudit())
    controls.honey.tokens = {token_of(42)}
    reveal._reveals = lambda: controls.reveals  # type: ignore[assignment]  # the fakes in the place of AWS
    thief = Caller("thief", ("payments",))
    for handler in (reveal, pay):
        vars(handler)["identified_caller"] = lambda *_: thief
    for first in range(0, 1_000, 100):
        tokens = [token_of(number) for number in range(first, first + 100)]
        reveal.handler({"tokens": tokens, "purpose": "charge"}, CONTEXT)  # type: ignore[arg-type]  # all that is asked of a context


def ask_in_vain() -> None:
    """A caller whose line the audit trail does not take."""
    reveal._reveals = lambda: SimpleNamespace(answer=unwritten)  # type: ignore[assignment]  # the same
    reveal.handler({"tokens": [token_of(1)], "purpose": "charge"}, CONTEXT)  # type: ignore[arg-type]  # the same


def decline() -> None:
    """A charge that the gateway declines."""

    def declined(*_: Any) -> None:
        counters.count(PAYMENT_DECLINED)
        raise Refused("not_payable", "the test needs no answer")

    pay._cashier = lambda: SimpleNamespace(pay=declined)  # type: ignore[assignment]  # the same
    pay.handler({"order_id": "o", "key": "k"}, CONTEXT)  # type: ignore[arg-type]  # the same


def sweep() -> None:
    """The erase function, as its schedule calls it."""
    counted = SimpleNamespace(sweep=lambda _: {"swept": 2, "failed": 0, "unproven": 0})
    erase._service = lambda: counted  # type: ignore[assignment,return-value]  # the same
    erase.handler({"sweep": True}, CONTEXT)  # type: ignore[arg-type]  # the same


if __name__ == "__main__":
    tokenize()
    ask()
    ask_in_vain()
    decline()
    sweep()
