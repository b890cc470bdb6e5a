"""Tests whole events against faults that were reported in public, several samples of each kind."""

import json
from typing import Any

import pytest

from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, passing_luhn, stream_record
from tokenizer.vault.tokens import is_token

OWNER = {
    "customer_id": "C-12",
    "name": "Jana Probe",
    "email": "jana@probe.example",
    "phone": "+493098761234",
}
TOKEN, SHOWN, ABSENT = "a token", "shown", "absent"


def published(changes: dict[str, Any]) -> tuple[Any, World]:
    """Returns the order that consumers see after changes, each named by its path, and the world it was made in."""
    event = order(customer=dict(OWNER), notes="ring twice", preferences=None)
    for path, value in changes.items():
        *steps, last = path.split("/")
        holder: Any = event["order"]
        for step in steps:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        holder[last] = value
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert outcome.published, outcome
    return world.bus.details()[0]["data"]["order"], world


def at(value: Any, path: str) -> Any:
    for step in path.split("/"):
        value = value[int(step)] if isinstance(value, list) else value.get(step, ABSENT)
    return value


# By kind: the changes, and what becomes of the field at a path.
CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("own value, percent-encoded", {"items/0/name": "https://a.example/?u=jana%40probe.example"}, "items/0/name", TOKEN),
    ("own value, percent-encoded", {"notes": "gift for jana%2540probe.example"}, "notes", TOKEN),
    ("own value, percent-encoded", {"items/0/name": "pay?n=4111%201111%201111%201111"}, "items/0/name", TOKEN),
    ("own value, as HTML", {"notes": "mail jana&#x40;probe.example"}, "notes", TOKEN),
    ("own value, as HTML", {"notes": "mail jana&commat;probe.example"}, "notes", TOKEN),
    ("national phone", {"notes": "Nachbar Tel. 030 12398765", "shipping_address/country": "DE"}, "notes", TOKEN),
    ("national phone", {"notes": "voisin tél 01 40 20 50 50", "shipping_address/country": "FR"}, "notes", TOKEN),
    ("national phone", {"notes": "ring 020 7946 0123", "shipping_address/country": "GB"}, "notes", TOKEN),
    ("glued email", {"customer/customer_id": "mira@example.net77"}, "customer/customer_id", TOKEN),
    ("glued email", {"order_id": "A-mira@example.org2041"}, "order_id", TOKEN),
    ("marketplace order id", {"order_id": passing_luhn("57645873928471001")}, "order_id", SHOWN),
    ("marketplace order id", {"order_id": passing_luhn("814523691274001")}, "order_id", SHOWN),
    ("placeholder", {"customer/email": "guest", "payment/method": "guest checkout"}, "payment/method", SHOWN),
    ("placeholder", {"customer/phone": "none", "items/0/name": "Nonesuch"}, "items/0/name", SHOWN),
    ("locale", {"notes": "two menus please", "locale": "en-US"}, "notes", SHOWN),
    ("postal code named pin", {"shipping_address/pin": "560001"}, "shipping_address/pin", TOKEN),
    ("postal code named pin", {"billing_address": {"city": "Pune", "PIN": 411001}}, "billing_address/PIN", TOKEN),
    ("vanity domain", {"customer/email": "me@janaprobe.example"}, "customer/email_domain", ABSENT),
    ("IBAN written loosely", {"notes": "DE 89 3704 0044 0532 0130 00"}, "notes", TOKEN),
    ("IBAN written loosely", {"notes": "GB29  NWBK  6016  1331  9268  19"}, "notes", TOKEN),
    ("IBAN written loosely", {"notes": "FR14 2004\n1010 0505 0001 3M02 606"}, "notes", TOKEN),
    ("numbers of parts", {"items/0/name": "Screw set 250 300 4000"}, "items/0/name", SHOWN),
    ("numbers of parts", {"items/0/name": "Rail 350 400 1200 mm"}, "items/0/name", SHOWN),
    ("a code in text", {"payment/method": "card cvv 937"}, "payment/method", SHOWN),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changes", "path", "becomes"), CASES)
def test_a_reported_case_is_right(kind: str, changes: dict[str, Any], path: str, becomes: str) -> None:
    seen, _ = published(changes)
    value = at(seen, path)
    if becomes is TOKEN:
        assert is_token(value)
    elif becomes is ABSENT:
        assert value is ABSENT
    else:
        assert not is_token(value)
        assert value is not ABSENT


@pytest.mark.parametrize(
    "key", ["p493098761234", "Jana-Probe", "janaprobe", "jana@probe.example", "tok4111111111111111"]
)
def test_a_key_that_is_a_value_is_not_shown(key: str) -> None:
    seen, _ = published({key: "primary"})
    assert key not in json.dumps(seen)


CODES: list[tuple[dict[str, Any], str]] = [
    ({"payment/card/number": "4111 1111 1111 1111 937"}, "937"),
    ({"payment/card/number": "4111111111111111937"}, "937"),
    ({"payment/card/number": "378282246310005 9371"}, "9371"),
    ({"payment/card/number": "4111-1111-1111-1111 exp 12/29 cvv 937"}, "937"),
    ({"notes": "cvv: 937"}, "937"),
    ({"notes": "4111111111111111 12/29 937 thanks"}, "937"),
    ({"payment/method": "card cvv 937"}, "937"),
    ({"payment/card/unheard_of": "937"}, "937"),
    ({"payment/card/CardSecVal": "937"}, "937"),
    ({"payment/extra": {"ssl_cvv2cvc2": "937"}}, "937"),
    ({"extra": [{"name": "card number", "value": "x"}, {"name": "cvc", "value": "937"}]}, "937"),
    ({"items/0/name": ";4111111111111111=29121010000093745?"}, "291210100000937"),
    ({"cvv: 937": 1}, "937"),
    ({"extra": {"4111111111111111 937": 1}}, "937"),
]  # fmt: skip


@pytest.mark.parametrize("broken", [False, True], ids=["published", "dead-lettered"])
@pytest.mark.parametrize(("changes", "code"), CODES)
def test_a_code_is_nowhere(changes: dict[str, Any], code: str, broken: bool) -> None:
    if broken:
        changes = {**changes, "total": {"no": "money"}}
        event = order(customer=dict(OWNER), notes="ring twice", preferences=None)
        for path, value in changes.items():
            *steps, last = path.split("/")
            holder: Any = event["order"]
            for step in steps:
                holder = holder[int(step)] if isinstance(holder, list) else holder[step]
            holder[last] = value
        world = World()
        (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
        assert outcome.letter is not None
    else:
        _, world = published(changes)
    kept = [field.value for record in world.vault.stored.values() for field in record.fields.values()]
    written = [*(each.detail for each in world.bus.events), *(each.data for each in world.letters.sent)]
    text = json.dumps(kept, default=str) + "".join(each.decode() for each in written)
    stripped = text.replace("+493098761234", "").replace("4930987612", "")
    for token_or_id in set(filter(is_token, stripped.replace('"', " ").replace(",", " ").split())):
        stripped = stripped.replace(token_or_id, "")
    assert code not in stripped


def test_what_was_typed_behind_a_number_is_not_taken_for_its_last_digits() -> None:
    seen, _ = published({"payment/card/number": "4111 1111 1111 1111 937"})
    assert "number_last4" not in seen["payment"]["card"]
    seen, _ = published({"payment/card/number": "4111 1111 1111 1111"})
    assert seen["payment"]["card"]["number_last4"] == "1111"
