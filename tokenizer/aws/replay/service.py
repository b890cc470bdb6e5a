"""Serves the requests to the replay function. Each one gets one answer, and a line in the audit trail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tokenizer.audit.lines import guarded
from tokenizer.audit.port import Audit
from tokenizer.authorization.edit_limits import NOBODY_SIGNED_IN, EditLimits
from tokenizer.aws.replay.audit_facts import kept_filter, kept_ids
from tokenizer.aws.replay.edits import EditAttempt, attempted, public_fields
from tokenizer.aws.replay.invocation import Invocation
from tokenizer.aws.replay.letter_reveals import LetterReveals
from tokenizer.aws.replay.letters import Letters, Opened
from tokenizer.aws.replay.portions import pieces, replay_portion
from tokenizer.aws.replay.queues import Quarantine, Unprocessed, quarantine_id
from tokenizer.aws.replay.second_person import SecondPerson
from tokenizer.aws.replay.stream import StreamReplay, is_failure_record
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.callers import Caller
from tokenizer.errors import InvalidRequest, PipelineError, Refused
from tokenizer.messages.base import parse_message
from tokenizer.messages.replay import (
    REPLAY,
    Approve,
    AskApproval,
    EditLetter,
    ListApprovals,
    ListQuarantine,
    ListShards,
    OpenFields,
    QuarantineLetters,
    ReplayLetters,
    ReplayMessage,
    ReplayStream,
    ReplayUnprocessed,
    RestoreLetters,
    RevealLetter,
    ShowLetter,
)
from tokenizer.replay.edit_rules import named_paths
from tokenizer.replay.messages import (
    APPROVAL_NEEDED,
    FAILED,
    NO_LETTER,
    NOT_BEGUN,
    REFUSED,
    UNAVAILABLE,
    Result,
    entry,
    letter_named,
)
from tokenizer.replay.outline import outline


@dataclass(frozen=True, slots=True)
class ReplayService:
    """Serves an operator, who sees results but none of a record's bytes, unless they reveal one for a purpose."""

    letters: Letters
    stream: StreamReplay
    unprocessed: Unprocessed
    quarantine: Quarantine
    tokenizers: Tokenizers
    audit: Audit
    reveals: LetterReveals
    second: SecondPerson
    edits: EditLimits

    def serve(self, event: Mapping[str, Any], invoked: Invocation) -> dict[str, Any]:
        """Does what is asked. Without an `action` it replays letters.

        Raises:
            InvalidRequest: the request is not understood.
            Refused: nothing is done with the letter.
            PipelineError: a service failed, or the audit trail can't be written.
        """
        asked = parse_message(REPLAY, {"action": "replay", **event})
        invoked.check(asked.action)
        return self._done(asked, invoked)

    def _done(  # noqa: C901, PLR0911, PLR0912 -- one case for each action
        self, asked: ReplayMessage, invoked: Invocation
    ) -> dict[str, Any]:
        match asked:
            case ReplayLetters():
                return self._replay(asked)
            case ShowLetter():
                return {"outline": outline(self._opened(asked.letters[0]).data)}
            case RevealLetter():
                return self._reveal(asked, invoked)
            case OpenFields():
                return self._open(asked)
            case EditLetter():
                return self._edit(asked, invoked)
            case AskApproval():
                return self._ask_approval(asked, invoked)
            case Approve():
                return self._approve(asked, invoked)
            case ListApprovals():
                return {"approvals": self.second.listed()}
            case ReplayStream():
                return self._stream(asked)
            case ListShards():
                return {"shards": self.stream.shards()}
            case ReplayUnprocessed():
                return self._unprocessed(asked)
            case QuarantineLetters():
                return self._quarantine(asked)
            case ListQuarantine():
                return self.quarantine.listed()
            case RestoreLetters():
                return self._restore(asked)

    def _replay(self, asked: ReplayLetters) -> dict[str, Any]:
        bodies, event_types = asked.letters, asked.event_types or ()
        if asked.first and len(bodies) > 1:
            raise InvalidRequest("first: for one letter alone")
        results: dict[int, Result] = {
            at: self._positions(body, asked.first)
            for at, body in enumerate(bodies)
            if is_failure_record(body)
        }
        others = [at for at in range(len(bodies)) if at not in results]
        entries, refused = self.letters.entries([bodies[at] for at in others], event_types)
        results |= {others[at]: result for at, result in refused.items()}
        large = {at: each for at, each in entries.items() if len(pieces(each)) > 1}
        small = {at: each for at, each in entries.items() if at not in large}
        ran = self.tokenizers.tokenize(list(small.values()))
        results |= {others[at]: result for at, result in zip(small, ran, strict=True)}
        for at, each in large.items():
            # One portion is as much as a request has time for.
            results[others[at]] = (
                replay_portion(self.tokenizers, [each], asked.first) if len(bodies) == 1 else NOT_BEGUN
            )
        shown = [results[at] for at in range(len(bodies))]
        self._audit("replay", asked, shown)
        return {"results": shown}

    def _positions(self, body: str, first: int) -> Result:
        try:
            return self.stream.positions(body, first)
        except PipelineError as error:
            return {"status": UNAVAILABLE, "message": f"{type(error).__name__}: {error}"}

    def _reveal(self, asked: RevealLetter, invoked: Invocation) -> dict[str, Any]:
        caller, purpose = invoked.caller(asked.id_token), asked.purpose.strip()
        opened = self._opened(asked.letters[0])
        approval = self.second.take(caller, asked.approval, opened, None, purpose) if asked.approval else None
        record = self.reveals.answer(
            caller,
            opened.data,
            purpose,
            approval.facts() if approval else {},
            invoked.budget,
            ids=kept_ids(asked.ids),
            letters=[opened.letter_id],
            role=asked.operator or "not told",
        )
        return {"record": record}

    def _open(self, asked: OpenFields) -> dict[str, Any]:
        opened = self._opened(asked.letters[0])
        self._audit("open fields", asked, [], purpose=asked.purpose.strip(), paths=list(asked.paths))
        fields, missing = public_fields(opened, asked.paths)
        return {"fields": fields, "missing": missing}

    def _edit(self, asked: EditLetter, invoked: Invocation) -> dict[str, Any]:
        purpose = asked.purpose.strip()
        caller = invoked.caller(asked.id_token) if asked.id_token or asked.approval else None
        opened = self._opened(asked.letters[0])
        facts: dict[str, Any] = {}
        if caller is not None and asked.approval:
            facts = self.second.take(caller, asked.approval, opened, asked.patch, purpose).facts()
        name = caller.name if caller else NOBODY_SIGNED_IN
        refused = self.edits.begin(opened.letter_id, name, approved=bool(facts))
        if refused is None:
            attempt = attempted(opened, asked.patch, approved=bool(facts))
        else:
            attempt = EditAttempt(refused, named_paths(asked.patch))
        # One line before anything is answered, a refusal included, and one after with the result.
        facts |= {"purpose": purpose, "caller": caller}
        self._audit("edit", asked, [], **facts, **attempt.facts())
        edited = attempt.allowed()
        revision = str(edited.source.edited)
        self.edits.claim(opened.letter_id, revision)
        (result,) = self.tokenizers.tokenize([entry(edited.source, edited.data)])
        if result["status"] == FAILED:
            self.edits.release(opened.letter_id, revision)
        self._audit("replay edited", asked, [result], edited=revision, **facts)
        return {"results": [{**result, "edited": revision}]}

    def _ask_approval(self, asked: AskApproval, invoked: Invocation) -> dict[str, Any]:
        caller, opened = invoked.caller(asked.id_token), self._opened(asked.letters[0])
        shown = (kept_ids(asked.ids) or [NO_LETTER])[0]
        if asked.patch is None:
            return {"approval": self.second.ask(caller, opened, shown, None, asked.purpose.strip()).to_dict()}
        purpose, paths = asked.purpose.strip(), named_paths(asked.patch)
        refused = self.edits.begin(opened.letter_id, caller.name)
        # After too many attempts on a letter nobody is told what would become of the edit until a second person agrees.
        if refused is None:
            refused = self.second.not_to_be_asked(opened, asked.patch)
        elif refused.code == APPROVAL_NEEDED:
            refused = None
        if refused is not None:
            facts = {"purpose": purpose, "paths": paths, "refused": refused.code}
            self._audit("ask approval", asked, [], caller=caller, **facts)
            raise refused
        return {"approval": self.second.ask(caller, opened, shown, asked.patch, purpose).to_dict()}

    def _approve(self, asked: Approve, invoked: Invocation) -> dict[str, Any]:
        caller, opened = invoked.caller(asked.id_token), self._opened(asked.letters[0])
        return {"approval": self.second.approve(caller, asked.approval, opened, asked.patch).to_dict()}

    def _stream(self, asked: ReplayStream) -> dict[str, Any]:
        position = asked.position.model_dump(exclude_none=True)
        if asked.position.Timestamp is not None:
            position["Timestamp"] = _moment(asked.position.Timestamp)
        result = self.stream.again(asked.shard, position, asked.until, asked.last)
        self._audit(
            "replay stream", asked, [], shard=asked.shard, read=result["read"], published=result["published"]
        )
        return result

    def _unprocessed(self, asked: ReplayUnprocessed) -> dict[str, Any]:
        results = self.unprocessed.replay()
        if results:
            self._audit("replay unprocessed", asked, results)
        return {"results": results}

    def _quarantine(self, asked: QuarantineLetters) -> dict[str, Any]:
        for body in asked.letters:
            if is_failure_record(body):
                self.stream.check_own(body)
            else:
                self._opened(body)
        reason, kept = guarded(asked.reason.strip()), [quarantine_id(body) for body in asked.letters]
        self._audit("quarantine", asked, [], reason=reason, kept=kept)
        for letter_id, body in zip(kept, asked.letters, strict=True):
            self.quarantine.keep(letter_id, body, reason)
        return {"kept": len(kept), "ids": kept}

    def _restore(self, asked: RestoreLetters) -> dict[str, Any]:
        self._audit("restore", asked, [])
        restored = [self.quarantine.restore(letter_id) for letter_id in asked.ids]
        return {"restored": len(restored), "ids": restored}

    def _opened(self, body: str) -> Opened:
        if is_failure_record(body):
            raise Refused(REFUSED, "a failure record of Lambda's holds positions, and no record")
        return self.letters.open(body)

    def _audit(
        self,
        action: str,
        asked: ReplayMessage,
        results: Sequence[Result],
        caller: Caller | None = None,
        **facts: Any,
    ) -> None:
        """Writes a line: of a caller whom an ID token names, or else of the role that they say they have."""
        role = asked.operator or "not told"
        by = {"role": role} if caller else {}
        letters = [letter_named(body) for body in getattr(asked, "letters", ())]
        self.audit.write(
            action,
            caller.name if caller else role,
            filter=kept_filter(asked.filter),
            ids=kept_ids(asked.ids),
            letters=letters,
            results=[{k: v for k, v in each.items() if k != "message"} for each in results],
            **by,
            **facts,
        )


def _moment(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ArithmeticError, OSError, ValueError):
        raise InvalidRequest("position: Timestamp is no moment") from None
