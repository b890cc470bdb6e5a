"""Counts what a run costs: bytecodes, calls into C, peak memory. The counts are the same on every machine.

callgrind would count machine instructions, but takes half a minute for a cold start and one small batch, and two of those
would be needed; the interpreter's own instructions and its calls into C tell of most changes as well, in a second.
"""

import gc
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any

Run = Callable[[], object]


def bytecodes(run: Run) -> int:
    """Returns the instructions of the interpreter."""
    if sys.version_info >= (3, 12):  # where 3.13 traces no instructions of a frame that is entered
        return _monitored(run)
    count = 0

    def inside(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "opcode"
        return inside

    def entered(frame: FrameType, _event: str, _argument: Any) -> Any:
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return inside

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


if sys.version_info >= (3, 12):

    def _monitored(run: Run) -> int:
        count = 0

        def executed(_code: object, _offset: int) -> None:
            nonlocal count
            count += 1

        tool, event = sys.monitoring.PROFILER_ID, sys.monitoring.events.INSTRUCTION
        sys.monitoring.use_tool_id(tool, __name__)
        sys.monitoring.register_callback(tool, event, executed)
        sys.monitoring.set_events(tool, event)
        try:
            run()
        finally:
            sys.monitoring.set_events(tool, 0)
            sys.monitoring.register_callback(tool, event, None)
            sys.monitoring.free_tool_id(tool)
        return count


def c_calls(run: Run) -> int:
    """Returns the calls of functions that are written in C."""
    count = 0

    def called(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "c_call"

    before = sys.getprofile()
    sys.setprofile(called)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


def peak_bytes(run: Run) -> int:
    """Returns the most memory that a run has allocated at one time, beyond what was there before."""
    gc.collect()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def blocks_left(run: Run, times: int) -> float:
    """Returns the blocks of memory that each of many runs leaves behind."""
    run()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(times):
        run()
    gc.collect()
    return (sys.getallocatedblocks() - before) / times
