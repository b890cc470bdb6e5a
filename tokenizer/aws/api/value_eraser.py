"""Erases a value that somebody names, for all who use it. The value itself is stored nowhere."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tokenizer.authorization.look_ups import LookUps
from tokenizer.authorization.ports import RouteAction
from tokenizer.aws.api.customer_finder import BUDGET_USED, DENIED
from tokenizer.aws.api.fingerprints import Fingerprints
from tokenizer.aws.platform.functions import ask_function
from tokenizer.callers import Caller
from tokenizer.errors import Refused
from tokenizer.messages.erasure import VALUE_ERASED, EraseValueMessage, ValueErasureCertificate
from tokenizer.messages.look_up import (
    LOOK_UP_ANSWER,
    NOTE_ERASURE_ANSWER,
    Kind,
    LookUpAnswer,
    LookUpMessage,
    NoteErasureMessage,
)
from tokenizer.records import moment_of, timestamp

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

ROUTE = "value-erasures"


class ValueEraser:
    """Erases values in three steps: their token is looked up, erased, and noted as erased in the blind index.

    No function that erases can find a value in the blind index, and the one that can't erase notes only what is marked.
    """

    def __init__(
        self,
        functions: "LambdaClient",
        tokenize_function: str,
        erase_function: str,
        look_ups: Callable[[], LookUps],
        fingerprints: Fingerprints,
    ) -> None:
        self._functions = functions
        self._tokenize_function = tokenize_function
        self._erase_function = erase_function
        self._look_ups = look_ups
        self._fingerprints = fingerprints

    def erase(
        self, kind: Kind, value: str, purpose: str, caller: Caller, id_token: str
    ) -> ValueErasureCertificate:
        """Erases a value; returns the certificate.

        Naming a value and learning whether somebody used it is a look-up, and counts as one. Whether the caller may
        erase is decided by the erasing function.

        Raises:
            Refused: the policies or the budget don't let the caller, or no event has held the value. The audit trail
                has a line.
            PipelineError: a service failed; try again.
        """
        found = self._found(kind, value, purpose, caller)
        asked = EraseValueMessage(token=found.token, owner=found.owner, purpose=purpose, id_token=id_token)
        certificate = ask_function(self._functions, self._erase_function, asked, VALUE_ERASED).certificate
        note = NoteErasureMessage(kind=kind, value=value, token=certificate.token)
        noted = ask_function(self._functions, self._tokenize_function, note, NOTE_ERASURE_ANSWER)
        return certificate.model_copy(update={"erased_until": timestamp(moment_of(noted.until))})

    def _found(self, kind: Kind, value: str, purpose: str, caller: Caller) -> LookUpAnswer:
        """Returns the token of a value; none for a caller who may not erase it, who learns nothing then."""
        look_ups = self._look_ups()
        if not look_ups.policies.permits(caller, RouteAction.ERASE_VALUE, purpose):
            return LookUpAnswer(token=None)
        if kind not in look_ups.permitted(caller, purpose):
            look_ups.note(caller, ROUTE, purpose, DENIED)
            raise Refused(DENIED, f"the policies do not let the caller look up a value of the kind {kind}")
        asked = LookUpMessage(kind=kind, value=value)
        found = ask_function(self._functions, self._tokenize_function, asked, LOOK_UP_ANSWER)
        named = found.token or self._fingerprints.of_value(value.strip().lower(), caller.name)
        granted = look_ups.count(caller, [named])
        tokens = [found.token] if found.token else []
        result = ("shown" if found.token else "unknown") if granted else "budget"
        look_ups.note(caller, ROUTE, purpose, result, tokens=tokens if granted else [])
        if not granted:
            raise Refused(BUDGET_USED, "too many values were looked up; ask again later")
        return found
