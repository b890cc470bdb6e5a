"""Follows one raw record from its arrival to its outcome: what the stages made of it, and where and why it failed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ParamSpec, TypeVar

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord, PipelineError, Transient, Unforeseen
from tokenizer.pipeline.catalog import EventPlan
from tokenizer.pipeline.sanitize import Draft
from tokenizer.records import Letter, Outcome, RawRecord, SanitizedRecord

P = ParamSpec("P")
R = TypeVar("R")


class Stage(StrEnum):
    """Lists the stages of a record's way in their order. Letters and logs show these names."""

    READING = "reading"
    SANITIZING = "sanitizing"
    ALIASING = "claiming aliases"
    RESOLVING = "resolving consistent values"
    SEALING = "sealing"
    WRITING = "writing the vault"
    SERIALIZING = "serializing"
    PUBLISHING = "publishing"
    LETTER = "dead-lettering"


@dataclass(slots=True, eq=False)
class InFlight:
    """Holds one record of a batch with everything that has been made of it so far.

    Args:
        raw: the record as it arrived.
        stage: the stage that the record has reached, or at which it failed.
        failure: why it failed; it goes no further then.
        kept: the bytes that a dead letter may hold, which are the raw ones without sensitive authentication data; None
            while it isn't known which they are.
        event_type: the type that it names, if a schema has it.
        plan: the plan of its type and version, once they are known.
        draft: the sanitized event before its tokens are final.
        aliases: the alias that is shown, by the token whose place it takes.
        erased_until: milliseconds since 1970 up to which its subject's values are erased; 0 if they are not.
        event: the sanitized event, once its tokens can be read.
        letter: why it is dead-lettered.
        unsent: why its letter could not be sent.
        unannounced: why the event that says so could not be published.
    """

    raw: RawRecord
    stage: Stage = Stage.READING
    failure: PipelineError | None = None
    kept: bytes | None = field(default=None, repr=False)
    event_type: str | None = None
    plan: EventPlan | None = field(default=None, repr=False)
    draft: Draft | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    erased_until: int = 0
    event: SanitizedRecord | None = None
    letter: BadRecord | None = None
    unsent: PipelineError | None = None
    unannounced: PipelineError | None = None

    @property
    def late(self) -> bool:
        """Returns True if its subject was erased after it arrived."""
        return self.draft is not None and self.draft.arrived <= self.erased_until

    def run(self, stage: Stage, compute: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Computes a stage of this record. Whatever goes wrong in it fails this record, and no other.

        Returns:
            What the stage returns, or None if it failed.
        """
        self.stage = stage
        try:
            return compute(*args, **kwargs)
        except PipelineError as error:
            self.failure = error
        except Exception as error:  # noqa: BLE001 -- any error; only its class is shown
            self.failure = Unforeseen(f"{stage}: {type(error).__name__}")
        return None

    def fail(self, stage: Stage, failure: PipelineError | None) -> None:
        """Notes that a call for this record failed. Without a failure, or if it failed before, nothing changes."""
        if failure is not None and self.failure is None:
            self.stage, self.failure = stage, failure

    def final(self) -> BadRecord | None:
        """Returns why the record is dead-lettered now, or None if it is published or delivered again.

        Without bytes to keep, a record of a queue has no letter: SQS still has the message, and moves it to the queue of
        unprocessed ones after its last delivery. A record of the stream has one with its position alone.
        """
        failure = self.failure
        if failure is None or (self.kept is None and self.raw.source.stream is None):
            return None
        if isinstance(failure, BadRecord):
            return failure
        if not isinstance(failure, Transient):
            cause = str(failure).removeprefix(f"{self.stage}: ")
            return BadRecord(ErrorCode.INVALID_FIELD, f"{self.stage}: {cause}")
        if not self.raw.last_attempt or self.kept is None:
            return None
        return BadRecord(
            ErrorCode.RETRIES_EXHAUSTED, f"delivery {self.raw.attempts}, the last, failed: {failure}"
        )

    def drop_bytes(self) -> bool:
        """Returns True if a letter that could not be sent is sent with the record's position alone."""
        failure, bad = self.unsent, self.letter
        if failure is None or bad is None or isinstance(failure, Transient) or self.raw.source.stream is None:
            return False
        self.stage, self.kept = Stage.LETTER, None
        self.letter = BadRecord(bad.code, f"{self.stage}: {failure}; {bad.message}", bad.paths)
        return True

    def to_letter(self, letter_id: str) -> Letter:
        """Returns the dead letter of the record.

        Raises:
            ValueError: it is not dead-lettered.
        """
        raw, bad = self.raw, self.letter
        if bad is None:
            raise ValueError("a record that is not at fault has no letter")
        return Letter(
            bad.code,
            bad.message,
            raw.identity,
            raw.source,
            raw.attempts,
            self.kept or b"",
            letter_id,
            position_alone=self.kept is None,
        )

    def outcome(self) -> Outcome:
        """Returns what became of the record."""
        hits = self.draft.guard_hits if self.draft is not None else ()
        if self.failure is None:
            return Outcome(self.raw, None, None, hits, self.event)
        cause = self.unsent or self.failure
        return Outcome(
            self.raw,
            letter=None if self.unsent else self.letter,
            failure=cause if self.unsent or not self.letter else None,
            guard_hits=hits,
            event=self.event,
            stage=str(self.stage),
            cause=cause,
            unannounced=self.unannounced,
        )


def drafts(batch: Iterable[InFlight]) -> Iterator[tuple[InFlight, Draft]]:
    """Yields the records that have not failed, with their drafts."""
    for record in batch:
        if record.failure is None and record.draft is not None:
            yield record, record.draft
