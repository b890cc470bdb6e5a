"""Finds the customers who used an email, for callers who may look up. The email itself is stored nowhere."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tokenizer.authorization.look_ups import LookUps
from tokenizer.aws.api.fingerprints import Fingerprints
from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.platform.functions import ask_function
from tokenizer.callers import Caller
from tokenizer.errors import Refused
from tokenizer.messages.look_up import LOOK_UP_ANSWER, LookUpMessage

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

ROUTE = "customer-lookups"
DENIED = "denied"
BUDGET_USED = "budget_used"


class CustomerFinder:
    """Finds customers by the consistent token of their email."""

    def __init__(
        self,
        functions: "LambdaClient",
        tokenize_function: str,
        orders: OrdersReader,
        look_ups: Callable[[], LookUps],
        fingerprints: Fingerprints,
    ) -> None:
        self._functions = functions
        self._tokenize_function = tokenize_function
        self._orders = orders
        self._look_ups = look_ups
        self._fingerprints = fingerprints

    def find(self, email: str, purpose: str, caller: Caller) -> dict[str, list[str]]:
        """Returns the ids of the orders of each customer who used an email.

        An email that nobody used counts against the budget too, by a fingerprint.

        Raises:
            Refused: the policies or the budget don't let the caller look the email up. The audit trail has a line.
            PipelineError: a service failed; try again.
        """
        look_ups = self._look_ups()
        if "email" not in look_ups.permitted(caller, purpose):
            look_ups.note(caller, ROUTE, purpose, DENIED)
            raise Refused(DENIED, "the policies do not let the caller look up emails")
        asked = LookUpMessage(kind="email", value=email)
        token = ask_function(self._functions, self._tokenize_function, asked, LOOK_UP_ANSWER).token
        # A fingerprint that only the API can make: the table of counters reveals no email.
        named = token or self._fingerprints.of_value(email.strip().lower(), caller.name)
        if not look_ups.count(caller, [named]):
            look_ups.note(caller, ROUTE, purpose, "budget", tokens=[])
            raise Refused(BUDGET_USED, "too many values were looked up; ask again later")
        look_ups.note(
            caller, ROUTE, purpose, "shown" if token else "unknown", tokens=[token] if token else []
        )
        customers: dict[str, list[str]] = {}
        for order in self._orders.with_email(token) if token else ():
            customers.setdefault(order.customer_id, []).append(order.order_id)
        return customers
