"""Sealed letters of ours: opened, outlined, revealed, edited."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonpatch
from pydantic import ValidationError

from schemas.dead_letter import DeadLetter, LetterSource
from tokenizer import json_text
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.errors import BadRecord, PipelineError
from tokenizer.identity import Identity
from tokenizer.replay.messages import REFUSED, SKIPPED, UNAVAILABLE, Entry, Result, arrival, entry, revision

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client


_MOST_BYTES = 10 * 1024 * 1024  # Kinesis: the largest record that a stream can be let take
# The last five come from operations that are no operations, and from values that are no JSON.
_NO_FIT = (
    jsonpatch.JsonPatchException,
    jsonpatch.JsonPointerException,
    BadRecord,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)


class Refused(Exception):
    """Nothing is done with this letter; the text says why, without values."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter's record in clear."""

    source: LetterSource
    data: bytes = field(repr=False)

    @property
    def event_type(self) -> str | None:
        """The record's event type, None where it has none that can be read."""
        try:
            event = json_text.parse(self.data)
        except BadRecord:
            return None
        found = event.get("event_type") if isinstance(event, dict) else None
        return found if isinstance(found, str) else None

    def edited(self, new: bytes) -> "Opened":
        """The record with other bytes, under an identity of its own that names the old one."""
        return Opened(self.source.model_copy(update={"edited": revision(self.data, new)}), new)

    def patched(self, patch: Sequence[Any]) -> "Opened":
        """The record with a JSON Patch (RFC 6902) applied.

        Raises:
            Refused: the patch does not fit the record, or makes of it what could not be read again.
        """
        try:
            changed = json_text.dump(_patched(json_text.parse(self.data), patch))
            json_text.parse(changed)
        except _NO_FIT:
            raise Refused("the patch does not fit the record") from None
        return self.edited(changed)


def _patched(record: Any, patch: Sequence[Any]) -> Any:
    """One operation after the other, since each copy may double the record.

    Raises:
        ValueError: it outgrew what any source takes.
    """
    for operation in patch:
        record = jsonpatch.apply_patch(record, [operation], in_place=True)
        if operation["op"] == "copy" and len(json_text.dump(record)) > _MOST_BYTES:
            raise ValueError("the record grew too large")
    return record


class Letters:
    """Opens the letters of one stack."""

    def __init__(self, opener: Opener, s3: "S3Client", sources: Collection[str]) -> None:
        """Letters whose records came from one of some sources, by ARN."""
        self._opener = opener
        self._s3 = s3
        self._sources = frozenset(sources)

    def open(self, body: str) -> Opened:
        """The record behind a letter.

        Raises:
            Refused: it is no sealed letter, or another stack's.
            PipelineError: it can't be opened: tampered with, or the world is bad.
        """
        try:
            letter = DeadLetter.model_validate_json(body)
            identity = Identity.of_source(letter.source)
            arrival(letter.source)
        except (ValidationError, ValueError):
            raise Refused("the message is no sealed dead letter") from None
        if (letter.source.stream or letter.source.queue) not in self._sources:
            raise Refused("the letter is from another stack")
        sealed = letter.sealed or self._stored(letter.sealed_object or "")
        return Opened(letter.source, self._opener.open(sealed, identity))

    def entries(
        self, bodies: Sequence[str], event_types: Collection[str]
    ) -> tuple[dict[int, Entry], dict[int, Result]]:
        """Each letter as a record of a Lambda event, or why it is none, by position."""
        entries: dict[int, Entry] = {}
        results: dict[int, Result] = {}
        for at, body in enumerate(bodies):
            try:
                opened = self.open(body)
                if event_types and opened.event_type not in event_types:
                    results[at] = {"status": SKIPPED, "message": "of another event type"}
                else:
                    entries[at] = entry(opened.source, opened.data)
            except Refused as why:
                results[at] = {"status": REFUSED, "message": str(why)}
            except PipelineError as error:
                results[at] = {"status": UNAVAILABLE, "message": f"{type(error).__name__}: {error}"}
        return entries, results

    @translated("fetching a large letter")
    def _stored(self, sealed_object: str) -> bytes:
        bucket, _, key = sealed_object.removeprefix("s3://").partition("/")
        return self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
