"""Reveals tokens to whoever may invoke this function; it alone may read the vault."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.shell import logger, metrics, sealed_exit
from tokenizer import jsontext
from tokenizer.aws import root
from tokenizer.aws.aliases import DynamoAliases
from tokenizer.aws.settings import RevealSettings
from tokenizer.aws.vault import VaultReader
from tokenizer.reveal import Revealed, Status, reveal

MOST = 100
ANSWER_CHARACTERS = 1_400_000  # Lambda: 6 MB for an answer, and a character takes up to four bytes in UTF-8


@cache
def _settings() -> RevealSettings:
    return RevealSettings.load(os.environ)


@cache
def _vault() -> VaultReader:
    return root.vault_reader(_settings())


@cache
def _aliases() -> DynamoAliases:
    return root.aliases(_settings())


@sealed_exit
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Reveal up to 100 tokens for a purpose.

    Args:
        event: `{"tokens": [...], "purpose": "..."}`.
        context: Lambda's.

    Returns:
        `{"tokens": {token: {"status": "ok", "kind": ..., "value": JSON text}}}`; the value is JSON text so that
        no reader on the way loses digits.
    """
    tokens, purpose = event.get("tokens"), event.get("purpose")
    if (
        not isinstance(tokens, list)
        or not 0 < len(tokens) <= MOST
        or not all(isinstance(t, str) for t in tokens)
    ):
        return {"error": {"code": "invalid_request", "message": f"tokens: a list of 1 to {MOST} strings"}}
    if not isinstance(purpose, str) or not purpose.strip():
        return {"error": {"code": "invalid_request", "message": "purpose: a text is required"}}
    answers = reveal(tokens, _vault(), _aliases(), root.budget(context.get_remaining_time_in_millis))
    tampered = sum(each.status is Status.TAMPERED for each in answers.values())
    if tampered:
        metrics.add_metric("Tampered", MetricUnit.Count, tampered)
        metrics.flush_metrics()
    logger.info("reveal", asked=len(tokens), statuses=sorted({str(each.status) for each in answers.values()}))
    shown = {token: _shown(each) for token, each in answers.items()}
    if sum(len(each.get("value", "")) for each in shown.values()) > ANSWER_CHARACTERS:
        return {
            "error": {
                "code": "too_large",
                "message": "the values fill more than an answer: ask for fewer tokens",
            }
        }
    return {"tokens": shown}


def _shown(answer: Revealed) -> dict[str, str]:
    if answer.found is None:
        return {"status": answer.status}
    return {
        "status": answer.status,
        "kind": answer.found.kind,
        "value": jsontext.dump_text(answer.found.value),
    }
