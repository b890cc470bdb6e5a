"""Charges the card behind an order's tokens with a role of its own. The card number goes only to the gateway."""

import os
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.invoker import identified_caller
from handlers.runtime import answer_errors, logger, redact_errors
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.pay import cashier
from tokenizer.aws.platform.settings import PaySettings
from tokenizer.messages.base import parse_message
from tokenizer.messages.payments import PAY, PaidMessage, PaymentAnswer
from tokenizer.payments.cashier import Cashier


@cache
def _cashier() -> Cashier:
    return cashier(PaySettings.load(os.environ))


@redact_errors
@answer_errors("the payment was not made; try again with the same key")
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Pays an order.

    Args:
        event: `{"order_id", "key", "id_token"}`; administrators invoke the alias `direct` without a token.
        context: Lambda's.

    Returns:
        `{"payment": {...}}`, or `{"error": {"code", "message"}}`.
    """
    asked = parse_message(PAY, event)
    payment = _cashier().pay(
        asked.order_id,
        asked.key,
        identified_caller(asked.id_token, context),
        invocation_budget(context.get_remaining_time_in_millis),
    )
    logger.info("payment", extra={"payment_id": payment.payment_id, "status": str(payment.status)})
    answer = PaymentAnswer(**asdict(payment) | {"status": str(payment.status)})
    return PaidMessage(payment=answer).model_dump(exclude_none=True)
