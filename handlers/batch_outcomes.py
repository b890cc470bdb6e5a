"""Logs and counts the outcomes of a batch, and makes the answers to replays and waiting callers."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from handlers.runtime import fail, logger, metrics
from tokenizer.aws.platform import counters, timing, traces
from tokenizer.errors import BadRecord, PipelineError, Transient, VaultIntegrity
from tokenizer.messages.mode import Mode
from tokenizer.messages.tokenize import RecordOutcome, TokenizeAnswer
from tokenizer.pipeline.deliveries import Starts
from tokenizer.records import Outcome
from tokenizer.replay.messages import FAILED, PUBLISHED, UNAVAILABLE
from tokenizer.time_budget import Budget

_IDS_TOLD = 20
_RECORDS_OF_A_LINE = 1_000  # some 95 KB: an aggregate may hold thousands, and a log line ends at 256 KB


@dataclass(frozen=True, slots=True)
class LoggedStarts:
    """Is a table of unfinished starts that logs when it can't be reached. Work goes on without it, so nobody else says so."""

    table: Starts

    def unfinished(self, ids: Collection[str], budget: Budget) -> Mapping[str, int | PipelineError]:
        """Returns what the table does, and logs why a count can't be read."""
        found = self.table.unfinished(ids, budget)
        _log_unreached(each for each in found.values() if isinstance(each, PipelineError))
        return found

    def note(self, starts: Mapping[str, int], budget: Budget) -> Mapping[str, PipelineError]:
        """Returns what the table does, and logs why a count can't be set."""
        failed = self.table.note(starts, budget)
        _log_unreached(failed.values())
        return failed


def _log_unreached(errors: Iterable[PipelineError]) -> None:
    for name, reason in sorted({(type(each).__name__, str(each)) for each in errors}):
        fail(name, reason)


def log_batch(outcomes: Sequence[Outcome]) -> None:
    """Logs and counts the outcomes of a batch: codes and counts, no values.

    The batch is done by then. So an error in here is logged and not raised, because Lambda would only repeat the batch.
    """
    try:
        _log(outcomes)
    except Exception as error:  # noqa: BLE001 -- any error; only its class is shown
        fail(type(error).__name__, "a batch could not be logged")


def _log(outcomes: Sequence[Outcome]) -> None:
    codes = Counter(str(each.letter.code) for each in outcomes if each.letter)
    failures = Counter(type(each.failure).__name__ for each in outcomes if each.failure)
    counts = {
        "received": len(outcomes),
        "published": sum(each.published for each in outcomes),
        "dead_lettered": codes.total(),
        "unannounced": sum(each.unannounced is not None for each in outcomes),
        "to_retry": failures.total(),
        "denied": failures["Denied"],
        "tampered": sum(isinstance(each.cause, VaultIntegrity) for each in outcomes if each.cause),
    }
    asked, stages = counters.take(), timing.take()
    counts["retried"] = asked.pop(counters.RETRIED, 0)
    record_lines = [_record_line(each) for each in outcomes]
    logger.info(
        "batch",
        extra={
            **counts,
            "calls": asked,
            "milliseconds": _milliseconds(stages),
            "ids": _ids(outcomes),
            "codes": codes,
            "failures": failures,
            "reasons": _reasons(outcomes),
        },
    )
    if (codes or failures) and (culprits := _culprits(outcomes)):
        logger.error("at fault", extra={"records": culprits})
    for start in range(0, len(record_lines), _RECORDS_OF_A_LINE):
        logger.info("records", extra={"records": record_lines[start : start + _RECORDS_OF_A_LINE]})
    for name, count in (counts | {f"{service}_calls": calls for service, calls in asked.items()}).items():
        metrics.add_metric(name.title().replace("_", ""), MetricUnit.Count, count)
    now = time.time()
    for each in outcomes:
        if each.published:
            waited = max(0.0, now - each.record.arrived_at.timestamp())
            metrics.add_metric("Latency", MetricUnit.Milliseconds, round(waited * 1000))
    metrics.flush_metrics()
    for code, count in codes.items():
        with single_metric("DeadLetteredByCode", MetricUnit.Count, count) as metric:
            metric.add_dimension("code", code)
    hits = Counter(path for each in outcomes if each.published for path in each.guard_hits)
    for path, count in hits.items():
        with single_metric("GuardHits", MetricUnit.Count, count) as metric:
            metric.add_dimension("path", path)
    traces.add(stages, counts, record_lines)


def tokenize_answer(outcomes: Sequence[Outcome], mode: Mode) -> dict[str, Any]:
    """Returns the answer to a replay or a waiting caller: each record's outcome, and events if the mode shows them."""
    answers = tuple(_outcome(each, shows_event=mode.shows_events) for each in outcomes)
    return TokenizeAnswer(outcomes=answers).model_dump(exclude_none=True)


def _outcome(outcome: Outcome, *, shows_event: bool) -> RecordOutcome:
    place: dict[str, Any] = {"item": outcome.record.item_id, "sub": outcome.record.source.sub_sequence_number}
    if outcome.letter is not None:
        return RecordOutcome(
            **place, status=FAILED, code=str(outcome.letter.code), message=outcome.letter.message
        )
    if outcome.failure is not None:
        return RecordOutcome(**place, status=UNAVAILABLE, message=str(outcome.failure))
    detail = outcome.event.detail.decode() if shows_event and outcome.event is not None else None
    return RecordOutcome(**place, status=PUBLISHED, detail=detail)


def _record_line(outcome: Outcome) -> str:
    """Returns a record's place and outcome.

    The outcome is the event's ingest id; or a letter's code, or the error if the record comes again, with the stage.
    """
    place = _place(outcome)
    if outcome.letter is not None:
        return f"{place} {outcome.letter.code} {outcome.stage}"
    if outcome.failure is not None or outcome.event is None:
        return f"{place} {type(outcome.failure).__name__} {outcome.stage}"
    return f"{place} {outcome.event.ingest_id}"


def _culprits(outcomes: Sequence[Outcome]) -> list[str]:
    """Returns place, stage and error of the first few records that failed for no reason that a schema foresees."""
    return [
        f"{_place(each)} {each.letter.message if each.letter else each.cause}"
        for each in outcomes
        if each.cause is not None and not isinstance(each.cause, (BadRecord, Transient))
    ][:_IDS_TOLD]


def _place(outcome: Outcome) -> str:
    sub = outcome.record.source.sub_sequence_number
    return outcome.record.item_id if sub is None else f"{outcome.record.item_id}.{sub}"


def _milliseconds(stages: Sequence[timing.Span]) -> dict[str, int]:
    """Returns the milliseconds of each stage, with all of its calls."""
    taken: Counter[str] = Counter()
    for each in stages:
        taken[each.stage] += round((each.ended - each.began) * 1000)
    return dict(taken)


def _ids(outcomes: Sequence[Outcome]) -> list[str]:
    """Returns where the records came from that were not published: stream positions or message ids."""
    return [each.record.item_id for each in outcomes if not each.published][:_IDS_TOLD]


def _reasons(outcomes: Sequence[Outcome]) -> list[str]:
    """Returns the first few different reasons to try again."""
    return sorted({str(each.failure) for each in outcomes if each.failure})[:3]
