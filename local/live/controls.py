"""Carries out what the page's buttons ask for, and runs the loop that looks for the results."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from itertools import count
from threading import Event
from typing import Any

from local.data.orders import encode, orders
from local.data.poison import poisons
from local.emulator.stack import Stack
from local.live.actors import Failed, Watchers, put, replay, why
from local.live.faults import NAMES, Faults
from local.live.journal import Journal, Patch
from local.live.server import ActionRefused
from replay.runner import PUBLISHED

_ANSWER_SECONDS = 20.0  # for which a browser waits for news
_WATCHED_SECONDS = 60.0  # without a browser for so long, the stack is left alone
_PAUSE = 0.25
_SUBSCRIBE_SECONDS = 15.0
_BATCH = 40
_POISON_SEED = 10_000  # away from the orders' own: an event is known by its event_id

_ITEM = {"sku": "SKU-1", "name": "Kettle", "quantity": 1, "unit_price": "39.90"}
_FIXES: dict[str, Patch] = {
    "unknown type": [{"op": "replace", "path": "/event_type", "value": "order.placed"}],
    "version 99": [{"op": "replace", "path": "/schema_version", "value": 1}],
    "a field missing": [{"op": "add", "path": "/order/items", "value": [_ITEM]}],
    "a wrong type": [{"op": "replace", "path": "/order/total", "value": "129.90"}],
}


class Controls:
    """Controls one stack's page; browsers ask it from several threads."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._journal = Journal()
        self._faults = Faults(stack, self._journal.changed)
        self._orders = _orders()
        self._seeds = count(_POISON_SEED)
        self._kinds = [each.kind for each in poisons(0)]
        self._asked = 0.0
        self._subscribed = Event()

    def state(self, after: int) -> dict[str, Any]:
        """Returns all that is shown, once it is newer than a version, or after a while."""
        self._asked = time.monotonic()
        with self._journal.changes:
            self._journal.changes.wait_for(lambda: self._journal.version != after, _ANSWER_SECONDS)
        return {**self._journal.to_dict(), "faults": self._faults.to_dict(), "kinds": self._kinds}

    def order(self, number: int) -> dict[str, Any] | None:
        """Returns one order, raw and sanitized."""
        return self._journal.order(number)

    def act(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """Does what a button asks for.

        Raises:
            ActionRefused: it is not understood, or the stack does not do it.
        """
        actions = {"send": self._send, "fault": self._fault, "replay": self._replay}
        if name not in actions:
            raise ActionRefused(HTTPStatus.BAD_REQUEST, "there is no such action")
        try:
            return actions[name](request)
        except (*Failed, TimeoutError) as error:
            raise ActionRefused(HTTPStatus.BAD_GATEWAY, f"{name}: {why(error)}") from None

    def watch(self) -> None:
        """Looks for events and letters for as long as a browser asks; never returns."""
        watchers: Watchers | None = None
        while True:
            if time.monotonic() - self._asked > _WATCHED_SECONDS:
                time.sleep(_PAUSE)
                continue
            try:
                watchers = watchers or Watchers.of(self._stack)
                self._subscribed.set()
                for each in watchers.consumer.receive():
                    self._journal.received(each.body)
                found = watchers.letters(self._journal.letter_count)
                if found is not None:
                    self._journal.letters(found)
                self._journal.told_of(None)
            except Failed as error:
                watchers = None  # credentials end after an hour
                self._journal.told_of(why(error))
                time.sleep(1.0)

    def _send(self, request: dict[str, Any]) -> dict[str, Any]:
        source, kind = request.get("source"), request.get("kind", "order")
        if source not in ("stream", "queue"):
            raise ActionRefused(HTTPStatus.BAD_REQUEST, "source: stream or queue")
        if kind == "order":
            data, fix = encode(next(self._orders)), None
        elif kind in self._kinds:
            (poison,) = (each for each in poisons(next(self._seeds)) if each.kind == kind)
            if source == "queue" and not poison.is_text:
                raise ActionRefused(
                    HTTPStatus.BAD_REQUEST, "the queue takes text alone; send this kind to the stream"
                )
            data, fix = poison.data, _FIXES.get(kind)
        else:
            raise ActionRefused(HTTPStatus.BAD_REQUEST, "kind: unknown")
        self._asked = time.monotonic()
        if not self._subscribed.wait(_SUBSCRIBE_SECONDS):  # an event that nobody subscribed to is gone
            raise ActionRefused(HTTPStatus.BAD_GATEWAY, "send: the page has no subscription to the bus yet")
        place = put(self._stack, source, data)
        return {"number": self._journal.sent(kind, source, place, data, fix)}

    def _fault(self, request: dict[str, Any]) -> dict[str, Any]:
        name, on = request.get("name"), request.get("on")
        if name not in NAMES or not isinstance(on, bool):
            raise ActionRefused(HTTPStatus.BAD_REQUEST, "name: vault or bus, on: true or false")
        self._faults.switch(name, on=on)
        return {}

    def _replay(self, request: dict[str, Any]) -> dict[str, Any]:
        letter_id, fix = request.get("id"), request.get("fix")
        if not isinstance(letter_id, str) or not isinstance(fix, bool):
            raise ActionRefused(HTTPStatus.BAD_REQUEST, "id: a text, fix: true or false")
        result = replay(self._stack, letter_id, lambda letter: self._journal.fix_of(letter) if fix else None)
        if result is None:
            raise ActionRefused(
                HTTPStatus.BAD_REQUEST,
                "the letter is not on the queue any more, or another operator holds it",
            )
        status = str(result["status"])
        reason = " ".join(str(result[key]) for key in ("code", "message") if result.get(key))
        self._journal.replayed(
            letter_id, f"{status}: {reason}" if reason else status, gone=status == PUBLISHED
        )
        return {"status": status}


def _orders() -> Iterator[dict[str, Any]]:
    """Yields the orders without an end, those with a security code first, since there is most to see of them."""
    for seed in count(1):
        yield from sorted(orders(_BATCH, seed), key=lambda each: len(_card(each)), reverse=True)


def _card(order: dict[str, Any]) -> dict[str, Any]:
    return dict((order["order"].get("payment") or {}).get("card") or {})
