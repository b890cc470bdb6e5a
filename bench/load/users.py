"""Defines the simulated users: order takers, watchers, cashiers and revealers, all signed in.

A cashier or a revealer with no order to work on waits for its next turn.
"""

import json
import secrets
import time
from collections.abc import Collection
from http import HTTPStatus
from typing import Any, ClassVar

from locust import FastHttpUser, constant_throughput, task
from locust.exception import StopUser

from bench.load.answers import ANY_CARD, Leaks, fault
from bench.load.order_pool import Supply
from bench.load.target import Target

SIGN_IN, POST, GET, PAY, REVEAL = KINDS = (
    "sign in",
    "POST /orders",
    "GET /orders/{id}",
    "POST payments",
    "POST /tokens/reveal",
)
_NOT_YET = "GET /orders/{id}, not yet"
_TOKEN_SECONDS = 50 * 60  # an ID token is good for an hour
_PATIENCE = 60.0  # seconds for an order to go through stream, bus and table; then a 404 is a failure


class Person(FastHttpUser):
    """Somebody signed in. `target`, `supply` and `rate`, which a kind's users share, are set before the test starts."""

    abstract = True
    target: ClassVar[Target]
    supply: ClassVar[Supply]
    rate: ClassVar[float]

    def wait_time(self) -> float:
        """Returns the seconds to the next turn."""
        return float(constant_throughput(self.rate / max(1, self.fixed_count))(self))

    def on_start(self) -> None:
        """Signs in."""
        self._until = 0.0
        self._signed_in()

    def _signed_in(self) -> str:
        """Returns an ID token that is good for a while yet."""
        if time.monotonic() >= self._until:
            self._token, self._until = self._sign_in(), time.monotonic() + _TOKEN_SECONDS
        return self._token

    def _sign_in(self) -> str:
        person = self.target.person
        body = {
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": self.target.client_id,
            "AuthParameters": {"USERNAME": person.name, "PASSWORD": person.password},
        }
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        }
        url = self.target.sign_in_url
        with self.client.post(
            url, data=json.dumps(body), headers=headers, name=SIGN_IN, catch_response=True
        ) as answer:
            if wrong := fault(answer.status_code, answer.text or "", {HTTPStatus.OK}):
                answer.failure(wrong)
                raise StopUser
            return str(answer.json()["AuthenticationResult"]["IdToken"])

    def ask(
        self,
        name: str,
        path: str,
        expected: Collection[int],
        *,
        leaks: Leaks = ANY_CARD,
        body: Any = None,
    ) -> tuple[int, Any]:
        """Calls the API and checks its answer.

        Args:
            name: of the kind of request; its first word is the method.
            path: under the API's address.
            expected: the statuses that are right.
            leaks: what must not be in the answer.
            body: sent as JSON.

        Returns:
            Status and answer; status 0 where it is at fault.
        """
        headers = {"Authorization": self._signed_in(), "Content-Type": "application/json"}
        if body is not None:
            headers["Idempotency-Key"] = secrets.token_hex(8)
        data = None if body is None else json.dumps(body)
        method = name.split(" ", maxsplit=1)[0]
        with self.client.request(
            method, path, data=data, headers=headers, name=name, catch_response=True
        ) as answer:
            status, text = answer.status_code, answer.text or ""
            if status == HTTPStatus.NOT_FOUND and status in expected:
                answer.request_meta["name"] = _NOT_YET
            if wrong := fault(status, text, expected, leaks):
                answer.failure(wrong)
                return 0, None
            answer.success()
            return status, json.loads(text)


class OrderTaker(Person):
    """Posts orders."""

    @task
    def take(self) -> None:
        """Posts an order that was not sent before."""
        event = self.supply.next()
        if self.ask(POST, "/orders", {HTTPStatus.ACCEPTED}, body=event)[0]:
            self.supply.sent.append(self.supply.sending(event, time.monotonic()))


class Watcher(Person):
    """Looks at orders that were posted, until they are there."""

    @task
    def look(self) -> None:
        """Looks at the order that has waited longest."""
        if not self.supply.sent:
            return
        sent = self.supply.sent.popleft()
        patient = time.monotonic() - sent.at < _PATIENCE
        expected = {HTTPStatus.OK, HTTPStatus.NOT_FOUND} if patient else {HTTPStatus.OK}
        status, body = self.ask(GET, f"/orders/{sent.order_id}", expected, leaks=sent.leaks)
        if status == HTTPStatus.OK:
            self.supply.show(sent, body)
        elif status:
            self.supply.sent.append(sent)


class Cashier(Person):
    """Pays orders that were shown."""

    @task
    def pay(self) -> None:
        """Pays the order that has waited longest; a declined payment is a good answer, too."""
        if self.supply.to_pay:
            order = self.supply.to_pay.popleft()
            path = f"/orders/{order.order_id}/payments"
            self.ask(PAY, path, {HTTPStatus.CREATED}, leaks=order.leaks, body={})


class Revealer(Person):
    """Reveals card numbers masked, as somebody who charges them would see them."""

    @task
    def reveal(self) -> None:
        """Reveals the card number of the order that has waited longest."""
        if self.supply.to_reveal:
            order = self.supply.to_reveal.popleft()
            body = {"tokens": [order.number], "purpose": "charge", "masked": True}
            self.ask(REVEAL, "/tokens/reveal", {HTTPStatus.OK}, leaks=order.leaks, body=body)
