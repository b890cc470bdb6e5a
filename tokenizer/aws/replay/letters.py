"""Opens, reveals and edits our own sealed letters."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonpatch
from pydantic import ValidationError

from schemas.dead_letter import DeadLetter, LetterSource
from schemas.fault import Fault
from schemas.wrappers import Wrapper, attributes_of, event_in, taken_out, wrapped_again, wrapper_of
from tokenizer import json_text
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import BadRecord, PipelineError, Refused
from tokenizer.identity import Identity
from tokenizer.pipeline.catalog import catalog
from tokenizer.replay.messages import (
    REFUSED,
    SKIPPED,
    UNAVAILABLE,
    Entry,
    Result,
    arrival,
    entry,
    letter_id,
    revision,
)

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


_AHEAD = 300  # seconds that a source's clock may be ahead of ours
_MOST_BYTES = 10 * 1024 * 1024  # bytes; the largest record that Kinesis can be configured to accept
# The last six come from patches that hold no valid operations, and from values that are no JSON.
_NO_FIT = (
    jsonpatch.JsonPatchException,
    jsonpatch.JsonPointerException,
    BadRecord,
    Fault,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """Holds a letter's record in clear."""

    source: LetterSource
    data: bytes = field(repr=False)

    @property
    def letter_id(self) -> str:
        """Returns the id of the letter, as the audit trail has it."""
        return letter_id(self.source)

    @property
    def event_type(self) -> str | None:
        """Returns the type that the record is read as, or that it names; None if none can be read."""
        try:
            record = json_text.parse(self.data)
            event = event_in(record)
        except (BadRecord, Fault):
            return None
        if not isinstance(event, dict):
            return None
        known, named = catalog().read_as(event, attributes_of(record))[0], event.get("event_type")
        return known or (named if isinstance(named, str) else None)

    def edited(self, new: bytes) -> "Opened":
        """Returns the record with other bytes and a new identity, which includes the old one."""
        return Opened(self.source.model_copy(update={"edited": revision(self.data, new)}), new)

    def patched(self, patch: Sequence[Any]) -> "Opened":
        """Returns the record with a JSON Patch (RFC 6902) applied: to the event, if the record is wrapped.

        Raises:
            Refused: the patch does not fit the record, or its result could not be read again.
        """
        try:
            record = json_text.parse(self.data)
            wrapper = wrapper_of(record)
            event = _patched(record, patch) if wrapper is None else _in_wrapper(record, wrapper, patch)
            # Read again: what the edited record says is what a reader of its text understands, numbers included.
            changed = json_text.dump(json_text.parse(json_text.dump(event)))
        except _NO_FIT:
            raise Refused(REFUSED, "the patch does not fit the record") from None
        return self.edited(changed)


def _patched(record: Any, patch: Sequence[Any]) -> Any:
    """Applies one operation after the other, because each copy may double the size of the record.

    Raises:
        ValueError: the record became larger than any source accepts.
    """
    for operation in patch:
        record = jsonpatch.apply_patch(record, [operation], in_place=True)
        if operation["op"] == "copy" and len(json_text.dump(record)) > _MOST_BYTES:
            raise ValueError("the record grew too large")
    return record


def _in_wrapper(record: Mapping[str, Any], wrapper: Wrapper, patch: Sequence[Any]) -> dict[str, Any]:
    """Applies a patch to the event in a wrapper.

    Raises:
        Fault: there is no event in it.
        LookupError: the patch removed the wrapper's own fields.
    """
    event = taken_out(record, wrapper)
    others = next(reversed(event))
    changed = _patched(event, patch)
    held = changed.pop(others)
    return wrapped_again({**changed, others: held}, wrapper)


class Letters:
    """Opens the letters of one stack."""

    def __init__(
        self, opener: Opener, s3: "S3Client", sources: Collection[str], clock: Callable[[], float]
    ) -> None:
        """Accepts letters whose records came from one of some sources, given by ARN.

        `clock` returns seconds since 1970.
        """
        self._opener = opener
        self._s3 = s3
        self._sources = frozenset(sources)
        self._clock = clock

    def open(self, body: str) -> Opened:
        """Returns the record in a letter.

        Raises:
            Refused: the text is no sealed letter, or another stack's.
            PipelineError: the letter was tampered with, or a service failed.
        """
        try:
            letter = DeadLetter.model_validate_json(body)
            Identity.of_source(letter.source)
            arrived = arrival(letter.source)
        except (ValidationError, ValueError):
            raise Refused(REFUSED, "the message is no sealed dead letter") from None
        if arrived > self._clock() + _AHEAD:
            raise Refused(REFUSED, "the letter's record arrives in the future")
        if (letter.source.stream or letter.source.queue) not in self._sources:
            raise Refused(REFUSED, "the letter is from another stack")
        sealed = letter.sealed or self._stored(letter.sealed_object or "")
        return Opened(letter.source, self._opener.open(sealed, letter.source))

    def entries(
        self, bodies: Sequence[str], event_types: Collection[str]
    ) -> tuple[dict[int, Entry], dict[int, Result]]:
        """Returns records of a Lambda event, or the results of the letters that are none, by position."""
        entries: dict[int, Entry] = {}
        results: dict[int, Result] = {}
        for position, body in enumerate(bodies):
            try:
                opened = self.open(body)
                if event_types and opened.event_type not in event_types:
                    results[position] = {"status": SKIPPED, "message": "of another event type"}
                else:
                    entries[position] = entry(opened.source, opened.data)
            except Refused as why:
                results[position] = {"status": REFUSED, "message": str(why)}
            except PipelineError as error:
                results[position] = {"status": UNAVAILABLE, "message": f"{type(error).__name__}: {error}"}
        return entries, results

    @translated("fetching a large letter")
    def _stored(self, sealed_object: str) -> bytes:
        bucket, _, key = sealed_object.removeprefix("s3://").partition("/")
        return self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
