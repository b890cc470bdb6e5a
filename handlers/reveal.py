"""Reveals tokens under the policies to callers who may invoke this function. No other function answers with values."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.invoker import identified_caller
from handlers.runtime import answer_errors, logger, metrics, redact_errors
from tokenizer import json_text
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.reveal import reveal_service
from tokenizer.aws.platform.settings import RevealSettings
from tokenizer.errors import Refused
from tokenizer.messages.base import parse_message
from tokenizer.messages.reveal import REVEAL, RevealAnswer, RevealedToken
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.reveal.service import RevealService

ANSWER_CHARACTERS = 1_400_000  # Lambda accepts 6 MB in an answer; a character has up to four bytes in UTF-8
_METRICS = {"Tampered": "tampered", "RevealsDenied": "denied"}


@cache
def _reveals() -> RevealService:
    return reveal_service(RevealSettings.load(os.environ))


@redact_errors
@answer_errors("reveals are not available")
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Reveals up to 100 tokens for a purpose.

    Args:
        event: `{"tokens": [...], "purpose": "..."}`; `masked` to get only what is needed to recognize a value;
            `id_token` of the caller for whom the API asks. Administrators invoke the alias `direct` without one.
        context: Lambda's.

    Returns:
        `{"tokens": {token: {"status": "ok", "kind": ..., "value": JSON text}}}`. The value is JSON text, so that nobody
        on the way loses digits. `masked` is set if the value is masked, also if that is because a budget is used up.
    """
    asked = parse_message(REVEAL, event)
    action = Action.MASKED if asked.masked else Action.REVEAL
    answers = _reveals().answer(
        identified_caller(asked.id_token, context),
        RevealRequest(asked.tokens, asked.purpose.strip(), action),
        invocation_budget(context.get_remaining_time_in_millis),
    )
    _count(answers)
    shown = {token: _shown(each) for token, each in answers.items()}
    if sum(len(each.value or "") for each in shown.values()) > ANSWER_CHARACTERS:
        raise Refused("too_large", "the values fill more than an answer: ask for fewer tokens")
    return RevealAnswer(tokens=shown).model_dump(exclude_none=True)


def _count(answers: dict[str, dict[str, Any]]) -> None:
    statuses = [each["status"] for each in answers.values()]
    counts = {name: statuses.count(status) for name, status in _METRICS.items()}
    for name, number in counts.items():
        if number:
            metrics.add_metric(name, MetricUnit.Count, number)
    if any(counts.values()):
        metrics.flush_metrics()
    logger.info("reveal", asked=len(answers), statuses=sorted(set(statuses)))


def _shown(answer: dict[str, Any]) -> RevealedToken:
    if "value" not in answer:
        return RevealedToken(**answer)
    return RevealedToken(**{**answer, "value": json_text.dump_text(answer["value"])})
