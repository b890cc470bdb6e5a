"""Runs the demo: the main job on a local stack of its own, start to end, with every figure measured.

This file decides what happens in which order, and that nothing is left running. The steps are in `steps.py`, what
their figures must be in `checks.py`.
"""

import signal
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from types import FrameType, MappingProxyType

from local.demo.actors import Consumer, Operator
from local.demo.analyst import Analyst
from local.demo.checks import Figure
from local.demo.steps import Steps
from local.demo.verifications import complaints, function_logs
from local.demo.view import View
from local.demo.workload import Workload, load
from local.emulator.lifecycle import running
from local.emulator.stack import Stack
from ops.errors import Interrupted

_SEED = 20261123


def main(orders: int, parameters: Mapping[str, str] = MappingProxyType({})) -> int:
    """Runs the demo; returns 0 only if every figure is right. Leaves nothing running.

    Args:
        orders: how many are sent, beside what is broken or sent twice; 20 or more.
        parameters: of the stack, beside those that every local stack has.

    Raises:
        Interrupted: somebody ended it.
        LocalStackError: the stack did not start, or did not answer.
    """
    view, started = View(), monotonic()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _interrupt)
    try:
        with (
            TemporaryDirectory(prefix="order-tokenizer-demo-", ignore_cleanup_errors=True) as directory,
            running(Path(directory) / "stack", view.step, parameters) as stack,
        ):
            lake = Path(directory) / "lake"
            figures = demonstrate(stack, view, load(orders, _SEED), lake)
    except KeyboardInterrupt:
        raise Interrupted("interrupted: nothing is left running", "`make demo` starts again") from None
    view.closing(figures, monotonic() - started)
    return 0 if all(figure.right for figure in figures) else 1


def demonstrate(stack: Stack, view: View, workload: Workload, lake: Path) -> list[Figure]:
    """Runs the steps in order; the figures come as the closing table shows them.

    Args:
        stack: the running one.
        view: shows each step.
        workload: what is sent.
        lake: a folder for the files that the analyst reads.
    """
    consumer = Consumer.subscribe(stack)
    operator = Operator.of(stack)
    analyst = Analyst(stack, lake) if "AnalystRoleArn" in stack.outputs else None
    steps = Steps(stack, view, workload, consumer, operator, analyst)
    figures = [
        *steps.send(),
        *steps.receive(),
        *steps.orders_table(),
        *steps.dead_letters(),
        *steps.deliver_again(),
        *steps.replay(),
        *steps.refuse(),
        *steps.analyse(),
        *steps.search_for_leaks(),
    ]
    if not all(figure.right for figure in figures):
        view.complaints(complaints(function_logs(stack)))
    return figures


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    # Once is enough: a second Ctrl-C must not stop the cleaning up.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt
