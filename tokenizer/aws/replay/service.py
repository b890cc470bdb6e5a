"""The replay function's desk: one request, one answer, one line in the audit trail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import Any

from tokenizer.audit.port import Audit
from tokenizer.aws.replay.letters import Letters, Opened, Refused
from tokenizer.aws.replay.queues import Quarantine, Unprocessed
from tokenizer.aws.replay.stream import StreamReplay, is_failure_record
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.errors import PipelineError
from tokenizer.replay.messages import UNAVAILABLE, Result, entry
from tokenizer.replay.outline import outline

MOST = 100
_DIGITS = 128  # Kinesis: of a sequence number
Request = Mapping[str, Any]


class InvalidRequest(Exception):
    """A request that is not understood; the text says why."""


@dataclass(frozen=True, slots=True)
class ReplayService:
    """Serves an operator, who sees what became of records and no byte of any, unless asked for with a purpose."""

    letters: Letters
    stream: StreamReplay
    unprocessed: Unprocessed
    quarantine: Quarantine
    tokenizers: Tokenizers
    audit: Audit

    def serve(self, request: Request) -> dict[str, Any]:
        """Do what is asked; without an `action` letters are replayed.

        Raises:
            InvalidRequest: the request is not understood.
            PipelineError: the world is bad, or the audit trail can't be written.
        """
        actions: dict[str, Callable[[Request], dict[str, Any]]] = {
            "replay": self._replay,
            "show": self._show,
            "reveal": self._reveal,
            "edit": self._edit,
            "stream": self._stream,
            "shards": lambda _: {"shards": self.stream.shards()},
            "unprocessed": self._unprocessed,
            "quarantine": self._quarantine,
            "quarantined": lambda _: {"ids": self.quarantine.ids()},
            "restore": self._restore,
        }
        name = request.get("action", "replay")
        action = actions.get(name) if isinstance(name, str) else None
        if action is None:
            raise InvalidRequest("action: unknown")
        return action(request)

    def _replay(self, request: Request) -> dict[str, Any]:
        bodies = _texts(request, "letters")
        event_types = _texts(request, "event_types") if request.get("event_types") else []
        results: dict[int, Result] = {
            at: self._positions(body) for at, body in enumerate(bodies) if is_failure_record(body)
        }
        others = [at for at in range(len(bodies)) if at not in results]
        entries, refused = self.letters.entries([bodies[at] for at in others], event_types)
        results |= {others[at]: result for at, result in refused.items()}
        ran = self.tokenizers.run(list(entries.values()))
        results |= {others[at]: result for at, result in zip(entries, ran, strict=True)}
        told = [results[at] for at in range(len(bodies))]
        self._audit("replay", request, told)
        return {"results": told}

    def _positions(self, body: str) -> Result:
        try:
            return self.stream.positions(body)
        except PipelineError as error:
            return {"status": UNAVAILABLE, "message": f"{type(error).__name__}: {error}"}

    def _show(self, request: Request) -> dict[str, Any]:
        opened = self._opened(request)
        return {"outline": outline(opened.data)}

    def _reveal(self, request: Request) -> dict[str, Any]:
        purpose = _purpose(request)
        opened = self._opened(request)
        # First the line, then the record: what can't be audited isn't revealed.
        self._audit("reveal letter", request, [], purpose=purpose)
        return {"record": opened.data.decode("utf-8", "backslashreplace")}

    def _edit(self, request: Request) -> dict[str, Any]:
        purpose = _purpose(request)
        opened = self._opened(request)
        if isinstance(request.get("patch"), list):
            edited = opened.patched(request["patch"])
        elif isinstance(request.get("data"), str):
            edited = opened.edited(request["data"].encode("utf-8", "surrogatepass"))
        else:
            raise InvalidRequest("patch: a list of operations, or data: the record's text")
        # Before, since a record is changed here; and after, for what came of it.
        self._audit("edit", request, [], purpose=purpose, edited=edited.source.edited)
        (result,) = self.tokenizers.run([entry(edited.source, edited.data)])
        self._audit("replay edited", request, [result], purpose=purpose, edited=edited.source.edited)
        return {"results": [{**result, "edited": edited.source.edited}]}

    def _stream(self, request: Request) -> dict[str, Any]:
        shard, position = request.get("shard"), request.get("position")
        if not isinstance(shard, str) or not isinstance(position, dict):
            raise InvalidRequest("shard: a text, position: an object")
        until, last = request.get("until"), request.get("last")
        if not isinstance(until, (int, float, NoneType)) or not (last is None or _is_sequence_number(last)):
            raise InvalidRequest("until: seconds since 1970, last: a sequence number")
        if isinstance(position.get("Timestamp"), (int, float)):
            position = {**position, "Timestamp": _moment(position["Timestamp"])}
        result = self.stream.again(shard, position, until, last)
        self._audit(
            "replay stream", request, [], shard=shard, read=result["read"], published=result["published"]
        )
        return result

    def _unprocessed(self, request: Request) -> dict[str, Any]:
        results = self.unprocessed.replay()
        if results:
            self._audit("replay unprocessed", request, results)
        return {"results": results}

    def _quarantine(self, request: Request) -> dict[str, Any]:
        bodies, ids, reason = _texts(request, "letters"), _texts(request, "ids"), _purpose(request, "reason")
        if len(bodies) != len(ids):
            raise InvalidRequest("ids: one for each letter")
        self._audit("quarantine", request, [], reason=reason)
        for letter_id, body in zip(ids, bodies, strict=True):
            self.quarantine.keep(letter_id, body)
        return {"kept": len(ids)}

    def _restore(self, request: Request) -> dict[str, Any]:
        ids = _texts(request, "ids")
        self._audit("restore", request, [])
        for letter_id in ids:
            self.quarantine.restore(letter_id)
        return {"restored": len(ids)}

    def _opened(self, request: Request) -> Opened:
        (body,) = _texts(request, "letters", most=1)
        if is_failure_record(body):
            raise Refused("a failure record of Lambda's holds positions, and no record")
        return self.letters.open(body)

    def _audit(self, action: str, request: Request, results: Sequence[Result], **facts: Any) -> None:
        self.audit.write(
            action,
            str(request.get("operator") or "not told"),
            filter=request.get("filter"),
            ids=request.get("ids"),
            results=[{k: v for k, v in each.items() if k != "message"} for each in results],
            **facts,
        )


def _texts(request: Request, name: str, most: int = MOST) -> list[str]:
    found = request.get(name)
    if (
        not isinstance(found, list)
        or not 0 < len(found) <= most
        or not all(isinstance(each, str) for each in found)
    ):
        raise InvalidRequest(f"{name}: a list of 1 to {most} texts")
    return found


def _is_sequence_number(found: object) -> bool:
    return isinstance(found, str) and found.isdecimal() and found.isascii() and len(found) <= _DIGITS


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ArithmeticError, OSError, ValueError):
        raise InvalidRequest("position: Timestamp is no moment") from None


def _purpose(request: Request, name: str = "purpose") -> str:
    found = request.get(name)
    if not isinstance(found, str) or not found.strip():
        raise InvalidRequest(f"{name}: a text is required")
    return found.strip()[:200]
