"""Measures the CPU time of each stage of the path, without that of the stages inside it.

The stages' functions are wrapped for the time of the measurement. A wrapper costs about as much as the smallest stage,
so its own cost is measured too and taken out, call by call.
"""

import importlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

REST = "rest"

# A stage and the functions that are it, each named where its callers look it up.
STAGES: dict[str, tuple[str, ...]] = {
    "receive (base64, identities)": ("handlers.tokenize_stream:kinesis_records",),
    "parse": ("tokenizer.json_text:parse",),
    "authentication data": (
        "tokenizer.pipeline.cleaning:may_hold_authentication_data",
        "tokenizer.pipeline.cleaning:strip_authentication_data",
    ),
    "validate": ("tokenizer.pipeline.catalog:EventPlan.validate",),
    "sanitize": ("tokenizer.pipeline.sanitize:Sanitizer.sanitize",),
    "guard": (
        "tokenizer.pipeline.sanitize:find_leak",
        "tokenizer.pipeline.sanitize:may_hold",
        "tokenizer.pipeline.sanitize:own_values",
    ),
    "tokens": (
        "tokenizer.vault.tokens:TokenKey.record_id",
        "tokenizer.vault.tokens:SubjectKey.value_record_id",
        "tokenizer.vault.tokens:TokenKey.tag",
        "tokenizer.vault.tokens:TokenKey.ingest_id",
        "tokenizer.vault.tokens:ScopeKeys.blind_index",
        "tokenizer.vault.tokens:ScopeKeys.seal",
        "tokenizer.vault.tokens:SubjectKey.subject",
    ),
    "serialize": ("tokenizer.json_text:dump",),
    "seal (encryption SDK)": ("tokenizer.aws.vault.vault:encrypt_dynamodb_item",),
    "deflate": ("tokenizer.aws.vault.vault:packed",),
    "write the vault": ("tokenizer.aws.vault.vault:VaultWriter.put",),
    "blind index": (
        "tokenizer.aws.pipeline.blind_index:DynamoBlindIndex.lookup",
        "tokenizer.aws.pipeline.blind_index:DynamoBlindIndex.claim",
    ),
    "erasures": ("tokenizer.aws.erasure.marks:DynamoErasures.until",),
    "publish": ("tokenizer.aws.pipeline.bus:EventBridgeBus.publish",),
    "log and metrics": ("handlers.tokenize_stream:log_batch",),
}


class Stopwatch:
    """Records each stage's own CPU time, in seconds; what runs outside of all stages is `rest`."""

    def __init__(self, network: Any) -> None:
        self._network = network
        self._open: list[str] = [REST]
        self._last = 0.0
        self._taken_out = 0.0
        self.seconds: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._inner: Counter[str] = Counter()

    def start(self) -> None:
        """Starts with the time outside of all stages."""
        self._last, self._taken_out = time.process_time(), self._network.cpu

    def stop(self) -> None:
        """Books what has run since the last change of stage."""
        self._book()

    def wrapped(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Returns a function whose time is its stage's."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self._book()
            self._inner[self._open[-1]] += 1
            self._open.append(stage)
            self.calls[stage] += 1
            try:
                return function(*args, **kwargs)
            finally:
                self._book()
                self._open.pop()

        return call

    def own_seconds(self) -> dict[str, float]:
        """Returns the seconds by stage, without what the wrappers took."""
        outer, own = wrapper_costs()
        return {
            stage: max(0.0, seconds - self.calls[stage] * own - self._inner[stage] * outer)
            for stage, seconds in self.seconds.items()
        }

    def _book(self) -> None:
        now, network = time.process_time(), self._network.cpu
        self.seconds[self._open[-1]] += (now - self._last) - (network - self._taken_out)
        self._last, self._taken_out = now, network


@contextmanager
def watched(watch: Stopwatch) -> Iterator[None]:
    """Puts a stopwatch into every stage."""
    with ExitStack() as stack:
        for stage, names in STAGES.items():
            for name in names:
                module, _, path = name.partition(":")
                holder: Any = importlib.import_module(module)
                *parents, last = path.split(".")
                for parent in parents:
                    holder = getattr(holder, parent)
                stack.enter_context(
                    mock.patch.object(holder, last, watch.wrapped(stage, getattr(holder, last)))
                )
        yield


def wrapper_costs(calls: int = 2_000) -> tuple[float, float]:
    """Returns the seconds that a wrapper adds to the stage around it, and to its own stage, per call."""

    class Nothing:
        cpu = 0.0

    watch = Stopwatch(Nothing())
    empty = watch.wrapped("inner", lambda: None)
    started = time.process_time()
    for _ in range(calls):
        pass
    loop = time.process_time() - started
    watch.start()
    for _ in range(calls):
        empty()
    watch.stop()
    return (watch.seconds[REST] - loop) / calls, watch.seconds["inner"] / calls
